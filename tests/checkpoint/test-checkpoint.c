/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "checkpoint-testing.h"

#define SHARD1 "model-00001-of-00002.safetensors"
#define SHARD2 "model-00002-of-00002.safetensors"

static const float one = 1, two = 2;

static char *
write_tensor (TestFolder *folder, const char *file, const char *tensor, float value)
{
  g_autofree char *header = g_strdup_printf ("{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", tensor);
  g_autoptr(GByteArray) bytes = test_safetensors (header, &value, 4);

  return test_write_bytes (folder, file, bytes);
}

static void
write_index (TestFolder *folder, const char *text)
{
  g_free (test_write (folder, "model.safetensors.index.json", text, strlen (text)));
}

static void
test_stand_ins (void)
{
  static const char lfs[] = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 440473133\n";
  static const char html[] = "\n <!DOCTYPE html><html><body>Sign in</body></html>";
  static const char *const names[] = { "model.safetensors", "pytorch_model.bin", "pytorch_model.bin.index.json", "flax_model.msgpack" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(TestFolder) folder = test_folder_new ();
      g_autofree char *path = test_write (folder, names[i], lfs, strlen (lfs));
      test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, "git lfs pull");
      g_free (test_write (folder, names[i], html, strlen (html)));
      test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, "web page");
      g_free (test_write (folder, names[i], "", 0));
      test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, "empty");
      g_free (test_write (folder, names[i], "what is this?", 13));
      test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, "");
    }
}

static void
test_choice (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GError) error = NULL;

  test_assert_refused (folder, AUTO_CHECKPOINT_ERROR_NOT_FOUND, "model.safetensors, model.safetensors.index.json, pytorch_model.bin");
  g_free (write_tensor (folder, "flax_model.msgpack", "a", 1));
  test_assert_refused (folder, AUTO_CHECKPOINT_ERROR_NOT_FOUND, "from-flax");
  g_free (write_tensor (folder, "tf_model.h5", "a", 1));
  test_assert_refused (folder, AUTO_CHECKPOINT_ERROR_NOT_FOUND, "from-tf");
  g_free (write_tensor (folder, "pytorch_model.bin", "bin", 1));
  g_autoptr(AutoCheckpoint) bin = test_open (folder);
  g_assert_true (auto_checkpoint_find (bin, "bin", NULL, NULL, NULL));

  g_free (write_tensor (folder, SHARD1, "sharded", 1));
  write_index (folder, "{\"weight_map\":{\"sharded\":\"" SHARD1 "\"}}");
  g_autoptr(AutoCheckpoint) sharded = test_open (folder);
  g_assert_true (auto_checkpoint_find (sharded, "sharded", NULL, NULL, NULL));
  g_assert_true (g_str_has_suffix (auto_checkpoint_get_path (sharded), "/model.safetensors.index.json"));

  g_free (write_tensor (folder, "model.safetensors", "single", 1));
  g_autoptr(AutoCheckpoint) single = test_open (folder);
  g_assert_true (auto_checkpoint_find (single, "single", NULL, NULL, NULL));
  g_assert_true (g_str_has_suffix (auto_checkpoint_get_path (single), "/model.safetensors"));

  /* formats are told by content, so these open */
  g_autoptr(AutoCheckpoint) flax = auto_checkpoint_open (folder, AUTO_FRAMEWORK_FLAX, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (auto_checkpoint_get_path (flax), "/flax_model.msgpack"));
  g_autoptr(AutoCheckpoint) tf = auto_checkpoint_open (folder, AUTO_FRAMEWORK_TF, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (auto_checkpoint_get_path (tf), "/tf_model.h5"));

  g_autofree char *absent = g_build_filename (folder, "absent.safetensors", NULL);
  test_assert_refused (absent, AUTO_CHECKPOINT_ERROR_NOT_FOUND, "no such file");
}

static void
count_progress (const char *what, guint64 done, guint64 total, gpointer user_data)
{
  *(GString **) user_data = *(GString **) user_data ? *(GString **) user_data : g_string_new (NULL);
  g_string_append_printf (*(GString **) user_data, "%s %d/%d,", what, (int) done, (int) total);
}

static void
test_sharded (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) seen = NULL;

  g_free (write_tensor (folder, SHARD1, "a", one));
  g_free (write_tensor (folder, SHARD2, "b", two));
  write_index (folder, "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"b\":\"" SHARD2 "\",\"a\":\"" SHARD1 "\"}}");
  auto_load_options_set_progress (options, count_progress, &seen, NULL);
  g_autoptr(AutoCheckpoint) checkpoint = auto_checkpoint_open (folder, AUTO_FRAMEWORK_PYTORCH, options, NULL, &error);
  g_assert_no_error (error);
  test_assert_values (checkpoint, "a", "float32 (1)", "1");
  test_assert_values (checkpoint, "b", "float32 (1)", "2");
  g_assert_cmpstr (seen->str, ==, SHARD1 " 0/2," SHARD1 " 1/2," SHARD2 " 1/2," SHARD2 " 2/2,");

  /* the index itself may be named */
  g_autofree char *path = g_build_filename (folder, "model.safetensors.index.json", NULL);
  g_autoptr(AutoCheckpoint) again = test_open (path);
  g_assert_cmpuint (g_strv_length ((GStrv) auto_checkpoint_get_names (again, NULL)), ==, 2);

  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_assert_null (auto_checkpoint_open (folder, AUTO_FRAMEWORK_PYTORCH, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* B23 */
static void
test_absent_shards (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *index = g_build_filename (folder, "model.safetensors.index.json", NULL);
  g_autoptr(GString) many = g_string_new ("{\"weight_map\":{\"a\":\"" SHARD1 "\"");

  g_free (write_tensor (folder, SHARD1, "a", one));
  g_free (write_tensor (folder, "model-00009-of-00002.safetensors", "b", two)); /* must not be found by searching */
  write_index (folder, "{\"weight_map\":{\"a\":\"" SHARD1 "\",\"b\":\"" SHARD2 "\"}}");
  test_assert_refused (index, AUTO_CHECKPOINT_ERROR_NOT_FOUND,
                       "1 of the 2 files that it names are absent: " SHARD2 " (incomplete download?)");
  for (int i = 2; i <= 30; i++)
    g_string_append_printf (many, ",\"t%d\":\"s%02d.safetensors\"", i, i);
  g_string_append (many, "}}");
  write_index (folder, many->str);
  test_assert_refused (index, AUTO_CHECKPOINT_ERROR_NOT_FOUND, "s02.safetensors, s03.safetensors, s04.safetensors");
  test_assert_refused (index, AUTO_CHECKPOINT_ERROR_NOT_FOUND, "and 9 more");
}

static void
test_bad_index (void)
{
  static const struct
  {
    const char *index, *text;
  } cases[] = {
    { "{\"weight_map\":{\"a\":\"" SHARD1 "\",\"b\":\"" SHARD1 "\"}}", "but that is in " SHARD2 },
    { "{\"weight_map\":{\"a\":\"" SHARD1 "\",\"b\":\"" SHARD2 "\",\"c\":\"" SHARD2 "\"}}", "has no such tensor" },
    { "{\"weight_map\":{\"a\":\"../x.safetensors\"}}", "../x.safetensors" },
    { "{\"weight_map\":{\"a\":\"x/../../y.safetensors\"}}", "no name of a file" },
    { "{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "/etc/passwd" },
    { "{\"weight_map\":{\"a\":\"\"}}", "no name of a file" },
    { "{\"weight_map\":{\"a\":\".\"}}", "no name of a file" },
    { "{\"weight_map\":{\"a\":3}}", "no name of a file" },
    { "{\"weight_map\":[]}", "no index" },
    { "{}", "no index" },
    { "[]", "no index" },
    { "{\"weight_map\":", "" },
  };
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *index = g_build_filename (folder, "model.safetensors.index.json", NULL);

  g_free (write_tensor (folder, SHARD1, "a", one));
  g_free (write_tensor (folder, SHARD2, "b", two));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* the first case needs the second shard to be read as well */
      g_autofree char *text = i ? g_strdup (cases[i].index)
                                : g_strdup ("{\"weight_map\":{\"a\":\"" SHARD1 "\",\"b\":\"" SHARD1 "\",\"x\":\"" SHARD2 "\"}}");
      write_index (folder, text);
      test_assert_refused (index, AUTO_CHECKPOINT_ERROR_FORMAT, cases[i].text);
    }
}

/* A tensor in two shards: the one that the index names counts; without its word, nobody knows. */
static void
test_twice (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GByteArray) both = test_safetensors ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                                                 "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                                                 (float[]) { 5, 6 }, 8);

  g_free (test_write_bytes (folder, SHARD1, both));
  g_free (write_tensor (folder, SHARD2, "b", two));
  write_index (folder, "{\"weight_map\":{\"a\":\"" SHARD1 "\",\"b\":\"" SHARD2 "\"}}");
  g_autoptr(AutoCheckpoint) checkpoint = test_open (folder);
  test_assert_values (checkpoint, "b", "float32 (1)", "2");

  g_free (test_write_bytes (folder, SHARD2, both));
  write_index (folder, "{\"weight_map\":{\"a\":\"" SHARD1 "\",\"c\":\"" SHARD2 "\"}}");
  g_autofree char *shard = g_build_filename (folder, SHARD2, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null (auto_checkpoint_open (folder, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error));
  g_assert_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "in another shard"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checkpoint/stand-ins", test_stand_ins);
  g_test_add_func ("/checkpoint/choice", test_choice);
  g_test_add_func ("/checkpoint/sharded", test_sharded);
  g_test_add_func ("/checkpoint/absent-shards", test_absent_shards);
  g_test_add_func ("/checkpoint/bad-index", test_bad_index);
  g_test_add_func ("/checkpoint/twice", test_twice);
  return g_test_run ();
}
