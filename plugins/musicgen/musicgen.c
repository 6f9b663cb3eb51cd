/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MusicGen: its tokenizer is T5's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (musicgen, "MusicGen",
  AUTO_TOKENIZER ("T5Tokenizer", "T5TokenizerFast", NULL, .model_type = "musicgen"));
