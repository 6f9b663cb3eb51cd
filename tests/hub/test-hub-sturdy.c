/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Downloads that are cut, stalled, damaged, cancelled, killed, or that happen fifty times at once. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "auto-test-hub.h"
#include "core/hub/auto-hub.h"

#define REPO "org/name"
#define FILE "model.safetensors"
#define LARGE 300000
#define MOMENTS 50  /* at which a process is killed */

/* File systems that have no links, or locks that do nothing: these stand before the C library's. */
static gboolean no_links, no_locks;
int symlink (const char *target, const char *path);
int flock (int fd, int operation);

int
symlink (const char *target, const char *path)
{
  if (no_links)
    {
      errno = EPERM;
      return -1;
    }
  return syscall (SYS_symlinkat, target, AT_FDCWD, path);
}

int
flock (int fd, int operation)
{
  return no_locks ? 0 : syscall (SYS_flock, fd, operation);
}

typedef struct
{
  AutoTestHub *server;
  AutoHub *hub;
  char *home, *large, *blobs, *sha;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = auto_test_hub_new ();
  f->home = auto_test_new_home (f->server);
  f->hub = g_object_new (AUTO_TYPE_HUB, "retry-delay", 5, NULL);
  f->large = auto_test_hub_add_large (f->server, REPO, FILE, LARGE);
  f->blobs = g_build_filename (f->home, "hub", "models--org--name", "blobs", NULL);
  f->sha = auto_test_hub_etag (f->server, REPO, FILE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  no_links = no_locks = FALSE;
  g_object_unref (f->hub);
  auto_test_hub_free (f->server);
  auto_test_remove (f->home);
  g_free (f->home);
  g_free (f->large);
  g_free (f->blobs);
  g_free (f->sha);
}

static guint
count_blobs (Fixture *f)
{
  g_autoptr(GDir) entries = g_dir_open (f->blobs, 0, NULL);
  guint n = 0;

  while (entries && g_dir_read_name (entries))
    n++;
  return n;
}

/* The file arrives whole, and nothing but its blob is left. */
static void
assert_arrives (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, FILE, NULL, &error);

  g_assert_no_error (error);
  auto_test_assert_content (path, f->large, LARGE);
  g_assert_cmpuint (count_blobs (f), ==, 1);
}

static void
assert_fails (Fixture *f, int code, guint left)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, FILE, NULL, &error);

  g_assert_null (path);
  g_assert_error (error, AUTO_HUB_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_cmpuint (count_blobs (f), ==, left);
}

static void
test_cut (Fixture *f, gconstpointer data)
{
  f->server->faults.cut = 3;
  f->server->faults.cut_after = 90000;
  assert_arrives (f);
  g_assert_cmpint (f->server->ranges, ==, 3);
  g_assert_cmpint (f->server->first_range, >, 0);
  g_assert_cmpint (f->server->first_range, <=, 90000);
}

static void
test_cut_at_once (Fixture *f, gconstpointer data)
{
  f->server->faults.cut = -1;
  f->server->faults.cut_after = 0;
  assert_fails (f, AUTO_HUB_ERROR_NETWORK, 0);
  g_assert_cmpint (f->server->gets, ==, 5);
}

static void
test_stall (Fixture *f, gconstpointer data)
{
  g_setenv ("HF_HUB_DOWNLOAD_TIMEOUT", "1", TRUE);
  f->server->faults.stall = 1;
  f->server->faults.cut_after = 50000;
  assert_arrives (f);
  g_assert_cmpint (f->server->ranges, ==, 1);
}

static void
test_no_ranges (Fixture *f, gconstpointer data)
{
  f->server->faults.cut = 1;
  f->server->faults.cut_after = 90000;
  f->server->faults.refuse_range = -1;
  assert_arrives (f);
}

/* A later run goes on where an earlier one had to stop. */
static void
test_resume (Fixture *f, gconstpointer data)
{
  g_object_set (f->hub, "tries", 1, NULL);
  f->server->faults.cut = 1;
  f->server->faults.cut_after = 131072;
  assert_fails (f, AUTO_HUB_ERROR_NETWORK, 1);
  auto_test_hub_reset (f->server);
  assert_arrives (f);
  g_assert_cmpint (f->server->ranges, ==, 1);
  g_assert_cmpint (f->server->first_range, >=, 65536);
}

static void
leave (Fixture *f, const char *start, const char *data, gsize length)
{
  g_autofree char *name = g_strconcat (f->sha, start, ".incomplete", NULL), *path = g_build_filename (f->blobs, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (f->blobs, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, data, length, NULL));
}

static void
test_resume_for_others (Fixture *f, gconstpointer data)
{
  leave (f, "", f->large, 100000);  /* as huggingface_hub calls it */
  assert_arrives (f);
  g_assert_cmpint (f->server->first_range, ==, 100000);
}

static void
test_resume_complete (Fixture *f, gconstpointer data)
{
  leave (f, "", f->large, LARGE);  /* killed before the last step */
  assert_arrives (f);
  g_assert_cmpint (f->server->gets, ==, 0);
}

static void
test_resume_garbage (Fixture *f, gconstpointer data)
{
  leave (f, "", "nonsense", 8);
  assert_arrives (f);
}

/* What a process that lives is writing is left alone. */
static void
test_resume_not_from_the_living (Fixture *f, gconstpointer data)
{
  g_autofree char *mine = g_strdup_printf (".%d-00000000", (int) getppid ());
  g_autoptr(GError) error = NULL;

  leave (f, mine, f->large, 100000);
  g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, FILE, NULL, &error);
  g_assert_no_error (error);
  auto_test_assert_content (path, f->large, LARGE);
  g_assert_cmpint (f->server->ranges, ==, 0);
  g_assert_cmpuint (count_blobs (f), ==, 2);
}

static void
test_wrong_bytes (Fixture *f, gconstpointer data)
{
  f->server->faults.corrupt = 1;
  assert_arrives (f);
  g_object_set (f->hub, "force", TRUE, NULL);
  f->server->faults.corrupt = -1;
  assert_fails (f, AUTO_HUB_ERROR_CORRUPT, 1);  /* the blob of before is still good */
  g_object_set (f->hub, "force", FALSE, NULL);
  assert_arrives (f);
}

static void
test_wrong_size (Fixture *f, gconstpointer data)
{
  f->server->faults.size_lie = 10;
  assert_fails (f, AUTO_HUB_ERROR_CORRUPT, 0);
  f->server->faults.size_lie = -10;
  assert_fails (f, AUTO_HUB_ERROR_CORRUPT, 0);
  f->server->faults.size_lie = -LARGE;
  assert_fails (f, AUTO_HUB_ERROR_CORRUPT, 0);
  f->server->faults.size_lie = G_GINT64_CONSTANT (1) << 60;
  assert_fails (f, AUTO_HUB_ERROR_NO_SPACE, 0);
}

/* A file is replaced between the question about it and the transfer. */
static void
test_replaced (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  auto_test_hub_add (f->server, REPO, "config.json", "{\"old\": 1}", -1);
  f->server->faults.replace = 1;
  f->server->faults.replace_file = g_build_filename (f->server->root, REPO, "config.json", NULL);
  f->server->faults.replace_with = (char *) "{\"new\": 123456}";
  g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, "config.json", NULL, &error);
  g_assert_no_error (error);
  auto_test_assert_content (path, "{\"new\": 123456}", -1);
  g_free (f->server->faults.replace_file);
}

typedef struct { GMainLoop *loop; GThread *thread; guint ticks, reports; guint64 done, total; char *path; GError *error;
                 GCancellable *cancel; gint64 cancelled; } Async;

static void
on_progress (AutoHub *hub, const char *what, guint64 done, guint64 total, Async *a)
{
  g_assert_true (g_thread_self () == a->thread);
  g_assert_cmpstr (what, ==, FILE);
  g_assert_cmpuint (done, >=, a->done);
  g_assert_cmpuint (done, <=, total);
  a->done = done;
  a->total = total;
  a->reports++;
  if (a->cancel && done > 0 && !a->cancelled)
    {
      a->cancelled = g_get_monotonic_time ();
      g_cancellable_cancel (a->cancel);
    }
}

static gboolean
on_tick (gpointer data)
{
  ((Async *) data)->ticks++;
  return G_SOURCE_CONTINUE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Async *a = data;

  a->path = auto_hub_download_finish (AUTO_HUB (source), result, &a->error);
  g_main_loop_quit (a->loop);
}

static void
run_async (Fixture *f, Async *a, GCancellable *cancellable)
{
  guint tick = g_timeout_add (5, on_tick, a);

  a->loop = g_main_loop_new (NULL, FALSE);
  a->thread = g_thread_self ();
  g_signal_connect (f->hub, "progress", G_CALLBACK (on_progress), a);
  auto_hub_download_async (f->hub, REPO, NULL, FILE, cancellable, on_done, a);
  g_main_loop_run (a->loop);
  g_main_loop_unref (a->loop);
  g_source_remove (tick);
}

static void
test_async (Fixture *f, gconstpointer data)
{
  Async a = { NULL };

  f->server->faults.drip_bytes = 10000;
  f->server->faults.drip_ms = 10;
  run_async (f, &a, NULL);
  g_assert_no_error (a.error);
  auto_test_assert_content (a.path, f->large, LARGE);
  g_assert_cmpuint (a.ticks, >, 20);   /* the main loop turned all the while */
  g_assert_cmpuint (a.reports, >, 1);
  g_assert_cmpuint (a.done, ==, LARGE);
  g_assert_cmpuint (a.total, ==, LARGE);
  g_free (a.path);
}

/* Cancelled when the first bytes are there, long before the last ones come. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Async a = { .cancel = cancellable };

  f->server->faults.drip_bytes = 1000;
  f->server->faults.drip_ms = 10;
  run_async (f, &a, cancellable);
  g_assert_error (a.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&a.error);
  g_assert_cmpint (g_get_monotonic_time () - a.cancelled, <, LARGE / 1000 * 10 * G_TIME_SPAN_MILLISECOND / 2);
  auto_test_hub_reset (f->server);
  assert_arrives (f);
  g_assert_cmpint (f->server->first_range, >, 0);
}

static GSubprocess *
start_fetch (GSubprocessFlags flags)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "hub-fetch", NULL);
  g_autoptr(GError) error = NULL;
  GSubprocess *process = g_subprocess_new (flags, &error, program, REPO, FILE, NULL);

  g_assert_no_error (error);
  return process;
}

static gpointer
fetch_thread (gpointer data)
{
  Fixture *f = data;
  g_autoptr(AutoHub) hub = g_object_new (AUTO_TYPE_HUB, "retry-delay", 5, NULL);
  g_autoptr(GError) error = NULL;
  char *path = auto_hub_download (hub, REPO, NULL, FILE, NULL, &error);

  g_assert_no_error (error);
  auto_test_assert_content (path, f->large, LARGE);
  return path;
}

/* B64: 50 threads and 2 processes want one cold file. */
static void
rush (Fixture *f)
{
  GThread *threads[50];
  GSubprocess *processes[2];

  for (gsize i = 0; i < G_N_ELEMENTS (processes); i++)
    processes[i] = start_fetch (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("fetch", fetch_thread, f);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_free (g_thread_join (threads[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (processes); i++)
    {
      g_assert_true (g_subprocess_wait_check (processes[i], NULL, NULL));
      g_object_unref (processes[i]);
    }
}

static void
test_rush_b64 (Fixture *f, gconstpointer data)
{
  f->server->faults.drip_bytes = 30000;
  f->server->faults.drip_ms = 10;
  rush (f);
  g_assert_cmpint (f->server->gets, ==, 1);
  assert_arrives (f);
}

static void
test_fake_locks_b64 (Fixture *f, gconstpointer data)
{
  no_locks = TRUE;  /* in this process; the two others exclude each other still */
  f->server->faults.drip_bytes = 30000;
  f->server->faults.drip_ms = 10;
  rush (f);
  g_assert_cmpint (f->server->gets, <=, 2);
  assert_arrives (f);
}

static void
test_no_links_b64 (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  no_links = TRUE;
  g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, FILE, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  auto_test_assert_content (path, f->large, LARGE);
  for (int i = 0; i < 3; i++)
    g_free (fetch_thread (f));
  g_assert_cmpint (f->server->gets, ==, 1);
  /* the ability is not remembered: with links again, there are links */
  no_links = FALSE;
  g_object_set (f->hub, "force", TRUE, NULL);
  g_autofree char *again = auto_hub_download (f->hub, REPO, NULL, FILE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (again, G_FILE_TEST_IS_SYMLINK));
}

/* Another program put the right link there first, or a wrong one. */
static void
test_links_there_b64 (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->home, "hub", "models--org--name", "snapshots", f->server->commit, NULL);
  g_autofree char *right = g_strconcat ("../../blobs/", f->sha, NULL), *path = g_build_filename (folder, FILE, NULL);
  const char *targets[] = { right, "../../blobs/gone" };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_unlink (path);
      g_assert_cmpint (symlink (targets[i], path), ==, 0);
      assert_arrives (f);
      g_autofree char *target = g_file_read_link (path, NULL);
      g_assert_cmpstr (target, ==, right);
    }
}

static void
kill_after (GSubprocess *process, guint microseconds)
{
  g_usleep (microseconds);
  g_subprocess_send_signal (process, SIGKILL);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
}

static void
test_killed_download (Fixture *f, gconstpointer data)
{
  g_autofree char *cache = g_build_filename (f->home, "hub", NULL);
  guint resumed = 0, whole = 0;

  for (int i = 0; i < MOMENTS; i++)
    {
      gint64 start = g_get_monotonic_time ();
      f->server->faults.drip_bytes = 15000;
      f->server->faults.drip_ms = 1;
      GSubprocess *process = start_fetch (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
      if (whole == 0)  /* how long it takes when it is left alone */
        {
          g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
          whole = g_get_monotonic_time () - start;
          g_object_unref (process);
          auto_test_remove (cache);
          process = start_fetch (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
        }
      kill_after (process, g_test_rand_int_range (0, whole));
      auto_test_hub_reset (f->server);
      assert_arrives (f);
      resumed += f->server->ranges > 0;
      auto_test_remove (cache);
    }
  g_test_message ("%u of %d runs went on where the killed one was", resumed, MOMENTS);
  g_assert_cmpuint (resumed, >, 0);
}

static void
test_killed_save (Fixture *f, gconstpointer data)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "hub-fetch", NULL), *path = g_build_filename (f->home, "saved", NULL);

  for (int i = 0; i < MOMENTS; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *content = NULL;
      gsize length = 0;
      GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--save", path, NULL);
      g_assert_no_error (error);
      kill_after (process, g_test_rand_int_range (0, 30000));
      if (!g_file_get_contents (path, &content, &length, NULL))
        continue;  /* killed before the first one was there */
      g_assert_cmpuint (length, ==, 512 * 1024);
      for (gsize k = 1; k < length; k++)
        if (content[k] != content[0])
          g_error ("two saves are mixed at byte %" G_GSIZE_FORMAT, k);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/hub/sturdy/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("cut", test_cut);
  ADD ("cut-at-once", test_cut_at_once);
  ADD ("stall", test_stall);
  ADD ("no-ranges", test_no_ranges);
  ADD ("resume", test_resume);
  ADD ("resume/for-others", test_resume_for_others);
  ADD ("resume/complete", test_resume_complete);
  ADD ("resume/garbage", test_resume_garbage);
  ADD ("resume/not-from-the-living", test_resume_not_from_the_living);
  ADD ("wrong-bytes", test_wrong_bytes);
  ADD ("wrong-size", test_wrong_size);
  ADD ("replaced", test_replaced);
  ADD ("async", test_async);
  ADD ("cancel", test_cancel);
  ADD ("B64/rush", test_rush_b64);
  ADD ("B64/fake-locks", test_fake_locks_b64);
  ADD ("B64/no-links", test_no_links_b64);
  ADD ("B64/links-there", test_links_there_b64);
  ADD ("killed/download", test_killed_download);
  ADD ("killed/save", test_killed_save);
  return auto_test_run ();
}
