/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec reformer_tokenizer = {
  .class_name = "ReformerTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spiece.model",
  .defaults = "{\"eos_token\": \"</s>\", \"unk_token\": \"<unk>\"}", .model_input_names = auto_tokenizer_plain_inputs };

AUTO_PLUGIN (reformer, "Reformer",
  AUTO_TOKENIZER ("ReformerTokenizer", "ReformerTokenizerFast", &reformer_tokenizer, .model_type = "reformer"));
