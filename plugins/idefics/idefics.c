/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IDEFICS: its tokenizer is Llama's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (idefics, "IDEFICS",
  AUTO_TOKENIZER (NULL, "LlamaTokenizerFast", NULL, .model_type = "idefics"));
