/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdk/auto-sdk.h"

static const AutoSlowPieces reformer_pieces = { .join = AUTO_JOIN_TIGHT };

static const AutoTokenizerSpec reformer_tokenizer = {
  .class_name = "ReformerTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spiece.model",
  .defaults = "{\"eos_token\": \"</s>\", \"unk_token\": \"<unk>\"}", .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_SENTENCEPIECE (&reformer_pieces) };

AUTO_PLUGIN (reformer, "Reformer",
  AUTO_TOKENIZER ("ReformerTokenizer", "ReformerTokenizerFast", &reformer_tokenizer, .model_type = "reformer"));
