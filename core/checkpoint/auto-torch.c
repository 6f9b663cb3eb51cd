/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-torch-private.h"
#include "../base/auto-message.h"

static gboolean G_GNUC_PRINTF (3, 4)
malformed (AutoTorchReader *self, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = auto_message_valist (format, args);
  va_end (args);
  return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->checkpoint->path, "%s", message);
}

static gboolean
add_tensor (AutoTorchReader *self, AutoStorage *map, const AutoPickleValue *key, const AutoTorchTensor *tensor, GError **error)
{
  const AutoTorchStorage *storage = tensor->storage;
  guint64 offset = tensor->offset;
  AutoCheckpointEntry entry = { .dtype = storage->dtype, .n_dims = tensor->n_dims, .storage = map };

  if (!g_utf8_validate_len (key->text.data, key->text.length, NULL) || memchr (key->text.data, 0, key->text.length))
    return malformed (self, error, "the name of a tensor is not UTF-8 text");
  if (storage->root)
    {
      offset += storage->root_offset;
      storage = storage->root;
    }
  entry.data = (char *) storage->data + offset * auto_dtype_get_size (storage->dtype);
  memcpy (entry.shape, tensor->shape, sizeof entry.shape);
  memcpy (entry.strides, tensor->strides, sizeof entry.strides);
  if (!auto_checkpoint_add (self->checkpoint, key->text.data, key->text.length, &entry))
    return malformed (self, error, "the tensor \"%.*s\" comes twice", (int) MIN (key->text.length, 1000), key->text.data);
  return TRUE;
}

static gboolean
add_tensors (AutoTorchReader *self, AutoStorage *map, const AutoPickleValue *dict, GError **error)
{
  for (guint i = 0; i + 1 < dict->items->len; i += 2)
    {
      const AutoPickleValue *key = g_ptr_array_index (dict->items, i), *value = g_ptr_array_index (dict->items, i + 1);
      if (key->kind != AUTO_PICKLE_TEXT || value->kind != AUTO_PICKLE_OBJECT || !((AutoTorchTensor *) value->object)->is_tensor)
        continue;
      if (!add_tensor (self, map, key, value->object, error))
        return FALSE;
    }
  return TRUE;
}

/* Entries that are no tensors are passed over, as the reference does with names that the model does not know. Training
 * frameworks put the state dict one level down, beside their own numbers. */
static gboolean
add_state_dict (AutoTorchReader *self, AutoStorage *map, AutoPickleValue *root, GError **error)
{
  if (root->kind != AUTO_PICKLE_DICT)
    return malformed (self, error, "it holds no dictionary of tensors; save the model's state_dict ()");
  if (!add_tensors (self, map, root, error))
    return FALSE;
  for (guint i = 0; self->checkpoint->entries->len == 0 && i + 1 < root->items->len; i += 2)
    {
      const AutoPickleValue *key = g_ptr_array_index (root->items, i), *value = g_ptr_array_index (root->items, i + 1);
      if (auto_pickle_text_equal (key, "state_dict") && value->kind == AUTO_PICKLE_DICT && !add_tensors (self, map, value, error))
        return FALSE;
    }
  if (self->checkpoint->entries->len == 0 && root->items->len > 0)
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_NO_WEIGHTS, self->checkpoint->path,
                                 "none of the %u entries of its dictionary is a tensor", root->items->len / 2);
  return TRUE;
}

static void
reader_init (AutoTorchReader *self, AutoCheckpoint *checkpoint)
{
  self->checkpoint = checkpoint;
  self->pickle = auto_pickle_new (checkpoint->path, &auto_torch_host, self);
  self->storages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->objects = g_ptr_array_new_with_free_func (g_free);
}

static void
reader_clear (AutoTorchReader *self)
{
  auto_pickle_free (self->pickle);
  g_clear_pointer (&self->zip, auto_zip_free);
  g_hash_table_unref (self->storages);
  g_ptr_array_unref (self->objects);
  g_free (self->prefix);
}

static gboolean
read_archive (AutoTorchReader *self, AutoStorage *map, GError **error)
{
  gsize size;

  if (!(self->zip = auto_torch_open_archive (self->checkpoint->path, map->data, map->size, &self->prefix, error)))
    return FALSE;
  g_autofree char *name = g_strconcat (self->prefix, "data.pkl", NULL);
  const char *pickle = auto_zip_get (self->zip, name, &size, error);
  AutoPickleValue *root = pickle ? auto_pickle_read (self->pickle, pickle, size, NULL, error) : NULL;
  return root && add_state_dict (self, map, root, error);
}

/* The storages follow the pickles in the order of a list of their keys: number of elements, elements. */
static gboolean
read_legacy_storages (AutoTorchReader *self, const AutoPickleValue *keys, const char *at, const char *end, GError **error)
{
  guint64 n, size;

  if (keys->kind != AUTO_PICKLE_LIST)
    return malformed (self, error, "its list of storages is no list");
  for (guint i = 0; i < keys->items->len; i++)
    {
      const AutoPickleValue *key = g_ptr_array_index (keys->items, i);
      g_autofree char *name = key->kind == AUTO_PICKLE_TEXT ? g_strndup (key->text.data, key->text.length) : g_strdup ("");
      AutoTorchStorage *storage = g_hash_table_lookup (self->storages, name);
      if (!storage || storage->data)
        return malformed (self, error, "its list of storages does not agree with its tensors");
      if (end - at < 8)
        return malformed (self, error, "the file is cut short; download it again");
      memcpy (&n, at, sizeof n);
      at += sizeof n;
      if (GUINT64_FROM_LE (n) != storage->n_elements)
        return malformed (self, error, "a storage has another size than its tensors say");
      if (!g_uint64_checked_mul (&size, storage->n_elements, auto_dtype_get_size (storage->dtype)) || size > (guint64) (end - at))
        return malformed (self, error, "the file is cut short; download it again");
      storage->data = at;
      at += size;
    }
  return at == end || malformed (self, error, "%" G_GSIZE_FORMAT " bytes follow the last storage, the file is damaged", (gsize) (end - at));
}

static gboolean
read_legacy (AutoTorchReader *self, AutoStorage *map, GError **error)
{
  const char *at = map->data, *end = at + map->size;
  AutoPickleValue *root, *keys;
  GHashTableIter iter;
  gpointer storage;

  root = auto_pickle_read_next (self->pickle, &at, end, error);
  if (!root)
    return FALSE;
  if (!auto_torch_is_magic (root))
    return malformed (self, error, "this is a pickle, but not one of PyTorch; save the model's state_dict () with torch.save ()");
  if (!auto_torch_read_head (self->pickle, self->checkpoint->path, &at, end, error))
    return FALSE;
  root = auto_pickle_read_next (self->pickle, &at, end, error);
  keys = root ? auto_pickle_read_next (self->pickle, &at, end, error) : NULL;
  if (!keys || !read_legacy_storages (self, keys, at, end, error))
    return FALSE;
  g_hash_table_iter_init (&iter, self->storages);
  while (g_hash_table_iter_next (&iter, NULL, &storage))
    if (!((AutoTorchStorage *) storage)->data)
      return malformed (self, error, "a tensor's storage is not in the file");
  return add_state_dict (self, map, root, error);
}

gboolean
auto_torch_read (AutoCheckpoint *checkpoint, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  AutoStorage *map = auto_checkpoint_add_storage (checkpoint, auto_storage_new_from_bytes (bytes));
  AutoTorchReader self = { 0 };

  reader_init (&self, checkpoint);
  gboolean ok = map->data[0] == 'P' ? read_archive (&self, map, error) : read_legacy (&self, map, error);
  reader_clear (&self);
  return ok && !g_cancellable_set_error_if_cancelled (cancellable, error);
}
