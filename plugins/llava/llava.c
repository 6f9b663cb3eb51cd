/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LLaVA: its tokenizer is Llama's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (llava, "LLaVA",
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", NULL, .model_type = "llava"));
