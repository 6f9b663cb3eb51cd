/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RemBERT: ALBERT's cleaning in another order, scores as they are. */
#include "sdk/auto-sdk.h"

static const AutoSlowPieces rembert_pieces = { .join = AUTO_JOIN_DECODED, .keep_ends = TRUE };

static const AutoTokenizerSpec rembert_tokenizer = {
  .class_name = "RemBertTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "sentencepiece.model",
  .defaults = "{\"do_lower_case\": false, \"remove_space\": true, \"keep_accents\": true, \"bos_token\": \"[CLS]\", \"eos_token\": \"[SEP]\","
              " \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\", \"cls_token\": \"[CLS]\","
              " \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true, \"normalized\": true}}",
  .json_defaults = "{\"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\", \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true}}",
  .normalizer = "{\"type\": \"Sequence\", \"normalizers\": [" AUTO_ALBERT_QUOTES ", " AUTO_ALBERT_SPACES ", " AUTO_ALBERT_LETTERS "]}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
  .slow = AUTO_SLOW_SENTENCEPIECE (&rembert_pieces, .lower = "do_lower_case", .single = "${cls_token}:0 $A:0 ${sep_token}:0",
                                   .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (rembert, "RemBERT",
  AUTO_TOKENIZER ("RemBertTokenizer", "RemBertTokenizerFast", &rembert_tokenizer, .model_type = "rembert"));
