/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* T5 (Raffel et al., arXiv:1910.10683), mT5 (Xue et al., arXiv:2010.11934), UMT5 (Chung et al., arXiv:2304.09151); transformers:
 * models/t5/modeling_t5.py, models/umt5/modeling_umt5.py */
#include <string.h>

#include "sdk/auto-sdk.h"

typedef struct _T5Config
{
  AutoPretrainedConfig parent;
  int vocab_size, d_model, d_kv, d_ff, num_layers, num_decoder_layers, num_heads;
  int relative_attention_num_buckets, relative_attention_max_distance;
  double layer_norm_epsilon;
  const char *feed_forward_proj;
  AutoActivation dense_act_fn;
  gboolean is_gated_act;
  gboolean bias_in_every_layer; /* UMT5; no key */
} T5Config;

struct _MT5Config { T5Config parent; };
typedef struct _UMT5Config { T5Config parent; } UMT5Config;

/* feed_forward_proj is ACT or gated-ACT, and gated-gelu means the approximate one. */
static gboolean
t5_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  T5Config *c = (T5Config *) config;
  AutoConfig *self = AUTO_CONFIG (config);
  g_auto(GStrv) parts = g_strsplit (c->feed_forward_proj ? c->feed_forward_proj : "", "-", -1);
  guint n = g_strv_length (parts);
  gboolean gated = n && g_str_equal (parts[0], "gated");

  if (!c->feed_forward_proj || n > 2 || (n == 2 && !gated))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "feed_forward_proj must be gated-ACTIVATION or ACTIVATION, and it is %s",
                   c->feed_forward_proj ? c->feed_forward_proj : "null");
      return FALSE;
    }
  const char *act = g_str_equal (c->feed_forward_proj, "gated-gelu") ? "gelu_new" : n ? parts[n - 1] : "";
  return auto_config_set_string (self, "dense_act_fn", act, error) && auto_config_set_bool (self, "is_gated_act", gated, error) &&
         (!auto_config_is_null (self, "num_decoder_layers") || auto_config_set_int (self, "num_decoder_layers", c->num_layers, error));
}

static gboolean
umt5_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  ((T5Config *) config)->bias_in_every_layer = TRUE;
  return t5_config_loaded (config, error);
}

AUTO_DEFINE_CONFIG_WITH (T5Config, t5_config, "t5", (.loaded = t5_config_loaded),
  AUTO_INT (vocab_size, 32128, .min = 1, .max = G_MAXINT),
  AUTO_INT (d_model, 512, .min = 1, .max = G_MAXINT),
  AUTO_INT (d_kv, 64, .min = 1, .max = G_MAXINT),
  AUTO_INT (d_ff, 2048, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_layers, 6, .min = 0, .max = G_MAXINT),
  AUTO_INT_NULL (num_decoder_layers, .null_value = 1),
  AUTO_INT (num_heads, 8, .min = 1, .max = G_MAXINT),
  AUTO_INT (relative_attention_num_buckets, 32, .min = 4, .max = G_MAXINT),
  AUTO_INT (relative_attention_max_distance, 128, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("dropout_rate", "0.1"),
  AUTO_EXTRA ("classifier_dropout", "0.0"),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-6),
  AUTO_EXTRA ("initializer_factor", "1.0"),
  AUTO_STRING (feed_forward_proj, "relu"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_ENUM (dense_act_fn, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_RELU, .derived = TRUE),
  AUTO_BOOL (is_gated_act, FALSE, .derived = TRUE),
  AUTO_DEFAULT ("is_encoder_decoder", "true"),
  AUTO_DEFAULT ("pad_token_id", "0"),
  AUTO_DEFAULT ("eos_token_id", "1"),
  AUTO_ALIAS ("hidden_size", "d_model"),
  AUTO_ALIAS ("num_attention_heads", "num_heads"),
  AUTO_ALIAS ("num_hidden_layers", "num_layers"))

#define MT5_DEFAULTS                                                                                                           \
  AUTO_DEFAULT ("tokenizer_class", "\"T5Tokenizer\""), AUTO_DEFAULT ("decoder_start_token_id", "0"),                           \
  AUTO_DEFAULT ("vocab_size", "250112"), AUTO_DEFAULT ("d_ff", "1024"), AUTO_DEFAULT ("num_layers", "8"),                      \
  AUTO_DEFAULT ("num_heads", "6"), AUTO_DEFAULT ("feed_forward_proj", "\"gated-gelu\"")

AUTO_DEFINE_CONFIG_WITH (MT5Config, mt5_config, "mt5", (.parent = t5_config_get_type (), .loaded = t5_config_loaded, .base_first = TRUE),
  MT5_DEFAULTS, AUTO_DEFAULT ("tie_word_embeddings", "false"))
AUTO_DEFINE_CONFIG_WITH (UMT5Config, umt5_config, "umt5", (.parent = t5_config_get_type (), .loaded = umt5_config_loaded, .base_first = TRUE),
  MT5_DEFAULTS)

static AutoTensor *
t5_position_bias (AutoContext *cx, const T5Config *c, gint64 length, gboolean decoder)
{
  gint64 past = decoder ? auto_context_get_past (cx) : 0;
  AutoTensor *buckets = auto_relative_buckets (cx, auto_relative_positions (cx, past, length, past + length), !decoder,
                                               c->relative_attention_num_buckets, c->relative_attention_max_distance);
  AutoTensor *bias = auto_embedding (cx, "layer.0.SelfAttention.relative_attention_bias", buckets, c->relative_attention_num_buckets, c->num_heads);

  return auto_relative_bias (cx, bias);
}

static AutoTensor *
t5_attention (AutoContext *cx, const T5Config *c, AutoTensor *x, const AutoMask *mask, AutoTensor *source, AutoTensor *head_mask)
{
  AutoTensor *a = auto_rms_norm (cx, "layer_norm", x, c->layer_norm_epsilon);
  AUTO_SCOPE (cx, "%s", source ? "EncDecAttention" : "SelfAttention");

  return auto_attention (cx, a, mask, &(AutoAttention) {
    .q = "q", .k = "k", .v = "v", .out = "o", .no_bias = TRUE, .out_no_bias = TRUE, .heads = c->num_heads, .head_dim = c->d_kv, .scale = 1,
    .source = source, .head_mask = head_mask, .residual = x });
}

static AutoTensor *
t5_feed_forward (AutoContext *cx, const T5Config *c, AutoTensor *x)
{
  AutoTensor *a = auto_rms_norm (cx, "layer_norm", x, c->layer_norm_epsilon);
  AUTO_SCOPE (cx, "DenseReluDense");

  if (c->is_gated_act)
    return auto_gated_feed_forward (cx, "wi_0", "wi_1", "wo", a, c->d_ff, c->dense_act_fn, x);
  a = auto_linear_full (cx, "wi", a, c->d_ff, &(AutoLinear) { .no_bias = TRUE, .activation = c->dense_act_fn });
  return auto_linear_full (cx, "wo", a, c->d_model, &(AutoLinear) { .no_bias = TRUE, .residual = x, .activation = AUTO_ACTIVATION_LINEAR });
}

/* One stack; a decoder has the encoder's states as @source. */
static AutoTensor *
t5_stack (AutoContext *cx, const T5Config *c, AutoInputs *in, AutoTensor *x, AutoMask mask, AutoTensor *source)
{
  int layers = source ? c->num_decoder_layers : c->num_layers;
  const char *heads = source ? "decoder_head_mask" : "head_mask";
  AutoMask source_mask = auto_cross_mask (cx, source ? auto_inputs_get (in, "attention_mask") : NULL);
  AutoTensor *bias = NULL;

  for (int i = 0; i < layers; i++)
    {
      AUTO_LAYER (cx, &x, "block.%d", i);
      AUTO_CARRY (cx, &bias);
      auto_context_hidden_state (cx, x);
      if (!bias || c->bias_in_every_layer)
        bias = auto_mask_with_bias (cx, mask, t5_position_bias (cx, c, auto_dim (x, 1), source != NULL)).bias;
      AutoMask biased = { .bias = bias, .causal = mask.causal, .offset = mask.offset };
      {
        AUTO_SCOPE (cx, "layer.0");
        x = t5_attention (cx, c, x, &biased, NULL, auto_named_head_mask (cx, in, heads, i, layers, c->num_heads));
      }
      if (source)
        {
          AUTO_SCOPE (cx, "layer.1");
          x = t5_attention (cx, c, x, &source_mask, source, auto_named_head_mask (cx, in, "cross_attn_head_mask", i, layers, c->num_heads));
        }
      AUTO_SCOPE (cx, source ? "layer.2" : "layer.1");
      x = t5_feed_forward (cx, c, x);
    }
  x = auto_rms_norm (cx, "final_layer_norm", x, c->layer_norm_epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}

static AutoTensor *
t5_encoder (AutoContext *cx, const T5Config *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "shared", c->vocab_size, c->d_model);

  auto_second_name (cx, "encoder.embed_tokens.weight", "shared.weight", AUTO_DIMS (c->vocab_size, c->d_model));
  AUTO_SCOPE (cx, "encoder");
  return t5_stack (cx, c, in, x, auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), FALSE), NULL);
}

static AutoTensor *
t5_base (AutoContext *cx, const T5Config *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_context_set_collection (cx, "encoder_");
  AutoTensor *source = auto_encoder_states (cx, in, (AutoBase) t5_encoder, c);

  auto_model_output_set (out, "encoder_last_hidden_state", source);
  if (auto_encoder_only (in))
    return source;
  auto_context_set_collection (cx, "decoder_");
  AutoTensor *x = auto_decoder_input_embeddings (cx, in, "shared", c->vocab_size, c->d_model);
  auto_second_name (cx, "decoder.embed_tokens.weight", "shared.weight", AUTO_DIMS (c->vocab_size, c->d_model));
  AUTO_SCOPE (cx, "decoder");
  return t5_stack (cx, c, in, x, auto_self_mask (cx, auto_inputs_get (in, "decoder_attention_mask"), TRUE), source);
}

static void
t5_model_forward (AutoContext *cx, const T5Config *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = t5_base (cx, c, in, out);

  if (!auto_encoder_only (in))
    auto_model_output_set (out, "last_hidden_state", x);
}

static const AutoHead t5_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "shared.weight" };
static const AutoHead t5_sequence = { .kind = AUTO_HEAD_TOKENS, .dense = "classification_head.dense", .activation = AUTO_ACTIVATION_TANH,
                                      .out = "classification_head.out_proj" };

static void
t5_lm_forward (AutoContext *cx, const T5Config *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = t5_base (cx, c, in, out);

  if (auto_encoder_only (in))
    return;
  if (c->parent.tie_word_embeddings)
    x = auto_scale (cx, x, 1 / sqrt ((double) c->d_model));
  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), NULL, &t5_lm, x, in, out);
}

/* Inputs whose decoder is fed the encoder's ids, when the call says no others. */
static AutoInputs *
t5_shifted (AutoContext *cx, const T5Config *c, AutoInputs *in)
{
  AutoInputs *own = auto_inputs_derive (in);
  AutoTensor *ids = auto_inputs_get (in, "input_ids");

  if (ids && !auto_inputs_get (in, "decoder_input_ids") && !auto_inputs_get (in, "decoder_inputs_embeds"))
    auto_inputs_set (own, "decoder_input_ids", auto_shift_right (cx, ids, MAX (c->parent.decoder_start_token_id, 0), c->parent.pad_token_id));
  return own;
}

static void
t5_sequence_forward (AutoContext *cx, const T5Config *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoInputs) own = t5_shifted (cx, c, in);
  AutoTensor *ids = auto_required_input (cx, in, "input_ids"), *x;

  {
    AUTO_SCOPE (cx, "transformer");
    x = t5_base (cx, c, own, out);
  }
  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), NULL, &t5_sequence, auto_pool_eos (cx, x, ids, c->parent.eos_token_id), in, out);
}

static void
t5_answers_forward (AutoContext *cx, const T5Config *c, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoInputs) own = t5_shifted (cx, c, in);

  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), NULL, &auto_head_question_answering, t5_base (cx, c, own, out), in, out);
}

#define T5_CLASSES(Prefix, prefix)                                                                                             \
  AUTO_DEFINE_MODEL (Prefix##Model, prefix##_model, t5_model_forward, .example = auto_example_seq2seq)                         \
  AUTO_DEFINE_BASE (Prefix##EncoderModel, prefix##_encoder_model, t5_encoder)                                                  \
  AUTO_DEFINE_MODEL (Prefix##ForConditionalGeneration, prefix##_lm, t5_lm_forward, .example = auto_example_seq2seq)            \
  AUTO_DEFINE_MODEL (Prefix##ForSequenceClassification, prefix##_sequence, t5_sequence_forward, .example = auto_example_seq2seq) \
  AUTO_DEFINE_MODEL (Prefix##ForQuestionAnswering, prefix##_answers, t5_answers_forward, .example = auto_example_seq2seq)

T5_CLASSES (T5, t5)
T5_CLASSES (MT5, mt5)
T5_CLASSES (UMT5, umt5)

/* <extra_id_99> to <extra_id_0>: the marks of gaps. */
static char **
t5_gap_tokens (const AutoTokenizerSpec *self, JsonObject *settings)
{
  gint64 n = json_object_get_int_member_with_default (settings, "extra_ids", 100);
  g_autoptr(GStrvBuilder) tokens = g_strv_builder_new ();

  for (gint64 i = MIN (n, 100000) - 1; i >= 0; i--)
    {
      g_autofree char *token = g_strdup_printf ("<extra_id_%" G_GINT64_FORMAT ">", i);
      g_strv_builder_add (tokens, token);
    }
  return g_strv_builder_end (tokens);
}

static const AutoSlowPieces t5_pieces = { .mark = AUTO_MARK_SETTING, .unmark = AUTO_UNMARK_ALL };

static const AutoTokenizerSpec t5_tokenizer
    = { .class_name = "T5Tokenizer",
        .kind = AUTO_TOKENIZER_SENTENCEPIECE,
        .vocab_file = "spiece.model",
        .defaults = "{\"unk_token\": \"<unk>\", \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\", \"extra_ids\": 100}",
        .single = "$A:0 </s>:0",
        .pair = "$A:0 </s>:0 $B:0 </s>:0",
        .more_tokens = t5_gap_tokens,
        .more_descend = TRUE,
        .model_input_names = auto_tokenizer_plain_inputs,
        .slow = AUTO_SLOW_SENTENCEPIECE (&t5_pieces, .strip_more = TRUE, .single = "$A:0 !${eos_token}:0",
                                         .pair = "$A:0 !${eos_token}:0 $B:0 !${eos_token}:0") };

#define T5_ROWS(low, class_name, has_tf, has_flax)                                                                                      \
  AUTO_ARCHITECTURE (#low, low##_config, .prefix = "transformer"),                                                       \
  AUTO_TASK ("AutoModel", low##_model, .tf = has_tf, .flax = has_flax),                                                     \
  AUTO_TASK ("AutoModelForSeq2SeqLM", low##_lm, .tf = has_tf, .flax = has_flax),                                            \
  AUTO_TASK ("AutoModelForSequenceClassification", low##_sequence),                                                         \
  AUTO_TASK ("AutoModelForQuestionAnswering", low##_answers),                                                               \
  AUTO_TASK ("AutoModelForTextEncoding", low##_encoder_model, .tf = has_tf),                                                \
  AUTO_TOKENIZER (class_name, class_name "Fast", &t5_tokenizer)

AUTO_PLUGIN (t5, "T5",
  T5_ROWS (t5, "T5Tokenizer", TRUE, TRUE),
  AUTO_TASK ("AutoModelForPreTraining", t5_lm, .tf = TRUE, .flax = TRUE),
  T5_ROWS (mt5, "MT5Tokenizer", TRUE, TRUE),
  AUTO_TASK ("FlaxAutoModelForPreTraining", mt5_lm),
  T5_ROWS (umt5, "T5Tokenizer", FALSE, FALSE));
