/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "checkpoint-testing.h"

#define INDEX "model.safetensors.index.json"

static AutoTensor *
tensor (gint64 n, float first)
{
  g_autofree float *values = g_new (float, n);
  g_autoptr(GError) error = NULL;

  for (gint64 i = 0; i < n; i++)
    values[i] = first + (float) i;
  AutoTensor *self = auto_tensor_new_float (&n, 1, values, n, &error);
  g_assert_no_error (error);
  return self;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The names in the folder, sorted, with spaces between. */
static char *
list (const char *folder)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    g_ptr_array_add (names, g_strdup (name));
  g_dir_close (dir);
  g_ptr_array_sort (names, compare);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

static void
save (const char *folder, const AutoNamedTensor *tensors, gsize n, guint64 limit)
{
  g_autoptr(GError) error = NULL;

  auto_checkpoint_save (folder, tensors, n, limit, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* What the reference implementation wrote is read and written again: the same bytes. */
static void
test_same_bytes (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "reference.safetensors", NULL), *wanted = NULL, *got = NULL;
  g_autofree char *out = g_build_filename (folder, "out.safetensors", NULL);
  g_autoptr(GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
  g_autoptr(GError) error = NULL;
  AutoNamedTensor tensors[8];
  gsize n, wanted_size, got_size;

  const char *const *names = auto_checkpoint_get_names (checkpoint, &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (tensors));
  for (gsize i = 0; i < n; i++)
    tensors[i] = (AutoNamedTensor) { names[n - 1 - i], auto_checkpoint_get (checkpoint, names[n - 1 - i], NULL) };
  g_hash_table_insert (metadata, (gpointer) "format", (gpointer) "pt");
  g_assert_true (auto_safetensors_write (out, tensors, n, metadata, NULL, NULL, &error));
  g_assert_true (g_file_get_contents (path, &wanted, &wanted_size, NULL) && g_file_get_contents (out, &got, &got_size, NULL));
  g_assert_cmpmem (got, got_size, wanted, wanted_size);
  for (gsize i = 0; i < n; i++)
    auto_tensor_unref (tensors[i].tensor);
}

/* A tensor that is a transposed view is written in the order of its elements. */
static void
test_strided (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "views.bin", NULL);
  g_autoptr(AutoCheckpoint) views = test_open (path);
  g_autoptr(AutoTensor) transposed = auto_checkpoint_get (views, "transposed", NULL),
                         expanded = auto_checkpoint_get (views, "expanded", NULL);
  const AutoNamedTensor tensors[] = { { "t", transposed }, { "e", expanded } };

  save (folder, tensors, 2, 0);
  g_autoptr(AutoCheckpoint) checkpoint = test_open (folder);
  test_assert_values (checkpoint, "t", "float32 (4, 3)", "0 4 8 1 5 9 2 6 10 3 7 11");
  test_assert_values (checkpoint, "e", "float32 (3, 2)", "1.5 2.5 1.5 2.5 1.5 2.5");
  g_assert_cmpstr (auto_checkpoint_get_metadata (checkpoint, "format"), ==, "pt");
}

/* The example of the reference's documentation: a limit of 10 splits 6, 6, 2, 6, 2, 2 into 6 | 6 2 | 6 2 2. */
static void
test_shards (void)
{
  static const int sizes[] = { 6, 6, 2, 6, 2, 2 };
  static const char *const names[] = { "f", "e", "d", "c", "b", "a" };
  g_autoptr(TestFolder) folder = test_folder_new ();
  AutoNamedTensor tensors[7];

  for (guint i = 0; i < 6; i++)
    tensors[i] = (AutoNamedTensor) { names[i], tensor (sizes[i], (float) (10 * i)) };
  tensors[6] = (AutoNamedTensor) { "tied", tensors[1].tensor };
  save (folder, tensors, 7, 40);
  g_autofree char *files = list (folder), *path = g_build_filename (folder, INDEX, NULL), *index = NULL;
  g_assert_cmpstr (files, ==, "model-00001-of-00003.safetensors model-00002-of-00003.safetensors model-00003-of-00003.safetensors " INDEX);
  g_assert_true (g_file_get_contents (path, &index, NULL, NULL));
  g_assert_cmpstr (index, ==,
                   "{\n  \"metadata\": {\n    \"total_size\": 96\n  },\n  \"weight_map\": {\n"
                   "    \"a\": \"model-00003-of-00003.safetensors\",\n    \"b\": \"model-00003-of-00003.safetensors\",\n"
                   "    \"c\": \"model-00003-of-00003.safetensors\",\n    \"d\": \"model-00002-of-00003.safetensors\",\n"
                   "    \"e\": \"model-00002-of-00003.safetensors\",\n    \"f\": \"model-00001-of-00003.safetensors\",\n"
                   "    \"tied\": \"model-00002-of-00003.safetensors\"\n  }\n}\n");
  g_autoptr(AutoCheckpoint) checkpoint = test_open (folder);
  test_assert_values (checkpoint, "f", "float32 (6)", "0 1 2 3 4 5");
  test_assert_values (checkpoint, "tied", "float32 (6)", "10 11 12 13 14 15");
  test_assert_values (checkpoint, "a", "float32 (2)", "50 51");
  g_assert_cmpstr (auto_checkpoint_get_metadata (checkpoint, "format"), ==, "pt");
  for (guint i = 0; i < 6; i++)
    auto_tensor_unref (tensors[i].tensor);
}

/* What an earlier save left goes; nothing else does. */
static void
test_stale (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(AutoTensor) a = tensor (4, 0), b = tensor (4, 10), c = tensor (4, 20);
  const AutoNamedTensor tensors[] = { { "a", a }, { "b", b }, { "c", c } };
  g_autofree char *three = NULL, *two = NULL, *one = NULL, *three_again = NULL;

#define OTHERS "config.json model-1.safetensors model-x0001-of-00003.safetensors pytorch_model-00001-of-00002.bin"
  g_auto(GStrv) others = g_strsplit (OTHERS, " ", -1);
  for (guint i = 0; others[i]; i++)
    g_free (test_write (folder, others[i], "x", 1));
  save (folder, tensors, 3, 16);
  three = list (folder);
  g_assert_nonnull (strstr (three, "model-00003-of-00003.safetensors"));
  save (folder, tensors, 2, 16);
  two = list (folder);
  g_assert_cmpstr (two, ==,
                   "config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors model-1.safetensors "
                   "model-x0001-of-00003.safetensors " INDEX " pytorch_model-00001-of-00002.bin");
  save (folder, tensors, 1, 0);
  one = list (folder);
  g_assert_cmpstr (one, ==,
                   "config.json model-1.safetensors model-x0001-of-00003.safetensors model.safetensors pytorch_model-00001-of-00002.bin");
  save (folder, tensors, 3, 16);
  three_again = list (folder);
  g_assert_cmpstr (three_again, ==, three);
  g_assert_null (strstr (three_again, " model.safetensors "));
}

/* A model may be saved over the files that it is mapped from. */
static void
test_over_itself (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(AutoTensor) a = tensor (100000, 0), b = tensor (100000, 7);
  const AutoNamedTensor tensors[] = { { "a", a }, { "b", b } };

  save (folder, tensors, 2, 0);
  g_autoptr(AutoCheckpoint) before = test_open (folder);
  g_autoptr(AutoTensor) mapped_a = auto_checkpoint_get (before, "a", NULL), mapped_b = auto_checkpoint_get (before, "b", NULL);
  const AutoNamedTensor swapped[] = { { "a", mapped_b }, { "b", mapped_a } };
  save (folder, swapped, 2, 0);
  g_assert_cmpfloat (auto_tensor_get_float (mapped_a, NULL)[99999], ==, 99999);
  g_autoptr(AutoCheckpoint) after = test_open (folder);
  g_autoptr(AutoTensor) now_a = auto_checkpoint_get (after, "a", NULL);
  g_assert_cmpfloat (auto_tensor_get_float (now_a, NULL)[99999], ==, 100006);
}

static void
assert_save_fails (const char *folder, const AutoNamedTensor *tensors, gsize n, guint64 limit, GCancellable *cancellable, const char *text)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (auto_checkpoint_save (folder, tensors, n, limit, NULL, cancellable, &error));
  if (cancellable)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, text));
}

/* A save that fails leaves the old files and nothing of its own. */
static void
test_failures (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(AutoTensor) a = tensor (4, 0), b = tensor (4, 10);
  const AutoNamedTensor good[] = { { "a", a }, { "b", b } }, twice[] = { { "a", a }, { "a", b } }, reserved[] = { { "__metadata__", a } };
  const AutoNamedTensor invalid[] = { { "a\xff", a } };
  g_autoptr(GCancellable) cancelled = g_cancellable_new ();

  save (folder, good, 1, 0);
  g_cancellable_cancel (cancelled);
  assert_save_fails (folder, twice, 2, 0, NULL, "two tensors");
  assert_save_fails (folder, reserved, 1, 0, NULL, "__metadata__");
  assert_save_fails (folder, invalid, 1, 0, NULL, "can't have the name");
  assert_save_fails (folder, good, 2, 16, cancelled, "");
  g_autofree char *file = g_build_filename (folder, "model.safetensors", NULL), *below = g_build_filename (file, "x", NULL);
  assert_save_fails (file, good, 1, 0, NULL, "model.safetensors");
  assert_save_fails (below, good, 1, 0, NULL, "can't be made");
  g_autofree char *files = list (folder);
  g_assert_cmpstr (files, ==, "model.safetensors");
  g_autoptr(AutoCheckpoint) checkpoint = test_open (folder);
  test_assert_values (checkpoint, "a", "float32 (4)", "0 1 2 3");
}

/* A name twice in different shards is as bad as in one. */
static void
test_twice_across_shards (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(AutoTensor) a = tensor (4, 0), b = tensor (4, 10);
  const AutoNamedTensor twice[] = { { "a", a }, { "a", b } };

  assert_save_fails (folder, twice, 2, 16, NULL, "two tensors");
}

static void
test_empty (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *below = g_build_filename (folder, "new", NULL);
  gsize n;

  save (below, NULL, 0, 0);
  g_autoptr(AutoCheckpoint) checkpoint = test_open (below);
  auto_checkpoint_get_names (checkpoint, &n);
  g_assert_cmpuint (n, ==, 0);
}

/* The reference implementation reads what we write. */
static void
test_python_reads (void)
{
  static const char script[] = "import sys, safetensors.numpy as s\n"
                               "for name, value in sorted(s.load_file(sys.argv[1]).items()):\n"
                               "  print(name, value.dtype, value.shape, value.tolist())";
  const char *python = g_getenv ("AUTO_TEST_PYTHON") ? g_getenv ("AUTO_TEST_PYTHON") : "python3";
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL), *out = NULL, *err = NULL;
  g_autoptr(AutoTensor) a = tensor (3, 0.5f), empty = tensor (0, 0), whole = auto_tensor_convert (a, AUTO_DTYPE_I64);
  g_autoptr(AutoTensor) flags = auto_tensor_convert (a, AUTO_DTYPE_BOOL), half = auto_tensor_convert (a, AUTO_DTYPE_F16);
  const AutoNamedTensor tensors[] = { { "a", a }, { "e\"é\\", empty }, { "h", half }, { "i", whole }, { "t", flags } };
  const char *argv[] = { python, "-c", script, path, NULL };
  int status;

  save (folder, tensors, G_N_ELEMENTS (tensors), 0);
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL)
      || (status != 0 && strstr (err, "ModuleNotFoundError")))
    {
      g_test_skip ("there is no Python with the safetensors module; AUTO_TEST_PYTHON may name one");
      return;
    }
  g_assert_cmpstr (err, ==, "");
  g_assert_cmpstr (out, ==,
                   "a float32 (3,) [0.5, 1.5, 2.5]\ne\"é\\ float32 (0,) []\nh float16 (3,) [0.5, 1.5, 2.5]\n"
                   "i int64 (3,) [0, 1, 2]\nt bool (3,) [True, True, True]\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/save/same-bytes", test_same_bytes);
  g_test_add_func ("/save/strided", test_strided);
  g_test_add_func ("/save/shards", test_shards);
  g_test_add_func ("/save/stale", test_stale);
  g_test_add_func ("/save/over-itself", test_over_itself);
  g_test_add_func ("/save/failures", test_failures);
  g_test_add_func ("/save/twice-across-shards", test_twice_across_shards);
  g_test_add_func ("/save/empty", test_empty);
  g_test_add_func ("/save/python-reads", test_python_reads);
  return g_test_run ();
}
