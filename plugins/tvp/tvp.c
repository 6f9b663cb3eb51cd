/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TVP: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (tvp, "TVP",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "tvp"));
