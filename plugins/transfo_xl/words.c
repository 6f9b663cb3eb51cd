/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words that a model knows: a line each, or in a dictionary that Python or PyTorch pickled. */
#include "words.h"

#include <string.h>

#include "core/base/auto-io.h"
#include "core/checkpoint/auto-pickled.h"
#include "core/text/auto-python-text.h"

/* Of each line the first word. */
static gboolean
read_lines (AutoSlow *self, const char *folder, const char *name, gint64 *unknown, GError **error)
{
  if (!auto_slow_load_lines (self, folder, name, error))
    return FALSE;
  g_autoptr(AutoVocabulary) lines = g_steal_pointer (&self->vocabulary);
  self->vocabulary = auto_vocabulary_new ();
  for (guint i = 0; i < auto_vocabulary_size (lines); i++)
    {
      gsize length, word_length;
      guint line;
      const char *text = auto_vocabulary_nth (lines, i, &length, &line);
      const char *word = auto_python_first_word (text, length, &word_length);
      if (!word)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: line %u of %s is blank", folder, line + 1, name);
          return FALSE;
        }
      if (auto_vocabulary_find (self->vocabulary, word, word_length) < 0)
        auto_vocabulary_add (self->vocabulary, word, word_length, auto_vocabulary_size (self->vocabulary));
    }
  if ((*unknown = auto_vocabulary_find (self->vocabulary, "<UNK>", 5)) < 0 && (*unknown = auto_vocabulary_find (self->vocabulary, "<unk>", 5)) < 0)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s has neither <UNK> nor <unk>", folder, name);
  return *unknown >= 0;
}

static gboolean
is_word (const AutoPickleValue *value)
{
  return value->kind == AUTO_PICKLE_TEXT && value->text.length <= G_MAXINT16 && !memchr (value->text.data, 0, value->text.length)
         && g_utf8_validate_len (value->text.data, value->text.length, NULL);
}

/* Whether every word has the id that its place in the list is. */
static gboolean
agree (const AutoVocabulary *words, const AutoPickleValue *ids)
{
  for (guint i = 0; i + 1 < ids->items->len; i += 2)
    {
      const AutoPickleValue *word = g_ptr_array_index (ids->items, i), *id = g_ptr_array_index (ids->items, i + 1);
      if (!is_word (word) || id->kind != AUTO_PICKLE_INT || auto_vocabulary_find (words, word->text.data, word->text.length) != id->integer)
        return FALSE;
    }
  return ids->items->len / 2 == auto_vocabulary_size (words);
}

/* The members idx2sym, sym2idx and unk_idx of the dictionary; NULL or what is wrong with them. */
static const char *
take_words (const AutoPickled *file, AutoVocabulary *words, gint64 *unknown)
{
  const AutoPickleValue *list = auto_pickled_get (file, "idx2sym"), *ids = auto_pickled_get (file, "sym2idx");
  const AutoPickleValue *unk = auto_pickled_get (file, "unk_idx");

  if (!list || list->kind != AUTO_PICKLE_LIST || !list->items->len)
    return "it holds no words: idx2sym is no list, or is empty";
  auto_vocabulary_reserve (words, list->items->len);
  for (guint i = 0; i < list->items->len; i++)
    {
      const AutoPickleValue *word = g_ptr_array_index (list->items, i);
      if (!is_word (word) || !auto_vocabulary_add (words, word->text.data, word->text.length, i))
        return "a word in it is no text";
    }
  if (auto_vocabulary_size (words) != list->items->len)
    return "a word in it comes twice";
  if (ids && (ids->kind != AUTO_PICKLE_DICT || !agree (words, ids)))
    return "its words and their ids, idx2sym and sym2idx, don't agree";
  if (unk && unk->kind == AUTO_PICKLE_INT && unk->integer >= 0 && unk->integer < list->items->len)
    *unknown = unk->integer;
  else if ((*unknown = auto_vocabulary_find (words, "<unk>", 5)) < 0)
    *unknown = auto_vocabulary_find (words, "<UNK>", 5);
  return NULL;
}

/* Some of these files are the whole tokenizer, with objects of the modules that it is made of. */
AutoVocabulary *
transfo_xl_words_of_pickle (const char *path, GBytes *bytes, gint64 *unknown, GError **error)
{
  static const char *const modules[] = { "sacremoses.", "transformers.", "pytorch_transformers.", "pytorch_pretrained_bert.", "tokenizers.AddedToken",
                                         "re._compile", NULL };
  g_autoptr(GError) why = NULL;
  g_autoptr(AutoPickled) file = auto_pickled_new (path, bytes, modules, &why);
  g_autoptr(AutoVocabulary) words = auto_vocabulary_new ();
  const char *wrong = file ? take_words (file, words, unknown) : NULL;

  if (why)
    g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, why->message);
  else if (wrong)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s", path, wrong);
  return file && !wrong ? g_steal_pointer (&words) : NULL;
}

/* A vocab.txt of the same words; NULL when lines can't hold them. */
static GBytes *
write_lines (const AutoVocabulary *words, gint64 unknown)
{
  gint64 upper = auto_vocabulary_find (words, "<UNK>", 5);
  g_autoptr(GString) lines = g_string_sized_new (auto_vocabulary_bytes (words) + auto_vocabulary_size (words));

  if (unknown != (upper >= 0 ? upper : auto_vocabulary_find (words, "<unk>", 5)) || unknown < 0)
    return NULL;
  for (guint i = 0; i < auto_vocabulary_size (words); i++)
    {
      gsize length, first_length;
      const char *word = auto_vocabulary_token (words, i, &length);
      if (auto_python_first_word (word, length, &first_length) != word || first_length != length)
        return NULL;
      g_string_append_len (lines, word, length);
      g_string_append_c (lines, '\n');
    }
  return g_string_free_to_bytes (g_steal_pointer (&lines));
}

/* What the reference doesn't read, vocab.bin and archives, is saved as lines. */
static gboolean
read_pickle (AutoSlow *self, const char *folder, const char *name, gint64 *unknown, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  gsize size;

  if (!bytes || !(self->vocabulary = transfo_xl_words_of_pickle (path, bytes, unknown, error)))
    return FALSE;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr(GBytes) lines = g_str_equal (name, "vocab.bin") || *data == 'P' ? write_lines (self->vocabulary, *unknown) : NULL;
  auto_slow_keep (self, lines ? "vocab.txt" : name, lines ? lines : bytes);
  return TRUE;
}

gboolean
transfo_xl_read_words (AutoSlow *self, const char *folder, gint64 *unknown, GError **error)
{
  static const struct
  {
    const char *name;
    gboolean (*read) (AutoSlow *self, const char *folder, const char *name, gint64 *unknown, GError **error);
  } files[] = { { "vocab.txt", read_lines }, { "vocab.pkl", read_pickle }, { "vocab.bin", read_pickle } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i].name, NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return files[i].read (self, folder, files[i].name, unknown, error);
    }
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND,
               "%s: there is none of vocab.txt, vocab.pkl and vocab.bin, which hold the words: put the model's there", folder);
  return FALSE;
}
