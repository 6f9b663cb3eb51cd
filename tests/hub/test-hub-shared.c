/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same cache used by huggingface_hub: neither fetches what the other has, and both leave the same tree. */
#include <glib/gstdio.h>
#include <string.h>

#include "auto-test-hub.h"
#include "core/hub/auto-hub.h"

#define REPO "org/name"
#define LARGE 300000

static const char *const files[] = { "config.json", "sub/vocab.txt", "model.safetensors" };

/* Prints every path with its type, mode, link target or hash; locks and access apart. */
static const char tree_program[] =
  "import hashlib, os, sys\n"
  "for base, dirs, names in sorted(os.walk(sys.argv[1])):\n"
  "  for name in sorted(dirs + names):\n"
  "    p = os.path.join(base, name); s = os.lstat(p); r = os.path.relpath(p, sys.argv[1])\n"
  "    print(r, oct(s.st_mode), os.readlink(p) if os.path.islink(p) else '' if os.path.isdir(p) else hashlib.md5(open(p, 'rb').read()).hexdigest())\n";
static const char fetch_program[] =
  "import sys\n"
  "from huggingface_hub import hf_hub_download\n"
  "from huggingface_hub.utils import EntryNotFoundError, disable_progress_bars\n"
  "disable_progress_bars()\n"
  "for name in sys.argv[1:]:\n"
  "  try: print(hf_hub_download('org/name', name))\n"
  "  except EntryNotFoundError as e: print(type(e).__name__)\n";
static const char scan_program[] =
  "from huggingface_hub import scan_cache_dir, try_to_load_from_cache, _CACHED_NO_EXIST\n"
  "i = scan_cache_dir()\n"
  "assert not i.warnings, i.warnings\n"
  "r, = i.repos\n"
  "v, = r.revisions\n"
  "assert try_to_load_from_cache('org/name', 'none.txt') is _CACHED_NO_EXIST\n"
  "print(r.repo_id, v.commit_hash, sorted(v.refs), v.nb_files, v.size_on_disk)\n";

static char *python;  /* one that has huggingface_hub */

typedef struct
{
  AutoTestHub *server;
  AutoHub *hub;
  char *home, *large;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = auto_test_hub_new ();
  f->home = auto_test_new_home (f->server);
  f->hub = g_object_new (AUTO_TYPE_HUB, "retry-delay", 5, NULL);
  auto_test_hub_add (f->server, REPO, "config.json", "{}", -1);
  auto_test_hub_add (f->server, REPO, "sub/vocab.txt", "word", -1);
  f->large = auto_test_hub_add_large (f->server, REPO, "model.safetensors", LARGE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->hub);
  auto_test_hub_free (f->server);
  auto_test_remove (f->home);
  g_free (f->home);
  g_free (f->large);
}

static char *
run_python (const char *program, const char *const *arguments)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  char *out = NULL;
  int status;

  g_ptr_array_add (argv, python);
  g_ptr_array_add (argv, (char *) "-c");
  g_ptr_array_add (argv, (char *) program);
  for (; arguments && *arguments; arguments++)
    g_ptr_array_add (argv, (char *) *arguments);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return g_strstrip (out);
}

#define PYTHON(program, ...) run_python (program, (const char *const[]) { __VA_ARGS__, NULL })

static gboolean
have_python (void)
{
  if (!python)
    g_test_skip ("no python3 with huggingface_hub; AUTO_REFERENCE_PYTHON may name one");
  return python != NULL;
}

static void
fetch_all (Fixture *f)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = auto_hub_download (f->hub, REPO, NULL, files[i], NULL, &error);
      g_assert_no_error (error);
    }
  g_autofree char *none = auto_hub_download (f->hub, REPO, NULL, "none.txt", NULL, NULL);
  g_assert_null (none);
}

static char *
tree (Fixture *f)
{
  g_autofree char *cache = g_build_filename (f->home, "hub", NULL), *text = PYTHON (tree_program, cache);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  GString *kept = g_string_new (NULL);

  for (char **line = lines; *line; line++)
    if (!strstr (*line, "version.txt"))
      g_string_append_printf (kept, "%s\n", *line);
  return g_string_free (kept, FALSE);
}

/* Both leave the same files, links, modes and bytes. */
static void
test_same_tree (Fixture *f, gconstpointer data)
{
  if (!have_python ())
    return;
  fetch_all (f);
  g_autofree char *ours = tree (f), *cache = g_build_filename (f->home, "hub", NULL);
  auto_test_remove (cache);
  g_autofree char *out = PYTHON (fetch_program, files[0], files[1], files[2], "none.txt");
  g_autofree char *theirs = tree (f);
  g_assert_true (g_str_has_suffix (out, "EntryNotFoundError"));
  g_assert_cmpstr (ours, ==, theirs);
}

static void
test_they_find_ours (Fixture *f, gconstpointer data)
{
  if (!have_python ())
    return;
  fetch_all (f);
  int gets = f->server->gets;
  g_autofree char *out = PYTHON (fetch_program, files[0], files[1], files[2]);
  g_assert_cmpint (f->server->gets, ==, gets);
  g_setenv ("HF_HUB_OFFLINE", "1", TRUE);
  g_autofree char *offline = PYTHON (fetch_program, files[0], files[1], files[2]);
  g_assert_cmpstr (out, ==, offline);
  g_autofree char *scan = PYTHON (scan_program, NULL);
  g_autofree char *expected = g_strdup_printf (REPO " %s ['main'] 3 %d", f->server->commit, LARGE + 2 + 4);
  g_assert_cmpstr (scan, ==, expected);
}

static void
test_we_find_theirs (Fixture *f, gconstpointer data)
{
  if (!have_python ())
    return;
  g_autofree char *out = PYTHON (fetch_program, files[0], files[1], files[2], "none.txt");
  int requests = auto_test_hub_requests (f->server);
  fetch_all (f);
  g_assert_cmpint (auto_test_hub_requests (f->server), ==, requests);
}

typedef struct { char *path; GError *error; Fixture *f; } Thread;

static gpointer
fetch_thread (gpointer data)
{
  Thread *t = data;

  t->path = auto_hub_download (t->f->hub, REPO, NULL, "model.safetensors", NULL, &t->error);
  return NULL;
}

/* Both at once, at a cold file: one of them fetches. */
static void
test_at_once (Fixture *f, gconstpointer data)
{
  Thread t = { NULL, NULL, f };

  if (!have_python ())
    return;
  f->server->faults.drip_bytes = 4000;
  f->server->faults.drip_ms = 20;
  GThread *thread = g_thread_new ("fetch", fetch_thread, &t);
  g_autofree char *out = PYTHON (fetch_program, "model.safetensors");
  g_thread_join (thread);
  g_assert_no_error (t.error);
  g_assert_cmpstr (t.path, ==, out);
  g_assert_cmpint (f->server->gets, ==, 1);
  auto_test_assert_content (out, f->large, LARGE);
  g_free (t.path);
}

/* The first of the candidates that can import huggingface_hub. */
static char *
find_python (void)
{
  const char *candidates[] = { g_getenv ("AUTO_REFERENCE_PYTHON"), "python3" };

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      const char *argv[] = { candidates[i], "-c", "import huggingface_hub", NULL };
      int status = 1;
      if (candidates[i] && *candidates[i]
          && g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                           NULL, NULL, &status, NULL)
          && status == 0)
        return g_strdup (candidates[i]);
    }
  return NULL;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  python = find_python ();
#define ADD(name, test) g_test_add ("/hub/shared/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("same-tree", test_same_tree);
  ADD ("they-find-ours", test_they_find_ours);
  ADD ("we-find-theirs", test_we_find_theirs);
  ADD ("at-once", test_at_once);
  int result = auto_test_run ();
  g_free (python);
  return result;
}
