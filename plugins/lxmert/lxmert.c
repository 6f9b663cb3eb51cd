/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LXMERT: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec lxmert_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("LxmertTokenizer") };

AUTO_PLUGIN (lxmert, "LXMERT",
  AUTO_TOKENIZER ("LxmertTokenizer", "LxmertTokenizerFast", &lxmert_tokenizer, .model_type = "lxmert"));
