/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Splinter: BERT's tokenizer whose question ends with a mark; with padding on the left the question is the second text. */
#include "sdk/auto-sdk.h"

/* In the Python class the mark is a token like any other. */
static char **
splinter_marks (const AutoTokenizerSpec *self, JsonObject *settings)
{
  if (json_object_has_member (settings, "_plain_question"))
    return NULL;
  return g_strsplit (json_object_get_string_member_with_default (settings, "question_token", "[QUESTION]"), "\n", -1);
}

static void
splinter_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  const char *side = json_object_get_string_member_with_default (settings, "padding_side", "right");

  json_object_set_string_member (settings, "_dot", ".");
  json_object_set_boolean_member (settings, "_question_last", g_str_equal (side, "left"));
}

#define SPLINTER_SINGLE "${cls_token}:0 $A:0 ${sep_token}:0"
/* @type: of the mark behind a second text, which fast classes give to texts and not to ids */
#define SPLINTER_PAIR(type)                                                                                                    \
  "${cls_token}:0 $A:0 ?!_question_last${question_token}:0 ?!_question_last${_dot}:0 ${sep_token}:0 $B:1"                       \
  " ?_question_last${question_token}:" type " ?_question_last${_dot}:" type " ${sep_token}:1"

static const AutoSlowWordpiece splinter_words = { .decomposed = TRUE };

static const AutoTokenizerSpec splinter_tokenizer = {
  AUTO_WORDPIECE_PARTS ("SplinterTokenizer", .params = &splinter_words, .pair = SPLINTER_PAIR ("1"), .defaults = "{\"_plain_question\": true}"),
  .ids_single = SPLINTER_SINGLE, .ids_pair = SPLINTER_PAIR ("1"),
  .more_tokens = splinter_marks, .settle = splinter_settle,
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\","
              " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\", \"question_token\": \"[QUESTION]\"}",
  .single = SPLINTER_SINGLE, .pair = SPLINTER_PAIR ("0") };

AUTO_PLUGIN (splinter, "Splinter",
  AUTO_TOKENIZER ("SplinterTokenizer", "SplinterTokenizerFast", &splinter_tokenizer, .model_type = "splinter"));
