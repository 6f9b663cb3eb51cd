/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DeBERTa: GPT-2's way of cutting words, BERT's marks. */
#include "sdk/auto-sdk.h"

static const char *const deberta_inputs[] = { "input_ids", "attention_mask", "token_type_ids", NULL };

static const AutoTokenizerSpec deberta_tokenizer = {
  .class_name = "DebertaTokenizer", AUTO_BYTE_BPE_KIND,
  .defaults = "{\"add_prefix_space\": false, \"bos_token\": \"[CLS]\", \"eos_token\": \"[SEP]\", \"sep_token\": \"[SEP]\", \"cls_token\": \"[CLS]\","
              " \"unk_token\": \"[UNK]\", \"pad_token\": \"[PAD]\", \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true, \"normalized\": true}}",
  .json_defaults = "{\"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true}}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", .adjust = "pre_tokenizer.add_prefix_space=add_prefix_space",
  .words_need = "add_prefix_space", .model_input_names = deberta_inputs,
  .slow = AUTO_SLOW_BYTE_BPE (SPACE_UNLESS, .single = "${cls_token}:0 $A:0 ${sep_token}:0",
                              .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (deberta, "DeBERTa",
  AUTO_TOKENIZER ("DebertaTokenizer", "DebertaTokenizerFast", &deberta_tokenizer, .model_type = "deberta"));
