/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* KOSMOS-2: its tokenizer is XLM-RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (kosmos_2, "KOSMOS-2",
  AUTO_TOKENIZER ("XLMRobertaTokenizer", "XLMRobertaTokenizerFast", NULL, .model_type = "kosmos-2"));
