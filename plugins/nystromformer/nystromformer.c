/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nyströmformer: its tokenizer is ALBERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (nystromformer, "Nyströmformer",
  AUTO_TOKENIZER ("AlbertTokenizer", "AlbertTokenizerFast", NULL, .model_type = "nystromformer"));
