/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BLIP-2 and InstructBLIP: their tokenizer is GPT-2's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (blip_2, "BLIP-2 and InstructBLIP",
  AUTO_TOKENIZER ("GPT2Tokenizer", "GPT2TokenizerFast", NULL, .model_type = "blip-2"),
  AUTO_TOKENIZER ("GPT2Tokenizer", "GPT2TokenizerFast", NULL, .model_type = "instructblip"));
