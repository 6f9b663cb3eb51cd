/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DeBERTa-v2 (He et al., arXiv:2006.03654, arXiv:2111.09543); transformers: models/deberta_v2/modeling_deberta_v2.py */
#include <string.h>

#include "sdk/auto-sdk.h"

struct _DebertaV2Config
{
  AutoPretrainedConfig parent;
  AUTO_ENCODER_MEMBERS
  int vocab_size, max_position_embeddings, type_vocab_size, max_relative_positions, pooler_hidden_size;
  AutoActivation pooler_hidden_act;
  gboolean relative_attention, position_biased_input;
  JsonNode *pos_att_type; /* a list of c2p and p2c, or NULL */
};

/* Older files write pos_att_type as c2p|p2c; the pooler is as wide as the model unless the file says otherwise. */
static gboolean
deberta_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  struct _DebertaV2Config *c = (struct _DebertaV2Config *) config;
  AutoConfig *self = AUTO_CONFIG (config);

  if (auto_config_is_null (self, "pooler_hidden_size") && !auto_config_set_int (self, "pooler_hidden_size", c->hidden_size, error))
    return FALSE;
  if (!c->pos_att_type || json_node_get_value_type (c->pos_att_type) != G_TYPE_STRING)
    return TRUE;
  g_autofree char *text = g_ascii_strdown (json_node_get_string (c->pos_att_type), -1);
  g_auto(GStrv) parts = g_strsplit (text, "|", -1);
  g_autoptr(JsonNode) list = json_node_init_array (json_node_alloc (), NULL);
  JsonArray *array = json_array_new ();

  for (char **part = parts; *part; part++)
    json_array_add_string_element (array, g_strstrip (*part));
  json_node_take_array (list, array);
  return auto_config_set_value (self, "pos_att_type", list, error);
}

AUTO_DEFINE_CONFIG_WITH (DebertaV2Config, deberta_v2_config, "deberta-v2", (.loaded = deberta_config_loaded, .base_first = TRUE),
  AUTO_INT (vocab_size, 128100, .min = 1, .max = G_MAXINT),
  AUTO_ENCODER_FIELDS ("0.1", 1e-7),
  AUTO_INT (max_position_embeddings, 512, .min = 1, .max = 1 << 29),
  AUTO_INT (type_vocab_size, 0, .min = 0, .max = G_MAXINT),
  AUTO_BOOL (relative_attention, FALSE),
  AUTO_INT (max_relative_positions, -1, .min = -1, .max = 1 << 29),
  AUTO_BOOL (position_biased_input, TRUE),
  AUTO_OBJECT (pos_att_type, "null"),
  AUTO_EXTRA ("pooler_dropout", "0"),
  AUTO_ENUM (pooler_hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_INT_NULL (pooler_hidden_size, .null_value = 1),
  AUTO_DEFAULT ("hidden_size", "1536"),
  AUTO_DEFAULT ("num_hidden_layers", "24"),
  AUTO_DEFAULT ("num_attention_heads", "24"),
  AUTO_DEFAULT ("intermediate_size", "6144"),
  AUTO_DEFAULT ("pad_token_id", "0"))

/* Keys that the class has no member for: read as the reference does, with a default where the file has none. */
static gint64
deberta_int (const DebertaV2Config *c, const char *key, gint64 otherwise)
{
  return auto_config_get_int (AUTO_CONFIG ((gpointer) c), key, otherwise);
}

static gboolean
deberta_has (const DebertaV2Config *c, const char *kind)
{
  JsonArray *list = c->pos_att_type && JSON_NODE_HOLDS_ARRAY (c->pos_att_type) ? json_node_get_array (c->pos_att_type) : NULL;

  for (guint i = 0; list && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      if (json_node_get_value_type (node) == G_TYPE_STRING && g_str_equal (json_node_get_string (node), kind))
        return TRUE;
    }
  return FALSE;
}

/* @shown gets the call's attention_mask as factors of 0 and 1. */
static AutoTensor *
deberta_embeddings (AutoContext *cx, const DebertaV2Config *c, AutoInputs *in, AutoTensor **shown)
{
  AUTO_SCOPE (cx, "embeddings");
  gint64 width = deberta_int (c, "embedding_size", c->hidden_size);
  AutoTensor *x = auto_input_embeddings (cx, in, "word_embeddings", c->vocab_size, width), *positions = auto_positions (cx, in, auto_dim (x, 1));
  AutoTensor *types = auto_token_input (cx, in, "token_type_ids", x), *mask = auto_token_input (cx, in, "attention_mask", x);

  if (c->position_biased_input)
    x = auto_add (cx, x, auto_embedding (cx, "position_embeddings", positions, c->max_position_embeddings, width));
  else
    auto_ignore_weight (cx, "position_embeddings.weight");
  if (c->type_vocab_size > 0)
    {
      types = types ? types : auto_full (cx, AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1)), 0, AUTO_DTYPE_I64);
      x = auto_add (cx, x, auto_embedding (cx, "token_type_embeddings", types, c->type_vocab_size, width));
    }
  if (width != c->hidden_size)
    x = auto_linear_no_bias (cx, "embed_proj", x, c->hidden_size);
  auto_ignore_weight (cx, "position_ids");
  x = auto_layer_norm (cx, "LayerNorm", x, c->layer_norm_eps);
  *shown = mask ? auto_cast (cx, auto_ne_scalar (cx, mask, 0), AUTO_DTYPE_F32) : NULL;
  return *shown ? auto_mul (cx, x, auto_unsqueeze (cx, *shown, -1)) : x;
}

/* What all layers share about relative positions. */
typedef struct
{
  AutoTensor *table;    /* (2 span, hidden) */
  AutoTensor *forward;  /* rows of the table by query minus key: (queries, keys) */
  AutoTensor *backward; /* by key minus query, with a row a key */
} DebertaPositions;

/* Exact within half of the buckets, logarithmic beyond. */
static AutoTensor *
deberta_log_buckets (AutoContext *cx, AutoTensor *distance, gint64 buckets, gint64 max_position)
{
  gint64 mid = buckets / 2;
  AutoTensor *half = auto_constant (cx, AUTO_VALUES ((double) mid)), *size = auto_abs (cx, distance);
  AutoTensor *last = auto_log (cx, auto_constant (cx, AUTO_VALUES ((double) (max_position - 1) / (double) mid)));
  AutoTensor *far = auto_maximum (cx, size, auto_full_like (cx, size, (double) (mid > 1 ? mid - 1 : 1)));

  far = auto_div (cx, auto_log (cx, auto_div (cx, auto_cast (cx, far, AUTO_DTYPE_F32), half)), last);
  far = auto_add_scalar (cx, auto_ceil (cx, auto_scale (cx, far, (double) (mid - 1))), (double) mid);
  far = auto_mul (cx, auto_cast (cx, far, AUTO_DTYPE_I64), auto_sign (cx, distance));
  return auto_where (cx, auto_le_scalar (cx, size, (double) mid), distance, far);
}

static DebertaPositions
deberta_positions (AutoContext *cx, const DebertaV2Config *c, gint64 length)
{
  gint64 max_position = c->max_relative_positions < 1 ? c->max_position_embeddings : c->max_relative_positions;
  gint64 buckets = deberta_int (c, "position_buckets", -1), span = buckets > 0 ? buckets : max_position;
  g_autofree char *norms = g_ascii_strdown (auto_config_get_string (AUTO_CONFIG ((gpointer) c), "norm_rel_ebd") ?: "none", -1);
  gboolean norm = strstr (norms, "layer_norm") != NULL;
  DebertaPositions positions = { NULL };

  if (buckets == 1 || buckets > 1 << 29)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "position_buckets: must be -1 or a number from 2 to %d", 1 << 29);
  if (c->relative_attention)
    {
      AutoTensor *distance = auto_neg (cx, auto_relative_positions (cx, 0, length, length));
      distance = buckets > 0 ? deberta_log_buckets (cx, distance, buckets, max_position) : distance;
      positions.table = auto_embedding (cx, "rel_embeddings", auto_arange (cx, 0, 2 * span, 1), 2 * span, c->hidden_size);
      positions.forward = auto_clamp (cx, auto_add_scalar (cx, distance, (double) span), 0, (double) (2 * span - 1));
      positions.backward = auto_clamp (cx, auto_add_scalar (cx, auto_neg (cx, distance), (double) span), 0, (double) (2 * span - 1));
    }
  if (norm && (c->relative_attention || auto_context_is_declaring (cx)))
    {
      AutoTensor *rows = positions.table ? positions.table : auto_zeros (cx, AUTO_DIMS (1, c->hidden_size));
      rows = auto_layer_norm (cx, "LayerNorm", rows, c->layer_norm_eps);
      positions.table = positions.table ? rows : NULL;
    }
  return positions;
}

/* Scores of each of x (batch, heads, n, d) against the positions that @rows names: (batch, heads, n, n). */
static AutoTensor *
deberta_against_positions (AutoContext *cx, const DebertaV2Config *c, const char *name, AutoTensor *x, AutoTensor *table, AutoTensor *rows)
{
  AutoTensor *positions = auto_linear (cx, name, auto_unsqueeze (cx, table, 0), c->hidden_size);
  AutoTensor *scores = auto_matmul_nt (cx, x, auto_split_heads (cx, positions, c->num_attention_heads));

  rows = auto_expand (cx, auto_reshape (cx, rows, AUTO_DIMS (1, 1, auto_dim (rows, 0), auto_dim (rows, 1))),
                      AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1), auto_dim (rows, 0), auto_dim (rows, 1)));
  return auto_gather (cx, scores, -1, auto_contiguous (cx, rows));
}

static AutoTensor *
deberta_attention (AutoContext *cx, const DebertaV2Config *c, AutoTensor *x, AutoMask mask, AutoTensor *shown, const DebertaPositions *positions)
{
  gint64 heads = c->num_attention_heads;
  gboolean c2p = deberta_has (c, "c2p"), p2c = deberta_has (c, "p2c"), share = auto_config_get_bool (AUTO_CONFIG ((gpointer) c), "share_att_key", FALSE);
  double scale = 1 / sqrt ((double) c->hidden_size / (double) heads * (1 + c2p + p2c));
  AutoTensor *q = auto_split_heads (cx, auto_linear (cx, "query_proj", x, c->hidden_size), heads);
  AutoTensor *k = auto_split_heads (cx, auto_linear (cx, "key_proj", x, c->hidden_size), heads);
  AutoTensor *v = auto_split_heads (cx, auto_linear (cx, "value_proj", x, c->hidden_size), heads), *a, *probabilities = NULL;

  if (positions->table && c2p)
    {
      a = deberta_against_positions (cx, c, share ? "key_proj" : "pos_key_proj", q, positions->table, positions->forward);
      mask = auto_mask_with_bias (cx, mask, auto_scale (cx, a, scale));
    }
  if (positions->table && p2c)
    {
      a = deberta_against_positions (cx, c, share ? "query_proj" : "pos_query_proj", k, positions->table, positions->backward);
      mask = auto_mask_with_bias (cx, mask, auto_scale (cx, auto_transpose (cx, a, 2, 3), scale));
    }
  a = auto_scaled_attention_full (cx, q, k, v, &mask, scale, auto_context_wants_attentions (cx) ? &probabilities : NULL);
  if (shown) /* a hidden token sees nothing, not even all the others alike */
    {
      a = auto_mul (cx, a, auto_unsqueeze (cx, shown, -1));
      probabilities = probabilities ? auto_mul (cx, probabilities, auto_reshape (cx, shown, AUTO_DIMS (auto_dim (shown, 0), 1, -1, 1))) : NULL;
    }
  auto_context_collect (cx, "attentions", probabilities);
  return a;
}

static AutoTensor *
deberta_layer (AutoContext *cx, const DebertaV2Config *c, AutoTensor *x, const AutoMask *mask, AutoTensor *shown, const DebertaPositions *positions)
{
  AutoTensor *a;

  {
    AUTO_SCOPE (cx, "attention.self");
    a = deberta_attention (cx, c, x, *mask, shown, positions);
  }
  x = auto_layer_norm (cx, "attention.output.LayerNorm", auto_linear_add (cx, "attention.output.dense", a, c->hidden_size, x), c->layer_norm_eps);
  a = auto_linear_act (cx, "intermediate.dense", x, c->intermediate_size, c->hidden_act);
  return auto_layer_norm (cx, "output.LayerNorm", auto_linear_add (cx, "output.dense", a, c->hidden_size, x), c->layer_norm_eps);
}

/* A convolution over the embeddings @x, added to the first layer's result @y. */
static AutoTensor *
deberta_convolution (AutoContext *cx, const DebertaV2Config *c, AutoTensor *x, AutoTensor *y, AutoTensor *shown)
{
  AUTO_SCOPE (cx, "conv");
  gint64 kernel = deberta_int (c, "conv_kernel_size", 0);
  const char *name = auto_config_get_string (AUTO_CONFIG ((gpointer) c), "conv_act");
  AutoActivation activation = AUTO_ACTIVATION_TANH;

  if (name && !auto_activation_from_name (name, &activation))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "conv_act: there is no activation %s", name);
  x = auto_conv1d (cx, "conv", auto_transpose (cx, x, 1, 2), c->hidden_size, &(AutoConv) {
    .kernel = { kernel }, .padding = { (kernel - 1) / 2 }, .groups = deberta_int (c, "conv_groups", 1), .activation = AUTO_ACTIVATION_LINEAR });
  x = auto_transpose (cx, x, 1, 2);
  x = shown ? auto_mul (cx, x, auto_unsqueeze (cx, shown, -1)) : x;
  y = auto_layer_norm (cx, "LayerNorm", auto_add (cx, y, auto_activation (cx, x, activation)), c->layer_norm_eps);
  return shown ? auto_mul (cx, y, auto_unsqueeze (cx, shown, -1)) : y;
}

static AutoTensor *
deberta_encoder (AutoContext *cx, const DebertaV2Config *c, AutoInputs *in)
{
  AutoTensor *shown, *first = deberta_embeddings (cx, c, in, &shown), *x = first;
  AutoMask mask = auto_self_mask (cx, shown, FALSE);
  AUTO_SCOPE (cx, "encoder");
  DebertaPositions positions = deberta_positions (cx, c, auto_dim (x, 1));

  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      {
        AUTO_LAYER (cx, &x, "layer.%d", i);
        auto_context_hidden_state (cx, x);
        x = deberta_layer (cx, c, x, &mask, shown, &positions);
      }
      if (i == 0 && deberta_int (c, "conv_kernel_size", 0) > 0)
        x = deberta_convolution (cx, c, first, x, shown);
    }
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead deberta_lm = { .kind = AUTO_HEAD_LM, .dense = "cls.predictions.transform.dense", .width = "embedding_size",
                                     .norm = "cls.predictions.transform.LayerNorm", .out = "cls.predictions.decoder",
                                     .bias = "cls.predictions.bias", .tied = "embeddings.word_embeddings.weight" };
static const AutoHead deberta_sequence = { .kind = AUTO_HEAD_SEQUENCE, .dense = "pooler.dense", .width = "pooler_hidden_size",
                                           .act = "pooler_hidden_act", .out = "classifier" };
static const AutoHead deberta_choice = { .kind = AUTO_HEAD_CHOICES, .dense = "pooler.dense", .width = "pooler_hidden_size",
                                         .act = "pooler_hidden_act", .out = "classifier", .choices = TRUE };

AUTO_DEFINE_BASE (DebertaV2Model, deberta_v2_model, deberta_encoder)
AUTO_DEFINE_HEAD (DebertaV2ForMaskedLM, deberta_v2_for_masked_lm, &deberta_lm, deberta_encoder)
AUTO_DEFINE_HEAD (DebertaV2ForSequenceClassification, deberta_v2_for_sequence, &deberta_sequence, deberta_encoder)
AUTO_DEFINE_HEAD (DebertaV2ForMultipleChoice, deberta_v2_for_choice, &deberta_choice, deberta_encoder)
AUTO_DEFINE_HEAD (DebertaV2ForTokenClassification, deberta_v2_for_tokens, &auto_head_token_classification, deberta_encoder)
AUTO_DEFINE_HEAD (DebertaV2ForQuestionAnswering, deberta_v2_for_answers, &auto_head_question_answering, deberta_encoder)

static const AutoSlowPieces deberta_v2_pieces = { .lower = "do_lower_case", .punctuation = "split_by_punct" };

static const AutoTokenizerSpec deberta_v2_tokenizer = {
  .class_name = "DebertaV2Tokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spm.model",
  .defaults = "{\"do_lower_case\": false, \"split_by_punct\": false, \"bos_token\": \"[CLS]\", \"eos_token\": \"[SEP]\", \"sep_token\": \"[SEP]\","
              " \"pad_token\": \"[PAD]\", \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\","
              " \"unk_token\": {\"content\": \"[UNK]\", \"normalized\": true}}",
  .json_defaults = "{\"unk_token\": \"[UNK]\"}",
  .normalizer = "{\"type\": \"Sequence\", \"normalizers\": [{\"when\": $do_lower_case, \"type\": \"Lowercase\"},"
                " {\"type\": \"Strip\", \"strip_left\": true, \"strip_right\": true},"
                " {\"when\": $charsmap, \"type\": \"Precompiled\", \"precompiled_charsmap\": $charsmap},"
                " {\"type\": \"Replace\", \"pattern\": {\"Regex\": \" {2,}\"}, \"content\": \" \"}]}",
  .pre_tokenizer = "{\"type\": \"Sequence\", \"pretokenizers\": [{\"when\": $split_by_punct, \"type\": \"Punctuation\", \"behavior\": \"Isolated\"},"
                   " {\"type\": \"Metaspace\", \"replacement\": \"▁\", \"add_prefix_space\": true, \"prepend_scheme\": \"always\"}]}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
  .slow = AUTO_SLOW_SENTENCEPIECE (&deberta_v2_pieces, .lower = "do_lower_case", .prefix = AUTO_SLOW_PREFIX_SPACE_OF_WORDS, .ids_fall_back = TRUE,
                                   .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (deberta_v2, "DeBERTa-v2",
  AUTO_ARCHITECTURE ("deberta-v2", deberta_v2_config, .prefix = "deberta"),
  AUTO_TASK ("AutoModel", deberta_v2_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", deberta_v2_for_masked_lm),
  AUTO_TASK ("AutoModelForMaskedLM", deberta_v2_for_masked_lm, .tf = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", deberta_v2_for_sequence, .tf = TRUE),
  AUTO_TASK ("AutoModelForMultipleChoice", deberta_v2_for_choice, .tf = TRUE),
  AUTO_TASK ("AutoModelForTokenClassification", deberta_v2_for_tokens, .tf = TRUE),
  AUTO_TASK ("AutoModelForQuestionAnswering", deberta_v2_for_answers, .tf = TRUE),
  AUTO_TASK ("AutoModelForTextEncoding", deberta_v2_model, .tf = TRUE),
  AUTO_TOKENIZER ("DebertaV2Tokenizer", "DebertaV2TokenizerFast", &deberta_v2_tokenizer));
