/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BigBird: BERT's marks, which are looked for in the cleaned text. */
#include "sdk/auto-sdk.h"

#define BIG_BIRD_MARK(name, text) "\"" name "\": {\"content\": \"" text "\", \"normalized\": true}"

static const AutoTokenizerSpec big_bird_tokenizer = {
  .class_name = "BigBirdTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spiece.model",
  .defaults = "{" BIG_BIRD_MARK ("unk_token", "<unk>") ", " BIG_BIRD_MARK ("bos_token", "<s>") ", " BIG_BIRD_MARK ("eos_token", "</s>") ", "
              BIG_BIRD_MARK ("pad_token", "<pad>") ", " BIG_BIRD_MARK ("sep_token", "[SEP]") ", " BIG_BIRD_MARK ("cls_token", "[CLS]")
              ", \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true, \"normalized\": true}}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", .model_input_names = auto_tokenizer_plain_inputs };

AUTO_PLUGIN (big_bird, "BigBird",
  AUTO_TOKENIZER ("BigBirdTokenizer", "BigBirdTokenizerFast", &big_bird_tokenizer, .model_type = "big_bird"));
