/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdk/auto-sdk.h"

static const char *const fnet_inputs[] = { "input_ids", "token_type_ids", NULL };

static const AutoTokenizerSpec fnet_tokenizer = {
  AUTO_ALBERT_PARTS ("FNetTokenizer"),
  .defaults = "{\"do_lower_case\": false, \"remove_space\": true, \"keep_accents\": true, \"unk_token\": \"<unk>\", \"sep_token\": \"[SEP]\","
              " \"pad_token\": \"<pad>\", \"cls_token\": \"[CLS]\", \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true}}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", .model_input_names = fnet_inputs };

AUTO_PLUGIN (fnet, "FNet",
  AUTO_TOKENIZER ("FNetTokenizer", "FNetTokenizerFast", &fnet_tokenizer, .model_type = "fnet"));
