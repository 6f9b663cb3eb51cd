/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the cache has, whether it is whole, and what of it can go. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "auto-test-hub.h"
#include "core/hub/auto-hub-store.h"

#define REPO "org/name"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define NEXT "fedcba9876543210fedcba9876543210fedcba98"
#define LARGE 100000

typedef struct
{
  AutoTestHub *server;
  AutoHub *hub;
  char *home, *large, *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  static const char *const files[] = { "config.json", "sub/vocab.txt", "model.safetensors" };

  f->server = auto_test_hub_new ();
  f->home = auto_test_new_home (f->server);
  f->hub = auto_hub_new ();
  f->folder = g_build_filename (f->home, "hub", "models--org--name", NULL);
  auto_test_hub_add (f->server, REPO, "config.json", "{}", -1);
  auto_test_hub_add (f->server, REPO, "sub/vocab.txt", "word", -1);
  f->large = auto_test_hub_add_large (f->server, REPO, "model.safetensors", LARGE);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, files[i], NULL, &error);
      g_assert_no_error (error);
    }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->hub);
  auto_test_hub_free (f->server);
  auto_test_remove (f->home);
  g_free (f->home);
  g_free (f->large);
  g_free (f->folder);
}

/* The branch moves; the large file stays what it is. */
static void
fetch_next_commit (Fixture *f)
{
  g_autoptr(GError) error = NULL;

  g_free (f->server->commit);
  f->server->commit = g_strdup (NEXT);
  auto_test_hub_add (f->server, REPO, "config.json", "{\"next\": 1}", -1);
  g_object_set (f->hub, "refresh", TRUE, NULL);
  g_autofree char *config = auto_hub_download (f->hub, REPO, NULL, "config.json", NULL, &error);
  g_assert_no_error (error);
  g_autofree char *model = auto_hub_download (f->hub, REPO, NULL, "model.safetensors", NULL, &error);
  g_assert_no_error (error);
  g_object_set (f->hub, "refresh", FALSE, NULL);
}

static char *
blob_path (Fixture *f, const char *file, const char *end)
{
  g_autofree char *etag = auto_test_hub_etag (f->server, REPO, file), *name = g_strconcat (etag, end, NULL);

  return g_build_filename (f->folder, "blobs", name, NULL);
}

static void
make_old (const char *path)
{
  time_t then = time (NULL) - 2 * 24 * 3600;

  g_assert_cmpint (utime (path, &(struct utimbuf) { then, then }), ==, 0);
}

static GPtrArray *
prune (Fixture *f, const char *repo, const char *revision, guint64 *freed)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *removed = auto_hub_prune_cache (f->hub, repo, revision, freed, NULL, &error);

  g_assert_no_error (error);
  return removed;
}

static void
test_list (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  fetch_next_commit (f);
  g_autoptr(GPtrArray) entries = auto_hub_list_cache (f->hub, &error);
  AutoHubEntry *old, *next;

  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  old = entries->pdata[0];
  next = entries->pdata[1];
  g_assert_cmpstr (old->repo, ==, REPO);
  g_assert_cmpstr (old->revision, ==, COMMIT);
  g_assert_cmpuint (g_strv_length (old->refs), ==, 0);
  g_assert_cmpuint (old->n_files, ==, 3);
  g_assert_cmpuint (old->size, ==, LARGE + 2 + 4);
  g_assert_cmpstr (next->revision, ==, NEXT);
  g_assert_cmpstr (next->refs[0], ==, "main");
  g_assert_cmpuint (next->n_files, ==, 2);
  g_assert_cmpint (ABS (next->last_used - time (NULL)), <, 100);
}

static void
test_list_nothing (Fixture *f, gconstpointer data)
{
  g_object_set (f->hub, "cache-dir", "/no/such/folder", NULL);
  g_autoptr(GPtrArray) entries = auto_hub_list_cache (f->hub, NULL);
  g_autoptr(GPtrArray) problems = auto_hub_verify_cache (f->hub, NULL, NULL, NULL);
  g_assert_cmpuint (entries->len, ==, 0);
  g_assert_cmpuint (problems->len, ==, 0);
}

static void
assert_problem (Fixture *f, const char *where, const char *what)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) problems = auto_hub_verify_cache (f->hub, REPO, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_nonnull (strstr (problems->pdata[0], where));
  g_assert_nonnull (strstr (problems->pdata[0], what));
}

static void
test_verify (Fixture *f, gconstpointer data)
{
  g_autofree char *model = blob_path (f, "model.safetensors", ""), *config = blob_path (f, "config.json", "");
  g_autofree char *link = g_build_filename (f->folder, "snapshots", COMMIT, "sub", "vocab.txt", NULL), *target = g_file_read_link (link, NULL);
  g_autoptr(GPtrArray) none = auto_hub_verify_cache (f->hub, NULL, NULL, NULL);

  g_assert_cmpuint (none->len, ==, 0);
  f->large[LARGE - 1] ^= 1;
  g_file_set_contents (model, f->large, LARGE, NULL);
  assert_problem (f, model, "sha256");
  f->large[LARGE - 1] ^= 1;
  g_file_set_contents (model, f->large, LARGE, NULL);
  g_file_set_contents (config, "", 0, NULL);
  assert_problem (f, config, "empty");
  g_file_set_contents (config, "{}", 2, NULL);
  g_unlink (link);
  g_assert_cmpint (symlink ("../../../blobs/gone", link), ==, 0);
  assert_problem (f, link, "missing");
  g_unlink (link);
  g_assert_cmpint (symlink ("../../../../../../etc/passwd", link), ==, 0);
  assert_problem (f, link, "leads out");
  g_unlink (link);
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_autoptr(GPtrArray) again = auto_hub_verify_cache (f->hub, NULL, NULL, NULL);
  g_assert_cmpuint (again->len, ==, 0);
}

static void
test_prune_leavings (Fixture *f, gconstpointer data)
{
  g_autofree char *mine = g_strdup_printf ("%s/blobs/aaaa.%d-00000000.incomplete", f->folder, (int) getppid ());
  g_autofree char *theirs = g_build_filename (f->folder, "blobs", "bbbb.incomplete", NULL);
  g_autofree char *dead = g_build_filename (f->folder, "blobs", "cccc.4194300-00000000.incomplete", NULL);
  g_autofree char *orphan = g_build_filename (f->folder, "blobs", "dddd", NULL);
  g_autofree char *old = g_build_filename (f->home, "hub", ".locks", "models--org--name", "eeee.lock", NULL);
  g_autofree char *fresh = g_build_filename (f->home, "hub", ".locks", "models--org--name", "ffff.lock", NULL);
  g_autofree char *download = g_build_filename (f->home, "hub", "tmpabcdefgh", NULL);
  const char *all[] = { mine, theirs, dead, orphan, old, fresh, download };
  gboolean stay[] = { TRUE, FALSE, FALSE, FALSE, FALSE, TRUE, FALSE };
  guint64 freed = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_true (g_file_set_contents (all[i], "12345", all[i] == old || all[i] == fresh ? 0 : 5, NULL));
  make_old (old);
  make_old (download);
  g_autoptr(GPtrArray) removed = prune (f, NULL, NULL, &freed);
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_cmpint (g_file_test (all[i], G_FILE_TEST_EXISTS), ==, stay[i]);
  g_assert_cmpuint (removed->len, ==, 5);
  g_assert_cmpuint (freed, ==, 20);
  g_autoptr(GPtrArray) problems = auto_hub_verify_cache (f->hub, NULL, NULL, NULL);
  g_assert_cmpuint (problems->len, ==, 0);
}

static void
test_prune_revision (Fixture *f, gconstpointer data)
{
  g_autofree char *model = blob_path (f, "model.safetensors", ""), *config = blob_path (f, "config.json", "");
  g_autoptr(GError) error = NULL;

  fetch_next_commit (f);
  g_autoptr(GPtrArray) removed = prune (f, REPO, COMMIT, NULL);
  g_assert_true (g_file_test (model, G_FILE_TEST_EXISTS));  /* the later commit has it too */
  g_assert_false (g_file_test (config, G_FILE_TEST_EXISTS));
  g_autoptr(GPtrArray) entries = auto_hub_list_cache (f->hub, NULL);
  g_assert_cmpuint (entries->len, ==, 1);
  g_autoptr(GPtrArray) more = prune (f, REPO, "main", NULL);
  g_assert_false (g_file_test (model, G_FILE_TEST_EXISTS));
  g_assert_null (auto_hub_prune_cache (f->hub, REPO, "main", NULL, NULL, &error));
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_REVISION_NOT_FOUND);
}

static void
test_prune_repo (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  guint64 freed = 0;

  g_assert_null (auto_hub_prune_cache (f->hub, "org/other", NULL, NULL, NULL, &error));
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND);
  g_autoptr(GPtrArray) removed = prune (f, REPO, NULL, &freed);
  g_assert_cmpuint (freed, >=, LARGE + 6);
  g_assert_false (g_file_test (f->folder, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/hub/store/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("list", test_list);
  ADD ("list/nothing", test_list_nothing);
  ADD ("verify", test_verify);
  ADD ("prune/leavings", test_prune_leavings);
  ADD ("prune/revision", test_prune_revision);
  ADD ("prune/repo", test_prune_repo);
  return auto_test_run ();
}
