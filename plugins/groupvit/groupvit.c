/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GroupViT: its tokenizer is CLIP's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (groupvit, "GroupViT",
  AUTO_TOKENIZER ("CLIPTokenizer", "CLIPTokenizerFast", NULL, .model_type = "groupvit"));
