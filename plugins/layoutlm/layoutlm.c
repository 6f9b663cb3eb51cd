/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokenizers of pages, whose words have boxes: LayoutLM's first one is BERT's by another name, without them. */
#include "sdk/auto-sdk.h"

#define LAYOUT_BOXES(separator)                                                                                                \
  "\"cls_token_box\": [0, 0, 0, 0], \"sep_token_box\": [" separator "], \"pad_token_box\": [0, 0, 0, 0], \"pad_token_label\": -100," \
  " \"only_label_first_subword\": true"
#define LAYOUT_END "1000, 1000, 1000, 1000"
#define LAYOUT_PADS .pads_more = "{\"bbox\": $pad_token_box, \"labels\": $pad_token_label}"

static const AutoTokenizerSpec layoutlm_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("LayoutLMTokenizer") };

static const AutoTokenizerSpec layoutlmv2_tokenizer = {
  AUTO_WORDPIECE_PARTS ("LayoutLMv2Tokenizer", .cuts_right = TRUE), LAYOUT_PADS,
  .model_max_length = 512, .json_defaults = "{\"model_max_length\": null}", /* the Python class's, and of what is read through it */
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\","
              " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\", " LAYOUT_BOXES (LAYOUT_END) "}",
  .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1" };

static const AutoTokenizerSpec layoutlmv3_tokenizer = {
  .class_name = "LayoutLMv3Tokenizer", LAYOUT_PADS, AUTO_BYTE_BPE_KIND, AUTO_BYTE_BPE_PAIR_MARKS, .adjust = AUTO_BYTE_BPE_PAIR_ADJUST,
  .slow = AUTO_SLOW_BYTE_BPE (SPACE_OF_TEXT, AUTO_SLOW_PAIR_MARKS, .cuts_right = TRUE),
  .defaults = "{\"add_prefix_space\": true, " AUTO_BYTE_BPE_PAIR_DEFAULTS ("true") ", " LAYOUT_BOXES ("0, 0, 0, 0") "}",
  .json_defaults = "{" AUTO_FAIRSEQ_MARKS ", \"mask_token\": \"<mask>\"}",
  .model_input_names = auto_tokenizer_plain_inputs };

static const AutoTokenizerSpec layoutxlm_tokenizer = {
  AUTO_FAIRSEQ_PARTS ("LayoutXLMTokenizer"), LAYOUT_PADS, AUTO_FAIRSEQ_TEMPLATES, .tail = "[\"<mask>\"]",
  .slow = AUTO_SLOW_FAIRSEQ_MASKED (.cuts_right = TRUE, .cuts_singly = TRUE),
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK ", " LAYOUT_BOXES (LAYOUT_END) "}" };

AUTO_PLUGIN (layoutlm, "LayoutLM",
  AUTO_TOKENIZER ("LayoutLMTokenizer", "LayoutLMTokenizerFast", &layoutlm_tokenizer, .model_type = "layoutlm"),
  AUTO_TOKENIZER ("LayoutLMv2Tokenizer", "LayoutLMv2TokenizerFast", &layoutlmv2_tokenizer, .model_type = "layoutlmv2"),
  AUTO_TOKENIZER ("LayoutLMv3Tokenizer", "LayoutLMv3TokenizerFast", &layoutlmv3_tokenizer, .model_type = "layoutlmv3"),
  AUTO_TOKENIZER ("LayoutXLMTokenizer", "LayoutXLMTokenizerFast", &layoutxlm_tokenizer, .model_type = "layoutxlm"),
  AUTO_TOKENIZER ("LayoutLMv3Tokenizer", "LayoutLMv3TokenizerFast", &layoutlmv3_tokenizer, .model_type = "lilt"));
