/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Speech2Text2's tokenizer: words and their pieces. Many of its models have no merges and only decode. */
#include "sdk/auto-sdk.h"

static const AutoSlowWords speech_to_text_2_words = {
  .cut = AUTO_WORDS_SPLIT, .continued = TRUE, .lines = AUTO_MERGES_COUNTED, .decodes_alone = TRUE, .lower = "do_lower_case" };

static const AutoTokenizerSpec speech_to_text_2_tokenizer = {
  .class_name = "Speech2Text2Tokenizer", .kind = AUTO_TOKENIZER_BPE, .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"<s>\", \"pad_token\": \"<pad>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\", \"do_lower_case\": false}",
  .slow = AUTO_SLOW_WORDS (&speech_to_text_2_words, .lower = "do_lower_case") };

AUTO_PLUGIN (speech_to_text_2, "Speech2Text2",
  AUTO_TOKENIZER ("Speech2Text2Tokenizer", NULL, &speech_to_text_2_tokenizer, .model_type = "speech_to_text_2"));
