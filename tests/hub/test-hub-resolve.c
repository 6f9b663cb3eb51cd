/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files of a repository are fetched for what. */
#include <glib/gstdio.h>
#include <string.h>

#include "auto-test-hub.h"
#include "core/hub/auto-hub-resolve.h"

#define REPO "org/name"

typedef struct
{
  AutoTestHub *server;
  AutoLoadOptions *options;
  char *home;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = auto_test_hub_new ();
  f->home = auto_test_new_home (f->server);
  f->options = auto_load_options_new ();
  auto_test_hub_add (f->server, REPO, "config.json", "{}", -1);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  auto_test_hub_free (f->server);
  auto_test_remove (f->home);
  g_object_unref (f->options);
  g_free (f->home);
}

static void
add (Fixture *f, const char *const *files)
{
  for (; *files; files++)
    auto_test_hub_add (f->server, REPO, *files, *files, -1);
}

static char *
resolve (Fixture *f, AutoHubWant want)
{
  g_autoptr(GError) error = NULL;
  char *folder = auto_hub_resolve (REPO, want, f->options, NULL, &error);

  g_assert_no_error (error);
  return folder;
}

static void
assert_fails (Fixture *f, AutoHubWant want, GQuark domain, int code, const char *says)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = auto_hub_resolve (REPO, want, f->options, NULL, &error);

  g_assert_null (folder);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, says));
}

/* The names in @folder are these, and no others. */
static void
assert_files (const char *folder, const char *const *expected)
{
  g_autoptr(GDir) entries = g_dir_open (folder, 0, NULL);
  guint n = 0;

  g_assert_nonnull (entries);
  for (const char *name; (name = g_dir_read_name (entries)); n++)
    if (!g_strv_contains (expected, name))
      g_error ("%s was not wanted", name);
  g_assert_cmpuint (n, ==, g_strv_length ((char **) expected));
}

#define NAMES(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void
test_safetensors_first (Fixture *f, gconstpointer data)
{
  add (f, NAMES ("model.safetensors", "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "README.md", "generation_config.json"));
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS);
  assert_files (folder, NAMES ("config.json", "model.safetensors"));
}

static void
test_pytorch_otherwise (Fixture *f, gconstpointer data)
{
  add (f, NAMES ("pytorch_model.bin", "generation_config.json"));
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS | AUTO_HUB_WANT_GENERATION);
  assert_files (folder, NAMES ("config.json", "pytorch_model.bin", "generation_config.json"));
  /* what is not there was learnt once */
  int requests = auto_test_hub_requests (f->server);
  g_autofree char *again = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS | AUTO_HUB_WANT_GENERATION);
  g_assert_cmpint (auto_test_hub_requests (f->server), ==, requests);
  g_assert_cmpstr (folder, ==, again);
}

static const char index_text[] = "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {\"a\": \"model-00001-of-00003.safetensors\","
  "\"b\": \"model-00002-of-00003.safetensors\", \"c\": \"model-00001-of-00003.safetensors\", \"d\": \"model-00003-of-00003.safetensors\"}}";

static void
test_shards (Fixture *f, gconstpointer data)
{
  add (f, NAMES ("model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors", "pytorch_model.bin"));
  auto_test_hub_add (f->server, REPO, "model.safetensors.index.json", index_text, -1);
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_WEIGHTS);
  assert_files (folder, NAMES ("model.safetensors.index.json", "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                               "model-00003-of-00003.safetensors"));
}

static void
test_missing_shard (Fixture *f, gconstpointer data)
{
  add (f, NAMES ("model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors"));
  auto_test_hub_add (f->server, REPO, "model.safetensors.index.json", index_text, -1);
  assert_fails (f, AUTO_HUB_WANT_WEIGHTS, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "model-00003-of-00003.safetensors");
}

/* Names in an index that lead out of the snapshot, and indexes that are none. */
static void
test_hostile_index (Fixture *f, gconstpointer data)
{
  static const struct { const char *text; gboolean hub; int code; const char *says; } cases[] = {
    { "{\"weight_map\": {\"a\": \"../../../../x.bin\"}}", TRUE, AUTO_HUB_ERROR_INVALID_ID, "weight_map" },
    { "{\"weight_map\": {\"a\": \"/etc/passwd\"}}", TRUE, AUTO_HUB_ERROR_INVALID_ID, "weight_map" },
    { "{\"weight_map\": {\"a\": \"x/../../y\"}}", TRUE, AUTO_HUB_ERROR_INVALID_ID, "weight_map" },
    { "{\"weight_map\": {\"a\": \"\"}}", TRUE, AUTO_HUB_ERROR_INVALID_ID, "weight_map" },
    { "{\"weight_map\": {\"a\": 7}}", TRUE, AUTO_HUB_ERROR_INVALID_ID, "weight_map" },
    { "{\"weight_map\": {}}", FALSE, AUTO_CHECKPOINT_ERROR_FORMAT, "weight_map" },
    { "{\"weight_map\": [1]}", FALSE, AUTO_CHECKPOINT_ERROR_FORMAT, "weight_map" },
    { "[]", FALSE, AUTO_CHECKPOINT_ERROR_FORMAT, "weight_map" },
    { "{", FALSE, AUTO_CHECKPOINT_ERROR_FORMAT, "index.json" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_object_set (f->options, "force-download", TRUE, NULL);
      auto_test_hub_add (f->server, REPO, "pytorch_model.bin.index.json", cases[i].text, -1);
      assert_fails (f, AUTO_HUB_WANT_WEIGHTS, cases[i].hub ? AUTO_HUB_ERROR : AUTO_CHECKPOINT_ERROR, cases[i].code, cases[i].says);
    }
}

static void
test_tensorflow_and_flax (Fixture *f, gconstpointer data)
{
  add (f, NAMES ("tf_model.h5", "flax_model.msgpack"));
  assert_fails (f, AUTO_HUB_WANT_WEIGHTS, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "from-tf");
  assert_fails (f, AUTO_HUB_WANT_WEIGHTS, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "from-flax");
  g_object_set (f->options, "from-tf", TRUE, NULL);
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_WEIGHTS);
  assert_files (folder, NAMES ("tf_model.h5"));
  g_object_set (f->options, "from-tf", FALSE, NULL);
  g_autofree char *flax = resolve (f, AUTO_HUB_WANT_FLAX_WEIGHTS | AUTO_HUB_WANT_WEIGHTS);
  assert_files (flax, NAMES ("tf_model.h5", "flax_model.msgpack"));
}

static void
test_tokenizer (Fixture *f, gconstpointer data)
{
  add (f, NAMES ("tokenizer.json", "vocab.txt", "special_tokens_map.json", "tokenizer.4.0.0.json", "preprocessor_config.json"));
  auto_test_hub_add (f->server, REPO, "tokenizer_config.json", "{\"fast_tokenizer_files\": [\"tokenizer.json\", \"tokenizer.4.0.0.json\"]}", -1);
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_TOKENIZER);
  assert_files (folder, NAMES ("tokenizer.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.4.0.0.json"));
  g_object_set (f->options, "use-fast", FALSE, NULL);
  g_autofree char *slow = resolve (f, AUTO_HUB_WANT_TOKENIZER | AUTO_HUB_WANT_PROCESSOR);
  assert_files (slow, NAMES ("tokenizer.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.4.0.0.json", "vocab.txt",
                             "preprocessor_config.json"));
}

static void
test_vocabulary (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  add (f, NAMES ("vocab.json", "merges.txt", "emoji.json"));
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_TOKENIZER);
  assert_files (folder, NAMES ("vocab.json", "merges.txt"));
  g_autofree char *more = auto_hub_resolve_files (REPO, NAMES ("emoji.json", "none.json"), f->options, NULL, &error);
  g_assert_no_error (error);
  assert_files (more, NAMES ("vocab.json", "merges.txt", "emoji.json"));
}

/* Files that may be missing may all be missing: the folder is the model's all the same. */
static void
test_optional_files (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = auto_hub_resolve_files (REPO, NAMES ("modules.json", "none.json"), f->options, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *same = resolve (f, AUTO_HUB_WANT_CONFIG);
  g_assert_cmpstr (folder, ==, same);
  int requests = auto_test_hub_requests (f->server);
  g_autofree char *again = auto_hub_resolve_files (REPO, NAMES ("modules.json", "none.json"), f->options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (auto_test_hub_requests (f->server), ==, requests);
  g_autofree char *nowhere = auto_hub_resolve_files ("org/other", NAMES ("modules.json"), f->options, NULL, &error);
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_REPOSITORY_NOT_FOUND);
}

static void
test_subfolder (Fixture *f, gconstpointer data)
{
  add (f, NAMES ("onnx/config.json", "onnx/model.safetensors"));
  g_object_set (f->options, "subfolder", "onnx", NULL);
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS);
  g_assert_true (g_str_has_suffix (folder, "/onnx"));
  assert_files (folder, NAMES ("config.json", "model.safetensors"));
  g_object_set (f->options, "subfolder", "../x", NULL);
  assert_fails (f, AUTO_HUB_WANT_CONFIG, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID, "repository");
}

static void
test_plugin_needs_trust (Fixture *f, gconstpointer data)
{
  auto_test_hub_add (f->server, REPO, "config.json", "{\"auto_plugin\": \"libmine.so\"}", -1);
  add (f, NAMES ("libmine.so"));
  g_autofree char *without = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_PLUGIN);
  assert_files (without, NAMES ("config.json"));
  g_object_set (f->options, "trust-remote-code", TRUE, NULL);
  g_autofree char *with = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_PLUGIN);
  assert_files (with, NAMES ("config.json", "libmine.so"));
}

/* The branch moves while the files are fetched: all of them are of the later commit. */
static void
test_moving_branch (Fixture *f, gconstpointer data)
{
  const char *next = "fedcba9876543210fedcba9876543210fedcba98";

  add (f, NAMES ("model.safetensors", "generation_config.json"));
  f->server->faults.replace = 1;
  f->server->faults.replace_file = g_build_filename (f->server->root, REPO, "config.json", NULL);
  f->server->faults.replace_with = (char *) "{\"later\": 1}";
  f->server->faults.commit_after_replace = next;
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS | AUTO_HUB_WANT_GENERATION);
  g_autofree char *config = g_build_filename (folder, "config.json", NULL);
  g_assert_true (g_str_has_suffix (folder, next));
  assert_files (folder, NAMES ("config.json", "model.safetensors", "generation_config.json"));
  auto_test_assert_content (config, "{\"later\": 1}", -1);
  g_free (f->server->faults.replace_file);
}

/* What an earlier run left half done is of a commit that is gone. */
static void
test_forced_push (Fixture *f, gconstpointer data)
{
  const char *next = "fedcba9876543210fedcba9876543210fedcba98";
  g_autofree char *old = resolve (f, AUTO_HUB_WANT_CONFIG);

  g_free (f->server->commit);
  f->server->commit = g_strdup (next);
  auto_test_hub_add (f->server, REPO, "config.json", "{\"new\": 1}", -1);
  add (f, NAMES ("model.safetensors"));
  g_autofree char *folder = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS);
  g_autofree char *config = g_build_filename (folder, "config.json", NULL);
  g_assert_true (g_str_has_suffix (folder, next));
  auto_test_assert_content (config, "{\"new\": 1}", -1);
}

/* B67: warm caches that other programs filled, and a network that is dead. */
static void
test_dead_network_b67 (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  add (f, NAMES ("pytorch_model.bin", "tokenizer.json"));
  g_autofree char *folder = auto_hub_resolve_files (REPO, NAMES ("config.json", "pytorch_model.bin", "tokenizer.json"), f->options, NULL, &error);
  g_assert_no_error (error);
  g_setenv ("HF_ENDPOINT", "http://127.0.0.1:1", TRUE);
  g_autofree char *same = resolve (f, AUTO_HUB_WANT_MODEL);
  g_assert_cmpstr (folder, ==, same);
  g_setenv ("HF_HUB_OFFLINE", "1", TRUE);
  g_autofree char *offline = resolve (f, AUTO_HUB_WANT_MODEL);
  g_assert_cmpstr (folder, ==, offline);
  assert_fails (f, AUTO_HUB_WANT_TF_WEIGHTS, AUTO_HUB_ERROR, AUTO_HUB_ERROR_OFFLINE, "tf_model.h5");
  g_object_set (f->options, "force-download", TRUE, NULL);
  assert_fails (f, AUTO_HUB_WANT_CONFIG, AUTO_HUB_ERROR, AUTO_HUB_ERROR_OFFLINE, "force-download");
}

/* What another program fetched is all that it asked for, which is less than we know of: that is no reason to go online. */
static void
test_warm_from_others (Fixture *f, gconstpointer data)
{
  const char *const theirs[] = { "config.json", "tokenizer_config.json", "tokenizer.json", "special_tokens_map.json", "added_tokens.json",
                                 "vocab.txt", "preprocessor_config.json", NULL };
  g_autoptr(GError) error = NULL;

  add (f, NAMES ("vocab.txt", "normalizer.json"));
  auto_test_hub_add (f->server, REPO, "preprocessor_config.json", "{}", -1);
  auto_test_hub_add (f->server, REPO, "tokenizer_config.json", "{}", -1);
  g_autofree char *folder = auto_hub_resolve_files (REPO, theirs, f->options, NULL, &error);
  g_assert_no_error (error);
  int requests = auto_test_hub_requests (f->server);
  g_autofree char *same = resolve (f, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_TOKENIZER | AUTO_HUB_WANT_PROCESSOR);
  g_assert_cmpstr (folder, ==, same);
  g_assert_cmpint (auto_test_hub_requests (f->server), ==, requests);
}

static void
test_nothing_there (Fixture *f, gconstpointer data)
{
  assert_fails (f, AUTO_HUB_WANT_TOKENIZER, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, REPO);
}

/* A folder or a file is taken as it is; neither the cache nor the network is looked at. */
static void
test_local (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *file = g_build_filename (f->home, "model.gguf", NULL), *cache = g_build_filename (f->home, "hub", NULL);
  g_autofree char *folder = auto_hub_resolve (f->home, AUTO_HUB_WANT_MODEL, NULL, NULL, &error), *path = NULL, *below = NULL, *none = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (folder, ==, f->home);
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  path = auto_hub_resolve (file, AUTO_HUB_WANT_MODEL, f->options, NULL, &error);
  g_assert_cmpstr (path, ==, file);
  g_object_set (f->options, "subfolder", "sub", NULL);
  below = auto_hub_resolve (f->home, AUTO_HUB_WANT_MODEL, f->options, NULL, &error);
  g_assert_true (g_str_has_suffix (below, "/sub"));
  none = auto_hub_resolve ("./no-such", AUTO_HUB_WANT_MODEL, f->options, NULL, &error);
  g_assert_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID);
  g_assert_cmpint (auto_test_hub_requests (f->server), ==, 0);
  g_assert_false (g_file_test (cache, G_FILE_TEST_EXISTS));
}

static void
assert_libsoup (const char *name, const char *expected)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "hub-fetch", NULL), *out = NULL;
  const char *argv[] = { program, "--find", name, NULL };
  g_autoptr(GError) error = NULL;

  g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, expected);
}

/* A process that fetches nothing does not pay for what fetching takes. */
static void
test_libsoup_is_not_opened (Fixture *f, gconstpointer data)
{
  if (!g_file_test ("/proc/self/maps", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("/proc/self/maps is not there");
      return;
    }
  assert_libsoup (f->home, "without libsoup");
  assert_libsoup (REPO, "with libsoup");
  assert_libsoup (REPO, "without libsoup");  /* warm */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/hub/resolve/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("safetensors-first", test_safetensors_first);
  ADD ("pytorch-otherwise", test_pytorch_otherwise);
  ADD ("shards", test_shards);
  ADD ("missing-shard", test_missing_shard);
  ADD ("hostile-index", test_hostile_index);
  ADD ("tensorflow-and-flax", test_tensorflow_and_flax);
  ADD ("tokenizer", test_tokenizer);
  ADD ("vocabulary", test_vocabulary);
  ADD ("optional-files", test_optional_files);
  ADD ("subfolder", test_subfolder);
  ADD ("plugin-needs-trust", test_plugin_needs_trust);
  ADD ("moving-branch", test_moving_branch);
  ADD ("forced-push", test_forced_push);
  ADD ("B67/dead-network", test_dead_network_b67);
  ADD ("B67/warm-from-others", test_warm_from_others);
  ADD ("nothing-there", test_nothing_there);
  ADD ("local", test_local);
  ADD ("libsoup-is-not-opened", test_libsoup_is_not_opened);
  return auto_test_run ();
}
