/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BLIP: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (blip, "BLIP",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "blip"));
