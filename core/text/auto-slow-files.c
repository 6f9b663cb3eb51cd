/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of Python classes, which saving writes again as they are. */
#include "auto-slow.h"

#include <string.h>

#include "../base/auto-io.h"
#include "auto-json-vocabulary.h"
#include "auto-python-text.h"

#define LARGEST_FILE ((gsize) 1 << 30)

/* A file that the class was read from. */
typedef struct
{
  char *name;
  GBytes *bytes;
} File;

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->name);
  g_bytes_unref (file->bytes);
  g_free (file);
}

GPtrArray *
auto_slow_files_new (void)
{
  return g_ptr_array_new_with_free_func (file_free);
}

void
auto_slow_keep (AutoSlow *self, const char *name, GBytes *bytes)
{
  File *file = g_new (File, 1);

  *file = (File){ g_strdup (name), g_bytes_ref (bytes) };
  g_ptr_array_add (self->files, file);
}

GBytes *
auto_slow_read (AutoSlow *self, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GBytes *bytes = auto_io_map (path, error);

  if (bytes)
    auto_slow_keep (self, name, bytes);
  return bytes;
}

gboolean
auto_slow_save_vocabulary (const AutoSlow *self, const char *folder, GError **error)
{
  for (guint i = 0; i < self->core->files->len; i++)
    {
      const File *file = g_ptr_array_index (self->core->files, i);
      g_autofree char *path = g_build_filename (folder, file->name, NULL);
      gsize length;
      const char *data = g_bytes_get_data (file->bytes, &length);
      if (!auto_io_write (path, data ? data : "", length, error))
        return FALSE;
    }
  return TRUE;
}

/* The text of a file, checked; it ends with a NUL. */
static char *
read_text (AutoSlow *self, const char *folder, const char *name, gsize *length, GError **error)
{
  g_autoptr(GBytes) bytes = auto_slow_read (self, folder, name, error);

  if (!bytes)
    return NULL;
  const char *text = g_bytes_get_data (bytes, length);
  if (*length > LARGEST_FILE || (*length && !g_utf8_validate_len (text, *length, NULL)))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s is no UTF-8, or far too large", folder, name);
      return NULL;
    }
  return g_strndup (text ? text : "", *length);
}

gboolean
auto_slow_load_lines (AutoSlow *self, const char *folder, const char *name, GError **error)
{
  gsize length;
  g_autofree char *text = read_text (self, folder, name, &length, error);
  gint64 id = 0;

  if (!text)
    return FALSE;
  self->vocabulary = auto_vocabulary_new ();
  for (gsize at = 0, n; at < length; id++, at += n)
    {
      for (n = 0; at + n < length && text[at + n] != '\n' && text[at + n] != '\r';)
        n++;
      auto_vocabulary_add (self->vocabulary, text + at, n, id);
      n += at + n + 1 < length && text[at + n] == '\r' && text[at + n + 1] == '\n' ? 2 : 1;
    }
  return TRUE;
}

gboolean
auto_slow_load_counted (AutoSlow *self, const char *folder, const char *name, GError **error)
{
  static const char *const first[] = { "bos_token", "pad_token", "eos_token", "unk_token" };
  gsize length;
  g_autofree char *text = read_text (self, folder, name, &length, error);

  if (!text)
    return FALSE;
  self->vocabulary = auto_vocabulary_new ();
  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    {
      const char *token = auto_json_string (self->settings, first[i]);
      if (token)
        auto_vocabulary_add (self->vocabulary, token, strlen (token), i);
    }
  for (gsize at = 0, n; at < length; at += n + 1)
    {
      const char *line = text + at, *end = memchr (line, '\n', length - at);
      gsize rest = n = end ? (gsize) (end - line) : length - at;
      auto_python_lstrip (&line, &rest);
      auto_python_rstrip (line, &rest);
      const char *space = g_strrstr_len (line, rest, " ");
      if (!space)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                       "%s: %s has a line that isn't a token and its count: \"%.*s\"", folder, name, (int) MIN (rest, 60), line);
          return FALSE;
        }
      auto_vocabulary_add (self->vocabulary, line, space - line, auto_vocabulary_size (self->vocabulary));
    }
  return TRUE;
}

AutoVocabulary *
auto_slow_read_ids (AutoSlow *self, const char *folder, const char *name, GError **error)
{
  gsize length;
  g_autoptr(AutoVocabulary) vocabulary = auto_vocabulary_new ();
  g_autofree char *text = read_text (self, folder, name, &length, error);
  AutoJsonReader reader;

  if (!text)
    return NULL;
  auto_json_reader_init (&reader, text, length, name);
  auto_json_read_vocabulary (&reader, vocabulary);
  gboolean good = auto_json_reader_finish (&reader, error);
  auto_json_reader_clear (&reader);
  return good ? g_steal_pointer (&vocabulary) : NULL;
}

gboolean
auto_slow_load_ids (AutoSlow *self, const char *folder, const char *name, GError **error)
{
  return (self->vocabulary = auto_slow_read_ids (self, folder, name, error)) != NULL;
}

AutoSlowMerges *
auto_slow_load_merges (AutoSlow *self, const char *folder, const char *name, AutoMergesLines lines, guint most, GError **error)
{
  gsize length;
  g_autofree char *text = read_text (self, folder, name, &length, error);

  return text ? auto_slow_merges_new (text, length, lines, most) : NULL;
}
