/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BridgeTower: its tokenizer is RoBERTa's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (bridgetower, "BridgeTower",
  AUTO_TOKENIZER ("RobertaTokenizer", "RobertaTokenizerFast", NULL, .model_type = "bridgetower"));
