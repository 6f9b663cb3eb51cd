/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-checkpoint-private.h"
#include "../base/auto-message.h"

#include <string.h>

AutoCheckpoint *
auto_checkpoint_new (const char *path)
{
  AutoCheckpoint *self = g_new0 (AutoCheckpoint, 1);

  self->ref_count = 1;
  self->path = g_strdup (path);
  self->names = g_string_chunk_new (4096);
  self->entries = g_array_new (FALSE, FALSE, sizeof (AutoCheckpointEntry));
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->storages = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_storage_unref);
  self->shards = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_checkpoint_unref);
  return self;
}

AutoCheckpoint *
auto_checkpoint_ref (AutoCheckpoint *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
auto_checkpoint_unref (AutoCheckpoint *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->metadata);
  g_array_unref (self->entries);
  g_ptr_array_unref (self->storages);
  g_ptr_array_unref (self->shards);
  g_string_chunk_free (self->names);
  g_free (self->name_list);
  g_free (self->path);
  g_free (self);
}

AutoStorage *
auto_checkpoint_add_storage (AutoCheckpoint *self, AutoStorage *storage)
{
  g_ptr_array_add (self->storages, storage);
  return storage;
}

gboolean
auto_checkpoint_add (AutoCheckpoint *self, const char *name, gsize length, const AutoCheckpointEntry *entry)
{
  char *kept = g_string_chunk_insert_len (self->names, name, (gssize) length);

  if (!g_hash_table_insert (self->by_name, kept, GUINT_TO_POINTER (self->entries->len)))
    return FALSE;
  g_array_append_vals (self->entries, entry, 1);
  g_array_index (self->entries, AutoCheckpointEntry, self->entries->len - 1).name = kept;
  return TRUE;
}

AutoCheckpointEntry *
auto_checkpoint_lookup (AutoCheckpoint *self, const char *name)
{
  gpointer i;

  if (!g_hash_table_lookup_extended (self->by_name, name, NULL, &i))
    return NULL;
  return &g_array_index (self->entries, AutoCheckpointEntry, GPOINTER_TO_UINT (i));
}

void
auto_checkpoint_seal (AutoCheckpoint *self)
{
  self->name_list = g_new (const char *, self->entries->len + 1);
  for (guint i = 0; i < self->entries->len; i++)
    self->name_list[i] = g_array_index (self->entries, AutoCheckpointEntry, i).name;
  self->name_list[self->entries->len] = NULL;
}

void
auto_contiguous_strides (const gint64 *shape, guint n_dims, gint64 *strides)
{
  gint64 stride = 1;

  for (guint i = n_dims; i-- > 0;)
    {
      strides[i] = stride;
      stride *= MAX (shape[i], 1); /* as for the count of bytes, which was checked: no overflow beside a zero */
    }
}

gboolean
auto_checkpoint_fail (GError **error, AutoCheckpointError code, const char *path, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = auto_message_valist (format, args);
  va_end (args);
  g_autofree char *valid = g_utf8_make_valid (message, -1); /* names in it come from the file, shortened anywhere */
  g_set_error (error, AUTO_CHECKPOINT_ERROR, code, "%s: %s", path, valid);
  return FALSE;
}

const char *const *
auto_checkpoint_get_names (AutoCheckpoint *self, gsize *n)
{
  if (n)
    *n = self->entries->len;
  return self->name_list;
}

gboolean
auto_checkpoint_find (AutoCheckpoint *self, const char *name, AutoDType *dtype, const gint64 **shape, guint *n_dims)
{
  AutoCheckpointEntry *entry = auto_checkpoint_lookup (self, name);

  if (!entry)
    return FALSE;
  if (dtype)
    *dtype = entry->dtype;
  if (shape)
    *shape = entry->shape;
  if (n_dims)
    *n_dims = entry->n_dims;
  return TRUE;
}

/* Bytes from the first element to the end of the last. */
static gsize
entry_extent (const AutoCheckpointEntry *entry)
{
  gsize last = 0;

  for (guint i = 0; i < entry->n_dims; i++)
    {
      if (entry->shape[i] == 0)
        return 0;
      last += (gsize) ((entry->shape[i] - 1) * entry->strides[i]);
    }
  return (last + 1) * auto_dtype_get_size (entry->dtype);
}

AutoTensor *
auto_checkpoint_get (AutoCheckpoint *self, const char *name, GError **error)
{
  AutoCheckpointEntry *entry = auto_checkpoint_lookup (self, name);
  AutoTensor *tensor;

  if (!entry)
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_NOT_FOUND, self->path, "there is no tensor \"%s\" in it", name);
      return NULL;
    }
  if (GPOINTER_TO_SIZE (entry->data) % auto_dtype_get_size (entry->dtype) == 0)
    tensor = auto_tensor_new_over (entry->dtype, entry->shape, entry->n_dims, entry->storage, entry->data);
  else
    {
      gsize size = entry_extent (entry);
      AutoStorage *copy = auto_storage_new (size);
      if (!copy)
        {
          g_set_error (error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_MEMORY, "%s: no memory for the %" G_GSIZE_FORMAT " bytes of \"%s\"",
                       self->path, size, name);
          return NULL;
        }
      memcpy (copy->data, entry->data, size);
      tensor = auto_tensor_new_over (entry->dtype, entry->shape, entry->n_dims, copy, copy->data);
      auto_storage_unref (copy);
    }
  memcpy (tensor->strides, entry->strides, sizeof tensor->strides);
  return tensor;
}

const char *
auto_checkpoint_get_path (AutoCheckpoint *self)
{
  return self->path;
}

const char *
auto_checkpoint_get_metadata (AutoCheckpoint *self, const char *key)
{
  return g_hash_table_lookup (self->metadata, key);
}
