/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MobileBERT: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec mobilebert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("MobileBertTokenizer") };

AUTO_PLUGIN (mobilebert, "MobileBERT",
  AUTO_TOKENIZER ("MobileBertTokenizer", "MobileBertTokenizerFast", &mobilebert_tokenizer, .model_type = "mobilebert"));
