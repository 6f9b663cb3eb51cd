/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MVP: its tokenizer is RoBERTa's by another name. */
#include "sdk/auto-sdk.h"

#define MVP_MARK(name, text) "\"" name "\": {\"content\": \"" text "\"}"

static const AutoTokenizerSpec mvp_tokenizer = {
  AUTO_BYTE_BPE_PAIR_BARE ("MvpTokenizer", "true"), AUTO_BYTE_BPE_PAIR_MARKS, .slow = AUTO_SLOW_BYTE_BPE_PAIR,
  .json_defaults = "{" MVP_MARK ("bos_token", "<s>") ", " MVP_MARK ("eos_token", "</s>") ", " MVP_MARK ("sep_token", "</s>") ", "
                   MVP_MARK ("cls_token", "<s>") ", " MVP_MARK ("unk_token", "<unk>") ", " MVP_MARK ("pad_token", "<pad>")
                   ", " AUTO_FAIRSEQ_MASK "}" };

AUTO_PLUGIN (mvp, "MVP",
  AUTO_TOKENIZER ("MvpTokenizer", "MvpTokenizerFast", &mvp_tokenizer, .model_type = "mvp"));
