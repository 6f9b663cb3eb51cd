/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registry-testing.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

static char *root;

void
registry_testing_init (void)
{
  g_autoptr(GError) error = NULL;

  root = g_dir_make_tmp ("auto-registry-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *data = g_build_filename (root, "data", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *place)
{
  return remove (path);
}

void
registry_testing_end (void)
{
  g_assert_no_errno (nftw (root, remove_entry, 16, FTW_DEPTH | FTW_PHYS));
}

char *
registry_testing_folder (void)
{
  static int number;
  g_autofree char *name = g_strdup_printf ("folder-%d", number++);
  char *folder = g_build_filename (root, name, NULL);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0777));
  g_setenv ("AUTO_PLUGIN_PATH", folder, TRUE);
  return folder;
}

void
registry_testing_write (const char *folder, const char *name, const char *text, gssize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents_full (path, text, length, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &error);
  g_assert_no_error (error);
}

char *
registry_testing_read (const char *folder, const char *name, gsize *length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, length, &error);
  g_assert_no_error (error);
  return text;
}

void
registry_testing_install (const char *folder, const char *fixture, const char *name, gboolean sidecar)
{
  g_autofree char *source = g_strconcat (fixture, ".so", NULL);
  g_autofree char *target = g_strconcat (name, ".so", NULL);
  g_autofree char *path = g_build_filename (folder, target, NULL);
  g_autoptr(GError) error = NULL;
  gsize length;
  g_autofree char *bytes = registry_testing_read (g_getenv ("AUTO_TEST_PLUGINS"), source, &length);
  int status;

  registry_testing_write (folder, target, bytes, length);
  if (!sidecar)
    return;
  const char *const command[] = { g_getenv ("AUTO_PLUGIN_CHECK"), "--write-sidecar", path, NULL };
  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

void
registry_testing_assert_error (GError *error, int code, ...)
{
  va_list args;
  const char *part;

  g_assert_error (error, AUTO_PLUGIN_ERROR, code);
  va_start (args, code);
  while ((part = va_arg (args, const char *)))
    if (!strstr (error->message, part))
      g_error ("\"%s\" lacks \"%s\"", error->message, part);
  va_end (args);
}

void
registry_testing_run_alone (gconstpointer path)
{
  g_autofree char *inner = g_strconcat (path, "/subprocess", NULL);

  g_test_trap_subprocess (inner, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}
