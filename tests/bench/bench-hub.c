/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Downloads from the loopback: how much of curl's speed, and how much memory for two sizes of a file. One after the other in the same
 * run, from the same server, onto the same file system; the server is a process of its own. The size in MiB may be given. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/hub/auto-hub.h"
#include "../hub/auto-test-hub.h"

#define REPO "org/name"
#define ROUNDS 7

static int
serve (const char *mebibytes)
{
  AutoTestHub *hub = auto_test_hub_new ();
  gsize size = (gsize) atoi (mebibytes) << 20;

  g_free (auto_test_hub_add_large (hub, REPO, "large.safetensors", size));
  g_free (auto_test_hub_add_large (hub, REPO, "small.safetensors", size / 8));
  g_free (auto_test_hub_etag (hub, REPO, "large.safetensors"));
  g_print ("%s\n", hub->endpoint);
  (void) !read (0, &(char) { 0 }, 1);  /* until the parent is gone */
  auto_test_hub_free (hub);
  return 0;
}

static int
fetch (const char *file)
{
  g_autoptr(AutoHub) hub = auto_hub_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *path = auto_hub_download (hub, REPO, NULL, file, NULL, &error);

  if (!path)
    g_printerr ("%s\n", error->message);
  return path ? 0 : 1;
}

/* Runs a program; returns its seconds, and its peak memory in KiB. */
static double
measure (const char *const *argv, long *peak)
{
  gint64 start = g_get_monotonic_time ();
  struct rusage usage;
  GPid pid;
  int status;

  if (!g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL)
      || wait4 (pid, &status, 0, &usage) < 0 || status != 0)
    g_error ("%s failed", argv[0]);
  if (peak)
    *peak = usage.ru_maxrss;
  return (g_get_monotonic_time () - start) / 1e6;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
empty (const char *home)
{
  g_autofree char *cache = g_build_filename (home, "hub", NULL);

  auto_test_remove (cache);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--serve"))
    return serve (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--fetch"))
    return fetch (argv[2]);
  const char *mebibytes = argc > 1 ? argv[1] : "512", *server_argv[] = { argv[0], "--serve", mebibytes, NULL };
  double ours[ROUNDS], theirs[ROUNDS];
  char endpoint[100] = "";
  long small, large;
  int in, out;
  GPid pid;

  if (!g_find_program_in_path ("curl"))
    return 77;
  if (!g_spawn_async_with_pipes (NULL, (char **) server_argv, NULL, 0, NULL, NULL, &pid, &in, &out, NULL, NULL) || read (out, endpoint, 99) < 8)
    g_error ("no server");
  g_strstrip (endpoint);
  g_autofree char *home = auto_test_new_home (NULL), *target = g_build_filename (home, "curl", NULL);
  g_autofree char *url = g_strconcat (endpoint, "/" REPO "/resolve/main/large.safetensors", NULL);
  g_setenv ("HF_ENDPOINT", endpoint, TRUE);
  for (int i = 0; i < ROUNDS; i++)
    {
      theirs[i] = measure ((const char *const[]) { "curl", "-sSfL", "-o", target, url, NULL }, NULL);
      unlink (target);
      ours[i] = measure ((const char *const[]) { argv[0], "--fetch", "large.safetensors", NULL }, &large);
      empty (home);
      measure ((const char *const[]) { argv[0], "--fetch", "small.safetensors", NULL }, &small);
      empty (home);
    }
  qsort (ours, ROUNDS, sizeof *ours, compare);
  qsort (theirs, ROUNDS, sizeof *theirs, compare);
  double size = atoi (mebibytes);
  g_print ("%s MiB, median of %d: curl %.0f MiB/s, with hashing %.0f MiB/s: %.0f %%\n", mebibytes, ROUNDS, size / theirs[ROUNDS / 2],
           size / ours[ROUNDS / 2], 100 * theirs[ROUNDS / 2] / ours[ROUNDS / 2]);
  g_print ("peak memory: %.1f MiB for %g MiB, %.1f MiB for %g MiB\n", small / 1024.0, size / 8, large / 1024.0, size);
  close (in);
  waitpid (pid, NULL, 0);
  auto_test_remove (home);
  return 0;
}
