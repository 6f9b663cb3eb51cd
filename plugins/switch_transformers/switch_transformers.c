/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Switch Transformers: its tokenizer is T5's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (switch_transformers, "Switch Transformers",
  AUTO_TOKENIZER ("T5Tokenizer", "T5TokenizerFast", NULL, .model_type = "switch_transformers"));
