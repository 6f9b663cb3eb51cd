/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "auto-registry-state.h"
#include "core/auto/auto-pretrained-config.h"

/* What is in use: the classes of loaded plugins and those that were registered at run time. Nothing is ever taken out, so that
 * what a caller was given stays. */

typedef struct
{
  GType config_type;
  AutoClassInfo info;
} Registered;

AutoRegistryTables auto_registry_tables;

static void
enter (void)
{
  AutoRegistryTables *tables = &auto_registry_tables;

  auto_registry_lock ();
  if (tables->architectures)
    return;
  tables->architectures = g_hash_table_new (g_str_hash, g_str_equal);
  tables->replaced = g_ptr_array_new ();
  tables->owners = g_hash_table_new (g_str_hash, g_str_equal);
  tables->classes = g_ptr_array_new ();
  tables->tokenizers = g_ptr_array_new ();
  tables->registered = g_ptr_array_new ();
}

static void
leave (void)
{
  auto_registry_unlock ();
}

void
auto_registry_set_class_hook (AutoRegistryClassHook hook)
{
  enter ();
  auto_registry_tables.class_hook = hook;
  leave ();
}

/* Loading */

gboolean
auto_registry_load_file (const char *path, GError **error)
{
  enter ();
  gboolean ok = auto_registry_activate (auto_registry_record_of_file (path), error);
  leave ();
  return ok;
}

/* Loads the plugin that has such a row. FALSE without an error when there is none. */
static gboolean
load_for (const AutoPluginRow *query, GError **error)
{
  AutoPluginInfo *record = auto_registry_find_record (query, error);

  return record && auto_registry_activate (record, error);
}

/* Looking up */

static guint
edit_distance (const char *a, const char *b)
{
  gsize n = strlen (a), m = strlen (b);
  g_autofree guint *row = g_new (guint, m + 1);

  for (gsize j = 0; j <= m; j++)
    row[j] = j;
  for (gsize i = 1; i <= n; i++)
    {
      guint diagonal = row[0];
      row[0] = i;
      for (gsize j = 1; j <= m; j++)
        {
          guint above = row[j];
          row[j] = MIN (MIN (row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] != b[j - 1]));
          diagonal = above;
        }
    }
  return row[m];
}

static void
set_not_found (const char *model_type, GError **error)
{
  g_auto(GStrv) types = auto_registry_list_model_types ();
  g_auto(GStrv) folders = auto_registry_search_path ();
  g_autofree char *searched = g_strjoinv (", ", folders);
  g_autoptr(GString) near = g_string_new (NULL);
  gsize length = strlen (model_type);

  for (guint i = 0; length < 100 && types[i]; i++)
    if (edit_distance (model_type, types[i]) <= MAX (length / 4, 1))
      g_string_append_printf (near, "%s\"%s\"", near->len ? ", " : "; known are: ", types[i]);
  g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_NOT_FOUND, "no plugin offers the model type \"%s\"%s; %u types are installed, folders searched: %s",
               model_type, near->str, g_strv_length (types), searched);
}

const AutoArchitectureInfo *
auto_registry_find_architecture (const char *model_type, GError **error)
{
  const AutoPluginRow query = { .kind = AUTO_PLUGIN_ARCHITECTURE, .model_type = (char *) model_type };
  GError *local = NULL;

  enter ();
  const AutoArchitectureInfo *info = g_hash_table_lookup (auto_registry_tables.architectures, model_type);
  if (!info && load_for (&query, &local))
    info = g_hash_table_lookup (auto_registry_tables.architectures, model_type);
  if (!info && !local)
    set_not_found (model_type, &local);
  leave ();
  if (local)
    g_propagate_error (error, local);
  return info;
}

gboolean
auto_registry_has_architecture (const char *model_type)
{
  const AutoPluginRow query = { .kind = AUTO_PLUGIN_ARCHITECTURE, .model_type = (char *) model_type };
  g_autoptr(GError) error = NULL;

  enter ();
  gboolean has = g_hash_table_contains (auto_registry_tables.architectures, model_type) || auto_registry_find_record (&query, &error) || error;
  leave ();
  return has;
}

/* The model type of a registered class: its own, where that is auto_registry_tables.registered, else the first. */
static const char *
type_of_class (GType config_type)
{
  AutoPretrainedConfigClass *klass = g_type_class_peek (config_type);
  const AutoArchitectureInfo *own = klass ? g_hash_table_lookup (auto_registry_tables.architectures, klass->model_type) : NULL;
  GHashTableIter iter;
  gpointer key, value;
  const char *first = NULL;

  if (own && own->config_type == config_type)
    return own->model_type;
  g_hash_table_iter_init (&iter, auto_registry_tables.architectures);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      AutoArchitectureInfo *info = value;
      if (info->config_type == config_type && (!first || strcmp (info->model_type, first) < 0))
        first = info->model_type;
    }
  return first;
}

const AutoArchitectureInfo *
auto_registry_find_by_config (GType config_type)
{
  enter ();
  const char *model_type = type_of_class (config_type);
  const AutoArchitectureInfo *info = model_type ? g_hash_table_lookup (auto_registry_tables.architectures, model_type) : NULL;
  leave ();
  return info;
}

/* A door named TF… or Flax… has the classes of the plain one that say so, and those that the reference has in that framework alone. */
static gboolean
is_under (const AutoClassInfo *info, const char *door)
{
  if (g_str_equal (info->door, door))
    return TRUE;
  if (g_str_has_prefix (door, "TF"))
    return info->tf && g_str_equal (info->door, door + 2);
  if (g_str_has_prefix (door, "Flax"))
    return info->flax && g_str_equal (info->door, door + 4);
  return FALSE;
}

/* Several model types may share a configuration class, and list the same classes. */
static gboolean
has_type (GPtrArray *found, GType type)
{
  for (guint i = 0; i < found->len; i++)
    if (((AutoClassInfo *) g_ptr_array_index (found, i))->type == type)
      return TRUE;
  return FALSE;
}

GPtrArray *
auto_registry_find_models (GType config_type, const char *door)
{
  GPtrArray *found = g_ptr_array_new ();

  enter ();
  for (guint i = 0; i < auto_registry_tables.registered->len; i++)
    {
      Registered *item = g_ptr_array_index (auto_registry_tables.registered, i);
      if (item->config_type == config_type && g_str_equal (item->info.door, door))
        g_ptr_array_add (found, &item->info);
    }
  gboolean own = found->len > 0;
  for (guint i = 0; !own && i < auto_registry_tables.classes->len; i++)
    {
      AutoClassInfo *info = g_ptr_array_index (auto_registry_tables.classes, i);
      const AutoArchitectureInfo *architecture = g_hash_table_lookup (auto_registry_tables.architectures, info->model_type);
      if (architecture && architecture->config_type == config_type && is_under (info, door) && !has_type (found, info->type))
        g_ptr_array_add (found, info);
    }
  leave ();
  return found;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_described (GPtrArray *all, const AutoPluginRow *row)
{
  const AutoPluginRow query = { .kind = AUTO_PLUGIN_TOKENIZER, .class_name = row->class_name ? row->class_name : row->fast_class_name, .described = TRUE };
  gboolean described = row->described;

  for (guint i = 0; i < all->len && !described; i++)
    {
      AutoPluginInfo *record = g_ptr_array_index (all, i);
      described = record->contents && !record->shadowed_by && auto_plugin_contents_find (record->contents, &query);
    }
  return described;
}

static void
collect_rows (GHashTable *names, const AutoPluginRow *query)
{
  g_autoptr(GPtrArray) all = auto_registry_scan ();

  for (guint i = 0; i < all->len; i++)
    {
      AutoPluginInfo *record = g_ptr_array_index (all, i);
      for (guint j = 0; record->contents && !record->shadowed_by && record->state != AUTO_PLUGIN_STATE_FAILED && j < record->contents->rows->len; j++)
        {
          const AutoPluginRow *row = g_ptr_array_index (record->contents->rows, j);
          if (auto_plugin_row_matches (row, query) && (row->kind != AUTO_PLUGIN_TOKENIZER || is_described (all, row)))
            g_hash_table_add (names, g_strdup (row->model_type));
        }
    }
}

static char **
sorted_names (GHashTable *names)
{
  guint n;
  g_autofree char **keys = (char **) g_hash_table_get_keys_as_array (names, &n);

  qsort (keys, n, sizeof *keys, compare_names);
  return g_strdupv (keys);
}

/**
 * auto_registry_list_model_types:
 *
 * Returns: (transfer full): the model types that can be loaded, sorted
 */
char **
auto_registry_list_model_types (void)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  enter ();
  collect_rows (names, &(AutoPluginRow) { .kind = AUTO_PLUGIN_ARCHITECTURE });
  g_hash_table_iter_init (&iter, auto_registry_tables.architectures);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (names, g_strdup (key));
  leave ();
  return sorted_names (names);
}

char **
auto_registry_list_rows (const char *door)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  enter ();
  collect_rows (names, &(AutoPluginRow) { .door = (char *) door });
  for (guint i = 0; i < auto_registry_tables.classes->len; i++)
    {
      AutoClassInfo *info = g_ptr_array_index (auto_registry_tables.classes, i);
      if (is_under (info, door))
        g_hash_table_add (names, g_strdup (info->model_type));
    }
  for (guint i = 0; i < auto_registry_tables.registered->len; i++)
    {
      Registered *item = g_ptr_array_index (auto_registry_tables.registered, i);
      const char *model_type = type_of_class (item->config_type);
      if (model_type && g_str_equal (item->info.door, door))
        g_hash_table_add (names, g_strdup (model_type));
    }
  leave ();
  return sorted_names (names);
}

static const AutoClassInfo *
search_classes (const char *class_name, const char *door, const char *model_type)
{
  for (guint i = 0; i < auto_registry_tables.classes->len; i++)
    {
      AutoClassInfo *info = g_ptr_array_index (auto_registry_tables.classes, i);
      if ((!class_name || g_str_equal (info->class_name, class_name)) && (!door || is_under (info, door))
          && (!model_type || g_str_equal (info->model_type, model_type)))
        return info;
    }
  return NULL;
}

const AutoClassInfo *
auto_registry_find_class (const char *class_name, const char *door, GError **error)
{
  const AutoPluginRow query = { .class_name = (char *) class_name, .door = (char *) door };

  enter ();
  const AutoClassInfo *info = search_classes (class_name, door, NULL);
  if (!info && load_for (&query, error))
    info = search_classes (class_name, door, NULL);
  leave ();
  return info;
}

const AutoClassInfo *
auto_registry_find_processor (const char *door, const char *model_type, GError **error)
{
  const AutoPluginRow query = { .model_type = (char *) model_type, .door = (char *) door };

  enter ();
  const AutoClassInfo *info = search_classes (NULL, door, model_type);
  if (!info && load_for (&query, error))
    info = search_classes (NULL, door, model_type);
  leave ();
  return info;
}

static const AutoTokenizerInfo *
search_tokenizers (const char *class_name, const char *model_type)
{
  for (guint i = 0; i < auto_registry_tables.tokenizers->len; i++)
    {
      AutoTokenizerInfo *info = g_ptr_array_index (auto_registry_tables.tokenizers, i);
      if ((model_type ? g_str_equal (info->model_type, model_type) : info->spec != NULL)
          && (!class_name || g_strcmp0 (info->slow_class, class_name) == 0 || g_strcmp0 (info->fast_class, class_name) == 0))
        return info;
    }
  return NULL;
}

static const AutoTokenizerInfo *
find_tokenizer (const char *class_name, const char *model_type, GError **error)
{
  const AutoPluginRow query = { .kind = AUTO_PLUGIN_TOKENIZER, .model_type = (char *) model_type, .class_name = (char *) class_name,
                                .described = class_name != NULL };

  enter ();
  const AutoTokenizerInfo *info = search_tokenizers (class_name, model_type);
  if (!info && load_for (&query, error))
    info = search_tokenizers (class_name, model_type);
  leave ();
  return info;
}

const AutoTokenizerInfo *
auto_registry_find_tokenizer (const char *model_type, GError **error)
{
  return find_tokenizer (NULL, model_type, error);
}

const AutoTokenizerInfo *
auto_registry_find_tokenizer_class (const char *class_name, GError **error)
{
  return find_tokenizer (class_name, NULL, error);
}

/* Registering at run time */

gboolean
auto_registry_register_config (const char *model_type, GType config_type, gboolean exist_ok, GError **error)
{
  enter ();
  const AutoArchitectureInfo *old = g_hash_table_lookup (auto_registry_tables.architectures, model_type);
  gboolean installed = old ? old->plugin != NULL : auto_registry_has_architecture (model_type);
  if (installed && !exist_ok)
    g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_TYPE_CLASH, "the model type \"%s\" is already offered by a plugin: take another name", model_type);
  else
    {
      AutoArchitectureInfo *info = g_new0 (AutoArchitectureInfo, 1);
      *info = (AutoArchitectureInfo) { g_intern_string (model_type), config_type, "", NULL };
      if (old)
        g_ptr_array_add (auto_registry_tables.replaced, (gpointer) old);
      g_hash_table_replace (auto_registry_tables.architectures, (gpointer) info->model_type, info);
    }
  leave ();
  return !installed || exist_ok;
}

gboolean
auto_registry_register_model (GType config_type, const char *door, GType model_type, gboolean exist_ok, GError **error)
{
  enter ();
  g_autoptr(GPtrArray) found = auto_registry_find_models (config_type, door);
  gboolean installed = FALSE;
  Registered *item = NULL;
  for (guint i = 0; i < found->len; i++)
    installed |= g_ptr_array_find (auto_registry_tables.classes, g_ptr_array_index (found, i), NULL);
  if (installed && !exist_ok)
    g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_TYPE_CLASH, "%s has a class for %s already: take another configuration class",
                 g_type_name (config_type), door);
  else
    {
      item = g_new0 (Registered, 1);
      item->config_type = config_type;
      item->info = (AutoClassInfo) { g_intern_string (door), "", g_type_name (model_type), model_type, NULL, FALSE, FALSE };
      /* The newest registration wins. */
      g_ptr_array_insert (auto_registry_tables.registered, 0, item);
      if (auto_registry_tables.class_hook)
        auto_registry_tables.class_hook (door, model_type, FALSE, FALSE);
    }
  leave ();
  return item != NULL;
}
