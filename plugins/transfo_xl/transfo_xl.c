/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transformer-XL's tokenizer: Moses' words, of which it knows many, and numbers cut at their commas and dots. */
#include <string.h>

#include "core/text/auto-moses.h"
#include "core/text/auto-python-text.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"
#include "words.h"

/* So many texts are kept together, as long as they don't make the whole this much longer: stand-ins are found by patterns too. */
#define MOST_PROTECTED 1000
#define LONGEST(length) (16 * (length) + 65536)

typedef struct
{
  AutoMoses *moses;
  GPtrArray *never_split; /* GRegex; NULL: the special tokens */
  gint64 unknown;
} TransfoXl;

static gboolean
read_patterns (AutoSlow *self, TransfoXl *data, const char *folder, GError **error)
{
  JsonArray *patterns = auto_json_array (self->settings, "never_split");
  guint n = patterns ? json_array_get_length (patterns) : self->specials->len;

  data->never_split = g_ptr_array_new_with_free_func ((GDestroyNotify) g_regex_unref);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = patterns ? json_array_get_element (patterns, i) : NULL;
      const char *pattern = !patterns ? self->specials->pdata[i] : auto_json_is_string (node) ? json_node_get_string (node) : "";
      GRegex *regex = *pattern ? g_regex_new (pattern, G_REGEX_CASELESS, 0, error) : NULL;
      if (regex)
        g_ptr_array_add (data->never_split, regex);
      else if (*pattern)
        {
          g_prefix_error (error, "%s: never_split has \"%s\", which is no regular expression: ", folder, pattern);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
transfo_xl_load (AutoSlow *self, const char *folder, GError **error)
{
  const char *language = auto_json_string (self->settings, "language");
  TransfoXl *data = self->data = g_new0 (TransfoXl, 1);

  data->unknown = -1;
  return (data->moses = auto_moses_new (language ? language : "en", error)) && read_patterns (self, data, folder, error)
         && transfo_xl_read_words (self, folder, &data->unknown, error);
}

static void
transfo_xl_clear (AutoSlow *self)
{
  TransfoXl *data = self->data;

  auto_moses_free (data->moses);
  g_clear_pointer (&data->never_split, g_ptr_array_unref);
  g_free (data);
}

static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer kept)
{
  GPtrArray *texts = kept;
  gsize x = strlen (texts->pdata[*(const guint *) a]), y = strlen (texts->pdata[*(const guint *) b]);
  return x != y ? (x > y ? -1 : 1) : *(const guint *) a < *(const guint *) b ? -1 : 1;
}

/* What is written in place of a text that is to stay together. */
static char *
stand_in (guint i)
{
  return g_strdup_printf ("THISISPROTECTED%03u", i);
}

/* Puts stand-ins in the place of what matches the patterns, the longest first. Returns those texts. */
static GPtrArray *
protect (const TransfoXl *data, GString *text)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < data->never_split->len; i++)
    {
      g_autoptr(GMatchInfo) match = NULL;
      g_regex_match_full (data->never_split->pdata[i], text->str, text->len, 0, 0, &match, NULL);
      for (; g_match_info_matches (match) && kept->len < MOST_PROTECTED; g_match_info_next (match, NULL))
        {
          g_autofree char *found = g_match_info_fetch (match, 0);
          if (*found)
            g_ptr_array_add (kept, g_steal_pointer (&found));
        }
    }
  for (guint i = 0; i < kept->len; i++)
    g_array_append_val (order, i);
  g_array_sort_with_data (order, compare_lengths, kept);
  for (gsize i = 0, most = LONGEST (text->len); i < kept->len && text->len < most; i++)
    {
      guint which = g_array_index (order, guint, i);
      g_autofree char *other = stand_in (which);
      g_string_replace (text, kept->pdata[which], other, 0);
    }
  return kept;
}

static gboolean
is_digit_at (const char *p)
{
  return auto_python_is_decimal (g_utf8_get_char (p));
}

/* A word; 1,000.5 is 1 @,@ 000 @.@ 5. */
static void
add_word (const char *word, gsize length, gpointer tokens)
{
  const char *from = word, *end = word + length;

  for (const char *p = word + 1; p + 1 < end; p++)
    {
      if ((*p != ',' && *p != '.') || !is_digit_at (auto_utf8_previous (p)) || !is_digit_at (p + 1))
        continue;
      g_ptr_array_add (tokens, g_strndup (from, p - from));
      g_ptr_array_add (tokens, g_strdup_printf ("@%c@", *p));
      from = p + 1;
    }
  g_ptr_array_add (tokens, g_strndup (from, end - from));
}

static void
add_characters (const char *text, GPtrArray *tokens)
{
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    g_ptr_array_add (tokens, g_strndup (p, g_utf8_next_char (p) - p));
}

static void
transfo_xl_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const TransfoXl *data = self->data;
  gboolean lower = auto_json_bool (self->settings, "lower_case", FALSE);

  auto_python_lstrip (&text, &length);
  auto_python_rstrip (text, &length);
  g_autofree char *line = lower ? auto_python_lower (text, length) : g_strndup (text, length);
  if (g_strcmp0 (auto_json_string (self->settings, "delimiter"), "") == 0)
    {
      add_characters (line, tokens);
      return;
    }
  g_autofree char *plain = auto_moses_plain (data->moses, line, strlen (line));
  g_autoptr(GString) guarded = g_string_new (plain);
  g_autoptr(GPtrArray) kept = protect (data, guarded), words = g_ptr_array_new_with_free_func (g_free);
  auto_moses_split (data->moses, guarded->str, guarded->len, TRUE, FALSE, auto_python_collect_word, words);
  for (guint i = 0; i < words->len; i++)
    {
      g_autoptr(GString) word = g_string_new (words->pdata[i]);
      for (guint k = 0; k < kept->len && strstr (word->str, "THISISPROTECTED"); k++)
        {
          g_autofree char *other = stand_in (k);
          g_string_replace (word, other, kept->pdata[k], 0);
        }
      auto_python_split (word->str, word->len, add_word, tokens);
    }
}

static gint64
transfo_xl_find (const AutoSlow *self, const char *token)
{
  gint64 id = auto_vocabulary_find (self->vocabulary, token, strlen (token));

  return id >= 0 ? id : ((const TransfoXl *) self->data)->unknown;
}

static gboolean
transfo_xl_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  g_autoptr(GString) joined = g_string_new (NULL);

  auto_moses_join (((const TransfoXl *) self->data)->moses, tokens, joined);
  g_string_replace (joined, " @,@ ", ",", 0);
  g_string_replace (joined, " @.@ ", ".", 0);
  auto_python_strip (joined);
  g_string_append_len (text, joined->str, joined->len);
  return TRUE;
}

static const AutoSlowEngine transfo_xl_words = { .load = transfo_xl_load, .tokenize = transfo_xl_tokenize, .find = transfo_xl_find,
                                                 .join = transfo_xl_join, .clear = transfo_xl_clear };

static const char *const transfo_xl_inputs[] = { "input_ids", NULL };

static const AutoTokenizerSpec transfo_xl_tokenizer = {
  .class_name = "TransfoXLTokenizer", .model_input_names = transfo_xl_inputs,
  .defaults = "{\"unk_token\": \"<unk>\", \"eos_token\": \"<eos>\", \"additional_special_tokens\": [\"<formula>\"], \"lower_case\": false,"
              " \"delimiter\": null, \"never_split\": null, \"language\": \"en\"}",
  .slow = &(const AutoSlowTokenizer) { .engine = &transfo_xl_words, .lower = "lower_case" } };

AUTO_PLUGIN (transfo_xl, "Transformer-XL",
  AUTO_TOKENIZER ("TransfoXLTokenizer", NULL, &transfo_xl_tokenizer, .model_type = "transfo-xl"));
