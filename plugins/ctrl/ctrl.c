/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CTRL's tokenizer: words between spaces and their pieces, no marks around them. */
#include "sdk/auto-sdk.h"

static const AutoSlowWords ctrl_words = { .cut = AUTO_WORDS_WHITE, .continued = TRUE, .lines = AUTO_MERGES_INNER };

static const AutoTokenizerSpec ctrl_tokenizer = {
  .class_name = "CTRLTokenizer", .kind = AUTO_TOKENIZER_BPE, .defaults = "{\"unk_token\": \"<unk>\"}", .slow = AUTO_SLOW_WORDS (&ctrl_words) };

AUTO_PLUGIN (ctrl, "CTRL",
  AUTO_TOKENIZER ("CTRLTokenizer", NULL, &ctrl_tokenizer, .model_type = "ctrl"));
