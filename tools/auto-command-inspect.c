/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "auto-tool.h"
#include "core/auto/auto-door.h"
#include "registry/auto-plugin-info-private.h"
#include "registry/auto-registry-private.h"

static const char *const states[] = { "installed", "loaded", "failed", "shadowed" };

static JsonNode *
describe_type (AutoPluginInfo *plugin, const char *model_type)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  g_auto(GStrv) doors = auto_plugin_info_list_doors (plugin, model_type);

  json_builder_begin_object (builder);
  for (char **door = doors; *door; door++)
    {
      g_auto(GStrv) classes = auto_plugin_info_list_classes (plugin, model_type, *door);
      json_builder_set_member_name (builder, *door);
      json_builder_begin_array (builder);
      for (char **name = classes; *name; name++)
        json_builder_add_string_value (builder, *name);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static JsonNode *
describe_plugin (AutoPluginInfo *plugin)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  const GError *error = auto_plugin_info_get_error (plugin);
  const char *const members[][2] = {
    { "name", auto_plugin_info_get_name (plugin) },       { "title", auto_plugin_info_get_title (plugin) },
    { "version", auto_plugin_info_get_version (plugin) }, { "licence", auto_plugin_info_get_licence (plugin) },
    { "path", auto_plugin_info_get_path (plugin) },       { "state", states[auto_plugin_info_get_state (plugin)] },
    { "error", error ? error->message : NULL },           { "shadowed_by", auto_plugin_info_get_shadowed_by (plugin) },
  };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i][1])
      {
        json_builder_set_member_name (builder, members[i][0]);
        json_builder_add_string_value (builder, members[i][1]);
      }
  g_auto(GStrv) types = auto_plugin_info_list_model_types (plugin), architectures = auto_plugin_info_list_architectures (plugin);
  for (guint rest = 0; rest < 2; rest++) /* types that only lend a name to a tokenizer have no configuration */
    {
      json_builder_set_member_name (builder, rest ? "without_config" : "architectures");
      json_builder_begin_object (builder);
      for (char **type = types; *type; type++)
        if (g_strv_contains ((const char *const *) architectures, *type) != rest)
          {
            json_builder_set_member_name (builder, *type);
            json_builder_add_value (builder, describe_type (plugin, *type));
          }
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
print_plugin (AutoPluginInfo *plugin, gboolean whole)
{
  const GError *error = auto_plugin_info_get_error (plugin);

  printf ("%-20s %-10s %s\n", auto_plugin_info_get_name (plugin), states[auto_plugin_info_get_state (plugin)], auto_plugin_info_get_path (plugin));
  if (error)
    printf ("  %s\n", error->message);
  if (auto_plugin_info_get_shadowed_by (plugin))
    printf ("  shadowed by %s\n", auto_plugin_info_get_shadowed_by (plugin));
  g_auto(GStrv) types = auto_plugin_info_list_model_types (plugin);
  for (char **type = types; whole && *type; type++)
    {
      g_auto(GStrv) doors = auto_plugin_info_list_doors (plugin, *type);
      printf ("  %s\n", *type);
      for (char **door = doors; *door; door++)
        {
          g_auto(GStrv) classes = auto_plugin_info_list_classes (plugin, *type, *door);
          g_autofree char *names = g_strjoinv (", ", classes);
          printf ("    %-40s %s\n", *door, names);
        }
    }
}

static void
print_plugins (GPtrArray *plugins, gboolean json, gboolean whole)
{
  if (!json)
    {
      for (guint i = 0; i < plugins->len; i++)
        print_plugin (plugins->pdata[i], whole);
      return;
    }
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < plugins->len; i++)
    json_array_add_element (array, describe_plugin (plugins->pdata[i]));
  g_autoptr(JsonNode) node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  auto_tool_print_json (node);
}

static const char *const other_doors[] = { "AutoTokenizer", "AutoImageProcessor", "AutoFeatureExtractor", "AutoProcessor" };

static guint
print_door (const char *door, JsonObject *object, gboolean json)
{
  g_auto(GStrv) types = auto_registry_list_rows (door);
  JsonArray *array = json_array_new ();

  for (char **type = types; *type; type++)
    json_array_add_string_element (array, *type);
  json_object_set_array_member (object, door, array);
  g_autofree char *list = g_strjoinv (", ", types);
  if (!json)
    printf ("%-45s %3u  %s\n", door, g_strv_length (types), list);
  return g_strv_length (types);
}

static void
print_tasks (gboolean json)
{
  JsonObject *object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  guint total = 0;

  json_object_unref (object);
  for (guint i = 0; i < G_N_ELEMENTS (other_doors); i++)
    total += print_door (other_doors[i], object, json);
  for (guint i = 0; i < auto_n_tasks; i++)
    total += print_door (auto_tasks[i].name, object, json);
  if (json)
    auto_tool_print_json (node);
  else
    printf ("%u rows\n", total);
}

static gboolean
matches (AutoPluginInfo *plugin, const char *name)
{
  g_auto(GStrv) types = auto_plugin_info_list_model_types (plugin);

  return g_strcmp0 (auto_plugin_info_get_name (plugin), name) == 0 || g_strcmp0 (auto_plugin_info_get_path (plugin), name) == 0 ||
         g_strv_contains ((const char *const *) types, name);
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  gboolean tasks = FALSE, failed = FALSE;
  const GOptionEntry entries[] = {
    { "tasks", 0, 0, G_OPTION_ARG_NONE, &tasks, "The Auto classes and the model types that each accepts", NULL },
    { "failed", 0, 0, G_OPTION_ARG_NONE, &failed, "Plugins that can't be used, and why", NULL },
    { NULL },
  };

  if (!auto_tool_parse (&auto_command_inspect, entries, &common, &argc, &argv, 0))
    return AUTO_EXIT_USAGE;
  if (tasks)
    {
      print_tasks (common.json);
      return AUTO_EXIT_DONE;
    }
  g_autoptr(GPtrArray) plugins = failed ? auto_registry_list_failed () : auto_registry_list_plugins ();
  g_autoptr(GPtrArray) chosen = g_ptr_array_new ();
  for (guint i = 0; i < plugins->len; i++)
    if (argc < 2 || matches (plugins->pdata[i], argv[1]))
      g_ptr_array_add (chosen, plugins->pdata[i]);
  if (argc > 1 && chosen->len == 0)
    {
      g_auto(GStrv) paths = auto_registry_list_paths ();
      g_autofree char *list = g_strjoinv (", ", paths);
      return auto_tool_fail (&auto_command_inspect, g_error_new (AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_NOT_FOUND,
                                                                 "no plugin and no model type is named %s; searched %s", argv[1], list));
    }
  print_plugins (chosen, common.json, argc > 1);
  return AUTO_EXIT_DONE;
}

const AutoCommand auto_command_inspect = {
  "inspect", "[TYPE | PLUGIN]", "Show what is installed and what it offers; why something failed", "Example: auto inspect bert", run,
};
