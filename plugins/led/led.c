/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LED: its tokenizer is RoBERTa's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec led_tokenizer = {
  AUTO_BYTE_BPE_PAIR_TOKENIZER ("LEDTokenizer", "true"), .pads_more = "{\"global_attention_mask\": -1}" };

AUTO_PLUGIN (led, "LED",
  AUTO_TOKENIZER ("LEDTokenizer", "LEDTokenizerFast", &led_tokenizer, .model_type = "led"));
