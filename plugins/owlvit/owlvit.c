/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OWL-ViT: their tokenizer is CLIP's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (owlvit, "OWL-ViT",
  AUTO_TOKENIZER ("CLIPTokenizer", "CLIPTokenizerFast", NULL, .model_type = "owlvit"),
  AUTO_TOKENIZER ("CLIPTokenizer", "CLIPTokenizerFast", NULL, .model_type = "owlv2"));
