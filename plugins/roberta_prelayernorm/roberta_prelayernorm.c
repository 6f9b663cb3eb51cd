/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RoBERTa-PreLayerNorm: its tokenizer is RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (roberta_prelayernorm, "RoBERTa-PreLayerNorm",
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", NULL, .model_type = "roberta-prelayernorm"));
