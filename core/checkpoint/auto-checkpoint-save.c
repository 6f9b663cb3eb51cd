/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../base/auto-json.h"
#include "auto-checkpoint-private.h"
#include "auto-safetensors-write.h"

#define WEIGHTS "model.safetensors"
#define WEIGHTS_INDEX "model.safetensors.index.json"

/* Which shard each tensor goes to, as the reference splits: in the order given, a new shard when the next tensor would
 * pass the limit. A tensor over the same memory as an earlier one goes to that one's shard and is not counted. */
typedef struct
{
  guint *shard_of; /* by tensor */
  guint n_shards;
  guint64 total;
} Plan;

static Plan
make_plan (const AutoNamedTensor *tensors, gsize n, guint64 limit)
{
  g_autoptr(GHashTable) by_memory = g_hash_table_new (NULL, NULL);
  Plan plan = { g_new0 (guint, MAX (n, 1)), 1, 0 };
  guint64 in_shard = 0;
  gboolean empty = TRUE;
  gpointer known;

  for (gsize i = 0; i < n; i++)
    {
      guint64 size = auto_safetensors_data_size (tensors[i].tensor);
      if (size && g_hash_table_lookup_extended (by_memory, tensors[i].tensor->data, NULL, &known))
        {
          plan.shard_of[i] = GPOINTER_TO_UINT (known);
          continue;
        }
      if (limit && !empty && in_shard + size > limit)
        {
          plan.n_shards++;
          in_shard = 0;
        }
      empty = FALSE;
      in_shard += size;
      plan.total += size;
      plan.shard_of[i] = plan.n_shards - 1;
      if (size)
        g_hash_table_insert (by_memory, tensors[i].tensor->data, GUINT_TO_POINTER (plan.n_shards - 1));
    }
  return plan;
}

static char *
shard_name (guint i, guint n)
{
  return n == 1 ? g_strdup (WEIGHTS) : g_strdup_printf ("model-%05u-of-%05u.safetensors", i + 1, n);
}

static AutoStagedFile *
stage_shard (const char *folder, const Plan *plan, guint shard, const AutoNamedTensor *tensors, gsize n, AutoLoadOptions *options,
             GCancellable *cancellable, GError **error)
{
  g_autofree char *name = shard_name (shard, plan->n_shards), *path = g_build_filename (folder, name, NULL);
  g_autoptr(GArray) part = g_array_new (FALSE, FALSE, sizeof (AutoNamedTensor));
  g_autoptr(GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (metadata, (gpointer) "format", (gpointer) "pt");
  for (gsize i = 0; i < n; i++)
    if (plan->shard_of[i] == shard)
      g_array_append_val (part, tensors[i]);
  return auto_safetensors_stage (path, (const AutoNamedTensor *) part->data, part->len, metadata, options, cancellable, error);
}

static AutoStagedFile *
stage_index (const char *folder, const Plan *plan, const AutoNamedTensor *tensors, gsize n, GError **error)
{
  g_autofree char *path = g_build_filename (folder, WEIGHTS_INDEX, NULL);
  g_autoptr(JsonNode) root = json_node_alloc ();
  JsonObject *index = json_object_new (), *metadata = json_object_new (), *map = json_object_new ();

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *name = shard_name (plan->shard_of[i], plan->n_shards);
      json_object_set_string_member (map, tensors[i].name, name);
    }
  json_object_set_int_member (metadata, "total_size", (gint64) plan->total);
  json_object_set_object_member (index, "metadata", metadata);
  json_object_set_object_member (index, "weight_map", map);
  json_node_init_object (root, index);
  json_object_unref (index);

  g_autofree char *text = auto_json_print (root, 2, TRUE);
  g_autoptr(AutoStagedFile) file = auto_staged_file_new (path, error);
  if (!file || !auto_staged_file_write (file, text, strlen (text), NULL, error) || !auto_staged_file_write (file, "\n", 1, NULL, error)
      || !auto_staged_file_finish (file, error))
    return NULL;
  return g_steal_pointer (&file);
}

/* Shards and, when there are several, their index, which is last. */
static GPtrArray *
stage_all (const char *folder, const Plan *plan, const AutoNamedTensor *tensors, gsize n, AutoLoadOptions *options,
           GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_staged_file_free);
  AutoStagedFile *file;

  for (guint shard = 0; shard < plan->n_shards; shard++)
    {
      file = stage_shard (folder, plan, shard, tensors, n, options, cancellable, error);
      if (!file)
        return NULL;
      g_ptr_array_add (files, file);
    }
  if (plan->n_shards > 1)
    {
      file = stage_index (folder, plan, tensors, n, error);
      if (!file)
        return NULL;
      g_ptr_array_add (files, file);
    }
  return g_steal_pointer (&files);
}

/* model-NNNNN-of-NNNNN.safetensors */
static gboolean
is_shard_name (const char *name)
{
  static const char pattern[] = "model-#####-of-#####.safetensors";

  if (strlen (name) != strlen (pattern))
    return FALSE;
  for (gsize i = 0; pattern[i]; i++)
    if (pattern[i] == '#' ? !g_ascii_isdigit (name[i]) : name[i] != pattern[i])
      return FALSE;
  return TRUE;
}

/* Only files that an earlier save can have made, and only when the new ones are in place. */
static gboolean
remove_stale (const char *folder, GPtrArray *files, GError **error)
{
  g_autoptr(GHashTable) fresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (!dir)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    g_hash_table_add (fresh, g_path_get_basename (((AutoStagedFile *) g_ptr_array_index (files, i))->path));
  while ((name = g_dir_read_name (dir)))
    {
      if (g_hash_table_contains (fresh, name)
          || !(is_shard_name (name) || g_str_equal (name, WEIGHTS) || g_str_equal (name, WEIGHTS_INDEX)))
        continue;
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (!g_file_test (path, G_FILE_TEST_IS_DIR) && g_unlink (path) != 0)
        return auto_checkpoint_fail (
            error, AUTO_CHECKPOINT_ERROR_WRITE, path,
            "this file of an earlier save can't be removed; remove it, or it may be loaded in place of the new one");
    }
  return TRUE;
}

gboolean
auto_checkpoint_save (const char *folder, const AutoNamedTensor *tensors, gsize n, guint64 max_shard_size, AutoLoadOptions *options,
                      GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (folder != NULL, FALSE);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_WRITE, folder, "the folder can't be made: %s", g_strerror (errno));
  if (!auto_safetensors_check (folder, tensors, n, error))
    return FALSE;
  Plan plan = make_plan (tensors, n, max_shard_size);
  g_autoptr(GPtrArray) files = stage_all (folder, &plan, tensors, n, options, cancellable, error);
  g_free (plan.shard_of);
  if (!files)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    if (!auto_staged_file_commit (g_ptr_array_index (files, i), error))
      return FALSE;
  return remove_stale (folder, files, error);
}
