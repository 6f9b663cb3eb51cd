/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Megatron-BERT: its tokenizer is BERT's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (megatron_bert, "Megatron-BERT",
  AUTO_TOKENIZER ("BertTokenizer", "BertTokenizerFast", NULL, .model_type = "megatron-bert"));
