/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* X-MOD: its tokenizer is XLM-RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (xmod, "X-MOD",
  AUTO_TOKENIZER ("XLMRobertaTokenizer", "XLMRobertaTokenizerFast", NULL, .model_type = "xmod"));
