/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Longformer: its tokenizer is RoBERTa's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec longformer_tokenizer = { AUTO_BYTE_BPE_PAIR_TOKENIZER ("LongformerTokenizer") };

AUTO_PLUGIN (longformer, "Longformer",
  AUTO_TOKENIZER ("LongformerTokenizer", "LongformerTokenizerFast", &longformer_tokenizer, .model_type = "longformer"));
