/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Funnel Transformer (Dai et al., arXiv:2006.03236); transformers: models/funnel/modeling_funnel.py */
#include "sdk/auto-sdk.h"

struct _FunnelConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, num_decoder_layers, d_model, n_head, d_head, d_inner;
  AutoInts block_sizes, block_repeats;
  AutoActivation hidden_act;
  double layer_norm_eps;
  const char *pooling_type, *attention_type;
  gboolean separate_cls, truncate_seq, pool_q_only;
};

static gboolean
funnel_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  struct _FunnelConfig *c = (struct _FunnelConfig *) config;
  g_autoptr(GString) ones = g_string_new ("[");

  for (guint i = 0; i < c->block_sizes.n; i++)
    g_string_append (ones, i ? ", 1" : "1");
  g_string_append_c (ones, ']');
  if (auto_config_is_null (AUTO_CONFIG (config), "block_repeats") && !auto_config_set_text (AUTO_CONFIG (config), "block_repeats", ones->str, error))
    return FALSE;
  const char *wrong = NULL;
  if (c->block_sizes.n != c->block_repeats.n)
    wrong = "block_repeats: needs as many numbers as block_sizes";
  else if (g_strcmp0 (c->pooling_type, "mean") && g_strcmp0 (c->pooling_type, "max"))
    wrong = "pooling_type: must be mean or max";
  else if (g_strcmp0 (c->attention_type, "relative_shift") && g_strcmp0 (c->attention_type, "factorized"))
    wrong = "attention_type: must be relative_shift or factorized";
  if (wrong)
    g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, wrong);
  return !wrong;
}

AUTO_DEFINE_CONFIG_WITH (FunnelConfig, funnel_config, "funnel", (.loaded = funnel_config_loaded),
  AUTO_INT (vocab_size, 30522, .min = 1, .max = G_MAXINT),
  AUTO_INTS (block_sizes, "[4, 4, 4]"),
  AUTO_INTS (block_repeats, "null"),
  AUTO_INT (num_decoder_layers, 2, .min = 0, .max = G_MAXINT),
  AUTO_INT (d_model, 768, .min = 2, .max = G_MAXINT),
  AUTO_INT (n_head, 12, .min = 1, .max = G_MAXINT),
  AUTO_INT (d_head, 64, .min = 1, .max = G_MAXINT),
  AUTO_INT (d_inner, 3072, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_NEW),
  AUTO_EXTRA ("hidden_dropout", "0.1"),
  AUTO_EXTRA ("attention_dropout", "0.1"),
  AUTO_EXTRA ("activation_dropout", "0.0"),
  AUTO_EXTRA ("initializer_range", "0.1"),
  AUTO_EXTRA ("initializer_std", "null"),
  AUTO_DOUBLE (layer_norm_eps, 1e-9),
  AUTO_STRING (pooling_type, "mean"),
  AUTO_STRING (attention_type, "relative_shift"),
  AUTO_BOOL (separate_cls, TRUE),
  AUTO_BOOL (truncate_seq, TRUE),
  AUTO_BOOL (pool_q_only, TRUE),
  AUTO_ALIAS ("hidden_size", "d_model"),
  AUTO_ALIAS ("num_attention_heads", "n_head"))

/* What attention knows of queries and keys beside their states. */
typedef struct
{
  AutoTensor *sines[2];    /* factorized: of the queries' positions (queries, width): sine, cosine */
  AutoTensor *factors[2];  /* factorized: of the keys' (keys, width) */
  AutoTensor *pooling, *same_length; /* relative_shift: encodings of distances (distances, width), from pooled queries and from all */
  AutoTensor *types;       /* whether query and key are of one segment (batch, queries, keys) */
  AutoTensor *shown;       /* attention_mask (batch, keys) */
  AutoTensor *apart;       /* 0 for the class token, else 1 (queries, keys), or NULL */
} FunnelInputs;

static AutoTensor *
funnel_angles (AutoContext *cx, const FunnelConfig *c, AutoTensor *positions)
{
  gint64 half = c->d_model / 2;
  g_autofree double *rates = g_new (double, half);

  for (gint64 i = 0; i < half; i++)
    rates[i] = 1 / pow (10000, (double) i / (double) half);
  return auto_outer (cx, auto_cast (cx, positions, AUTO_DTYPE_F32), auto_constant (cx, rates, half));
}

static gboolean
funnel_is_factorized (const FunnelConfig *c)
{
  return g_str_equal (c->attention_type, "factorized");
}

static AutoTensor *
twice (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_concat (cx, AUTO_TENSORS (a, b), -1);
}

/* One position in two along a dimension, the class token apart. */
static AutoTensor *
funnel_stride (AutoContext *cx, const FunnelConfig *c, AutoTensor *x, int dim)
{
  if (c->separate_cls && x)
    x = auto_concat (cx, AUTO_TENSORS (auto_slice (cx, x, dim, 0, 1, 1), x), dim);
  return x ? auto_slice (cx, x, dim, 0, c->separate_cls && c->truncate_seq ? -1 : AUTO_END, 2) : NULL;
}

/* Pairs of positions made one; a last one without a pair stays. */
static AutoTensor *
funnel_pool (AutoContext *cx, const FunnelConfig *c, AutoTensor *x, const char *how)
{
  if (c->separate_cls)
    x = auto_concat (cx, AUTO_TENSORS (auto_slice (cx, x, 1, 0, 1, 1), c->truncate_seq ? auto_slice (cx, x, 1, 0, -1, 1) : x), 1);
  if (auto_dim (x, 1) % 2)
    x = auto_concat (cx, AUTO_TENSORS (x, auto_slice (cx, x, 1, -1, AUTO_END, 1)), 1);
  x = auto_unflatten (cx, x, 1, AUTO_DIMS (auto_dim (x, 1) / 2, 2));
  return g_str_equal (how, "mean") ? auto_mean (cx, x, 2, FALSE) : g_str_equal (how, "max") ? auto_max (cx, x, 2, FALSE) : auto_min (cx, x, 2, FALSE);
}

static FunnelInputs
funnel_inputs (AutoContext *cx, const FunnelConfig *c, AutoInputs *in, AutoTensor *x)
{
  AutoTensor *types = auto_token_input (cx, in, "token_type_ids", x), *shown = auto_token_input (cx, in, "attention_mask", x);
  gint64 batch = auto_dim (x, 0), length = auto_dim (x, 1);
  AutoTensor *places = auto_arange (cx, 0, length, 1), *cls;
  FunnelInputs inputs = { .shown = shown ? auto_cast (cx, shown, AUTO_DTYPE_F32) : auto_ones (cx, AUTO_DIMS (batch, length)) };

  types = types ? types : auto_full (cx, AUTO_DIMS (batch, length), 0, AUTO_DTYPE_I64);
  cls = auto_eq_scalar (cx, types, 2); /* the class token is of both segments */
  cls = auto_logical_or (cx, auto_unsqueeze (cx, cls, 2), auto_unsqueeze (cx, cls, 1));
  types = auto_logical_or (cx, cls, auto_eq (cx, auto_unsqueeze (cx, types, 2), auto_unsqueeze (cx, types, 1)));
  inputs.types = auto_cast (cx, types, AUTO_DTYPE_F32);
  if (c->separate_cls)
    {
      AutoTensor *rest = auto_cast (cx, auto_gt_scalar (cx, places, 0), AUTO_DTYPE_F32);
      inputs.apart = auto_outer (cx, rest, rest);
    }
  if (funnel_is_factorized (c))
    {
      AutoTensor *angles = funnel_angles (cx, c, places), *sine = auto_sin (cx, angles), *cosine = auto_cos (cx, angles);
      inputs.sines[0] = twice (cx, sine, sine);
      inputs.sines[1] = twice (cx, cosine, cosine);
      inputs.factors[0] = twice (cx, cosine, sine);
      inputs.factors[1] = twice (cx, auto_neg (cx, sine), cosine);
    }
  return inputs;
}

/* Encodings of all distances from the farthest one on, every @stride; @to are the queries' positions, @from the keys'. */
static AutoTensor *
funnel_distances (AutoContext *cx, const FunnelConfig *c, const GArray *from, const GArray *to, gint64 stride, gint64 shift)
{
  gint64 first = g_array_index (to, gint64, 0), last = g_array_index (from, gint64, from->len - 1);
  gint64 max = first - g_array_index (from, gint64, 0) + shift * to->len * stride, min = first - last;
  AutoTensor *distances = auto_affine (cx, auto_arange (cx, 0, (max - min) / stride + 1, 1), (double) -stride, (double) max);
  AutoTensor *angles = funnel_angles (cx, c, distances);

  return twice (cx, auto_sin (cx, angles), auto_cos (cx, angles));
}

/* Takes the positions of a block to those of the next one, and encodes the distances between them. */
static void
funnel_encode_block (AutoContext *cx, const FunnelConfig *c, GArray **positions, guint block, FunnelInputs *inputs)
{
  gint64 stride = (gint64) 1 << block;

  if (funnel_is_factorized (c))
    return;
  if (block)
    {
      g_autoptr(GArray) old = *positions;
      GArray *pooled = g_array_new (FALSE, FALSE, sizeof (gint64));
      gint64 cls = 1 - stride;
      if (c->separate_cls)
        g_array_append_val (pooled, cls);
      for (guint i = c->separate_cls; i + (c->separate_cls && c->truncate_seq) < old->len; i += 2)
        g_array_append_val (pooled, g_array_index (old, gint64, i));
      inputs->pooling = funnel_distances (cx, c, old, pooled, stride / 2, 2);
      *positions = pooled;
    }
  inputs->same_length = funnel_distances (cx, c, *positions, *positions, stride, 1);
}

static AutoTensor *
funnel_bias_of (AutoContext *cx, const FunnelConfig *c, const char *name, double scale)
{
  AutoTensor *bias = auto_parameter (cx, name, AUTO_DIMS (c->n_head, c->d_head));

  return auto_reshape (cx, auto_scale (cx, bias, scale), AUTO_DIMS (1, c->n_head, 1, c->d_head));
}

/* Scores of distances: (batch, heads, queries, keys). */
static AutoTensor *
funnel_position_scores (AutoContext *cx, const FunnelConfig *c, AutoTensor *q, gint64 n_keys, double scale, const FunnelInputs *inputs)
{
  AutoTensor *kernel = auto_parameter (cx, "r_kernel", AUTO_DIMS (c->d_model, c->n_head, c->d_head));
  gint64 shift = auto_dim (q, 2) != n_keys ? 2 : 1;

  q = auto_add (cx, q, funnel_bias_of (cx, c, "r_r_bias", scale));
  if (funnel_is_factorized (c))
    {
      q = auto_matmul_nt (cx, q, auto_unsqueeze (cx, auto_permute (cx, kernel, AUTO_ORDER (1, 0, 2)), 0));
      return auto_add (cx, auto_matmul_nt (cx, auto_mul (cx, q, inputs->sines[0]), inputs->factors[0]),
                       auto_matmul_nt (cx, auto_mul (cx, q, inputs->sines[1]), inputs->factors[1]));
    }
  AutoTensor *rows = auto_matmul (cx, shift == 2 ? inputs->pooling : inputs->same_length, auto_flatten (cx, kernel, 1, 2));
  AutoTensor *scores = auto_matmul_nt (cx, q, auto_split_heads (cx, auto_unsqueeze (cx, rows, 0), c->n_head));
  return auto_relative_shift (cx, scores, shift, n_keys);
}

static AutoTensor *
funnel_type_scores (AutoContext *cx, const FunnelConfig *c, AutoTensor *q, double scale, const FunnelInputs *inputs)
{
  AutoTensor *table = auto_parameter (cx, "seg_embed", AUTO_DIMS (2, c->n_head, c->d_head));
  AutoTensor *scores = auto_matmul_nt (cx, auto_add (cx, q, funnel_bias_of (cx, c, "r_s_bias", scale)),
                                       auto_unsqueeze (cx, auto_permute (cx, table, AUTO_ORDER (1, 0, 2)), 0));

  return auto_where (cx, auto_unsqueeze (cx, inputs->types, 1), auto_slice (cx, scores, 3, 1, 2, 1), auto_slice (cx, scores, 3, 0, 1, 1));
}

static AutoTensor *
funnel_attention (AutoContext *cx, const FunnelConfig *c, AutoTensor *query, AutoTensor *source, const FunnelInputs *inputs)
{
  AUTO_SCOPE (cx, "attention");
  gint64 width = (gint64) c->n_head * c->d_head;
  double scale = 1 / sqrt ((double) c->d_head);
  AutoTensor *q = auto_scale (cx, auto_split_heads (cx, auto_linear_no_bias (cx, "q_head", query, width), c->n_head), scale);
  AutoTensor *k = auto_split_heads (cx, auto_linear (cx, "k_head", source, width), c->n_head);
  AutoTensor *v = auto_split_heads (cx, auto_linear (cx, "v_head", source, width), c->n_head);
  AutoTensor *bias = auto_add (cx, funnel_position_scores (cx, c, q, auto_dim (k, 2), scale, inputs), funnel_type_scores (cx, c, q, scale, inputs));

  bias = inputs->apart ? auto_mul (cx, bias, inputs->apart) : bias;
  AutoTensor *scores = auto_add (cx, auto_matmul_nt (cx, auto_add (cx, q, funnel_bias_of (cx, c, "r_w_bias", scale)), k), bias);
  /* In this order: where no key is seen, what is left of the scores beside a million tells the keys apart. */
  AutoTensor *hidden = auto_unsqueeze (cx, auto_unsqueeze (cx, auto_affine (cx, inputs->shown, 1e6, -1e6), 1), 1);
  AutoTensor *probabilities = auto_softmax (cx, auto_add (cx, scores, hidden), -1);
  AutoTensor *y = auto_merge_heads (cx, auto_matmul (cx, probabilities, v));
  if (auto_context_wants_attentions (cx))
    auto_context_collect (cx, "attentions", probabilities);
  return auto_layer_norm (cx, "layer_norm", auto_linear_add (cx, "post_proj", y, c->d_model, query), c->layer_norm_eps);
}

static AutoTensor *
funnel_layer (AutoContext *cx, const FunnelConfig *c, AutoTensor *query, AutoTensor *source, const FunnelInputs *inputs)
{
  AutoTensor *x = funnel_attention (cx, c, query, source, inputs), *a = auto_linear_act (cx, "ffn.linear_1", x, c->d_inner, c->hidden_act);

  return auto_layer_norm (cx, "ffn.layer_norm", auto_linear_add (cx, "ffn.linear_2", a, c->d_model, x), c->layer_norm_eps);
}

/* The inputs of the pooling layer's attention: the queries', and the keys' too when they are pooled first. */
static void
funnel_pool_queries (AutoContext *cx, const FunnelConfig *c, FunnelInputs *inputs)
{
  for (int i = 0; i < 2; i++)
    {
      inputs->sines[i] = funnel_stride (cx, c, inputs->sines[i], 0);
      inputs->factors[i] = c->pool_q_only ? inputs->factors[i] : funnel_stride (cx, c, inputs->factors[i], 0);
    }
  inputs->types = funnel_stride (cx, c, inputs->types, 1);
  inputs->apart = funnel_stride (cx, c, inputs->apart, 0);
}

static void
funnel_pool_keys (AutoContext *cx, const FunnelConfig *c, FunnelInputs *inputs)
{
  inputs->types = funnel_stride (cx, c, inputs->types, 2);
  inputs->apart = funnel_stride (cx, c, inputs->apart, 1);
  inputs->shown = funnel_pool (cx, c, inputs->shown, "min");
}

/* @first gets the states after as many layers as the first block has. */
static AutoTensor *
funnel_encoder (AutoContext *cx, const FunnelConfig *c, AutoInputs *in, AutoTensor *x, AutoTensor **first)
{
  AUTO_SCOPE (cx, "encoder");
  FunnelInputs inputs = funnel_inputs (cx, c, in, x);
  g_autoptr(GArray) positions = g_array_new (FALSE, FALSE, sizeof (gint64));
  int done = 0;

  if (c->block_sizes.n < 1 || c->block_sizes.n > 30 || c->block_sizes.values[0] < 0 || c->block_sizes.n != c->block_repeats.n)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "block_sizes: needs from 1 to 30 sizes, and block_repeats as many");
  for (gint64 i = 0; i < auto_dim (x, 1); i++)
    g_array_append_val (positions, i);
  auto_context_hidden_state (cx, x);
  *first = x;
  for (guint b = 0; b < c->block_sizes.n && !auto_context_has_failed (cx); b++)
    {
      AUTO_SCOPE (cx, "blocks.%d", (int) b);
      gboolean pooling = b && auto_dim (x, 1) > (c->separate_cls ? 2 : 1);
      AutoTensor *pooled = pooling ? funnel_pool (cx, c, x, c->pooling_type) : NULL;
      funnel_encode_block (cx, c, &positions, b, &inputs);
      if (pooling)
        funnel_pool_queries (cx, c, &inputs);
      if (pooling && !c->pool_q_only)
        funnel_pool_keys (cx, c, &inputs);
      gint64 repeats = MAX (c->block_repeats.values[b], 0);
      for (gint64 i = 0; i < c->block_sizes.values[b] * repeats && !auto_context_has_failed (cx); i++)
        {
          {
            AUTO_LAYER (cx, &x, "%d", (int) (i / repeats));
            x = funnel_layer (cx, c, pooled ? pooled : x, pooled && !c->pool_q_only ? pooled : x, &inputs);
          }
          if (pooled && c->pool_q_only)
            funnel_pool_keys (cx, c, &inputs);
          for (int j = 0; j < 2 && pooled && c->pool_q_only; j++)
            inputs.factors[j] = funnel_stride (cx, c, inputs.factors[j], 0);
          pooled = NULL;
          auto_context_hidden_state (cx, x);
          *first = ++done == c->block_sizes.values[0] ? x : *first;
        }
    }
  return x;
}

static AutoTensor *
funnel_embeddings (AutoContext *cx, const FunnelConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");
  AutoTensor *x = auto_input_embeddings (cx, in, "word_embeddings", c->vocab_size, c->d_model);

  return auto_inputs_get (in, "inputs_embeds") ? x : auto_layer_norm (cx, "layer_norm", x, c->layer_norm_eps);
}

/* Each position as often as it stands for a token. */
static AutoTensor *
funnel_upsample (AutoContext *cx, const FunnelConfig *c, AutoTensor *x, gint64 length)
{
  gint64 stride = (gint64) 1 << (c->block_sizes.n - 1), rest = length - (c->separate_cls ? 1 : 0);
  AutoTensor *cls = auto_slice (cx, x, 1, 0, 1, 1);

  if (stride == 1)
    return x;
  x = auto_repeat_interleave (cx, c->separate_cls ? auto_slice (cx, x, 1, 1, AUTO_END, 1) : x, stride, 1);
  if (c->separate_cls && c->truncate_seq)
    x = auto_concat (cx, AUTO_TENSORS (x, auto_zeros (cx, AUTO_DIMS (auto_dim (x, 0), stride - 1, c->d_model))), 1);
  x = auto_slice (cx, x, 1, 0, rest, 1);
  return c->separate_cls ? auto_concat (cx, AUTO_TENSORS (cls, x), 1) : x;
}

static AutoTensor *
funnel_base (AutoContext *cx, const FunnelConfig *c, AutoInputs *in)
{
  AutoTensor *first;

  return funnel_encoder (cx, c, in, funnel_embeddings (cx, c, in), &first);
}

static AutoTensor *
funnel_base_alone (AutoContext *cx, const FunnelConfig *c, AutoInputs *in)
{
  auto_inputs_get (in, "position_ids"); /* the reference takes both and makes no use of them */
  auto_inputs_get (in, "head_mask");
  return funnel_base (cx, c, in);
}

static AutoTensor *
funnel_whole (AutoContext *cx, const FunnelConfig *c, AutoInputs *in)
{
  AutoTensor *first, *x = funnel_encoder (cx, c, in, funnel_embeddings (cx, c, in), &first);

  if (auto_context_has_failed (cx))
    return NULL;
  x = auto_add (cx, funnel_upsample (cx, c, x, auto_dim (first, 1)), first);
  FunnelInputs inputs = funnel_inputs (cx, c, in, x);
  g_autoptr(GArray) positions = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gint64 i = 0; i < auto_dim (x, 1); i++)
    g_array_append_val (positions, i);
  funnel_encode_block (cx, c, &positions, 0, &inputs);
  auto_context_hidden_state (cx, x);
  for (int i = 0; i < c->num_decoder_layers; i++)
    {
      AUTO_LAYER (cx, &x, "decoder.layers.%d", i);
      x = funnel_layer (cx, c, x, x, &inputs);
      auto_context_hidden_state (cx, x);
    }
  return x;
}

/* Which tokens a generator replaced; dimensions of one are left out. */
static void
funnel_pretraining_forward (AutoContext *cx, const FunnelConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "funnel");
    x = funnel_whole (cx, c, in);
  }
  x = auto_linear_act (cx, "discriminator_predictions.dense", x, c->d_model, c->hidden_act);
  x = auto_squeeze (cx, auto_linear (cx, "discriminator_predictions.dense_prediction", x, 1), -1);
  x = auto_dim (x, 1) == 1 ? auto_squeeze (cx, x, 1) : x;
  auto_model_output_set (out, "logits", auto_dim (x, 0) == 1 ? auto_squeeze (cx, x, 0) : x);
}

static const AutoHead funnel_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .tied = "embeddings.word_embeddings.weight" };
static const AutoHead funnel_sequence = { .kind = AUTO_HEAD_SEQUENCE, .dense = "classifier.linear_hidden", .activation = AUTO_ACTIVATION_TANH,
                                          .out = "classifier.linear_out" };
static const AutoHead funnel_choice = { .kind = AUTO_HEAD_CHOICES, .dense = "classifier.linear_hidden", .activation = AUTO_ACTIVATION_TANH,
                                        .out = "classifier.linear_out", .choices = TRUE };

AUTO_DEFINE_BASE (FunnelModel, funnel_model, funnel_whole)
AUTO_DEFINE_BASE (FunnelBaseModel, funnel_base_model, funnel_base_alone)
AUTO_DEFINE_MODEL (FunnelForPreTraining, funnel_for_pre_training, funnel_pretraining_forward)
AUTO_DEFINE_HEAD (FunnelForMaskedLM, funnel_for_masked_lm, &funnel_lm, funnel_whole)
AUTO_DEFINE_HEAD (FunnelForSequenceClassification, funnel_for_sequence, &funnel_sequence, funnel_base)
AUTO_DEFINE_HEAD (FunnelForMultipleChoice, funnel_for_choice, &funnel_choice, funnel_base)
AUTO_DEFINE_HEAD (FunnelForTokenClassification, funnel_for_tokens, &auto_head_token_classification, funnel_whole)
AUTO_DEFINE_HEAD (FunnelForQuestionAnswering, funnel_for_answers, &auto_head_question_answering, funnel_whole)

static const AutoTokenizerSpec funnel_tokenizer = {
  AUTO_WORDPIECE_PARTS ("FunnelTokenizer"),
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"sep_token\": \"<sep>\", \"cls_token\": \"<cls>\","
              " \"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\", \"mask_token\": \"<mask>\"}",
  .single = "${cls_token}:2 $A:0 ${sep_token}:0", .pair = "${cls_token}:2 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1" };

AUTO_PLUGIN (funnel, "Funnel Transformer",
  AUTO_ARCHITECTURE ("funnel", funnel_config, .prefix = "funnel"),
  AUTO_TASK ("AutoModel", funnel_model, .tf = TRUE),
  AUTO_TASK ("AutoModel", funnel_base_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", funnel_for_pre_training, .tf = TRUE),
  AUTO_TASK ("AutoModelForMaskedLM", funnel_for_masked_lm, .tf = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", funnel_for_sequence, .tf = TRUE),
  AUTO_TASK ("AutoModelForMultipleChoice", funnel_for_choice, .tf = TRUE),
  AUTO_TASK ("AutoModelForTokenClassification", funnel_for_tokens, .tf = TRUE),
  AUTO_TASK ("AutoModelForQuestionAnswering", funnel_for_answers, .tf = TRUE),
  AUTO_TOKENIZER ("FunnelTokenizer", "FunnelTokenizerFast", &funnel_tokenizer));
