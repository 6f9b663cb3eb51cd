/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BigBird: BERT's marks, which are looked for in the cleaned text. */
#include "sdk/auto-sdk.h"

#define BIG_BIRD_PLAIN(name, text) "\"" name "\": {\"content\": \"" text "\"}"
#define BIG_BIRD_MARK(name, text) "\"" name "\": {\"content\": \"" text "\", \"normalized\": true}"

/* No space before a mark. */
static void
big_bird_tidy (GString *text, gboolean spaces)
{
  if (!spaces)
    return;
  g_string_replace (text, " [MASK]", "[MASK]", 0);
  g_string_replace (text, " [SEP]", "[SEP]", 0);
}

static const AutoTokenizerSpec big_bird_tokenizer = {
  .class_name = "BigBirdTokenizer", .masks_ends = TRUE, .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spiece.model",
  .defaults = "{" BIG_BIRD_MARK ("unk_token", "<unk>") ", " BIG_BIRD_MARK ("bos_token", "<s>") ", " BIG_BIRD_MARK ("eos_token", "</s>") ", "
              BIG_BIRD_MARK ("pad_token", "<pad>") ", " BIG_BIRD_MARK ("sep_token", "[SEP]") ", " BIG_BIRD_MARK ("cls_token", "[CLS]")
              ", \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true, \"normalized\": true}}",
  .json_defaults = "{" BIG_BIRD_PLAIN ("unk_token", "<unk>") ", " BIG_BIRD_PLAIN ("bos_token", "<s>") ", " BIG_BIRD_PLAIN ("eos_token", "</s>") ", "
                   BIG_BIRD_PLAIN ("pad_token", "<pad>") ", " BIG_BIRD_PLAIN ("sep_token", "[SEP]") ", " BIG_BIRD_PLAIN ("cls_token", "[CLS]")
                   ", \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true}}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_SENTENCEPIECE (NULL, .all_apart = TRUE, .tidy = big_bird_tidy, .single = "${cls_token}:0 $A:0 ${sep_token}:0",
                                   .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (big_bird, "BigBird",
  AUTO_TOKENIZER ("BigBirdTokenizer", "BigBirdTokenizerFast", &big_bird_tokenizer, .model_type = "big_bird"));
