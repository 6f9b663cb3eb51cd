/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-hdf5.h"

/* Names have a level for each scope; trees of a directory have one for each power of its fan-out. */
#define MAX_DEPTH 32

typedef struct
{
  AutoHdf5 file;
  AutoCheckpoint *checkpoint;
  AutoStorage *map;
  GString *path;       /* of the group at hand, with a slash at the end */
  GHashTable *visited; /* addresses of groups and nodes: each is read once, so that the work is bounded by the file */
  const char *names;   /* of the group at hand */
  gsize names_size;
  GError **error;
} Reader;

static gboolean read_group (Reader *self, const AutoHdf5Object *group, guint depth);

static gboolean
visit (Reader *self, guint64 address)
{
  guint64 *key = g_new (guint64, 1);

  *key = address;
  return g_hash_table_add (self->visited, key) || auto_hdf5_fail (&self->file, self->error, "a group is a part of itself");
}

static gboolean
add_dataset (Reader *self, const AutoHdf5Object *object)
{
  AutoCheckpointEntry entry = { .n_dims = object->n_dims, .storage = self->map, .data = self->map->data + object->offset };
  const char *path = strchr (self->path->str, '/'); /* what comes before it is the layer's group, no part of the name */
  const char *name = path ? path + 1 : self->path->str;
  gsize count;

  if (!object->is_number)
    return TRUE;
  if (object->dtype < 0)
    return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_DTYPE, self->file.path,
                                 "the tensor \"%s\" has a data type that can't be read", name);
  entry.dtype = object->dtype;
  memcpy (entry.shape, object->shape, sizeof entry.shape);
  if (!auto_shape_count (entry.shape, entry.n_dims, entry.dtype, &count) || count * auto_dtype_get_size (entry.dtype) != object->n_bytes)
    return auto_hdf5_fail (&self->file, self->error, "an array has more or fewer bytes than its shape says");
  auto_contiguous_strides (entry.shape, entry.n_dims, entry.strides);
  if (!auto_checkpoint_add (self->checkpoint, name, strlen (name), &entry))
    return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_FORMAT, self->file.path, "the tensor \"%s\" comes twice", name);
  return TRUE;
}

static gboolean
read_member (Reader *self, const char *name, guint64 header, guint depth)
{
  gsize length = self->path->len;
  AutoHdf5Object object;
  gboolean ok;

  if (!auto_hdf5_read_object (&self->file, header, &object, self->error))
    return FALSE;
  g_string_append (self->path, name);
  if (object.is_group)
    {
      g_string_append_c (self->path, '/');
      ok = visit (self, header) && read_group (self, &object, depth + 1);
    }
  else
    ok = !object.is_dataset || add_dataset (self, &object);
  g_string_truncate (self->path, length);
  return ok;
}

/* A leaf of the directory: names and the objects they stand for. */
static gboolean
read_symbols (Reader *self, guint64 address, guint depth)
{
  const char *node = auto_hdf5_at (&self->file, address, 8), *entries;
  guint n = node ? (guint) auto_hdf5_number (node + 6, 2) : 0;

  if (!node || memcmp (node, "SNOD\1", 5) != 0 || !(entries = auto_hdf5_at (&self->file, address + 8, 40 * (guint64) n)))
    return auto_hdf5_fail (&self->file, self->error, "the directory of a group is damaged");
  for (guint i = 0; i < n; i++)
    {
      const char *entry = entries + 40 * i;
      guint64 at = auto_hdf5_number (entry, 8);
      if (auto_hdf5_number (entry + 16, 4) == 2) /* a symbolic link: what it names is found where it is */
        continue;
      if (at >= self->names_size || !memchr (self->names + at, 0, self->names_size - at)
          || !g_utf8_validate (self->names + at, -1, NULL))
        return auto_hdf5_fail (&self->file, self->error, "the name of an object is no text");
      if (!read_member (self, self->names + at, auto_hdf5_number (entry + 8, 8), depth))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_tree (Reader *self, guint64 address, guint level, guint depth)
{
  const char *node = auto_hdf5_at (&self->file, address, 24), *children;
  guint n = node ? (guint) auto_hdf5_number (node + 6, 2) : 0;

  if (!node || memcmp (node, "TREE\0", 5) != 0 || !(children = auto_hdf5_at (&self->file, address + 24, 16 * (guint64) n + 8)))
    return auto_hdf5_fail (&self->file, self->error, "the directory of a group is damaged");
  if (level > MAX_DEPTH)
    return auto_hdf5_fail (&self->file, self->error, "the directory of a group is too deep");
  for (guint i = 0; i < n; i++)
    {
      guint64 child = auto_hdf5_number (children + 16 * i + 8, 8);
      if (!visit (self, child))
        return FALSE;
      if (node[5] == 0 ? !read_symbols (self, child, depth) : !read_tree (self, child, level + 1, depth))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_group (Reader *self, const AutoHdf5Object *group, guint depth)
{
  const char *heap = auto_hdf5_at (&self->file, group->heap, 32), *outer = self->names;
  gsize outer_size = self->names_size;

  if (depth > MAX_DEPTH)
    return auto_hdf5_fail (&self->file, self->error, "groups are nested too deeply");
  if (!heap || memcmp (heap, "HEAP", 4) != 0)
    return auto_hdf5_fail (&self->file, self->error, "the names of a group are missing");
  self->names_size = auto_hdf5_number (heap + 8, 8);
  self->names = auto_hdf5_at (&self->file, auto_hdf5_number (heap + 24, 8), self->names_size);
  if (!self->names)
    return auto_hdf5_fail (&self->file, self->error, "the names of a group are missing");
  gboolean ok = read_tree (self, group->tree, 0, depth);
  self->names = outer;
  self->names_size = outer_size;
  return ok;
}

gboolean
auto_keras_read (AutoCheckpoint *checkpoint, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  AutoStorage *map = auto_checkpoint_add_storage (checkpoint, auto_storage_new_from_bytes (bytes));
  Reader self = { .file = { checkpoint->path, map->data, map->size, map->size / 8 }, .checkpoint = checkpoint, .map = map, .error = error };
  AutoHdf5Object root;
  guint64 header;

  if (!auto_hdf5_find_root (&self.file, &header, error) || !auto_hdf5_read_object (&self.file, header, &root, error))
    return FALSE;
  if (!root.is_group)
    return auto_hdf5_fail (&self.file, error, "it has no root group");
  self.path = g_string_new (NULL);
  self.visited = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gboolean ok = read_group (&self, &root, 0);
  g_string_free (self.path, TRUE);
  g_hash_table_unref (self.visited);
  checkpoint->has_scope = TRUE;
  if (ok)
    g_hash_table_insert (checkpoint->metadata, g_strdup ("format"), g_strdup ("tf"));
  return ok && !g_cancellable_set_error_if_cancelled (cancellable, error);
}
