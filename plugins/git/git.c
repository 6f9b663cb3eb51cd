/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GIT: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (git, "GIT",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "git"));
