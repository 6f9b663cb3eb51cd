/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mistral (Jiang et al., arXiv:2310.06825); transformers: models/mistral/modeling_mistral.py */
#include "sdk/auto-sdk.h"

typedef struct _MistralConfig
{
  AutoPretrainedConfig parent;
  AUTO_GATED_DECODER_MEMBERS
  int sliding_window;
} MistralConfig;

AUTO_DEFINE_CONFIG_WITH (MistralConfig, mistral_config, "mistral", (.loaded = auto_gated_decoder_loaded),
  AUTO_GATED_DECODER_FIELDS,
  AUTO_INT (sliding_window, 4096),
  AUTO_DEFAULT ("max_position_embeddings", "131072"),
  AUTO_DEFAULT ("intermediate_size", "14336"),
  AUTO_DEFAULT ("num_key_value_heads", "8"),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
mistral_base (AutoContext *cx, const MistralConfig *c, AutoInputs *in)
{
  return auto_gated_decoder (cx, in, &(AutoGatedDecoder) {
    AUTO_GATED_DECODER_SPEC (c), .window = c->sliding_window });
}

AUTO_DEFINE_BASE (MistralModel, mistral_model, mistral_base)
AUTO_DEFINE_HEAD (MistralForCausalLM, mistral_for_causal_lm, &auto_head_decoder_lm, mistral_base)
AUTO_DEFINE_HEAD (MistralForSequenceClassification, mistral_for_sequence_classification, &auto_head_decoder_sequence, mistral_base)

static const AutoTokenizerSpec mistral_tokenizer = { AUTO_LLAMA_TOKENIZER ("LlamaTokenizer") };

AUTO_PLUGIN (mistral, "Mistral",
  AUTO_ARCHITECTURE ("mistral", mistral_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", mistral_model),
  AUTO_TASK ("AutoModelForCausalLM", mistral_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", mistral_for_sequence_classification),
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", &mistral_tokenizer));
