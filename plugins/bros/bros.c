/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BROS: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (bros, "BROS",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "bros"));
