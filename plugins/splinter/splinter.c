/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Splinter: BERT's tokenizer whose question ends with a mark; with padding on the left the question is the second text. */
#include "sdk/auto-sdk.h"

static char **
splinter_marks (const AutoTokenizerSpec *self, JsonObject *settings)
{
  return g_strsplit (json_object_get_string_member_with_default (settings, "question_token", "[QUESTION]"), "\n", -1);
}

static void
splinter_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  const char *side = json_object_get_string_member_with_default (settings, "padding_side", "right");

  json_object_set_string_member (settings, "_dot", ".");
  json_object_set_boolean_member (settings, "_question_last", g_str_equal (side, "left"));
}

static const AutoTokenizerSpec splinter_tokenizer = {
  AUTO_WORDPIECE_PARTS ("SplinterTokenizer"), .more_tokens = splinter_marks, .settle = splinter_settle,
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\","
              " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\", \"question_token\": \"[QUESTION]\"}",
  .single = "${cls_token}:0 $A:0 ${sep_token}:0",
  .pair = "${cls_token}:0 $A:0 ?!_question_last${question_token}:0 ?!_question_last${_dot}:0 ${sep_token}:0 $B:1 ?_question_last${question_token}:0"
          " ?_question_last${_dot}:0 ${sep_token}:1" };

AUTO_PLUGIN (splinter, "Splinter",
  AUTO_TOKENIZER ("SplinterTokenizer", "SplinterTokenizerFast", &splinter_tokenizer, .model_type = "splinter"));
