/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "phonemes.h"

#include <string.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-io.h"
#include "core/text/auto-data-files.h"
#include "numbers.h"
#include "speller.h"
#include "tagger.h"

#define DATA "g2p_en"

/* A word whose pronunciation depends on its part of speech. */
typedef struct
{
  char **then, **otherwise;
  char *tag; /* how the tags begin with which it is the first */
} Homograph;

struct _Phonemes
{
  GBytes *dictionary;
  GStringChunk *words;
  GHashTable *said;       /* of a word, its line's end in the dictionary */
  GHashTable *homographs; /* of a word, its Homograph */
  Tagger *tagger;
  Speller *speller;
};

static void
homograph_free (gpointer data)
{
  Homograph *self = data;

  g_strfreev (self->then);
  g_strfreev (self->otherwise);
  g_free (self->tag);
  g_free (self);
}

static char *
find_data (const char *model_folder, const char *const *files, GError **error)
{
  static const char *const usual[] = { "/usr/share/nltk_data", "/usr/local/share/nltk_data", "/usr/lib/nltk_data", NULL };
  char *path = auto_data_find (DATA, model_folder, usual, files);

  if (!path)
    g_set_error (
        error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
        "%s: texts become phonemes with the data of g2p_en and NLTK, of which %s is missing: put checkpoint20.npz and homographs.en of "
        "g2p_en,"
        " cmudict and averaged_perceptron_tagger_eng.*.json of NLTK into a folder, and name it by the environment variable AUTO_G2P_EN_DIR",
        model_folder, files[0]);
  return path;
}

/* Up to @n words of a line, which must hold them all. */
static gboolean
cut_words (const char *line, const char *end, guint n, const char **rest, const char **word, gsize *length)
{
  for (guint i = 0; i < n; i++)
    {
      while (line < end && g_ascii_isspace (*line))
        line++;
      const char *start = line;
      while (line < end && !g_ascii_isspace (*line))
        line++;
      if (start == line)
        return FALSE;
      if (i == 0)
        *word = start, *length = line - start;
    }
  *rest = line;
  return TRUE;
}

/* Of "WORD 1 W ER1 D" (NLTK's, @numbered) or "word(2) w er d # note" the first of each word counts. */
static void
take_line (Phonemes *self, const char *line, const char *end, gboolean numbered)
{
  const char *word, *rest;
  gsize length;

  if (!cut_words (line, end, 1 + numbered, &rest, &word, &length))
    return;
  if (!numbered && word[length - 1] == ')')
    return; /* another pronunciation than the first */
  g_autofree char *key = g_ascii_strdown (word, length);
  if (!g_hash_table_contains (self->said, key))
    g_hash_table_insert (self->said, g_string_chunk_insert (self->words, key), (gpointer) rest);
}

static gboolean
read_dictionary (Phonemes *self, const char *model_folder, GError **error)
{
  static const char *const files[] = { "cmudict", "cmudict.dict", "corpora/cmudict/cmudict", NULL };
  g_autofree char *path = find_data (model_folder, files, error);
  gsize size = 0;

  if (!path || !(self->dictionary = auto_io_map (path, error)))
    return FALSE;
  const char *line = g_bytes_get_data (self->dictionary, &size), *end = line + size;
  self->words = g_string_chunk_new (1 << 16);
  self->said = g_hash_table_new (g_str_hash, g_str_equal);
  for (const char *stop; line < end; line = stop + 1)
    {
      stop = memchr (line, '\n', end - line);
      if (!stop)
        break; /* a last line without an end would be read beyond the map */
      take_line (self, line, stop, !g_str_has_suffix (path, ".dict"));
    }
  return TRUE;
}

static gboolean
read_homographs (Phonemes *self, const char *model_folder, GError **error)
{
  static const char *const files[] = { "homographs.en", NULL };
  g_autofree char *path = find_data (model_folder, files, error);
  g_autofree char *text = path ? auto_io_read_text (path, 1 << 20, NULL, error) : NULL;
  g_auto(GStrv) lines = text ? g_strsplit (text, "\n", -1) : NULL;

  if (!text)
    return FALSE;
  self->homographs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, homograph_free);
  for (guint i = 0; lines[i]; i++)
    {
      g_auto(GStrv) parts = g_strsplit (g_strstrip (lines[i]), "|", -1);
      if (g_strv_length (parts) != 4 || parts[0][0] == '#')
        continue;
      Homograph *homograph = g_new0 (Homograph, 1);
      homograph->then = g_strsplit (parts[1], " ", -1);
      homograph->otherwise = g_strsplit (parts[2], " ", -1);
      homograph->tag = g_strdup (parts[3]);
      g_hash_table_replace (self->homographs, g_ascii_strdown (parts[0], -1), homograph);
    }
  return TRUE;
}

static gboolean
read_networks (Phonemes *self, const char *model_folder, GError **error)
{
  static const char *const networks[] = { "checkpoint20.npz", NULL };
  static const char *const taggers[] = { "averaged_perceptron_tagger_eng.weights.json",
                                         "taggers/averaged_perceptron_tagger_eng/averaged_perceptron_tagger_eng.weights.json", NULL };
  g_autofree char *path = find_data (model_folder, networks, error);
  g_autofree char *weights = path && (self->speller = speller_new (path, error)) ? find_data (model_folder, taggers, error) : NULL;
  g_autofree char *folder = weights ? g_path_get_dirname (weights) : NULL;

  return folder && (self->tagger = tagger_new (folder, error)) != NULL;
}

Phonemes *
phonemes_new (const char *model_folder, GError **error)
{
  g_autoptr(Phonemes) self = g_new0 (Phonemes, 1);

  if (!read_dictionary (self, model_folder, error) || !read_homographs (self, model_folder, error) || !read_networks (self, model_folder, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
phonemes_free (Phonemes *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->speller, speller_free);
  g_clear_pointer (&self->tagger, tagger_free);
  g_clear_pointer (&self->homographs, g_hash_table_unref);
  g_clear_pointer (&self->said, g_hash_table_unref);
  g_clear_pointer (&self->words, g_string_chunk_free);
  g_clear_pointer (&self->dictionary, g_bytes_unref);
  g_free (self);
}

/* What is left of a text: letters without accents, spaces and a few signs. Of a sign more than three times over three are left. */
static char *
simplify (const char *text)
{
  g_autofree char *spelled = fastspeech2_spell_numbers (text), *apart = g_utf8_normalize (spelled, -1, G_NORMALIZE_NFD);
  g_autoptr(GString) plain = g_string_new (NULL);
  GString *out = g_string_new (NULL);

  for (const char *p = apart ? apart : ""; *p; p++)
    if (g_ascii_isalpha (*p) || strchr (" '.,?!-", *p))
      g_string_append_c (plain, g_ascii_tolower (*p));
  g_string_replace (plain, "i.e.", "that is", 0);
  g_string_replace (plain, "e.g.", "for example", 0);
  for (gsize i = 0, n; i < plain->len; i += n)
    {
      const char *run = plain->str + i;
      for (n = 1; run[n] == run[0]; n++)
        ;
      g_string_append_len (out, run, g_ascii_isalpha (run[0]) ? n : MIN (n, 3));
    }
  return g_string_free (out, FALSE);
}

static gsize
letters (const char *text)
{
  gsize n = 0;

  while (g_ascii_islower (text[n]))
    n++;
  return n;
}

/* The name of a host, "www.example.org": labels between dots and hyphens, the last one after a dot and of 2 to 13 letters. 0: there is none. */
static gsize
host_length (const char *text)
{
  enum { MOST_LABELS = 128 };
  gsize at = letters (text), end = 0;

  for (guint i = 1, n; i < MOST_LABELS && at && (text[at] == '.' || text[at] == '-') && (n = letters (text + at + 1)); i++)
    {
      gboolean last = text[at] == '.' && n >= 2 && n <= 13;
      at += 1 + n;
      if (last)
        end = at;
    }
  return end;
}

/* The next word of a simplified text as NLTK's TweetTokenizer cuts it: a host, a word with apostrophes and hyphens inside, dots, or a sign. */
static gsize
word_length (const char *text)
{
  gsize n = host_length (text), end = 0;

  if (n)
    return n;
  for (n = 0; g_ascii_islower (text[n]) || (n && (text[n] == '\'' || text[n] == '-')); n++)
    if (g_ascii_islower (text[n]))
      end = n + 1;
  if (end > 2)
    return end;
  if (end)
    return letters (text);
  for (n = 0; text[n] == '.' || (n && text[n] == ' '); n++)
    if (text[n] == '.')
      end = n + 1;
  return MAX (end, 1);
}

static GPtrArray *
cut_text (const char *text)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  for (gsize n; *text; text += n)
    if (*text == ' ')
      n = 1;
    else
      g_ptr_array_add (words, g_strndup (text, n = word_length (text)));
  return words;
}

static void
add_all (char **phonemes, GPtrArray *out)
{
  for (guint i = 0; phonemes[i]; i++)
    if (*phonemes[i])
      g_ptr_array_add (out, g_strdup (phonemes[i]));
}

static void
say_word (const Phonemes *self, const char *word, const char *tag, GPtrArray *out)
{
  const Homograph *homograph = g_hash_table_lookup (self->homographs, word);
  const char *said = g_hash_table_lookup (self->said, word);

  if (!word[strcspn (word, "abcdefghijklmnopqrstuvwxyz")])
    g_ptr_array_add (out, g_strdup (word));
  else if (homograph)
    add_all (tag && g_str_has_prefix (tag, homograph->tag) ? homograph->then : homograph->otherwise, out);
  else if (said)
    {
      g_autofree char *line = g_strndup (said, strcspn (said, "#\r\n"));
      g_auto(GStrv) phonemes = g_strsplit_set (line, " \t", -1);
      add_all (phonemes, out);
    }
  else
    speller_spell (self->speller, word, out);
}

void
phonemes_add (const Phonemes *self, const char *text, GPtrArray *phonemes)
{
  g_autofree char *plain = simplify (text);
  g_autoptr(GPtrArray) words = cut_text (plain), tags = NULL;

  for (guint i = 0; i < words->len && !tags; i++)
    if (g_hash_table_contains (self->homographs, words->pdata[i]))
      tags = tagger_tag (self->tagger, words);
  for (guint i = 0; i < words->len; i++)
    {
      if (i)
        g_ptr_array_add (phonemes, g_strdup (" "));
      say_word (self, words->pdata[i], tags ? tags->pdata[i] : NULL, phonemes);
    }
}
