/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XLNet: its marks stand at the end, and it fills up on the left. */
#include "sdk/auto-sdk.h"

#define XLNET_DEFAULTS                                                                                                           \
  .defaults = "{\"do_lower_case\": false, \"remove_space\": true, \"keep_accents\": false, \"bos_token\": \"<s>\", \"eos_token\": \"</s>\"," \
              " \"unk_token\": \"<unk>\", \"sep_token\": \"<sep>\", \"pad_token\": \"<pad>\", \"cls_token\": \"<cls>\", \"pad_token_type_id\": 3,"   \
              " \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true}, \"additional_special_tokens\": [\"<eop>\", \"<eod>\"]}"

static const AutoSlowPieces xlnet_pieces = { .clean = TRUE, .commas = TRUE, .join = AUTO_JOIN_REPLACED };

static const AutoTokenizerSpec xlnet_tokenizer = {
  AUTO_ALBERT_PARTS ("XLNetTokenizer"), XLNET_DEFAULTS, .single = "$A:0 <sep>:0 <cls>:2", .pair = "$A:0 <sep>:0 $B:1 <sep>:1 <cls>:2",
  .pad_left = TRUE,
  .slow = AUTO_SLOW_SENTENCEPIECE (&xlnet_pieces, .lower = "do_lower_case", .pad_left = TRUE, .all_apart = TRUE, .no_spaces = TRUE,
                                   .single = "$A:0 ${sep_token}:0 ${cls_token}:2", .pair = "$A:0 ${sep_token}:0 $B:1 ${sep_token}:1 ${cls_token}:2") };

AUTO_PLUGIN (xlnet, "XLNet and CPM",
  AUTO_TOKENIZER ("XLNetTokenizer", "XLNetTokenizerFast", &xlnet_tokenizer, .model_type = "xlnet"));
