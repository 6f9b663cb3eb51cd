/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registry/auto-registry-private.h"

/* bench-registry PLUGIN.so TYPE: how long the first look-up of a type takes in a new process, beside none and beside a thousand
 * other plugins. */

#define RUNS 40

static void
make_folder (const char *folder, const char *plugin, const char *type, guint others)
{
  const char *stem = strrchr (plugin, '/') ? strrchr (plugin, '/') + 1 : plugin;
  g_autofree char *target = g_build_filename (folder, stem, NULL);
  g_autofree char *sidecar = g_strdup_printf ("%.*s.plugin", (int) strlen (plugin) - 3, plugin);
  g_autofree char *link = g_strdup_printf ("%s/%s.plugin", folder, type);

  if (symlink (plugin, target) || symlink (sidecar, link))
    g_error ("%s: the links can't be made", folder);
  for (guint i = 0; i < others; i++)
    {
      g_autofree char *text = g_strdup_printf ("[Plugin]\nName=dummy%u\nTitle=x\nVersion=1\nLicence=x\nAbi=1.0\n\n[Type dummy%u]\nConfig=C%u\n", i, i, i);
      g_autofree char *file = g_strdup_printf ("%s/dummy%u.plugin", folder, i);
      g_autofree char *object = g_strdup_printf ("%s/dummy%u.so", folder, i);
      if (!g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL)
          || !g_file_set_contents_full (object, "", 0, G_FILE_SET_CONTENTS_NONE, 0644, NULL))
        g_error ("%s can't be written", file);
    }
}

static int
look_up (const char *type)
{
  g_autoptr(GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (!auto_registry_find_architecture (type, &error))
    g_error ("%s", error->message);
  printf ("%" G_GINT64_FORMAT " %u\n", g_get_monotonic_time () - start, auto_registry_get_n_opened ());
  return 0;
}

static int
compare (const void *a, const void *b)
{
  return *(const int *) a - *(const int *) b;
}

static int
measure (const char *self, const char *folder, const char *type, int *opened)
{
  int times[RUNS];

  g_setenv ("AUTO_PLUGIN_PATH", folder, TRUE);
  for (int i = 0; i < RUNS; i++)
    {
      const char *const command[] = { self, "--look-up", type, NULL };
      g_autofree char *out = NULL;
      g_autoptr(GError) error = NULL;
      if (!g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, &error) || sscanf (out, "%d %d", &times[i], opened) != 2)
        g_error ("%s", error ? error->message : "the look-up failed");
    }
  qsort (times, RUNS, sizeof *times, compare);
  return times[RUNS / 2];
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *place)
{
  return remove (path);
}

int
main (int argc, char **argv)
{
  int opened_alone, opened_among;

  if (argc == 3 && g_str_equal (argv[1], "--look-up"))
    return look_up (argv[2]);
  if (argc != 3)
    return fprintf (stderr, "usage: bench-registry PLUGIN.so TYPE\n"), 2;
  g_autofree char *plugin = g_canonicalize_filename (argv[1], NULL);
  g_autofree char *alone = g_dir_make_tmp ("bench-registry-XXXXXX", NULL);
  g_autofree char *among = g_dir_make_tmp ("bench-registry-XXXXXX", NULL);
  make_folder (alone, plugin, argv[2], 0);
  make_folder (among, plugin, argv[2], 1000);
  int a = measure (argv[0], alone, argv[2], &opened_alone), b = measure (argv[0], among, argv[2], &opened_among);
  printf ("one plugin: %d µs, %d files opened; beside 1000 others: %d µs, %d files opened\n", a, opened_alone, b, opened_among);
  nftw (alone, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  nftw (among, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  return 0;
}
