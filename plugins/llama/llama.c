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
  return auto_config_default_to (config, "num_key_value_heads", "num_attention_heads", error) && auto_rope_check (config, error);
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
  AUTO_DOUBLE (rope_theta, 10000.0),
  AUTO_OBJECT (rope_scaling, "null"),
  AUTO_BOOL (attention_bias, FALSE),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_DEFAULT ("tie_word_embeddings", "false"),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
llama_base (AutoContext *cx, const LlamaConfig *c, AutoInputs *in)
{
  return auto_gated_decoder (cx, in, &(AutoGatedDecoder) {
    .vocab_size = c->vocab_size, .hidden_size = c->hidden_size, .intermediate_size = c->intermediate_size, .layers = c->num_hidden_layers,
    .heads = c->num_attention_heads, .kv_heads = c->num_key_value_heads, .max_positions = c->max_position_embeddings,
    .activation = c->hidden_act, .epsilon = c->rms_norm_eps, .rope_theta = c->rope_theta, .rope_scaling = c->rope_scaling,
    .qkv_bias = c->attention_bias, .out_bias = c->attention_bias });
}

static void
llama_model_forward (AutoContext *cx, const LlamaConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_model_output_set (out, "last_hidden_state", llama_base (cx, c, in));
}

AUTO_DEFINE_MODEL (LlamaModel, llama_model, llama_model_forward)
AUTO_DEFINE_HEAD (LlamaForCausalLM, llama_for_causal_lm, &auto_head_decoder_lm, llama_base)
AUTO_DEFINE_HEAD (LlamaForSequenceClassification, llama_for_sequence_classification, &auto_head_decoder_sequence, llama_base)

static const AutoTokenizerSpec llama_tokenizer = { AUTO_LLAMA_TOKENIZER ("LlamaTokenizer") };

AUTO_PLUGIN (llama, "Llama",
  AUTO_ARCHITECTURE ("llama", llama_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", llama_model, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", llama_for_causal_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", llama_for_sequence_classification),
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", &llama_tokenizer),
  AUTO_ARCHITECTURE ("code_llama", llama_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", llama_model),
  AUTO_TASK ("AutoModelForCausalLM", llama_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", llama_for_sequence_classification),
  AUTO_TOKENIZER ("CodeLlamaTokenizer", "CodeLlamaTokenizerFast", NULL));
