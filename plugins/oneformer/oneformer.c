/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OneFormer: its tokenizer is CLIP's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (oneformer, "OneFormer",
  AUTO_TOKENIZER ("CLIPTokenizer", "CLIPTokenizerFast", NULL, .model_type = "oneformer"));
