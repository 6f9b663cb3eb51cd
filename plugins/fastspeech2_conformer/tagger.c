/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tagger.h"

#include <string.h>

#include "core/base/auto-io.h"
#include "core/text/auto-json-reader.h"

#define NAME "averaged_perceptron_tagger_eng"

typedef struct
{
  guint class;
  double weight;
} Weight;

struct _Tagger
{
  GPtrArray *classes;    /* char *, in order */
  GHashTable *numbers;   /* of a class, from 1 on */
  GHashTable *features;  /* of a feature's name, its GArray of Weight in the file's order */
  GHashTable *tags;      /* of a word that nearly always is the same, its class */
};

/* Whose turn it is in @self to take a value of the file. */
typedef void (*TakeFile) (Tagger *self, AutoJsonReader *reader);

static gboolean
read_file (Tagger *self, const char *folder, const char *part, TakeFile take, GError **error)
{
  g_autofree char *name = g_strdup_printf (NAME ".%s.json", part), *path = g_build_filename (folder, name, NULL);
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  gsize length = 0;
  const char *text = bytes ? g_bytes_get_data (bytes, &length) : NULL;
  AutoJsonReader reader;

  if (!bytes)
    return FALSE;
  auto_json_reader_init (&reader, text, length, path);
  take (self, &reader);
  gboolean good = auto_json_reader_finish (&reader, error);
  auto_json_reader_clear (&reader);
  return good;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
take_classes (Tagger *self, AutoJsonReader *reader)
{
  const char *text;
  gsize length;

  for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
    if (auto_json_reader_string (reader, &text, &length))
      g_ptr_array_add (self->classes, g_strndup (text, length));
  if (!self->classes->len)
    auto_json_reader_fail (reader, "there is no class");
  g_ptr_array_sort (self->classes, compare_texts);
  for (guint i = 0; i < self->classes->len; i++)
    g_hash_table_insert (self->numbers, self->classes->pdata[i], GUINT_TO_POINTER (i + 1));
}

/* The number of a class, from 1 on; 0 with an error. */
static guint
find_class (Tagger *self, AutoJsonReader *reader, const char *text, gsize length)
{
  g_autofree char *name = g_strndup (text, length);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers, name));

  if (!number)
    auto_json_reader_fail (reader, "a class isn't among those of " NAME ".classes.json");
  return number;
}

static void
take_weights (Tagger *self, AutoJsonReader *reader)
{
  const char *key;
  gsize length;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    {
      GArray *weights = g_array_new (FALSE, FALSE, sizeof (Weight));
      g_hash_table_replace (self->features, g_strndup (key, length), weights);
      for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
        {
          Weight weight = { .class = find_class (self, reader, key, length) };
          if (!auto_json_reader_double (reader, &weight.weight) || !weight.class)
            break;
          weight.class--;
          g_array_append_val (weights, weight);
        }
    }
}

static void
take_tags (Tagger *self, AutoJsonReader *reader)
{
  const char *key, *text;
  gsize length, n;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    {
      g_autofree char *word = g_strndup (key, length);
      guint class = auto_json_reader_string (reader, &text, &n) ? find_class (self, reader, text, n) : 0;
      if (class)
        g_hash_table_replace (self->tags, g_steal_pointer (&word), self->classes->pdata[class - 1]);
    }
}

Tagger *
tagger_new (const char *folder, GError **error)
{
  g_autoptr(Tagger) self = g_new0 (Tagger, 1);

  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->numbers = g_hash_table_new (g_str_hash, g_str_equal);
  self->features = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!read_file (self, folder, "classes", take_classes, error) || !read_file (self, folder, "weights", take_weights, error)
      || !read_file (self, folder, "tagdict", take_tags, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tagger_free (Tagger *self)
{
  g_clear_pointer (&self->tags, g_hash_table_unref);
  g_clear_pointer (&self->features, g_hash_table_unref);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_free (self);
}

/* The word that features name: of two and more joined by hyphens only that. */
static const char *
normalize (const char *word)
{
  return word[0] != '-' && strchr (word, '-') ? "!HYPHEN" : word;
}

static const char *
suffix (const char *word)
{
  gsize n = strlen (word);
  return word + (n > 3 ? n - 3 : 0);
}

static void G_GNUC_PRINTF (3, 4)
add_feature (const Tagger *self, double *scores, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *name = g_strdup_vprintf (format, args);
  va_end (args);
  const GArray *weights = g_hash_table_lookup (self->features, name);
  for (guint i = 0; weights && i < weights->len; i++)
    scores[g_array_index (weights, Weight, i).class] += g_array_index (weights, Weight, i).weight;
}

/* @context: the word's place in the words with two marks before and behind them; @before: the tags before it. */
static const char *
predict (const Tagger *self, const char *word, const char *const *context, const char *const before[2])
{
  g_autofree double *scores = g_new0 (double, self->classes->len);
  guint best = 0;

  add_feature (self, scores, "bias");
  add_feature (self, scores, "i suffix %s", suffix (word));
  add_feature (self, scores, "i pref1 %.1s", word);
  add_feature (self, scores, "i-1 tag %s", before[0]);
  add_feature (self, scores, "i-2 tag %s", before[1]);
  add_feature (self, scores, "i tag+i-2 tag %s %s", before[0], before[1]);
  add_feature (self, scores, "i word %s", context[0]);
  add_feature (self, scores, "i-1 tag+i word %s %s", before[0], context[0]);
  add_feature (self, scores, "i-1 word %s", context[-1]);
  add_feature (self, scores, "i-1 suffix %s", suffix (context[-1]));
  add_feature (self, scores, "i-2 word %s", context[-2]);
  add_feature (self, scores, "i+1 word %s", context[1]);
  add_feature (self, scores, "i+1 suffix %s", suffix (context[1]));
  add_feature (self, scores, "i+2 word %s", context[2]);
  for (guint i = 1; i < self->classes->len; i++)
    if (scores[i] >= scores[best]) /* of equal ones the last by name */
      best = i;
  return self->classes->pdata[best];
}

GPtrArray *
tagger_tag (const Tagger *self, GPtrArray *words)
{
  g_autofree const char **context = g_new (const char *, words->len + 4);
  const char *before[2] = { "-START-", "-START2-" };
  GPtrArray *tags = g_ptr_array_new ();

  memcpy (context, before, sizeof before);
  for (guint i = 0; i < words->len; i++)
    context[i + 2] = normalize (words->pdata[i]);
  context[words->len + 2] = "-END-";
  context[words->len + 3] = "-END2-";
  for (guint i = 0; i < words->len; i++)
    {
      const char *tag = g_hash_table_lookup (self->tags, words->pdata[i]);
      if (!tag)
        tag = predict (self, words->pdata[i], context + i + 2, before);
      g_ptr_array_add (tags, (gpointer) tag);
      before[1] = before[0];
      before[0] = tag;
    }
  return tags;
}
