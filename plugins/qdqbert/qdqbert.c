/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QDQBERT: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (qdqbert, "QDQBERT",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "qdqbert"));
