/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mega: its tokenizer is RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (mega, "Mega",
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", NULL, .model_type = "mega"));
