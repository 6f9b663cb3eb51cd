/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "../base/auto-io.h"
#include "../base/auto-json.h"
#include "auto-checkpoint-private.h"

/* The names that a message lists before it says "and N more". */
#define MAX_LISTED 20

/* A shard is a file of the index's folder or of one below it. What the index says must not lead anywhere else. */
static gboolean
is_inside (const char *name)
{
  g_auto(GStrv) parts = g_strsplit_set (name, "/\\", -1);

  if (!*name || g_path_is_absolute (name))
    return FALSE;
  for (guint i = 0; parts[i]; i++)
    if (!*parts[i] || g_str_equal (parts[i], ".") || g_str_equal (parts[i], ".."))
      return FALSE;
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The file names in the map, each once, sorted; they belong to @map. */
static GPtrArray *
collect_shards (const char *path, JsonObject *map, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  JsonObjectIter iter;
  const char *tensor;
  JsonNode *node;

  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &tensor, &node))
    {
      const char *name = auto_json_is_string (node) ? json_node_get_string (node) : NULL;
      if (!name || !is_inside (name))
        {
          auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                                "the weight_map gives \"%s\" for the tensor \"%s\", which is no name of a file in the index's folder",
                                name ? name : "something that is no text", tensor);
          return NULL;
        }
      if (g_hash_table_add (seen, (gpointer) name))
        g_ptr_array_add (names, (gpointer) name);
    }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
check_present (const char *path, const char *folder, GPtrArray *names, GError **error)
{
  g_autoptr(GString) absent = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *shard = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      if (g_file_test (shard, G_FILE_TEST_IS_REGULAR))
        continue;
      if (n++ < MAX_LISTED)
        g_string_append_printf (absent, "%s%s", n > 1 ? ", " : "", (char *) g_ptr_array_index (names, i));
    }
  if (n == 0)
    return TRUE;
  if (n > MAX_LISTED)
    g_string_append_printf (absent, " and %u more", n - MAX_LISTED);
  return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_NOT_FOUND, path,
                               "%u of the %u files that it names are absent: %s (incomplete download?); download the model again", n,
                               names->len, absent->str);
}

/* Takes over the tensors of a shard. What the index puts elsewhere is left; what it does not name is taken, as the
 * reference does. */
static gboolean
merge_shard (AutoCheckpoint *self, AutoCheckpoint *shard, const char *shard_name, JsonObject *map, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  for (guint i = 0; i < shard->entries->len; i++)
    {
      const AutoCheckpointEntry *entry = &g_array_index (shard->entries, AutoCheckpointEntry, i);
      const char *home = auto_json_string (map, entry->name);
      if (home && !g_str_equal (home, shard_name))
        continue;
      if (g_hash_table_contains (self->by_name, entry->name))
        return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, shard->path,
                                     "the tensor \"%s\" is in another shard as well, and the index does not say which one counts",
                                     entry->name);
      g_hash_table_insert (self->by_name, (gpointer) entry->name, GUINT_TO_POINTER (self->entries->len));
      g_array_append_vals (self->entries, entry, 1);
    }
  g_hash_table_iter_init (&iter, shard->metadata);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_hash_table_contains (self->metadata, key))
      g_hash_table_insert (self->metadata, g_strdup (key), g_strdup (value));
  g_ptr_array_add (self->shards, auto_checkpoint_ref (shard));
  return TRUE;
}

/* Every tensor that the index names must have come from the shard that it names. */
static gboolean
check_complete (AutoCheckpoint *self, GPtrArray *shards, GPtrArray *names, JsonObject *map, GError **error)
{
  JsonObjectIter iter;
  const char *tensor;
  JsonNode *node;

  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &tensor, &node))
    {
      if (g_hash_table_contains (self->by_name, tensor))
        continue;
      for (guint i = 0; i < shards->len; i++)
        if (auto_checkpoint_lookup (g_ptr_array_index (shards, i), tensor))
          return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path,
                                       "it puts the tensor \"%s\" into %s, but that is in %s; index and shards are of different saves, "
                                       "download the model again",
                                       tensor, json_node_get_string (node), (char *) g_ptr_array_index (names, i));
      return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path,
                                   "it puts the tensor \"%s\" into %s, which has no such tensor; index and shards are of different saves, "
                                   "download the model again",
                                   tensor, json_node_get_string (node));
    }
  return TRUE;
}

static gboolean
read_shards (AutoCheckpoint *self, JsonObject *map, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr(GPtrArray) names = collect_shards (self->path, map, error);

  if (!names || !check_present (self->path, folder, names, error))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      auto_load_options_report (options, name, i, names->len);
      g_autoptr(AutoCheckpoint) shard = auto_checkpoint_read_file (path, cancellable, error);
      if (!shard || !merge_shard (self, shard, name, map, error))
        return FALSE;
      auto_load_options_report (options, name, i + 1, names->len);
    }
  return check_complete (self, self->shards, names, map, error);
}

AutoCheckpoint *
auto_checkpoint_read_shards (const char *path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoCheckpoint) self = auto_checkpoint_new (path);

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_NOT_FOUND, path, "there is no such file");
      return NULL;
    }
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  if (!bytes || !auto_checkpoint_refuse_stand_in (path, bytes, error))
    return NULL;
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_FORMAT, error);
  if (!node)
    return NULL;
  JsonObject *map = JSON_NODE_HOLDS_OBJECT (node) ? auto_json_object (json_node_get_object (node), "weight_map") : NULL;
  if (!map)
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path, "there is no \"weight_map\" in it; this is no index of shards");
      return NULL;
    }
  if (!read_shards (self, map, options, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}
