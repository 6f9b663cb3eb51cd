/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "../base/auto-io.h"
#include "auto-checkpoint-private.h"

static gboolean
starts_with (const char *data, gsize size, const char *start)
{
  return size >= strlen (start) && memcmp (data, start, strlen (start)) == 0;
}

static gboolean
is_html (const char *data, gsize size)
{
  while (size && g_ascii_isspace (*data))
    data++, size--;
  return (size >= 9 && g_ascii_strncasecmp (data, "<!doctype", 9) == 0) || (size >= 5 && g_ascii_strncasecmp (data, "<html", 5) == 0)
         || (size >= 5 && g_ascii_strncasecmp (data, "<?xml", 5) == 0);
}

gboolean
auto_checkpoint_refuse_stand_in (const char *path, GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (size == 0)
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path, "the file is empty; download it again");
  if (starts_with (data, size, "version https://git-lfs"))
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                                 "this is a pointer that git left in place of the weights, because git-lfs was not installed when the "
                                 "repository was cloned; install git-lfs and run \"git lfs install\" and \"git lfs pull\" in its folder");
  if (is_html (data, size))
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                                 "this is a web page that was saved in place of the weights; download the file itself, from the address "
                                 "that has \"resolve\" where the page's has \"blob\"");
  return TRUE;
}

#define TAR_MAGIC 257

static gboolean
is_msgpack_map (char first)
{
  guchar c = (guchar) first;

  return (c > 0x80 && c <= 0x8f) || c == 0xde || c == 0xdf;
}

static gboolean
read_file (AutoCheckpoint *self, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  gsize size;
  const char *path = self->path, *data = g_bytes_get_data (bytes, &size);

  if (!auto_checkpoint_refuse_stand_in (path, bytes, error))
    return FALSE;
  if (g_str_has_suffix (path, ".safetensors"))
    return auto_safetensors_read (self, bytes, cancellable, error);
  if (starts_with (data, size, "PK\x03\x04") || data[0] == '\x80') /* an archive, a pickle */
    return auto_torch_read (self, bytes, cancellable, error);
  if (starts_with (data, size, "\x89HDF\r\n\x1a\n"))
    return auto_keras_read (self, bytes, cancellable, error);
  if (size > 8 && data[8] == '{')
    return auto_safetensors_read (self, bytes, cancellable, error);
  if (size > TAR_MAGIC && starts_with (data + TAR_MAGIC, size - TAR_MAGIC, "ustar"))
    return auto_checkpoint_fail (
        error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
        "this is a tar archive, as the first versions of PyTorch wrote; load it with PyTorch and save it as safetensors");
  if (is_msgpack_map (data[0]) || g_str_has_suffix (path, ".msgpack"))
    return auto_flax_read (self, bytes, cancellable, error);
  return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path, "this is no file of weights of a known format");
}

/* Names become PyTorch's when all files of the checkpoint are read: an index of shards has the names of the files. */
static gboolean
finish (AutoCheckpoint *self, GError **error)
{
  if (!auto_checkpoint_convert (self, error))
    return FALSE;
  auto_checkpoint_seal (self);
  return TRUE;
}

AutoCheckpoint *
auto_checkpoint_open_bytes (const char *path, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoCheckpoint) self = auto_checkpoint_new (path);

  if (!read_file (self, bytes, cancellable, error) || !finish (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

AutoCheckpoint *
auto_checkpoint_read_file (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoCheckpoint) self = auto_checkpoint_new (path);

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_NOT_FOUND, path, "there is no such file");
      return NULL;
    }
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  if (!bytes || !read_file (self, bytes, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

typedef struct
{
  const char *name;
  gboolean sharded;
} Candidate;

/* The order in which the reference looks into a folder, after the file of the framework that the caller prefers. */
static const Candidate candidates[] = {
  { "model.safetensors", FALSE },
  { "model.safetensors.index.json", TRUE },
  { "pytorch_model.bin", FALSE },
  { "pytorch_model.bin.index.json", TRUE },
};

#define TF1_INDEX "model.ckpt.index"
#define TF_WEIGHTS "tf_model.h5"
#define FLAX_WEIGHTS "flax_model.msgpack"

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static AutoCheckpoint *
open_in (const char *folder, const char *name, gboolean sharded, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!sharded)
    auto_load_options_report (options, name, 0, 1);
  g_autoptr(AutoCheckpoint) self = sharded ? auto_checkpoint_read_shards (path, options, cancellable, error)
                                           : auto_checkpoint_read_file (path, cancellable, error);
  if (!self || !finish (self, error))
    return NULL;
  if (!sharded)
    auto_load_options_report (options, name, 1, 1);
  return g_steal_pointer (&self);
}

static void
explain_absence (const char *folder, GError **error)
{
  const char *other = NULL, *option = NULL;

  if (has_file (folder, TF_WEIGHTS) || has_file (folder, TF1_INDEX))
    other = "TensorFlow", option = "from-tf";
  else if (has_file (folder, FLAX_WEIGHTS))
    other = "Flax", option = "from-flax";
  if (other)
    auto_checkpoint_fail (
        error, AUTO_CHECKPOINT_ERROR_NOT_FOUND, folder,
        "there is no file named pytorch_model.bin or model.safetensors in this folder, but there is one with %s weights; set "
        "the option \"%s\" to load the model from those",
        other, option);
  else
    auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_NOT_FOUND, folder,
                          "there is no file of weights in this folder: none named model.safetensors, model.safetensors.index.json, "
                          "pytorch_model.bin, pytorch_model.bin.index.json, " TF_WEIGHTS " or " FLAX_WEIGHTS);
}

static AutoCheckpoint *
open_folder (const char *folder, AutoFramework prefer, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  if (prefer == AUTO_FRAMEWORK_TF && has_file (folder, TF1_INDEX))
    return open_in (folder, TF1_INDEX, FALSE, options, cancellable, error);
  if (prefer == AUTO_FRAMEWORK_TF && has_file (folder, TF_WEIGHTS))
    return open_in (folder, TF_WEIGHTS, FALSE, options, cancellable, error);
  if (prefer == AUTO_FRAMEWORK_FLAX && has_file (folder, FLAX_WEIGHTS))
    return open_in (folder, FLAX_WEIGHTS, FALSE, options, cancellable, error);
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    if (has_file (folder, candidates[i].name))
      return open_in (folder, candidates[i].name, candidates[i].sharded, options, cancellable, error);
  explain_absence (folder, error);
  return NULL;
}

AutoCheckpoint *
auto_checkpoint_open (const char *path, AutoFramework prefer, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return open_folder (path, prefer, options, cancellable, error);
  g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path);
  return open_in (folder, name, g_str_has_suffix (path, ".index.json"), options, cancellable, error);
}
