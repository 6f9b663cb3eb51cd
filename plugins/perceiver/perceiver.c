/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Perceiver's tokenizer: bytes behind six marks. */
#include "sdk/auto-sdk.h"

#define PERCEIVER_MARK(name, text) "\"" name "\": {\"content\": \"" text "\", \"normalized\": true}"

static const AutoTokenizerSpec perceiver_tokenizer = {
  .class_name = "PerceiverTokenizer", .model_input_names = auto_tokenizer_plain_inputs, .model_max_length = 2048,
  .defaults = "{" PERCEIVER_MARK ("pad_token", "[PAD]") ", " PERCEIVER_MARK ("bos_token", "[BOS]") ", " PERCEIVER_MARK ("eos_token", "[EOS]") ", "
              PERCEIVER_MARK ("mask_token", "[MASK]") ", " PERCEIVER_MARK ("cls_token", "[CLS]") ", " PERCEIVER_MARK ("sep_token", "[SEP]") "}",
  .slow = &(const AutoSlowTokenizer) {
    .engine = &auto_slow_bytes, .params = &(const AutoSlowBytes) { .offset = 6, .unknown = TRUE },
    .listed = "[$pad_token, $bos_token, $eos_token, $mask_token, $cls_token, $sep_token]",
    .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1" } };

AUTO_PLUGIN (perceiver, "Perceiver", AUTO_TOKENIZER ("PerceiverTokenizer", NULL, &perceiver_tokenizer, .model_type = "perceiver"));
