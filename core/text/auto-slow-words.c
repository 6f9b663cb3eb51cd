/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of a text and the pieces that merges make of their characters, whose ends are marked. */
#include "auto-slow.h"

#include <string.h>

#include "auto-moses.h"
#include "auto-python-text.h"
#include "auto-slow-basic.h"

#define WORD_END "</w>"
#define GOES_ON "@@"

typedef struct
{
  AutoSlowMerges *merges;
  AutoMoses *moses, *target; /* of texts, and of those that are decoded */
  AutoVocabulary *decoder;   /* NULL: the same as that of texts */
  gboolean change, lower, plain;
} Words;

static const AutoSlowWords *
params_of (const AutoSlow *self)
{
  return self->class->params;
}

static gboolean
load_moses (AutoSlow *self, Words *data, GError **error)
{
  const AutoSlowWords *params = params_of (self);
  JsonArray *languages = auto_json_array (self->settings, "langs");
  const char *names[2] = { params->language, params->language };

  for (guint i = 0; !params->language && i < 2; i++)
    if (languages && json_array_get_length (languages) == 2 && auto_json_is_string (json_array_get_element (languages, i)))
      names[i] = json_array_get_string_element (languages, i);
  if (!names[0] || !names[1])
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the setting langs must be two languages, as in [\"en\", \"ru\"]");
      return FALSE;
    }
  return (data->moses = auto_moses_new (names[0], error)) && (data->target = auto_moses_new (names[1], error));
}

/* Without merges a class that only needs them to encode still decodes. */
static gboolean
load_merges (AutoSlow *self, Words *data, const char *folder, GError **error)
{
  const AutoSlowWords *params = params_of (self);
  const char *name = self->class->merges_file ? self->class->merges_file : "merges.txt";
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!params->decodes_alone || g_file_test (path, G_FILE_TEST_EXISTS))
    return (data->merges = auto_slow_load_merges (self, folder, name, params->lines, 0, error)) != NULL;
  self->refusal = g_strdup_printf ("%s: there is no %s, without which this tokenizer only decodes: put the model's %s there to encode texts", folder,
                                   name, name);
  return TRUE;
}

static gboolean
words_load (AutoSlow *self, const char *folder, GError **error)
{
  const AutoSlowWords *params = params_of (self);
  const char *vocab = self->class->vocab_file ? self->class->vocab_file : params->counted ? "vocab.txt" : "vocab.json";
  Words *data = self->data = g_new0 (Words, 1);

  data->change = params->change && (!params->change_if || auto_json_bool (self->settings, params->change_if, FALSE));
  data->lower = params->lower && auto_json_bool (self->settings, params->lower, FALSE);
  data->plain = params->plain && auto_json_bool (self->settings, params->plain, FALSE);
  if (params->cut == AUTO_WORDS_MOSES && !load_moses (self, data, error))
    return FALSE;
  if (!(params->counted ? auto_slow_load_counted (self, folder, vocab, error) : auto_slow_load_ids (self, folder, vocab, error)))
    return FALSE;
  if (params->decoder_file && !(data->decoder = auto_slow_read_ids (self, folder, params->decoder_file, error)))
    return FALSE;
  return load_merges (self, data, folder, error);
}

static void
words_clear (AutoSlow *self)
{
  Words *data = self->data;

  g_clear_pointer (&data->merges, auto_slow_merges_free);
  g_clear_pointer (&data->decoder, auto_vocabulary_free);
  auto_moses_free (data->moses);
  auto_moses_free (data->target);
  g_free (data);
}

/* A list of tokens that is being made. */
typedef struct
{
  const AutoSlow *self;
  GPtrArray *tokens;
} Cutter;

/* A word's pieces: all but the last end in @@, or the last in </w>. */
static void
add_pieces (const char *word, gsize length, gpointer user_data)
{
  Cutter *cutter = user_data;
  const Words *data = cutter->self->data;
  gboolean continued = params_of (cutter->self)->continued;
  g_autoptr(GString) text = g_string_new_len (word, length);
  g_autoptr(GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize from = 0;

  for (const char *p = text->str; *p;)
    {
      p = g_utf8_next_char (p);
      g_array_append_val (ends, ((gsize){ p - text->str }));
    }
  if (!ends->len)
    return;
  g_string_append (text, WORD_END);
  g_array_index (ends, gsize, ends->len - 1) = text->len;
  auto_slow_merges_apply (data->merges, text->str, ends);
  for (guint i = 0; i < ends->len; from = g_array_index (ends, gsize, i++))
    {
      gboolean last = i + 1 == ends->len;
      gsize to = g_array_index (ends, gsize, i) - (continued && last ? strlen (WORD_END) : 0);
      g_ptr_array_add (cutter->tokens, g_strdup_printf ("%.*s%s", (int) (to - from), text->str + from, continued && !last ? GOES_ON : ""));
    }
}

static char *
without_marks (const char *text)
{
  g_autofree char *decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  g_autoptr(GString) out = g_string_new (NULL);

  for (const char *p = decomposed ? decomposed : text; *p; p = g_utf8_next_char (p))
    if (auto_python_type (g_utf8_get_char (p)) != G_UNICODE_NON_SPACING_MARK)
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
  return auto_python_lower (out->str, out->len);
}

/* A word in lower case, without accents. */
static void
add_plain_pieces (const char *word, gsize length, gpointer cutter)
{
  g_autofree char *lower = auto_python_lower (word, length), *plain = without_marks (lower);

  add_pieces (plain, strlen (plain), cutter);
}

/* What isn't a space, with a line's end right behind it. */
static void
add_spaced (const char *text, gsize length, gboolean white, Cutter *cutter)
{
  const char *end = text + length;
  gboolean (*is_space) (gunichar) = white ? auto_python_is_white : auto_python_is_space;

  for (const char *p = text, *from; p < end;)
    {
      while (p < end && is_space (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      for (from = p; p < end && !is_space (g_utf8_get_char (p));)
        p = g_utf8_next_char (p);
      if (p > from && p < end && *p == '\n')
        p++;
      add_pieces (from, p - from, cutter);
    }
}

static void
add_moses (const AutoSlow *self, const char *text, gsize length, Cutter *cutter)
{
  const AutoSlowWords *params = params_of (self);
  const Words *data = self->data;
  g_autofree char *normal = params->normalize ? auto_moses_normalize (data->moses, text, length) : g_strndup (text, length);

  auto_moses_split (data->moses, normal, strlen (normal), params->escape, params->escape, data->plain ? add_plain_pieces : add_pieces, cutter);
}

static void
words_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  static const AutoBasicWords basic = { .lower = TRUE, .chinese = TRUE, .punctuation = TRUE, .strip_accents = -1 };
  const AutoBasicWords cased = { .punctuation = TRUE, .strip_accents = FALSE, .kept = self->specials };
  const AutoSlowWords *params = params_of (self);
  const Words *data = self->data;
  Cutter cutter = { self, tokens };
  g_autofree char *changed = data->change ? params->change (text, length) : g_strndup (text, length);
  g_autofree char *lower = data->lower ? auto_python_lower (changed, strlen (changed)) : NULL;
  const char *ready = lower ? lower : changed;

  if (params->cut == AUTO_WORDS_MOSES)
    add_moses (self, ready, strlen (ready), &cutter);
  else if (params->cut == AUTO_WORDS_BASIC || params->cut == AUTO_WORDS_CASED)
    auto_basic_words_split (params->cut == AUTO_WORDS_BASIC ? &basic : &cased, ready, strlen (ready), add_pieces, &cutter);
  else if (params->cut == AUTO_WORDS_SPLIT)
    auto_python_split (ready, strlen (ready), add_pieces, &cutter);
  else
    add_spaced (ready, strlen (ready), params->cut == AUTO_WORDS_WHITE, &cutter);
}

static gint64
words_find (const AutoSlow *self, const char *token)
{
  g_autofree char *lower = params_of (self)->any_case ? auto_python_lower (token, strlen (token)) : NULL;
  gint64 id = auto_vocabulary_find (self->vocabulary, lower ? lower : token, strlen (lower ? lower : token));

  return id >= 0 || !self->unk ? id : auto_vocabulary_find (self->vocabulary, self->unk, strlen (self->unk));
}

static const char *
words_token (const AutoSlow *self, gint64 id, gsize *length)
{
  const Words *data = self->data;

  return auto_vocabulary_token (data->decoder ? data->decoder : self->vocabulary, id, length);
}

static gboolean
words_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  const AutoSlowWords *params = params_of (self);
  const Words *data = self->data;
  g_autoptr(GString) joined = g_string_new (NULL);

  for (guint i = 0; i < tokens->len; i++)
    g_string_append_printf (joined, "%s%s", i && params->continued ? " " : "", (char *) g_ptr_array_index (tokens, i));
  if (params->escape)
    {
      g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
      g_string_replace (joined, " ", "", 0);
      g_string_replace (joined, WORD_END, " ", 0);
      auto_python_split (joined->str, joined->len, auto_python_collect_word, words);
      auto_moses_join (data->target, words, text);
      return TRUE;
    }
  g_string_replace (joined, params->continued ? GOES_ON " " : WORD_END, params->continued ? "" : " ", 0);
  if (params->cut != AUTO_WORDS_SPLIT)
    auto_python_strip (joined);
  g_string_append_len (text, joined->str, joined->len);
  return TRUE;
}

const AutoSlowEngine auto_slow_words = {
  .load = words_load,
  .tokenize = words_tokenize,
  .find = words_find,
  .token = words_token,
  .join = words_join,
  .clear = words_clear,
};
