/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CLIPSeg: its tokenizer is CLIP's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (clipseg, "CLIPSeg",
  AUTO_TOKENIZER ("CLIPTokenizer", "CLIPTokenizerFast", NULL, .model_type = "clipseg"));
