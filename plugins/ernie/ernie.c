/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ERNIE: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (ernie, "ERNIE",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "ernie"));
