/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chinese-CLIP: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (chinese_clip, "Chinese-CLIP",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "chinese_clip"));
