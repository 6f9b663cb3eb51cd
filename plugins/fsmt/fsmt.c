/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* FSMT's tokenizer: Moses' words of one language, pieces that two have in common, ids of their own for each. */
#include "sdk/auto-sdk.h"

static const AutoSlowWords fsmt_words = {
  .cut = AUTO_WORDS_MOSES, .lines = AUTO_MERGES_COUNTED, .normalize = TRUE, .escape = TRUE, .lower = "do_lower_case", .decoder_file = "vocab-tgt.json" };

static const AutoTokenizerSpec fsmt_tokenizer = {
  .class_name = "FSMTTokenizer", .kind = AUTO_TOKENIZER_BPE,
  .defaults = "{\"langs\": null, \"do_lower_case\": false, \"unk_token\": \"<unk>\", \"bos_token\": \"<s>\", \"sep_token\": \"</s>\","
              " \"pad_token\": \"<pad>\"}",
  .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_WORDS (&fsmt_words, .vocab_file = "vocab-src.json", .lower = "do_lower_case", .single = "$A:0 ${sep_token}:0",
                           .pair = "$A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (fsmt, "FSMT",
  AUTO_TOKENIZER ("FSMTTokenizer", NULL, &fsmt_tokenizer, .model_type = "fsmt"));
