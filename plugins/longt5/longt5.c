/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LongT5: its tokenizer is T5's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (longt5, "LongT5",
  AUTO_TOKENIZER ("T5Tokenizer", "T5TokenizerFast", NULL, .model_type = "longt5"));
