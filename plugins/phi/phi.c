/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Phi (Li et al., arXiv:2309.05463); transformers: models/phi/modeling_phi.py */
#include "sdk/auto-sdk.h"

typedef struct _PhiConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_key_value_heads, max_position_embeddings;
  AutoActivation hidden_act;
  double layer_norm_eps, rope_theta, partial_rotary_factor;
  JsonNode *rope_scaling;
  gboolean qk_layernorm;
} PhiConfig;

static gboolean
phi_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_default_to (config, "num_key_value_heads", "num_attention_heads", error) && auto_rope_check (config, error);
}

AUTO_DEFINE_CONFIG_WITH (PhiConfig, phi_config, "phi", (.loaded = phi_config_loaded),
  AUTO_INT (vocab_size, 51200, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 2048, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 8192, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 24, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 32, .min = 1, .max = G_MAXINT),
  AUTO_INT_NULL (num_key_value_heads, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("resid_pdrop", "0.0"),
  AUTO_EXTRA ("embd_pdrop", "0.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_NEW),
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-5),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_DOUBLE (rope_theta, 10000.0),
  AUTO_OBJECT (rope_scaling, "null"),
  AUTO_DOUBLE (partial_rotary_factor, 0.5),
  AUTO_BOOL (qk_layernorm, FALSE),
  AUTO_DEFAULT ("tie_word_embeddings", "false"),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

/* The projections where queries and keys are normalised. The norms are of a head's width and the reference applies them before the
 * heads are split: there can be one only. */
static void
phi_normed_parts (AutoContext *cx, const PhiConfig *c, AutoTensor *x, AutoTensor **parts)
{
  if (c->num_attention_heads != 1 || c->num_key_value_heads != 1)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "qk_layernorm needs num_attention_heads to be 1, and it is %d", c->num_attention_heads);
  parts[0] = auto_layer_norm (cx, "self_attn.q_layernorm", auto_linear (cx, "self_attn.q_proj", x, c->hidden_size), c->layer_norm_eps);
  parts[1] = auto_layer_norm (cx, "self_attn.k_layernorm", auto_linear (cx, "self_attn.k_proj", x, c->hidden_size), c->layer_norm_eps);
  parts[2] = auto_linear (cx, "self_attn.v_proj", x, c->hidden_size);
  for (int i = 0; i < 3; i++)
    parts[i] = auto_split_heads (cx, parts[i], 1);
}

static AutoTensor *
phi_layer (AutoContext *cx, const PhiConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary)
{
  AutoTensor *a = auto_layer_norm (cx, "input_layernorm", x, c->layer_norm_eps), *parts[3];

  if (c->qk_layernorm)
    phi_normed_parts (cx, c, a, parts);
  AutoTensor *y = auto_attention (cx, a, mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.dense", .parts = c->qk_layernorm ? parts : NULL,
    .heads = c->num_attention_heads, .kv_heads = c->num_key_value_heads, .rotary = rotary, .residual = x });
  a = auto_linear_act (cx, "mlp.fc1", a, c->intermediate_size, c->hidden_act);
  return auto_linear_add (cx, "mlp.fc2", a, c->hidden_size, y);
}

static AutoTensor *
phi_base (AutoContext *cx, const PhiConfig *c, AutoInputs *in)
{
  return auto_rotary_decoder (cx, in, &(AutoRotaryDecoder) {
    .vocab_size = c->vocab_size, .hidden_size = c->hidden_size, .layers = c->num_hidden_layers, .max_positions = c->max_position_embeddings,
    .rotary_dims = (gint64) (c->partial_rotary_factor * (c->hidden_size / c->num_attention_heads)), .rope_theta = c->rope_theta,
    .rope_scaling = c->rope_scaling, .layer = (AutoRotaryLayer) phi_layer, .config = c, .norm = "final_layernorm", .epsilon = c->layer_norm_eps });
}

static const AutoHead phi_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .tied = "embed_tokens.weight" };

AUTO_DEFINE_BASE (PhiModel, phi_model, phi_base)
AUTO_DEFINE_HEAD (PhiForCausalLM, phi_for_causal_lm, &phi_lm, phi_base)
AUTO_DEFINE_HEAD (PhiForSequenceClassification, phi_for_sequence_classification, &auto_head_decoder_sequence, phi_base)
AUTO_DEFINE_HEAD (PhiForTokenClassification, phi_for_token_classification, &auto_head_token_classification, phi_base)

static const AutoTokenizerSpec phi_tokenizer = {
  AUTO_BYTE_BPE_PARTS ("CodeGenTokenizer", "<|endoftext|>"), .words_need = "add_prefix_space",
  .slow = AUTO_SLOW_BYTE_BPE (SPACE, .pair = "?add_bos_token${bos_token}:0 $A:0 ?add_bos_token${bos_token}:1 $B:1", .unmasked = TRUE) };

AUTO_PLUGIN (phi, "Phi",
  AUTO_ARCHITECTURE ("phi", phi_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", phi_model),
  AUTO_TASK ("AutoModelForCausalLM", phi_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", phi_for_sequence_classification),
  AUTO_TASK ("AutoModelForTokenClassification", phi_for_token_classification),
  AUTO_TOKENIZER ("CodeGenTokenizer", "CodeGenTokenizerFast", &phi_tokenizer));
