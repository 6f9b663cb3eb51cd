/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint-testing.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/checkpoint/auto-checkpoint-private.h"

TestFolder *
test_folder_new (void)
{
  g_autoptr(GError) error = NULL;
  char *path = g_dir_make_tmp ("auto-checkpoint-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
test_folder_free (TestFolder *self)
{
  GDir *dir = g_dir_open (self, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (self, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        test_folder_free (g_strdup (path));
      else
        g_unlink (path);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (self);
  g_free (self);
}

char *
test_write (TestFolder *self, const char *name, gconstpointer data, gsize size)
{
  g_autoptr(GError) error = NULL;
  char *path = g_build_filename (self, name, NULL);

  g_unlink (path); /* a new file each time: never one that an earlier map has seen */
  g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0644, &error);
  g_assert_no_error (error);
  return path;
}

char *
test_write_bytes (TestFolder *self, const char *name, const GByteArray *bytes)
{
  return test_write (self, name, bytes->data, bytes->len);
}

GByteArray *
test_safetensors (const char *header, gconstpointer data, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();
  guint64 length = GUINT64_TO_LE (strlen (header));

  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
  if (size)
    g_byte_array_append (bytes, data, (guint) size);
  return bytes;
}

static void
assert_refused (AutoCheckpoint *checkpoint, GError *error, const char *path, AutoCheckpointError code, const char *text)
{
  g_autofree char *name = g_path_get_basename (path);

  g_assert_null (checkpoint);
  g_assert_nonnull (error);
  if (error->domain != AUTO_CHECKPOINT_ERROR || error->code != (int) code || !strstr (error->message, text)
      || !strstr (error->message, name))
    g_error ("wanted error %d with \"%s\" and \"%s\", got %s %d: %s", code, name, text, g_quark_to_string (error->domain), error->code,
             error->message);
}

void
test_assert_refused (const char *path, AutoCheckpointError code, const char *text)
{
  g_autoptr(GError) error = NULL;

  AutoCheckpoint *checkpoint = auto_checkpoint_open (path, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error);
  assert_refused (checkpoint, error, path, code, text);
}

void
test_assert_bytes_refused (const char *name, gconstpointer data, gsize size, AutoCheckpointError code, const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size); /* a block of its own, whose ends the sanitizers watch */
  g_autoptr(GError) error = NULL;

  AutoCheckpoint *checkpoint = auto_checkpoint_open_bytes (name, bytes, NULL, &error);
  assert_refused (checkpoint, error, name, code, text);
}

AutoCheckpoint *
test_open (const char *path)
{
  g_autoptr(GError) error = NULL;
  AutoCheckpoint *checkpoint = auto_checkpoint_open (path, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (checkpoint);
  return checkpoint;
}

char *
test_values (AutoCheckpoint *checkpoint, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTensor) tensor = auto_checkpoint_get (checkpoint, name, &error);
  g_autoptr(GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  g_autoptr(AutoTensor) doubles = auto_tensor_convert (tensor, AUTO_DTYPE_F64);
  g_autoptr(GBytes) bytes = auto_tensor_get_bytes (doubles);
  const double *values = g_bytes_get_data (bytes, NULL);
  for (gint64 i = 0; i < auto_tensor_get_n_elements (doubles); i++)
    g_string_append_printf (text, "%s%.9g", i ? " " : "", values[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
test_assert_values (AutoCheckpoint *checkpoint, const char *name, const char *described, const char *values)
{
  g_autoptr(AutoTensor) tensor = auto_checkpoint_get (checkpoint, name, NULL);

  g_assert_nonnull (tensor);
  g_autofree char *description = auto_tensor_describe (tensor), *got = test_values (checkpoint, name);
  g_assert_cmpstr (description, ==, described);
  g_assert_cmpstr (got, ==, values);
}

guint
test_compare_with_table (const char *table)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", table, NULL), *text = NULL, *last = NULL;
  g_autoptr(AutoCheckpoint) checkpoint = NULL;
  guint n_tensors = 0, n_files = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] && *lines[i]; i++)
    {
      g_auto(GStrv) fields = g_strsplit (lines[i], "\t", -1);
      if (g_strcmp0 (last, fields[0]) != 0)
        {
          g_autofree char *file = g_test_build_filename (G_TEST_DIST, "data", fields[0], NULL);
          if (checkpoint)
            g_assert_cmpuint (g_strv_length ((GStrv) auto_checkpoint_get_names (checkpoint, NULL)), ==, n_tensors);
          g_clear_pointer (&checkpoint, auto_checkpoint_unref);
          checkpoint = test_open (file);
          g_free (last);
          last = g_strdup (fields[0]);
          n_tensors = 0;
          n_files++;
        }
      test_assert_values (checkpoint, fields[1], fields[2], fields[3]);
      n_tensors++;
    }
  g_assert_cmpuint (g_strv_length ((GStrv) auto_checkpoint_get_names (checkpoint, NULL)), ==, n_tensors);
  return n_files;
}
