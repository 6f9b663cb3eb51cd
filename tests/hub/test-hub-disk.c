/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* B67: disks that are full, and caches that can't be written. Needs a small file system of its own: a mount namespace. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "auto-test-hub.h"
#include "core/base/auto-errors.h"

#define REPO "org/name"

typedef struct
{
  AutoTestHub *server;
  char *home, *disk;
  int status;
  char *out, *err;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = auto_test_hub_new ();
  f->home = auto_test_new_home (f->server);
  f->disk = g_build_filename (f->home, "disk", NULL);
  g_mkdir (f->disk, 0755);
  auto_test_hub_add (f->server, REPO, "config.json", "{}", -1);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  auto_test_hub_free (f->server);
  auto_test_remove (f->home);
  g_free (f->home);
  g_free (f->disk);
  g_free (f->out);
  g_free (f->err);
}

/* Runs shell commands in a mount namespace, where $disk is a file system of 1 MiB, $fetch the program that fetches, and the cache
 * is on $disk. FALSE when there can be no such thing here. */
static gboolean
run (Fixture *f, const char *commands)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "hub-fetch", NULL);
  g_autofree char *script = g_strdup_printf ("mount -t tmpfs -o size=1m auto-test '%s' || exit 99; disk='%s' fetch='%s'; export HF_HOME=\"$disk\"\n%s",
                                             f->disk, f->disk, program, commands);
  const char *argv[] = { "unshare", geteuid () == 0 ? "-m" : "-rm", "sh", "-c", script, NULL };
  g_autoptr(GError) error = NULL;
  gboolean started = g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &f->out, &f->err, &f->status, &error);

  if (!started || f->status == 99 << 8 || strstr (f->err, "unshare:"))
    {
      g_test_skip (started ? "a mount namespace with a tmpfs is not permitted here" : "unshare is not installed");
      return FALSE;
    }
  g_test_message ("%s%s", f->out, f->err);
  return TRUE;
}

static void
assert_error_code (Fixture *f, int code)
{
  g_autofree char *start = g_strdup_printf ("%d: ", code);

  g_assert_true (g_str_has_prefix (f->err, start));
}

/* More than there is room for: known before a byte is sent. */
static void
test_too_large (Fixture *f, gconstpointer data)
{
  g_autofree char *large = auto_test_hub_add_large (f->server, REPO, "model.safetensors", 3 << 20);

  if (!run (f, "$fetch org/name config.json model.safetensors; ls $disk/hub/models--org--name/blobs | grep -c . >&1"))
    return;
  assert_error_code (f, AUTO_HUB_ERROR_NO_SPACE);
  g_assert_cmpint (f->server->gets, ==, 1);  /* the small one */
  g_assert_true (g_str_has_suffix (f->out, "config.json\n1\n"));
}

/* The disk fills up on the way. What was there is removed, the cache is good, and with room the next run succeeds. */
static void
test_fills_up (Fixture *f, gconstpointer data)
{
  g_autofree char *large = auto_test_hub_add_large (f->server, REPO, "model.safetensors", 700000);

  f->server->faults.drip_bytes = 50000;
  f->server->faults.drip_ms = 20;
  if (!run (f, "$fetch org/name config.json\n"
               "(sleep 0.1; dd if=/dev/zero of=$disk/filler bs=100k count=10 2>/dev/null) & $fetch org/name model.safetensors; wait\n"
               "ls $disk/hub/models--org--name/blobs | grep -c .; rm $disk/filler; $fetch org/name config.json model.safetensors || echo broken"))
    return;
  assert_error_code (f, AUTO_HUB_ERROR_NO_SPACE);
  g_auto(GStrv) lines = g_strsplit (f->out, "\n", -1);
  g_assert_true (g_str_has_suffix (lines[0], "config.json"));
  g_assert_cmpstr (lines[1], ==, "1");
  g_assert_true (g_str_has_suffix (lines[2], "config.json"));
  g_assert_true (g_str_has_suffix (lines[3], "model.safetensors"));
}

/* Nothing can be written: what is there is found, what is not is an error that says so. */
static void
test_read_only (Fixture *f, gconstpointer data)
{
  auto_test_hub_add (f->server, REPO, "vocab.txt", "word", -1);
  if (!run (f, "$fetch org/name config.json && mount -o remount,ro $disk && $fetch org/name config.json && $fetch org/name vocab.txt"))
    return;
  assert_error_code (f, AUTO_HUB_ERROR_CACHE);
  g_assert_nonnull (strstr (f->err, "HF_HOME"));
  g_auto(GStrv) lines = g_strsplit (f->out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_cmpstr (lines[0], ==, lines[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/hub/B67/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("too-large-for-the-disk", test_too_large);
  ADD ("disk-fills-up", test_fills_up);
  ADD ("read-only-cache", test_read_only);
  return auto_test_run ();
}
