/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdk/auto-sdk.h"

static const char *const fnet_inputs[] = { "input_ids", "token_type_ids", NULL };

static void
fnet_tidy (GString *text, gboolean spaces)
{
  if (!spaces)
    g_string_replace (text, "<unk> ", "<unk>", 0);
}

static const AutoSlowPieces fnet_pieces = { .clean = TRUE, .commas = TRUE };

static const AutoTokenizerSpec fnet_tokenizer = {
  AUTO_ALBERT_PARTS ("FNetTokenizer"),
  .defaults = "{\"do_lower_case\": false, \"remove_space\": true, \"keep_accents\": true, \"unk_token\": \"<unk>\", \"sep_token\": \"[SEP]\","
              " \"pad_token\": \"<pad>\", \"cls_token\": \"[CLS]\", \"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": true}}",
  .json_defaults = "{\"sep_token\": {\"content\": \"[SEP]\"}, \"cls_token\": {\"content\": \"[CLS]\"}}",
  .single = "[CLS]:0 $A:0 [SEP]:0", .pair = "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", .model_input_names = fnet_inputs,
  .slow = AUTO_SLOW_SENTENCEPIECE (&fnet_pieces, .lower = "do_lower_case", .no_spaces = TRUE, .tidy = fnet_tidy,
                                   .single = "${cls_token}:0 $A:0 ${sep_token}:0",
                                   .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (fnet, "FNet",
  AUTO_TOKENIZER ("FNetTokenizer", "FNetTokenizerFast", &fnet_tokenizer, .model_type = "fnet"));
