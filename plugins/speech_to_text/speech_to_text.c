/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Speech2Text's tokenizer: a sentencepiece model beside the ids of its pieces; where there are languages to choose from, the mark of one
 * before the text. */
#include <string.h>

#include "core/text/auto-slow.h"
#include "sdk/auto-sdk.h"

static const char mustc_languages[] = "pt fr ru nl ro it es de";

static char **
languages_of (JsonObject *settings)
{
  return g_strsplit (g_strcmp0 (auto_json_string (settings, "lang_codes"), "mustc") == 0 ? mustc_languages : "", " ", -1);
}

static char **
speech_to_text_marks (const AutoTokenizerSpec *self, JsonObject *settings)
{
  char **marks = languages_of (settings);

  for (guint i = 0; marks[i]; i++)
    {
      g_autofree char *language = marks[i];
      marks[i] = g_strdup_printf ("<lang:%s>", language);
    }
  return marks;
}

/* The first language when none is said; what there is no mark of is left empty, with which no template can be made. */
static void
speech_to_text_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  g_auto(GStrv) languages = languages_of (settings);
  JsonObject *marks = auto_json_object (settings, "_marks");
  gboolean marked = auto_json_string (settings, "lang_codes") != NULL;

  if (languages[0])
    auto_tokenizer_default_text (settings, "tgt_lang", languages[0]);
  const char *language = auto_json_string (settings, "tgt_lang"), *mark = marks && language ? auto_json_string (marks, language) : NULL;
  json_object_set_boolean_member (settings, "_marked", marked);
  json_object_set_string_member (settings, "_mark", mark ? mark : "");
}

/* A mark before a text has the id that the sentencepiece model gives it, whichever token has this id in the vocabulary. */
static gboolean
speech_to_text_loaded (AutoSlow *self, const AutoSentencePiece *file, GError **error)
{
  g_auto(GStrv) languages = languages_of (self->settings);
  const char *codes = auto_json_string (self->settings, "lang_codes");
  JsonObject *marks = json_object_new ();
  gsize length;

  json_object_set_object_member (self->settings, "_marks", marks);
  for (guint i = 0; languages[i]; i++)
    {
      g_autofree char *mark = g_strdup_printf ("<lang:%s>", languages[i]);
      const char *token = auto_vocabulary_token (self->vocabulary, auto_sentencepiece_find (file, mark, strlen (mark)), &length);
      g_autofree char *text = token ? g_strndup (token, length) : NULL;
      if (text)
        json_object_set_string_member (marks, languages[i], text);
    }
  speech_to_text_settle (self->spec, self->settings);
  if (!codes || *auto_json_string (self->settings, "_mark"))
    return TRUE;
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
               languages[0] ? "the setting tgt_lang must be one of %s with a mark in the sentencepiece model and in vocab.json, not %s"
                            : "the setting lang_codes must be null or \"mustc\" (%s), not \"%s\"",
               mustc_languages, languages[0] ? auto_json_string (self->settings, "tgt_lang") : codes);
  return FALSE;
}

static const AutoSlowPieces speech_to_text_pieces = {
  .ids_file = "vocab.json", .join = AUTO_JOIN_SPACED, .upper = "do_upper_case", .loaded = speech_to_text_loaded };

static const AutoTokenizerSpec speech_to_text_tokenizer = {
  .class_name = "Speech2TextTokenizer", .vocab_file = "sentencepiece.bpe.model", .more_tokens = speech_to_text_marks,
  .settle = speech_to_text_settle, .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\", \"unk_token\": \"<unk>\", \"do_upper_case\": false,"
              " \"do_lower_case\": false, \"tgt_lang\": null, \"lang_codes\": null}",
  .single = "?_marked${_mark}:0 $A:0 ${eos_token}:0", .pair = "?_marked${_mark}:0 $A:0 $B:0 ${eos_token}:0",
  .slow = AUTO_SLOW_SENTENCEPIECE (&speech_to_text_pieces, .lower = "do_lower_case", .ids_fall_back = TRUE) };

AUTO_PLUGIN (speech_to_text, "Speech2Text",
  AUTO_TOKENIZER ("Speech2TextTokenizer", NULL, &speech_to_text_tokenizer, .model_type = "speech_to_text"));
