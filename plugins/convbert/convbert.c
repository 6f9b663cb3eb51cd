/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ConvBERT: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec convbert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("ConvBertTokenizer") };

AUTO_PLUGIN (convbert, "ConvBERT",
  AUTO_TOKENIZER ("ConvBertTokenizer", "ConvBertTokenizerFast", &convbert_tokenizer, .model_type = "convbert"));
