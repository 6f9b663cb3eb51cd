/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mistral (Jiang et al., arXiv:2310.06825); transformers: models/mistral/modeling_mistral.py */
#include "sdk/auto-sdk.h"

typedef struct _MistralConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, max_position_embeddings, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_key_value_heads, sliding_window;
  AutoActivation hidden_act;
  double rms_norm_eps, rope_theta;
} MistralConfig;

static gboolean
mistral_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_default_to (config, "num_key_value_heads", "num_attention_heads", error);
}

AUTO_DEFINE_CONFIG_WITH (MistralConfig, mistral_config, "mistral", (.loaded = mistral_config_loaded),
  AUTO_INT (vocab_size, 32000, .min = 1, .max = G_MAXINT),
  AUTO_INT (max_position_embeddings, 131072, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 4096, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 14336, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 32, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 32, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_key_value_heads, 8, .min = 0, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_SILU),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (rms_norm_eps, 1e-6),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_DOUBLE (rope_theta, 10000.0),
  AUTO_INT (sliding_window, 4096),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_DEFAULT ("tie_word_embeddings", "false"),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
mistral_base (AutoContext *cx, const MistralConfig *c, AutoInputs *in)
{
  return auto_gated_decoder (cx, in, &(AutoGatedDecoder) {
    .vocab_size = c->vocab_size, .hidden_size = c->hidden_size, .intermediate_size = c->intermediate_size, .layers = c->num_hidden_layers,
    .heads = c->num_attention_heads, .kv_heads = c->num_key_value_heads, .max_positions = c->max_position_embeddings,
    .activation = c->hidden_act, .epsilon = c->rms_norm_eps, .rope_theta = c->rope_theta, .window = c->sliding_window });
}

static void
mistral_model_forward (AutoContext *cx, const MistralConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_model_output_set (out, "last_hidden_state", mistral_base (cx, c, in));
}

AUTO_DEFINE_MODEL (MistralModel, mistral_model, mistral_model_forward)
AUTO_DEFINE_HEAD (MistralForCausalLM, mistral_for_causal_lm, &auto_head_decoder_lm, mistral_base)
AUTO_DEFINE_HEAD (MistralForSequenceClassification, mistral_for_sequence_classification, &auto_head_decoder_sequence, mistral_base)

static const AutoTokenizerSpec mistral_tokenizer = { AUTO_LLAMA_TOKENIZER ("LlamaTokenizer") };

AUTO_PLUGIN (mistral, "Mistral",
  AUTO_ARCHITECTURE ("mistral", mistral_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", mistral_model),
  AUTO_TASK ("AutoModelForCausalLM", mistral_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", mistral_for_sequence_classification),
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", &mistral_tokenizer));
