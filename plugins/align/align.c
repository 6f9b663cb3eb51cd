/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ALIGN: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (align, "ALIGN",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "align"));
