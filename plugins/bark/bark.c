/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bark: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (bark, "Bark",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "bark"));
