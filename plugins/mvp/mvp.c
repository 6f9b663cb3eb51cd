/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MVP: its tokenizer is RoBERTa's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec mvp_tokenizer = { AUTO_BYTE_BPE_PAIR_TOKENIZER ("MvpTokenizer", "true") };

AUTO_PLUGIN (mvp, "MVP",
  AUTO_TOKENIZER ("MvpTokenizer", "MvpTokenizerFast", &mvp_tokenizer, .model_type = "mvp"));
