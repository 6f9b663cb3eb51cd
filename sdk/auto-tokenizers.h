/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/text/auto-tokenizer-spec.h"

/* Members of an AutoTokenizerSpec for the classes that work as BERT's does: vocab.txt, its normaliser, [CLS] A [SEP] B [SEP]. More
 * members may follow and replace these. */
#define AUTO_WORDPIECE_TOKENIZER(class_name_)                                                                                  \
  .class_name = class_name_, .kind = AUTO_TOKENIZER_WORDPIECE,                                                                 \
  .defaults = "{\"do_lower_case\": true, \"tokenize_chinese_chars\": true, \"strip_accents\": null, \"unk_token\": \"[UNK]\","  \
              " \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\", \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\"}",      \
  .model = "{\"unk_token\": $unk_token, \"continuing_subword_prefix\": \"##\", \"max_input_chars_per_word\": 100}",            \
  .normalizer = "{\"type\": \"BertNormalizer\", \"clean_text\": true, \"handle_chinese_chars\": $tokenize_chinese_chars,"       \
                " \"strip_accents\": $strip_accents, \"lowercase\": $do_lower_case}",                                          \
  .pre_tokenizer = "{\"type\": \"BertPreTokenizer\"}", .decoder = "{\"type\": \"WordPiece\", \"prefix\": \"##\", \"cleanup\": true}", \
  .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1",            \
  .adjust = "normalizer.lowercase=do_lower_case normalizer.strip_accents=strip_accents normalizer.handle_chinese_chars=tokenize_chinese_chars"
