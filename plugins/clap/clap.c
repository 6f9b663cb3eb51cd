/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CLAP: its tokenizer is RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (clap, "CLAP",
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", NULL, .model_type = "clap"));
