/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checkpoints of Flax and TensorFlow have names and layouts of their own: a dense layer's matrix is called "kernel" and
 * lies the other way around. Here they become what PyTorch's checkpoint of the same model has. Only names, shapes and
 * strides change; no element is moved. */
#include <string.h>

#include "auto-checkpoint-private.h"

/* New dimension i is the old dimension order[i]. */
static void
permute (AutoCheckpointEntry *entry, const guint *order)
{
  AutoCheckpointEntry old = *entry;

  for (guint i = 0; i < entry->n_dims; i++)
    {
      entry->shape[i] = old.shape[order[i]];
      entry->strides[i] = old.strides[order[i]];
    }
}

static void
reverse (AutoCheckpointEntry *entry)
{
  guint order[AUTO_TENSOR_MAX_DIMS];

  for (guint i = 0; i < entry->n_dims; i++)
    order[i] = entry->n_dims - 1 - i;
  permute (entry, order);
}

/* Height, width, in, out → out, in, height, width. */
static void
permute_image_kernel (AutoCheckpointEntry *entry)
{
  permute (entry, (const guint[]) { 3, 2, 0, 1 });
}

static void
replace_last (GPtrArray *parts, const char *name)
{
  g_free (g_ptr_array_index (parts, parts->len - 1));
  g_ptr_array_index (parts, parts->len - 1) = g_strdup (name);
}

/* The rules of the reference's modeling_flax_pytorch_utils. */
static void
convert_flax (AutoCheckpointEntry *entry, GPtrArray *parts)
{
  const char *last = g_ptr_array_index (parts, parts->len - 1);

  if (g_str_equal (last, "kernel"))
    {
      if (entry->n_dims == 4)
        permute_image_kernel (entry);
      else
        reverse (entry);
      replace_last (parts, "weight");
    }
  else if (g_str_equal (last, "scale") || g_str_equal (last, "embedding"))
    replace_last (parts, "weight");
  else if (strstr (last, "mean"))
    replace_last (parts, "running_mean");
  else if (strstr (last, "var"))
    replace_last (parts, "running_var");
}

static GPtrArray *
split (const char *name, const char *separator)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  char **pieces = g_strsplit (name, separator, -1);

  for (guint i = 0; pieces[i]; i++)
    g_ptr_array_add (parts, pieces[i]);
  g_free (pieces);
  if (parts->len == 0)
    g_ptr_array_add (parts, g_strdup (""));
  return parts;
}

static char *
join (GPtrArray *parts)
{
  g_ptr_array_add (parts, NULL);
  char *name = g_strjoinv (".", (char **) parts->pdata);
  g_ptr_array_set_size (parts, (int) parts->len - 1);
  return name;
}

static gboolean
rename_entry (AutoCheckpoint *self, guint i, const char *name, GError **error)
{
  AutoCheckpointEntry *entry = &g_array_index (self->entries, AutoCheckpointEntry, i);

  entry->name = g_string_chunk_insert (self->names, name);
  if (g_hash_table_insert (self->by_name, (gpointer) entry->name, GUINT_TO_POINTER (i)))
    return TRUE;
  return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path, "two tensors of it become \"%s\" in PyTorch's names", name);
}

/* Models with batch norm have two trees, "params" and "batch_stats", whose names are no part of the tensors'. */
gboolean
auto_checkpoint_convert_flax (AutoCheckpoint *self, GError **error)
{
  gboolean two_trees = FALSE;

  for (guint i = 0; i < self->entries->len && !two_trees; i++)
    two_trees = g_str_has_prefix (g_array_index (self->entries, AutoCheckpointEntry, i).name, "batch_stats.");
  g_hash_table_remove_all (self->by_name);
  for (guint i = 0; i < self->entries->len; i++)
    {
      AutoCheckpointEntry *entry = &g_array_index (self->entries, AutoCheckpointEntry, i);
      g_autoptr(GPtrArray) parts = split (entry->name, ".");
      convert_flax (entry, parts);
      if (two_trees && parts->len > 1)
        g_ptr_array_remove_index (parts, 0);
      g_autofree char *name = join (parts);
      if (!rename_entry (self, i, name, error))
        return FALSE;
    }
  return TRUE;
}
