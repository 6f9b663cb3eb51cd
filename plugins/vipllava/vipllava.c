/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VipLLaVA: its tokenizer is Llama's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (vipllava, "VipLLaVA",
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", NULL, .model_type = "vipllava"));
