/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XLM-RoBERTa-XL: its tokenizer is XLM-RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (xlm_roberta_xl, "XLM-RoBERTa-XL",
  AUTO_TOKENIZER ("XLMRobertaTokenizer", "XLMRobertaTokenizerFast", NULL, .model_type = "xlm-roberta-xl"));
