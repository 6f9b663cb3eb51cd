/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "auto-plugin-check.h"
#include "core/base/auto-io.h"

/* The command auto-plugin-check: says what is wrong with a plugin, or writes its sidecar. */

static char *
without_suffix (const char *path)
{
  return g_str_has_suffix (path, ".so") ? g_strndup (path, strlen (path) - 3) : g_strdup (path);
}

static gboolean
make_link (const char *folder, const char *type, const char *target, GError **error)
{
  g_autofree char *link = g_strconcat (folder, G_DIR_SEPARATOR_S, type, ".plugin", NULL);

  unlink (link);
  if (symlink (target, link) == 0)
    return TRUE;
  int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: the link can't be made: %s", link, g_strerror (code));
  return FALSE;
}

/* Beside the plugin, with a link to it for each of its model types, by which they are found without reading the folder. */
static gboolean
write_sidecar (const char *path, char **types, GError **error)
{
  g_autoptr(AutoPluginInfo) info = auto_plugin_info_new (path, NULL);
  g_autofree char *stem = without_suffix (path), *sidecar = g_strconcat (stem, ".plugin", NULL);
  g_autofree char *name = g_path_get_basename (stem), *folder = g_path_get_dirname (path), *target = g_path_get_basename (sidecar);

  if (auto_plugin_info_get_error (info))
    {
      g_propagate_error (error, g_error_copy (auto_plugin_info_get_error (info)));
      return FALSE;
    }
  g_autofree char *text = auto_plugin_info_to_sidecar (info);
  g_auto(GStrv) own = auto_plugin_info_list_model_types (info);
  if (!auto_io_write (sidecar, text, -1, error))
    return FALSE;
  for (guint i = 0; own[i]; i++)
    {
      if (types && !g_str_equal (own[i], name) && !g_strv_contains ((const char *const *) types, own[i]))
        {
          g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_MISMATCH, "%s offers the model type \"%s\", which the build does not list", path, own[i]);
          return FALSE;
        }
      if (!g_str_equal (own[i], name) && !make_link (folder, own[i], target, error))
        return FALSE;
    }
  for (guint i = 0; types && types[i]; i++)
    if (!g_strv_contains ((const char *const *) own, types[i]))
      {
        g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_MISMATCH, "%s does not offer the model type \"%s\", which the build lists", path, types[i]);
        return FALSE;
      }
  return TRUE;
}

int
main (int argc, char **argv)
{
  gboolean sidecar = FALSE;
  g_autofree char *types = NULL;
  g_auto(GStrv) paths = NULL;
  g_autoptr(GError) error = NULL;
  const GOptionEntry options[] = {
    { "write-sidecar", 0, 0, G_OPTION_ARG_NONE, &sidecar, "Write NAME.plugin beside each plugin instead of checking it", NULL },
    { "types", 0, 0, G_OPTION_ARG_STRING, &types, "With --write-sidecar: the model types that it must have besides its name", "TYPE,TYPE…" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, "PLUGIN.so…" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("- check plugins for libauto");

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || !paths)
    {
      g_printerr ("auto-plugin-check: %s\n", error ? error->message : "no plugin was named; see --help");
      return 2;
    }
  g_auto(GStrv) wanted = types ? g_strsplit (types, ",", -1) : NULL;
  for (guint i = 0; paths[i]; i++)
    if (sidecar ? !write_sidecar (paths[i], wanted, &error) : !auto_plugin_check (paths[i], &error))
      {
        g_printerr ("auto-plugin-check: %s\n", error->message);
        return 1;
      }
  return 0;
}
