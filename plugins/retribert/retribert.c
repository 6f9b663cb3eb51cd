/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RetriBERT: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec retribert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("RetriBertTokenizer"), .model_input_names = auto_tokenizer_plain_inputs };

AUTO_PLUGIN (retribert, "RetriBERT",
  AUTO_TOKENIZER ("RetriBertTokenizer", "RetriBertTokenizerFast", &retribert_tokenizer, .model_type = "retribert"));
