/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-data-files.h"

static char *
look_in (const char *folder, const char *const *files)
{
  for (guint i = 0; files[i]; i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static char *
look_below (const char *folder, const char *below, const char *name, const char *const *files)
{
  g_autofree char *place = g_build_filename (folder, below, name, NULL);

  return look_in (place, files);
}

char *
auto_data_find (const char *name, const char *model_folder, const char *const *usual, const char *const *files)
{
  g_autofree char *upper = g_ascii_strup (name, -1), *variable = g_strconcat ("AUTO_", upper, "_DIR", NULL);
  const char *chosen = g_getenv (variable);
  const char *const *system = g_get_system_data_dirs ();
  char *found = chosen && *chosen ? look_in (chosen, files) : NULL;

  if (!found && model_folder)
    found = look_below (model_folder, ".", name, files);
  if (!found)
    found = look_below (g_get_user_data_dir (), "libauto", name, files);
  for (guint i = 0; !found && system[i]; i++)
    found = look_below (system[i], "libauto", name, files);
  for (guint i = 0; !found && usual[i]; i++)
    found = look_in (usual[i], files);
  return found;
}
