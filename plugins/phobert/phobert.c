/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PhoBERT's tokenizer: Vietnamese words, cut by who calls it, and their pieces. */
#include "sdk/auto-sdk.h"

static const AutoSlowWords phobert_words = { .continued = TRUE, .counted = TRUE, .lines = AUTO_MERGES_ALWAYS_COUNTED };

static const AutoTokenizerSpec phobert_tokenizer = {
  .class_name = "PhobertTokenizer", .kind = AUTO_TOKENIZER_BPE,
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", \"mask_token\": \"<mask>\"}",
  .slow = AUTO_SLOW_WORDS (&phobert_words, AUTO_SLOW_PAIR_MARKS, .merges_file = "bpe.codes") };

AUTO_PLUGIN (phobert, "PhoBERT",
  AUTO_TOKENIZER ("PhobertTokenizer", NULL, &phobert_tokenizer, .model_type = "phobert"));
