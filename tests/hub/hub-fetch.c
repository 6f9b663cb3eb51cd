/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other process of the tests: fetches files and prints their paths, or a failure as CODE: MESSAGE; or finds a model and prints
 * whether that took libsoup; or saves a file over and over, until it is killed. */
#include <string.h>

#include "core/base/auto-io.h"
#include "core/hub/auto-hub-resolve.h"

#define SAVED (512 * 1024)

static int
save (const char *path)
{
  g_autofree char *data = g_malloc (SAVED);

  for (int i = 0;; i++)
    {
      memset (data, 'a' + i % 26, SAVED);
      if (!auto_io_write (path, data, SAVED, NULL))
        return 1;
    }
}

static int
find (const char *name)
{
  g_autofree char *folder = auto_hub_resolve (name, AUTO_HUB_WANT_CONFIG, NULL, NULL, NULL), *maps = NULL;

  g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL);
  if (!folder || !maps)
    return 1;
  g_print ("%s", strstr (maps, "libsoup") ? "with libsoup" : "without libsoup");
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr(AutoHub) hub = g_object_new (AUTO_TYPE_HUB, "retry-delay", 5, NULL);

  if (argc == 3 && g_str_equal (argv[1], "--save"))
    return save (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--find"))
    return find (argv[2]);
  for (int i = 2; i < argc; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = auto_hub_download (hub, argv[1], NULL, argv[i], NULL, &error);
      if (!path)
        {
          g_printerr ("%d: %s\n", error->code, error->message);
          return 1;
        }
      g_print ("%s\n", path);
    }
  return 0;
}
