/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RoCBert's tokenizer: BERT's pieces of Chinese, with how they look and how they are spoken. */
#include "sdk/auto-sdk.h"

static const AutoSlowColumn roc_bert_columns[] = {
  { .name = "input_shape_ids", .file = "word_shape.json", .around = "[UNK]" },
  { .name = "input_pronunciation_ids", .file = "word_pronunciation.json", .around = "[UNK]" },
  { NULL },
};

static const char *const roc_bert_files[] = { "word_shape.json", "word_pronunciation.json", NULL };

static const AutoTokenizerSpec roc_bert_tokenizer = {
  .class_name = "RoCBertTokenizer", .files = roc_bert_files,
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"do_basic_tokenize\": true, \"never_split\": null, \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\","
              " \"pad_token\": \"[PAD]\", \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\"}",
  .slow = AUTO_SLOW_WORDPIECE (.columns = roc_bert_columns, .single = "${cls_token}:0 $A:0 ${sep_token}:0",
                               .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (roc_bert, "RoCBert", AUTO_TOKENIZER ("RoCBertTokenizer", NULL, &roc_bert_tokenizer, .model_type = "roc_bert"));
