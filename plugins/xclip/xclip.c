/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* X-CLIP: its tokenizer is CLIP's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (xclip, "X-CLIP",
  AUTO_TOKENIZER ("CLIPTokenizer", "CLIPTokenizerFast", NULL, .model_type = "xclip"));
