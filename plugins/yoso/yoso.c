/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YOSO: its tokenizer is ALBERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (yoso, "YOSO",
  AUTO_TOKENIZER ("AlbertTokenizer", "AlbertTokenizerFast", NULL, .model_type = "yoso"));
