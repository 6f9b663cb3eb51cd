/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XLM-ProphetNet's tokenizer: a sentencepiece model behind marks of its own. */
#include "sdk/auto-sdk.h"

#define XLM_PROPHETNET_HEAD                                                                                                     \
  "[\"[PAD]\", \"[CLS]\", \"[SEP]\", \"[UNK]\", \"[MASK]\", \"[unused0]\", \"[unused1]\", \"[unused2]\", \"[unused3]\", \"[unused4]\"," \
  " \"[unused5]\", \"[unused6]\", \"[unused7]\", \"[unused8]\", \"[unused9]\"]"

static const AutoTokenizerSpec xlm_prophetnet_tokenizer = {
  .class_name = "XLMProphetNetTokenizer", .vocab_file = "prophetnet.tokenizer", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"[SEP]\", \"eos_token\": \"[SEP]\", \"sep_token\": \"[SEP]\", \"unk_token\": \"[UNK]\", \"pad_token\": \"[PAD]\","
              " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\"}",
  .slow = AUTO_SLOW_SENTENCEPIECE ((&(const AutoSlowPieces) { .skip = 3, .head = XLM_PROPHETNET_HEAD, .join = AUTO_JOIN_REPLACED }),
                                   .single = "$A:0 ${sep_token}:0", .pair = "$A:0 ${sep_token}:0 $B:0 ${sep_token}:0") };

AUTO_PLUGIN (xlm_prophetnet, "XLM-ProphetNet",
  AUTO_TOKENIZER ("XLMProphetNetTokenizer", NULL, &xlm_prophetnet_tokenizer, .model_type = "xlm-prophetnet"));
