/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ProphetNet's tokenizer: BERT's pieces, a mark behind each text. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec prophetnet_tokenizer = {
  .class_name = "ProphetNetTokenizer", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"do_basic_tokenize\": true, \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\","
              " \"x_sep_token\": \"[X_SEP]\", \"pad_token\": \"[PAD]\", \"mask_token\": \"[MASK]\"}",
  .slow = &(const AutoSlowTokenizer) {
    .engine = &auto_slow_wordpiece, .ids_fall_back = TRUE, .vocab_file = "prophetnet.tokenizer",
    .single = "$A:0 ${sep_token}:0", .pair = "$A:0 ${sep_token}:0 $B:1 ${sep_token}:1" } };

AUTO_PLUGIN (prophetnet, "ProphetNet",
  AUTO_TOKENIZER ("ProphetNetTokenizer", NULL, &prophetnet_tokenizer, .model_type = "prophetnet"));
