/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first GPT: words in lower case, their ends marked, no other marks. */
#include "sdk/auto-sdk.h"

static const AutoSlowWords openai_gpt_words = { .cut = AUTO_WORDS_BASIC, .lines = AUTO_MERGES_INNER };

static const AutoTokenizerSpec openai_gpt_tokenizer = {
  .class_name = "OpenAIGPTTokenizer", .kind = AUTO_TOKENIZER_BPE, .defaults = "{\"unk_token\": \"<unk>\"}",
  .model = "{\"unk_token\": $unk_token, \"continuing_subword_prefix\": null, \"end_of_word_suffix\": \"</w>\", \"fuse_unk\": false}",
  .normalizer = "{\"type\": \"BertNormalizer\", \"clean_text\": true, \"handle_chinese_chars\": true, \"strip_accents\": null, \"lowercase\": true}",
  .pre_tokenizer = "{\"type\": \"BertPreTokenizer\"}", .decoder = "{\"type\": \"BPEDecoder\", \"suffix\": \"</w>\"}",
  .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_WORDS (&openai_gpt_words, .always_lower = TRUE) };

AUTO_PLUGIN (openai-gpt, "GPT",
  AUTO_TOKENIZER ("OpenAIGPTTokenizer", "OpenAIGPTTokenizerFast", &openai_gpt_tokenizer, .model_type = "openai-gpt"));
