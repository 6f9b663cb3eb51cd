/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MRA: its tokenizer is RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (mra, "MRA",
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", NULL, .model_type = "mra"));
