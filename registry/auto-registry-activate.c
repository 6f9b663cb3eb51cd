/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <string.h>

#include "auto-registry-state.h"

/* From a descriptor to classes in use: checks that its names are free, calls its functions, enters what it offers. */

static const AutoPluginEntry *
entry_at (const AutoPlugin *plugin, guint i)
{
  return (const AutoPluginEntry *) ((const char *) plugin->entries + (gsize) i * plugin->entry_size);
}

/* Types that differ only in - and _ would share files and symbols. */
static const AutoArchitectureInfo *
find_folded (const char *model_type)
{
  g_autofree char *folded = g_strdelimit (g_strdup (model_type), "-", '_');
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, auto_registry_tables.architectures);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_autofree char *other = g_strdelimit (g_strdup (key), "-", '_');
      if (g_str_equal (folded, other))
        return value;
    }
  return NULL;
}

/* Whether the function is the plugin's own, not one of a library that it links. */
static gboolean
is_own (const AutoPlugin *plugin, gpointer function)
{
  Dl_info of_plugin, of_function;

  return !dladdr (plugin, &of_plugin) || !dladdr (function, &of_function) || of_plugin.dli_fbase == of_function.dli_fbase;
}

static gboolean
check_clashes (AutoPluginInfo *record, GError **error)
{
  const AutoPlugin *plugin = record->descriptor;

  for (guint i = 0; entry_at (plugin, i)->kind != AUTO_PLUGIN_END; i++)
    {
      const AutoPluginEntry *entry = entry_at (plugin, i);
      const AutoArchitectureInfo *other = entry->kind == AUTO_PLUGIN_ARCHITECTURE ? find_folded (entry->model_type) : NULL;
      if (other)
        {
          g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_TYPE_CLASH, "%s: model type \"%s\" of the plugin %s is already offered by %s as \"%s\"",
                       record->path, entry->model_type, plugin->name, other->plugin ? other->plugin : "the program", other->model_type);
          return FALSE;
        }
      if (!entry->get_type || !g_type_from_name (entry->class_name) || !is_own (plugin, (gpointer) entry->get_type))
        continue;
      const char *owner = g_hash_table_lookup (auto_registry_tables.owners, entry->class_name);
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_TYPE_CLASH,
                   "%s: the plugin %s has a class %s, and so has %s: type names are shared by the process, one of them must take a prefix", record->path,
                   plugin->name, entry->class_name, owner ? owner : "the program or a library");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_type (AutoPluginInfo *record, const AutoPluginEntry *entry, GType type, GError **error)
{
  const char *wanted = entry->kind == AUTO_PLUGIN_ARCHITECTURE ? "AutoPretrainedConfig" : entry->kind == AUTO_PLUGIN_MODEL ? "AutoPretrainedModel" : NULL;
  GType base = wanted ? g_type_from_name (wanted) : G_TYPE_OBJECT;

  if (type && g_str_equal (g_type_name (type), entry->class_name) && base && g_type_is_a (type, base))
    return TRUE;
  g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_INIT, "%s: the class that the descriptor calls %s is %s, which %s", record->path,
               entry->class_name, type ? g_type_name (type) : "no type",
               type && g_str_equal (g_type_name (type), entry->class_name) ? "does not derive from the base class of its kind" : "is not the same");
  return FALSE;
}

static void
enter_architecture (const AutoPlugin *plugin, const AutoPluginEntry *entry, GType type)
{
  AutoArchitectureInfo *info = g_new0 (AutoArchitectureInfo, 1);

  *info = (AutoArchitectureInfo) { entry->model_type, type, entry->prefix ? entry->prefix : "", plugin->name };
  g_hash_table_insert (auto_registry_tables.architectures, (gpointer) info->model_type, info);
}

static void
enter_class (const AutoPluginEntry *entry, const char *model_type, GType type)
{
  AutoClassInfo *info = g_new0 (AutoClassInfo, 1);

  *info = (AutoClassInfo) { entry->door, model_type, entry->class_name, type, entry->spec, entry->tf, entry->flax };
  g_ptr_array_add (auto_registry_tables.classes, info);
  if (auto_registry_tables.class_hook && entry->kind == AUTO_PLUGIN_MODEL)
    auto_registry_tables.class_hook (entry->door, type, entry->tf, entry->flax);
}

static void
enter_tokenizer (const AutoPluginEntry *entry, const char *model_type)
{
  AutoTokenizerInfo *info = g_new0 (AutoTokenizerInfo, 1);

  *info = (AutoTokenizerInfo) { model_type, entry->class_name, entry->fast_class_name, entry->spec };
  g_ptr_array_add (auto_registry_tables.tokenizers, info);
}

static gboolean
load_types (AutoPluginInfo *record, GArray *types, GError **error)
{
  const AutoPlugin *plugin = record->descriptor;

  for (guint i = 0; entry_at (plugin, i)->kind != AUTO_PLUGIN_END; i++)
    {
      const AutoPluginEntry *entry = entry_at (plugin, i);
      GType type = entry->get_type ? entry->get_type () : G_TYPE_INVALID;
      if (entry->get_type && !check_type (record, entry, type, error))
        return FALSE;
      if (type)
        g_hash_table_insert (auto_registry_tables.owners, (gpointer) entry->class_name, (gpointer) plugin->name);
      g_array_append_val (types, type);
    }
  return TRUE;
}

static gboolean
run_init (AutoPluginInfo *record, GError **error)
{
  g_autoptr(GError) local = NULL;

  if (!record->descriptor->init || record->descriptor->init (&local))
    return TRUE;
  g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_INIT, "%s: the plugin does not start: %s", record->path, local ? local->message : "it gave no reason");
  return FALSE;
}

static gboolean
activate (AutoPluginInfo *record, GError **error)
{
  g_autoptr(GArray) types = g_array_new (FALSE, FALSE, sizeof (GType));
  const char *model_type = NULL;

  if (!auto_plugin_info_open (record, error) || !check_clashes (record, error) || !load_types (record, types, error) || !run_init (record, error))
    return FALSE;
  for (guint i = 0; i < types->len; i++)
    {
      const AutoPluginEntry *entry = entry_at (record->descriptor, i);
      if (entry->kind == AUTO_PLUGIN_ARCHITECTURE)
        model_type = entry->model_type;
      const char *own = entry->model_type ? entry->model_type : model_type;
      if (entry->kind == AUTO_PLUGIN_ARCHITECTURE)
        enter_architecture (record->descriptor, entry, g_array_index (types, GType, i));
      else if (entry->kind == AUTO_PLUGIN_TOKENIZER)
        enter_tokenizer (entry, own);
      else
        enter_class (entry, own, g_array_index (types, GType, i));
    }
  return TRUE;
}

gboolean
auto_registry_activate (AutoPluginInfo *record, GError **error)
{
  GError *local = NULL;

  if (record->state == AUTO_PLUGIN_STATE_LOADED)
    return TRUE;
  if (record->state != AUTO_PLUGIN_STATE_FAILED)
    {
      if (activate (record, &local))
        {
          record->state = AUTO_PLUGIN_STATE_LOADED;
          return TRUE;
        }
      auto_plugin_info_fail (record, local);
    }
  g_propagate_error (error, g_error_copy (record->error));
  return FALSE;
}
