/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SqueezeBERT: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec squeezebert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("SqueezeBertTokenizer") };

AUTO_PLUGIN (squeezebert, "SqueezeBERT",
  AUTO_TOKENIZER ("SqueezeBertTokenizer", "SqueezeBertTokenizerFast", &squeezebert_tokenizer, .model_type = "squeezebert"));
