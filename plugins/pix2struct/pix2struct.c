/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pix2Struct: its tokenizer is T5's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (pix2struct, "Pix2Struct",
  AUTO_TOKENIZER ("T5Tokenizer", "T5TokenizerFast", NULL, .model_type = "pix2struct"));
