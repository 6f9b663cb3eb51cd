/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SpeechT5's tokenizer: letters, by a sentencepiece model. */
#include "numbers.h"
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec speecht5_tokenizer = {
  .class_name = "SpeechT5Tokenizer", .vocab_file = "spm_char.model", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\", \"normalize\": false}",
  .slow = AUTO_SLOW_SENTENCEPIECE ((&(const AutoSlowPieces) { .prepare = speecht5_spell_numbers, .prepare_if = "normalize" }),
                                   .prefix = AUTO_SLOW_PREFIX_SPACE_OF_WORDS, .single = "$A:0 ${eos_token}:0", .pair = "$A:0 $B:0 ${eos_token}:0") };

AUTO_PLUGIN (speecht5, "SpeechT5", AUTO_TOKENIZER ("SpeechT5Tokenizer", NULL, &speecht5_tokenizer, .model_type = "speecht5"));
