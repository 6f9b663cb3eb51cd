/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "auto-tool.h"
#include "core/hub/auto-hub-store.h"

static JsonNode *
describe_entry (const AutoHubEntry *entry)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_add_string_value (json_builder_set_member_name (builder, "repo"), entry->repo);
  json_builder_add_string_value (json_builder_set_member_name (builder, "revision"), entry->revision);
  json_builder_begin_array (json_builder_set_member_name (builder, "refs"));
  for (char **ref = entry->refs; ref && *ref; ref++)
    json_builder_add_string_value (builder, *ref);
  json_builder_end_array (builder);
  json_builder_add_string_value (json_builder_set_member_name (builder, "path"), entry->path);
  json_builder_add_int_value (json_builder_set_member_name (builder, "files"), entry->n_files);
  json_builder_add_int_value (json_builder_set_member_name (builder, "size"), (gint64) entry->size);
  json_builder_add_int_value (json_builder_set_member_name (builder, "last_used"), entry->last_used);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static gboolean
list_entries (AutoHub *hub, gboolean json, GError **error)
{
  g_autoptr(GPtrArray) entries = auto_hub_list_cache (hub, error);
  JsonArray *array = json_array_new ();
  g_autoptr(JsonNode) node = json_node_init_array (json_node_alloc (), array);

  json_array_unref (array);
  for (guint i = 0; entries && i < entries->len; i++)
    {
      const AutoHubEntry *entry = entries->pdata[i];
      g_autofree char *size = g_format_size (entry->size), *refs = g_strjoinv (", ", entry->refs);
      if (json)
        json_array_add_element (array, describe_entry (entry));
      else
        printf ("%-50s %10s  %3u files  %.8s  %s\n", entry->repo, size, entry->n_files, entry->revision, refs);
    }
  if (entries && json)
    auto_tool_print_json (node);
  return entries != NULL;
}

/* What verifying or pruning has to say, line by line. */
static void
print_lines (GPtrArray *lines, gboolean json)
{
  JsonArray *array = json_array_new ();
  g_autoptr(JsonNode) node = json_node_init_array (json_node_alloc (), array);

  json_array_unref (array);
  for (guint i = 0; i < lines->len; i++)
    if (json)
      json_array_add_string_element (array, lines->pdata[i]);
    else
      puts (lines->pdata[i]);
  if (json)
    auto_tool_print_json (node);
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) lines = NULL;
  guint64 freed = 0;

  if (!auto_tool_parse (&auto_command_cache, NULL, &common, &argc, &argv, 0))
    return AUTO_EXIT_USAGE;
  const char *action = argc > 1 ? argv[1] : "list", *repo = argc > 2 ? argv[2] : NULL;
  g_autoptr(AutoHub) hub = auto_hub_new ();
  if (common.cache_dir)
    g_object_set (hub, "cache-dir", common.cache_dir, NULL);
  if (g_str_equal (action, "list"))
    return list_entries (hub, common.json, &error) ? AUTO_EXIT_DONE : auto_tool_fail (&auto_command_cache, g_steal_pointer (&error));
  if (g_str_equal (action, "verify"))
    lines = auto_hub_verify_cache (hub, repo, auto_tool_get_cancellable (), &error);
  else if (g_str_equal (action, "prune"))
    lines = auto_hub_prune_cache (hub, repo, common.revision, &freed, auto_tool_get_cancellable (), &error);
  else
    return auto_tool_usage (&auto_command_cache, "list, verify or prune, not %s", action);
  if (!lines)
    return auto_tool_fail (&auto_command_cache, g_steal_pointer (&error));
  print_lines (lines, common.json);
  if (g_str_equal (action, "prune") && !common.json)
    {
      g_autofree char *size = g_format_size (freed);
      printf ("%s freed\n", size);
    }
  return g_str_equal (action, "verify") && lines->len ? AUTO_EXIT_FAILED : AUTO_EXIT_DONE;
}

const AutoCommand auto_command_cache = {
  "cache", "[list | verify | prune] [MODEL]", "Show, check or tidy the shared cache",
  "verify reads every file and prints what is wrong; prune removes what nothing refers to, or with MODEL (and --revision) a model.", run,
};
