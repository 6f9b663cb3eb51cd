/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MGP-STR's tokenizer: the letters of a word in a picture. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec mgp_str_tokenizer = {
  .class_name = "MgpstrTokenizer", .single = "$A:0", .pair = "$A:0 $B:1",
  .defaults = "{\"unk_token\": \"[GO]\", \"bos_token\": \"[GO]\", \"eos_token\": \"[s]\", \"pad_token\": \"[GO]\"}",
  .slow = &(const AutoSlowTokenizer) { .engine = &auto_slow_characters } };

AUTO_PLUGIN (mgp_str, "MGP-STR", AUTO_TOKENIZER ("MgpstrTokenizer", NULL, &mgp_str_tokenizer, .model_type = "mgp-str"));
