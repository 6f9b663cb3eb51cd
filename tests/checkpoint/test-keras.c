/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "checkpoint-testing.h"

/* Every tensor of files laid out as Keras saves them, by PyTorch's names and in its layouts. */
static void
test_values_of_reference (void)
{
  g_assert_cmpuint (test_compare_with_table ("keras-values.txt"), ==, 3);
}

static void
test_refused_fixtures (void)
{
  static const struct
  {
    const char *name, *text;
    AutoCheckpointError code;
  } cases[] = {
    { "keras-chunked.h5", "in pieces or compressed", AUTO_CHECKPOINT_ERROR_FORMAT },
    { "keras-latest.h5", "newer versions of HDF5", AUTO_CHECKPOINT_ERROR_FORMAT },
    { "keras-complex.h5", "\"a/unsigned:0\" has a data type", AUTO_CHECKPOINT_ERROR_DTYPE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", cases[i].name, NULL);
      test_assert_refused (path, cases[i].code, cases[i].text);
    }
}

static void
test_cut_everywhere (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "keras.h5", NULL), *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (gsize n = 0; n < size; n += n < 4096 ? 1 : 97)
    test_assert_bytes_refused ("tf_model.h5", data, n, AUTO_CHECKPOINT_ERROR_FORMAT, n < 8 ? "" : "cut short");
}

/* A TensorFlow class takes TensorFlow's file where there is one, and what there is otherwise. */
static void
test_choice (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "keras.h5", NULL), *data = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_free (test_write (folder, "tf_model.h5", data, size));
  g_autoptr(AutoCheckpoint) checkpoint = auto_checkpoint_open (folder, AUTO_FRAMEWORK_TF, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (auto_checkpoint_get_path (checkpoint), "/tf_model.h5"));
  g_assert_cmpstr (auto_checkpoint_get_metadata (checkpoint, "format"), ==, "tf");
  test_assert_values (checkpoint, "bert.encoder.layer.0.attention.self.query.bias", "float32 (3)", "-1 -0.5 0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keras/values-of-reference", test_values_of_reference);
  g_test_add_func ("/keras/refused-fixtures", test_refused_fixtures);
  g_test_add_func ("/keras/cut-everywhere", test_cut_everywhere);
  g_test_add_func ("/keras/choice", test_choice);
  return g_test_run ();
}
