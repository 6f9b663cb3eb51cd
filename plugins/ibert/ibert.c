/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* I-BERT: its tokenizer is RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (ibert, "I-BERT",
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", NULL, .model_type = "ibert"));
