/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Qwen2 (Qwen team, 2024); transformers: models/qwen2/modeling_qwen2.py */
#include "sdk/auto-sdk.h"

typedef struct _Qwen2Config
{
  AutoPretrainedConfig parent;
  AUTO_GATED_DECODER_MEMBERS
  int sliding_window;
} Qwen2Config;

AUTO_DEFINE_CONFIG_WITH (Qwen2Config, qwen2_config, "qwen2", (.loaded = auto_gated_decoder_loaded),
  AUTO_GATED_DECODER_FIELDS,
  AUTO_INT (sliding_window, 4096),
  AUTO_EXTRA ("use_sliding_window", "false"),   /* the window counts all the same, as in the reference's plain attention */
  AUTO_EXTRA ("max_window_layers", "28"),
  AUTO_DEFAULT ("vocab_size", "151936"),
  AUTO_DEFAULT ("max_position_embeddings", "32768"),
  AUTO_DEFAULT ("intermediate_size", "22016"),
  AUTO_DEFAULT ("num_key_value_heads", "32"))

static AutoTensor *
qwen2_base (AutoContext *cx, const Qwen2Config *c, AutoInputs *in)
{
  return auto_gated_decoder (cx, in, &(AutoGatedDecoder) {
    AUTO_GATED_DECODER_SPEC (c), .window = c->sliding_window,
    .qkv_bias = TRUE });
}

AUTO_DEFINE_BASE (Qwen2Model, qwen2_model, qwen2_base)
AUTO_DEFINE_HEAD (Qwen2ForCausalLM, qwen2_for_causal_lm, &auto_head_decoder_lm, qwen2_base)
AUTO_DEFINE_HEAD (Qwen2ForSequenceClassification, qwen2_for_sequence_classification, &auto_head_decoder_sequence, qwen2_base)

/* Spaces before punctuation are kept when the older files say nothing else. */
static gboolean
qwen2_keep_spaces (const AutoTokenizerSpec *self, JsonObject *settings, JsonObject *parts, gboolean from_json, GError **error)
{
  if (!from_json && !json_object_has_member (settings, "clean_up_tokenization_spaces"))
    json_object_set_boolean_member (settings, "clean_up_tokenization_spaces", FALSE);
  return TRUE;
}

#define QWEN2_WORDS(backslash)                                                                                                  \
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^" backslash "r" backslash "n" backslash "p{L}" backslash "p{N}]?" backslash "p{L}+|" backslash "p{N}" \
  "| ?[^" backslash "s" backslash "p{L}" backslash "p{N}]+[" backslash "r" backslash "n]*|" backslash "s*[" backslash "r" backslash "n]+" \
  "|" backslash "s+(?!" backslash "S)|" backslash "s+"

static const AutoSlowBpe qwen2_words = { .pattern = QWEN2_WORDS ("\\"), .lines = AUTO_MERGES_UNCOMMENTED };

static const AutoTokenizerSpec qwen2_tokenizer = {
  .class_name = "Qwen2Tokenizer", .kind = AUTO_TOKENIZER_BPE, .merges_lines = AUTO_MERGES_UNCOMMENTED,
  .defaults = "{\"unk_token\": \"<|endoftext|>\", \"bos_token\": null, \"eos_token\": \"<|endoftext|>\", \"pad_token\": \"<|endoftext|>\"}",
  .json_defaults = "{\"unk_token\": {\"content\": \"<|endoftext|>\"}, \"eos_token\": {\"content\": \"<|endoftext|>\"},"
                   " \"pad_token\": {\"content\": \"<|endoftext|>\"}}",
  .model = "{\"continuing_subword_prefix\": \"\", \"end_of_word_suffix\": \"\", \"fuse_unk\": false, \"byte_fallback\": false}",
  .normalizer = "{\"type\": \"NFC\"}",
  .pre_tokenizer = "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"behavior\": \"Isolated\", \"invert\": false, \"pattern\": {\"Regex\":"
                   " \"" QWEN2_WORDS ("\\\\") "\"}},"
                   " {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false}]}",
  .decoder = "{\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true, \"use_regex\": true}",
  .post_processor = "{\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": false, \"use_regex\": true}",
  .prepare = qwen2_keep_spaces, .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_BYTE_BPE (NONE, .params = &qwen2_words, .compose = TRUE, .no_spaces = TRUE,
                              .defaults = "{\"clean_up_tokenization_spaces\": false}") };

AUTO_PLUGIN (qwen2, "Qwen2",
  AUTO_ARCHITECTURE ("qwen2", qwen2_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", qwen2_model),
  AUTO_TASK ("AutoModelForCausalLM", qwen2_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", qwen2_for_sequence_classification),
  AUTO_TOKENIZER ("Qwen2Tokenizer", "Qwen2TokenizerFast", &qwen2_tokenizer));
