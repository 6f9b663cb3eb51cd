/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders that a test makes. */
#pragma once

#include <glib/gstdio.h>

/* Removes a folder of files. */
static inline void
remove_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (folder);
}
