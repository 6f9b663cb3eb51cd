/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Falcon (Almazrouei et al., arXiv:2311.16867); transformers: models/falcon/modeling_falcon.py */
#include "sdk/auto-sdk.h"

typedef struct _FalconConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, num_hidden_layers, num_attention_heads, num_kv_heads, max_position_embeddings;
  double layer_norm_epsilon, rope_theta;
  gboolean alibi, new_decoder_architecture, multi_query, parallel_attn, bias;
  JsonNode *rope_scaling;
} FalconConfig;

static gboolean
falcon_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  FalconConfig *c = (FalconConfig *) config;

  if (!auto_config_renamed (config, "n_embed", "hidden_size", error)
      || !auto_config_default_to (config, "num_kv_heads", "num_attention_heads", error))
    return FALSE;
  if (!c->alibi || !c->rope_scaling || JSON_NODE_HOLDS_NULL (c->rope_scaling))
    return auto_rope_check (config, error);
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s", "rope_scaling must be null where alibi is true");
  return FALSE;
}

AUTO_DEFINE_CONFIG_WITH (FalconConfig, falcon_config, "falcon", (.loaded = falcon_config_loaded),
  AUTO_INT (vocab_size, 65024, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 4544, .min = 1, .max = G_MAXINT / 4),
  AUTO_INT (num_hidden_layers, 32, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 71, .min = 1, .max = G_MAXINT),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_EXTRA ("hidden_dropout", "0.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_INT_NULL (num_kv_heads, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (alibi, FALSE),
  AUTO_BOOL (new_decoder_architecture, FALSE),
  AUTO_BOOL (multi_query, TRUE),
  AUTO_BOOL (parallel_attn, TRUE),
  AUTO_BOOL (bias, FALSE),
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT),
  AUTO_DOUBLE (rope_theta, 10000.0),
  AUTO_OBJECT (rope_scaling, "null"),
  AUTO_DEFAULT ("bos_token_id", "11"),
  AUTO_DEFAULT ("eos_token_id", "11"))

static AutoTensor *
rounded (AutoContext *cx, AutoTensor *x)
{
  return auto_cast (cx, auto_cast (cx, x, AUTO_DTYPE_BF16), AUTO_DTYPE_F32);
}

/* The biases of the scores, computed with eight bits of precision as in training, and scaled with them. */
static AutoTensor *
falcon_alibi (AutoContext *cx, const FalconConfig *c, AutoTensor *attention_mask, gint64 length)
{
  AutoTensor *places = rounded (cx, auto_alibi_places (cx, attention_mask, length));
  AutoTensor *slopes = rounded (cx, auto_reshape (cx, auto_alibi_slopes (cx, c->num_attention_heads), AUTO_DIMS (c->num_attention_heads, 1, 1)));

  return auto_scale (cx, rounded (cx, auto_mul (cx, slopes, places)), 1 / sqrt ((double) c->hidden_size / c->num_attention_heads));
}

static AutoTensor *
falcon_dense (AutoContext *cx, const FalconConfig *c, const char *name, AutoTensor *x, gint64 width, AutoActivation activation, AutoTensor *residual)
{
  return auto_linear_full (cx, name, x, width, &(AutoLinear) { .no_bias = !c->bias, .activation = activation, .residual = residual });
}

static AutoTensor *
falcon_layer (AutoContext *cx, const FalconConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary, AutoTensor *head_mask)
{
  gboolean two_norms = c->new_decoder_architecture, in_turn = !two_norms && !c->parallel_attn;
  AutoTensor *a = auto_layer_norm (cx, two_norms ? "ln_attn" : "input_layernorm", x, c->layer_norm_epsilon);
  AutoTensor *y = auto_attention (cx, a, mask, &(AutoAttention) {
    .qkv = "self_attention.query_key_value", .fused = AUTO_FUSED_BY_HEAD, .out = "self_attention.dense", .heads = c->num_attention_heads,
    .kv_heads = two_norms ? c->num_kv_heads : c->multi_query ? 1 : c->num_attention_heads, .no_bias = !c->bias, .out_no_bias = !c->bias,
    .rotary = rotary, .head_mask = head_mask, .residual = x });

  if (two_norms)
    a = auto_layer_norm (cx, "ln_mlp", x, c->layer_norm_epsilon);
  if (in_turn)
    a = auto_layer_norm (cx, "post_attention_layernorm", y, c->layer_norm_epsilon);
  a = falcon_dense (cx, c, "mlp.dense_h_to_4h", a, 4 * c->hidden_size, AUTO_ACTIVATION_GELU, NULL);
  return falcon_dense (cx, c, "mlp.dense_4h_to_h", a, c->hidden_size, AUTO_ACTIVATION_LINEAR, y);
}

static AutoTensor *
falcon_base (AutoContext *cx, const FalconConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "word_embeddings", c->vocab_size, c->hidden_size);
  AutoTensor *attention_mask = auto_inputs_get (in, "attention_mask"), *rotary = NULL;
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (x, 1));
  AutoMask mask = auto_self_mask (cx, attention_mask, TRUE);

  if (c->alibi)
    mask = auto_mask_with_bias (cx, mask, falcon_alibi (cx, c, attention_mask, auto_dim (x, 1)));
  else
    rotary = auto_rope_table (cx, positions, c->hidden_size / c->num_attention_heads, c->rope_theta, c->rope_scaling, c->max_position_embeddings);
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "h.%d", i);
      auto_ignore_weight (cx, "self_attention.rotary_emb.inv_freq");
      auto_context_hidden_state (cx, x);
      AutoTensor *head_mask = auto_head_mask (cx, in, i, c->num_hidden_layers, c->num_attention_heads);
      x = falcon_layer (cx, c, x, &mask, rotary, c->alibi ? head_mask : NULL); /* the reference, too, has no use for it with rotary positions */
    }
  x = auto_layer_norm (cx, "ln_f", x, c->layer_norm_epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead falcon_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "word_embeddings.weight" };

AUTO_DEFINE_BASE (FalconModel, falcon_model, falcon_base)
AUTO_DEFINE_HEAD (FalconForCausalLM, falcon_for_causal_lm, &falcon_lm, falcon_base)
AUTO_DEFINE_HEAD (FalconForSequenceClassification, falcon_for_sequence_classification, &auto_head_decoder_sequence, falcon_base)
AUTO_DEFINE_HEAD (FalconForTokenClassification, falcon_for_token_classification, &auto_head_token_classification, falcon_base)
AUTO_DEFINE_HEAD (FalconForQuestionAnswering, falcon_for_question_answering, &auto_head_question_answering, falcon_base)

/* All is in tokenizer.json. */
static const AutoTokenizerSpec falcon_tokenizer = { .class_name = "PreTrainedTokenizerFast", .ids_single = "$A:0", .ids_pair = "$A:0 $B:1" };

AUTO_PLUGIN (falcon, "Falcon",
  AUTO_ARCHITECTURE ("falcon", falcon_config, .prefix = "transformer"),
  AUTO_TASK ("AutoModel", falcon_model),
  AUTO_TASK ("AutoModelForCausalLM", falcon_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", falcon_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", falcon_for_token_classification),
  AUTO_TASK ("AutoModelForQuestionAnswering", falcon_for_question_answering),
  AUTO_TOKENIZER (NULL, "PreTrainedTokenizerFast", &falcon_tokenizer));
