/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NEZHA: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (nezha, "NEZHA",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "nezha"));
