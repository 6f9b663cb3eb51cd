/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VisualBERT: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (visual_bert, "VisualBERT",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "visual_bert"));
