/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-registry-state.h"

#include <stdlib.h>
#include <string.h>

#include "registry/auto-plugin-dir.h"

#define SIDECAR_SUFFIX ".plugin"
#define OBJECT_SUFFIX ".so"

static GRecMutex lock;
static GPtrArray *added_paths; /* char *, the last added first */
static GHashTable *records;    /* real path of the shared object → AutoPluginInfo */

void
auto_registry_lock (void)
{
  g_rec_mutex_lock (&lock);
  if (records)
    return;
  added_paths = g_ptr_array_new_with_free_func (g_free);
  records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

void
auto_registry_unlock (void)
{
  g_rec_mutex_unlock (&lock);
}

/**
 * auto_registry_add_path:
 * @folder: (type filename): a folder with plugins
 *
 * Puts a folder before all others on the search path of this process.
 */
void
auto_registry_add_path (const char *folder)
{
  g_return_if_fail (folder != NULL && *folder);
  auto_registry_lock ();
  g_ptr_array_insert (added_paths, 0, g_canonicalize_filename (folder, NULL));
  auto_registry_unlock ();
}

/* What was added by API, AUTO_PLUGIN_PATH, the user's folder, the system's. The current folder is never meant.
 * AUTO_PLUGIN_SYSTEM_PATH stands for the system's folder: in trees that were moved, and empty in tests of what is built. */
char **
auto_registry_search_path (void)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char *variable = secure_getenv ("AUTO_PLUGIN_PATH"), *system = secure_getenv ("AUTO_PLUGIN_SYSTEM_PATH");
  g_auto(GStrv) folders = g_strsplit (variable ? variable : "", G_SEARCHPATH_SEPARATOR_S, -1);
  g_autofree char *user = g_build_filename (g_get_user_data_dir (), "auto-1", "plugins", NULL);

  for (guint i = 0; i < added_paths->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (added_paths, i));
  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *folder = folders[i][0] ? g_canonicalize_filename (folders[i], NULL) : NULL;
      if (folder && !g_str_equal (folders[i], "."))
        g_strv_builder_add (builder, folder);
    }
  g_strv_builder_add (builder, user);
  if (!system || *system)
    g_strv_builder_add (builder, system ? system : AUTO_PLUGIN_DIR);
  return g_strv_builder_end (builder);
}

/**
 * auto_registry_list_paths:
 *
 * Returns: (transfer full) (array zero-terminated=1) (element-type filename): the folders where plugins are looked for, first
 *   the one that wins
 */
char **
auto_registry_list_paths (void)
{
  auto_registry_lock ();
  char **paths = auto_registry_search_path ();
  auto_registry_unlock ();
  return paths;
}

static gboolean
file_exists (const char *folder, const char *name, const char *suffix)
{
  g_autofree char *path = g_strconcat (folder, G_DIR_SEPARATOR_S, name, suffix, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The record of a sidecar or shared object, made when it is new. Sidecars may be links to one that has another name. */
static AutoPluginInfo *
record_of (const char *folder, const char *name, gboolean sidecar)
{
  g_autofree char *path = g_strconcat (folder, G_DIR_SEPARATOR_S, name, sidecar ? SIDECAR_SUFFIX : OBJECT_SUFFIX, NULL);
  char *real = realpath (path, NULL);
  g_autofree char *known = g_strdup (real ? real : path);
  free (real);
  g_autofree char *object = g_strdup (known);
  if (sidecar && g_str_has_suffix (known, SIDECAR_SUFFIX))
    {
      g_free (object);
      object = g_strdup_printf ("%.*s%s", (int) (strlen (known) - strlen (SIDECAR_SUFFIX)), known, OBJECT_SUFFIX);
    }

  AutoPluginInfo *record = g_hash_table_lookup (records, object);
  if (!record)
    {
      record = auto_plugin_info_new (object, sidecar ? known : NULL);
      g_hash_table_insert (records, g_strdup (object), record);
    }
  return record;
}

AutoPluginInfo *
auto_registry_record_of_file (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, OBJECT_SUFFIX))
    name[strlen (name) - strlen (OBJECT_SUFFIX)] = 0;
  return record_of (folder, name, file_exists (folder, name, SIDECAR_SUFFIX));
}

static void
mark_shadowed (GPtrArray *all)
{
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < all->len; i++)
    {
      AutoPluginInfo *record = g_ptr_array_index (all, i);
      const char *name = auto_plugin_info_get_name (record);
      const char *first = g_hash_table_lookup (names, name);
      g_clear_pointer (&record->shadowed_by, g_free);
      if (record->state == AUTO_PLUGIN_STATE_SHADOWED)
        record->state = AUTO_PLUGIN_STATE_INSTALLED;
      if (!first)
        g_hash_table_insert (names, (gpointer) name, record->path);
      else
        record->shadowed_by = g_strdup (first);
      if (first && record->state == AUTO_PLUGIN_STATE_INSTALLED)
        record->state = AUTO_PLUGIN_STATE_SHADOWED;
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
scan_folder (const char *folder, GPtrArray *all, GHashTable *seen)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, SIDECAR_SUFFIX) || g_str_has_suffix (name, OBJECT_SUFFIX))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      char *stem = g_ptr_array_index (names, i);
      gboolean sidecar = g_str_has_suffix (stem, SIDECAR_SUFFIX);
      stem[strlen (stem) - strlen (sidecar ? SIDECAR_SUFFIX : OBJECT_SUFFIX)] = 0;
      if (!*stem || (!sidecar && file_exists (folder, stem, SIDECAR_SUFFIX)))
        continue;
      AutoPluginInfo *record = record_of (folder, stem, sidecar);
      if (g_hash_table_add (seen, record))
        g_ptr_array_add (all, record);
    }
}

GPtrArray *
auto_registry_scan (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  GPtrArray *all = g_ptr_array_new ();
  g_auto(GStrv) folders = auto_registry_search_path ();

  for (guint i = 0; folders[i]; i++)
    scan_folder (folders[i], all, seen);
  mark_shadowed (all);
  return all;
}

static gboolean
is_shadowed (AutoPluginInfo *record, char **folders, guint position)
{
  for (guint i = 0; i < position; i++)
    if (file_exists (folders[i], record->file_name, SIDECAR_SUFFIX) || file_exists (folders[i], record->file_name, OBJECT_SUFFIX))
      return TRUE;
  return FALSE;
}

/* A plugin can be found by the name of each of its model types, as the build makes links for them: no folder is read. */
static AutoPluginInfo *
find_by_name (const AutoPluginRow *query)
{
  g_auto(GStrv) folders = auto_registry_search_path ();

  if (strchr (query->model_type, '/') || query->model_type[0] == '.' || !query->model_type[0])
    return NULL;
  for (guint i = 0; folders[i]; i++)
    {
      gboolean sidecar = file_exists (folders[i], query->model_type, SIDECAR_SUFFIX);
      if (!sidecar && !file_exists (folders[i], query->model_type, OBJECT_SUFFIX))
        continue;
      AutoPluginInfo *record = record_of (folders[i], query->model_type, sidecar);
      gboolean wanted = !record->contents || auto_plugin_contents_find (record->contents, query);
      if (wanted && !is_shadowed (record, folders, i))
        return record;
    }
  return NULL;
}

AutoPluginInfo *
auto_registry_find_record (const AutoPluginRow *query, GError **error)
{
  AutoPluginInfo *found = query->model_type ? find_by_name (query) : NULL;

  if (!found)
    {
      g_autoptr(GPtrArray) all = auto_registry_scan ();
      for (guint i = 0; i < all->len && !found; i++)
        {
          AutoPluginInfo *record = g_ptr_array_index (all, i);
          if (record->contents && !record->shadowed_by && auto_plugin_contents_find (record->contents, query))
            found = record;
        }
    }
  if (found && found->state == AUTO_PLUGIN_STATE_FAILED)
    {
      g_propagate_error (error, g_error_copy (found->error));
      return NULL;
    }
  return found;
}

static GPtrArray *
list (gboolean failed_only)
{
  GPtrArray *result = g_ptr_array_new_with_free_func (g_object_unref);

  auto_registry_lock ();
  g_autoptr(GPtrArray) all = auto_registry_scan ();
  for (guint i = 0; i < all->len; i++)
    {
      AutoPluginInfo *record = g_ptr_array_index (all, i);
      if (!failed_only || record->state == AUTO_PLUGIN_STATE_FAILED)
        g_ptr_array_add (result, auto_plugin_info_snapshot (record));
    }
  auto_registry_unlock ();
  return result;
}

/**
 * auto_registry_list_plugins:
 *
 * Reads the sidecars of all installed plugins; loads only those that have none.
 *
 * Returns: (transfer container) (element-type AutoPluginInfo): the plugins, failed and shadowed ones too
 */
GPtrArray *
auto_registry_list_plugins (void)
{
  return list (FALSE);
}

/**
 * auto_registry_list_failed:
 *
 * Returns: (transfer container) (element-type AutoPluginInfo): the plugins that were found or tried and can't be used
 */
GPtrArray *
auto_registry_list_failed (void)
{
  return list (TRUE);
}

guint
auto_registry_get_n_opened (void)
{
  return auto_plugin_n_opened;
}
