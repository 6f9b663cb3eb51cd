/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DPR: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec dpr_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("DPRQuestionEncoderTokenizer") };

AUTO_PLUGIN (dpr, "DPR",
  AUTO_TOKENIZER ("DPRQuestionEncoderTokenizer", "DPRQuestionEncoderTokenizerFast", &dpr_tokenizer, .model_type = "dpr"));
