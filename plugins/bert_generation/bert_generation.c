/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BERT for generation: a sentencepiece model as it is. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec bert_generation_tokenizer = {
  .class_name = "BertGenerationTokenizer", .vocab_file = "spiece.model", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\", \"sep_token\": \"<::::>\"}",
  .slow = AUTO_SLOW_SENTENCEPIECE ((&(const AutoSlowPieces) { .join = AUTO_JOIN_TIGHT }), .single = "$A:0", .pair = "$A:0 $B:1") };

AUTO_PLUGIN (bert_generation, "BERT for generation",
  AUTO_TOKENIZER ("BertGenerationTokenizer", NULL, &bert_generation_tokenizer, .model_type = "bert-generation"));
