/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BARTpho's tokenizer: the pieces of a model for many languages, and the ids of those that Vietnamese has. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec bartpho_tokenizer = {
  .class_name = "BartphoTokenizer", .vocab_file = "sentencepiece.bpe.model", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK "}",
  .slow = AUTO_SLOW_FAIRSEQ ((&(const AutoSlowPieces) {
    .head = "[$bos_token, $pad_token, $eos_token, $unk_token, $sep_token, $cls_token]", .tail = "[$mask_token]", .lines_file = "dict.txt",
    .first_words = TRUE, .join = AUTO_JOIN_REPLACED })) };

AUTO_PLUGIN (bartpho, "BARTpho", AUTO_TOKENIZER ("BartphoTokenizer", NULL, &bartpho_tokenizer, .model_type = "bartpho"));
