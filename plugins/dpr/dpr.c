/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DPR: its tokenizers are BERT's by other names. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec dpr_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("DPRQuestionEncoderTokenizer") };
static const AutoTokenizerSpec dpr_context_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("DPRContextEncoderTokenizer") };
static const AutoTokenizerSpec dpr_reader_tokenizer = {
  AUTO_WORDPIECE_TOKENIZER ("DPRReaderTokenizer"), .model_input_names = auto_tokenizer_plain_inputs };

AUTO_PLUGIN (dpr, "DPR",
  AUTO_TOKENIZER ("DPRQuestionEncoderTokenizer", "DPRQuestionEncoderTokenizerFast", &dpr_tokenizer, .model_type = "dpr"),
  AUTO_TOKENIZER ("DPRContextEncoderTokenizer", "DPRContextEncoderTokenizerFast", &dpr_context_tokenizer, .model_type = "dpr"),
  AUTO_TOKENIZER ("DPRReaderTokenizer", "DPRReaderTokenizerFast", &dpr_reader_tokenizer, .model_type = "dpr"));
