/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Llama (Touvron et al., arXiv:2302.13971); transformers: models/llama/modeling_llama.py */
#include "sdk/auto-sdk.h"

typedef struct _LlamaConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, max_position_embeddings, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_key_value_heads;
  AutoActivation hidden_act;
  double rms_norm_eps, rope_theta;
  JsonNode *rope_scaling;
  gboolean attention_bias;
} LlamaConfig;

static gboolean
llama_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  LlamaConfig *c = (LlamaConfig *) config;

  if (!c->num_key_value_heads && !auto_config_set_int (AUTO_CONFIG (c), "num_key_value_heads", c->num_attention_heads, error))
    return FALSE;
  return auto_rope_check (config, error);
}

AUTO_DEFINE_CONFIG_WITH (LlamaConfig, llama_config, "llama", (.loaded = llama_config_loaded),
  AUTO_INT (vocab_size, 32000, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 4096, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 11008, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 32, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 32, .min = 1, .max = G_MAXINT),
  AUTO_INT_NULL (num_key_value_heads),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_SILU),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (rms_norm_eps, 1e-6),
  AUTO_EXTRA ("pretraining_tp", "1"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_DOUBLE (rope_theta, 10000),
  AUTO_OBJECT (rope_scaling, "null"),
  AUTO_BOOL (attention_bias, FALSE),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_DEFAULT ("tie_word_embeddings", "false"),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
llama_layer (AutoContext *cx, const LlamaConfig *c, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary)
{
  AutoTensor *a = auto_rms_norm (cx, "input_layernorm", x, c->rms_norm_eps);
  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.o_proj", .heads = c->num_attention_heads,
    .kv_heads = c->num_key_value_heads, .no_bias = !c->attention_bias, .out_no_bias = !c->attention_bias, .rotary = rotary, .residual = x });

  a = auto_rms_norm (cx, "post_attention_layernorm", x, c->rms_norm_eps);
  AutoTensor *gate = auto_linear_no_bias (cx, "mlp.gate_proj", a, c->intermediate_size);
  AutoTensor *up = auto_linear_no_bias (cx, "mlp.up_proj", a, c->intermediate_size);
  return auto_linear_full (cx, "mlp.down_proj", auto_mul_act (cx, gate, up, c->hidden_act), c->hidden_size,
                           &(AutoLinear) { .no_bias = TRUE, .residual = x, .activation = AUTO_ACTIVATION_LINEAR });
}

static AutoTensor *
llama_base (AutoContext *cx, const LlamaConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_tokens", c->vocab_size, c->hidden_size);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (x, 1));
  AutoTensor *rotary = auto_rope_table (cx, positions, c->hidden_size / c->num_attention_heads, c->rope_theta, c->rope_scaling, c->max_position_embeddings);

  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_ignore_weight (cx, "self_attn.rotary_emb.inv_freq");
      auto_context_hidden_state (cx, x);
      x = llama_layer (cx, c, x, &mask, rotary);
    }
  x = auto_rms_norm (cx, "norm", x, c->rms_norm_eps);
  auto_context_hidden_state (cx, x);
  return x;
}

static void
llama_model_forward (AutoContext *cx, const LlamaConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_model_output_set (out, "last_hidden_state", llama_base (cx, c, in));
}

static const AutoHead llama_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "embed_tokens.weight" };
static const AutoHead llama_sequence = { .kind = AUTO_HEAD_SEQUENCE, .pool = AUTO_POOL_LAST, .out = "score", .no_bias = TRUE };

AUTO_DEFINE_MODEL (LlamaModel, llama_model, llama_model_forward)
AUTO_DEFINE_HEAD (LlamaForCausalLM, llama_for_causal_lm, &llama_lm, llama_base)
AUTO_DEFINE_HEAD (LlamaForSequenceClassification, llama_for_sequence_classification, &llama_sequence, llama_base)

AUTO_PLUGIN (llama, "Llama",
  AUTO_ARCHITECTURE ("llama", llama_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", llama_model, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", llama_for_causal_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", llama_for_sequence_classification),
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", NULL));
