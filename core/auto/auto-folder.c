/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-folder.h"

char *
auto_folder_resolve (const char *name_or_path, AutoFolderWant want, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  const char *subfolder = auto_load_options_get_string (options, "subfolder");

  if (!g_file_test (name_or_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_NOT_FOUND, "%s: there is no such folder or file", name_or_path);
      return NULL;
    }
  if (!subfolder || !*subfolder || !g_file_test (name_or_path, G_FILE_TEST_IS_DIR))
    return g_strdup (name_or_path);
  return g_build_filename (name_or_path, subfolder, NULL);
}
