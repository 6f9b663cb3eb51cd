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
is_any (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

/* "layer_._0" is a level of its own; of "a___b" between two slashes only b counts, where the level before it did not
 * have such a mark. Empty levels between others vanish. */
static GPtrArray *
split_tf_levels (const char *name)
{
  g_autoptr(GString) plain = g_string_new (name);

  g_string_replace (plain, ":0", "", 0);
  g_auto(GStrv) levels = g_strsplit (plain->str, "/", -1);
  for (guint i = 1, n = g_strv_length (levels); i + 1 < n; i++)
    {
      const char *mark = g_strrstr (levels[i], "___");
      if (!mark)
        continue;
      char *rest = g_strdup (mark + strlen ("___"));
      g_free (levels[i]);
      levels[i++] = rest;
    }
  g_autofree char *joined = g_strjoinv ("/", levels);
  g_autoptr(GString) path = g_string_new (joined);
  g_string_replace (path, "_._", "/", 0);
  GPtrArray *parts = split (path->str, "/");
  for (guint i = parts->len; i-- > 0;)
    if (i > 0 && i + 1 < parts->len && !*(char *) g_ptr_array_index (parts, i))
      g_ptr_array_remove_index (parts, i);
  return parts;
}

/* The rules of the reference's modeling_tf_pytorch_utils. */
static GPtrArray *
convert_tf (AutoCheckpoint *self, AutoCheckpointEntry *entry)
{
  static const char *const kernels[] = { "kernel", "pointwise_kernel", "depthwise_kernel", NULL };
  static const char *const weights[] = { "kernel", "embeddings", "gamma", NULL };
  /* TensorFlow's safetensors have no scope, save for those of models with "model." in their names */
  gboolean has_scope = self->has_scope || strstr (entry->name, "model.");
  GPtrArray *parts = split_tf_levels (entry->name);
  gboolean turned = FALSE;

  if (has_scope && parts->len > 1)
    g_ptr_array_remove_index (parts, 0);
  for (guint i = 0; i < parts->len; i++)
    turned |= g_str_equal (g_ptr_array_index (parts, i), "emb_projs") || g_str_equal (g_ptr_array_index (parts, i), "out_projs");
  const char *last = g_ptr_array_index (parts, parts->len - 1);
  if (g_str_equal (last, "kernel") && entry->n_dims == 4)
    permute_image_kernel (entry);
  else if (turned || is_any (last, kernels))
    reverse (entry);
  if (is_any (last, weights))
    replace_last (parts, "weight");
  else if (g_str_equal (last, "beta"))
    replace_last (parts, "bias");
  else if (g_str_equal (last, "pointwise_kernel"))
    replace_last (parts, "pointwise.weight");
  else if (g_str_equal (last, "depthwise_kernel"))
    replace_last (parts, "depthwise.weight");
  return parts;
}

/* Models with batch norm have two trees, "params" and "batch_stats", whose names are no part of the tensors'. */
static gboolean
has_two_trees (AutoCheckpoint *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_str_has_prefix (g_array_index (self->entries, AutoCheckpointEntry, i).name, "batch_stats."))
      return TRUE;
  return FALSE;
}

static GPtrArray *
convert_flax_entry (AutoCheckpointEntry *entry, gboolean two_trees)
{
  GPtrArray *parts = split (entry->name, ".");

  convert_flax (entry, parts);
  if (two_trees && parts->len > 1)
    g_ptr_array_remove_index (parts, 0);
  return parts;
}

gboolean
auto_checkpoint_convert (AutoCheckpoint *self, GError **error)
{
  const char *format = auto_checkpoint_get_metadata (self, "format");
  gboolean flax = g_strcmp0 (format, "flax") == 0, two_trees = flax && has_two_trees (self);

  if (!flax && g_strcmp0 (format, "tf") != 0)
    return TRUE;
  g_hash_table_remove_all (self->by_name);
  for (guint i = 0; i < self->entries->len; i++)
    {
      AutoCheckpointEntry *entry = &g_array_index (self->entries, AutoCheckpointEntry, i);
      g_autoptr(GPtrArray) parts = flax ? convert_flax_entry (entry, two_trees) : convert_tf (self, entry);
      g_autofree char *name = join (parts);
      entry->name = g_string_chunk_insert (self->names, name);
      if (!g_hash_table_insert (self->by_name, (gpointer) entry->name, GUINT_TO_POINTER (i)))
        return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path, "two tensors of it become \"%s\" in PyTorch's names",
                                     name);
    }
  return TRUE;
}
