/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Persimmon (Elsen et al., 2023); transformers: models/persimmon/modeling_persimmon.py */
#include "sdk/auto-sdk.h"

typedef struct _PersimmonConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, max_position_embeddings;
  AutoActivation hidden_act;
  double layer_norm_eps, rope_theta, partial_rotary_factor;
  JsonNode *rope_scaling;
  gboolean qk_layernorm;
} PersimmonConfig;

AUTO_DEFINE_CONFIG_WITH (PersimmonConfig, persimmon_config, "persimmon", (.loaded = auto_rope_check),
  AUTO_INT (vocab_size, 262144, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 16384, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 4096, .min = 1, .max = G_MAXINT / 4),
  AUTO_INT (intermediate_size, 16384, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 36, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 64, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_RELU2),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-5),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_DOUBLE (rope_theta, 25000.0),
  AUTO_OBJECT (rope_scaling, "null"),
  AUTO_BOOL (qk_layernorm, TRUE),
  AUTO_EXTRA ("hidden_dropout", "0.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_DOUBLE (partial_rotary_factor, 0.5),
  AUTO_DEFAULT ("tie_word_embeddings", "false"),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

/* Queries, keys and values of one projection, head by head; queries and keys are normalised within their heads. */
static void
persimmon_parts (AutoContext *cx, const PersimmonConfig *c, AutoTensor *x, AutoTensor **parts)
{
  static const char *const norms[] = { "self_attn.q_layernorm", "self_attn.k_layernorm" };
  gint64 heads = c->num_attention_heads;
  AutoTensor *all = auto_linear (cx, "self_attn.query_key_value", x, 3 * (gint64) c->hidden_size);

  all = auto_reshape (cx, all, AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1), heads, 3, c->hidden_size / heads));
  for (int i = 0; i < 3; i++)
    {
      AutoTensor *part = auto_select (cx, all, 3, i);
      if (c->qk_layernorm && i < 2)
        part = auto_layer_norm (cx, norms[i], part, c->layer_norm_eps);
      parts[i] = auto_transpose (cx, part, 1, 2);
    }
}

static AutoTensor *
persimmon_layer (AutoContext *cx, const PersimmonConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary)
{
  AutoTensor *a = auto_layer_norm (cx, "input_layernorm", x, c->layer_norm_eps), *parts[3];

  persimmon_parts (cx, c, a, parts);
  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .parts = parts, .out = "self_attn.dense", .heads = c->num_attention_heads, .rotary = rotary, .residual = x });
  a = auto_layer_norm (cx, "post_attention_layernorm", x, c->layer_norm_eps);
  a = auto_linear_act (cx, "mlp.dense_h_to_4h", a, c->intermediate_size, c->hidden_act);
  return auto_linear_add (cx, "mlp.dense_4h_to_h", a, c->hidden_size, x);
}

static AutoTensor *
persimmon_base (AutoContext *cx, const PersimmonConfig *c, AutoInputs *in)
{
  return auto_rotary_decoder (cx, in, &(AutoRotaryDecoder) {
    .vocab_size = c->vocab_size, .hidden_size = c->hidden_size, .layers = c->num_hidden_layers, .max_positions = c->max_position_embeddings,
    .rotary_dims = (gint64) (c->partial_rotary_factor * (c->hidden_size / c->num_attention_heads)), .rope_theta = c->rope_theta,
    .rope_scaling = c->rope_scaling, .layer = (AutoRotaryLayer) persimmon_layer, .config = c, .norm = "final_layernorm", .epsilon = c->layer_norm_eps });
}

AUTO_DEFINE_BASE (PersimmonModel, persimmon_model, persimmon_base)
AUTO_DEFINE_HEAD (PersimmonForCausalLM, persimmon_for_causal_lm, &auto_head_decoder_lm, persimmon_base)
AUTO_DEFINE_HEAD (PersimmonForSequenceClassification, persimmon_for_sequence_classification, &auto_head_decoder_sequence, persimmon_base)

AUTO_PLUGIN (persimmon, "Persimmon",
  AUTO_ARCHITECTURE ("persimmon", persimmon_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", persimmon_model),
  AUTO_TASK ("AutoModelForCausalLM", persimmon_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", persimmon_for_sequence_classification),
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", NULL));
