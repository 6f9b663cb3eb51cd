/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a file to what a model computes: checkpoints whose tensors have strides or another number of dimensions. */
#include <string.h>

#include "checkpoint-testing.h"
#include "core/auto/auto-door.h"
#include "core/auto/auto-model.h"

static void
copy (TestFolder *folder, const char *from, const char *to)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "model", from, NULL), *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_free (test_write (folder, to, data, size));
}

static void
check_keys (AutoModel *model)
{
  g_auto(GStrv) missing = auto_model_list_missing_keys (model), unexpected = auto_model_list_unexpected_keys (model);

  g_assert_cmpuint (g_strv_length (missing), ==, 0);
  g_assert_cmpuint (g_strv_length (unexpected), ==, 0);
}

static void
check_logits (AutoModelOutput *output, AutoTensor *want)
{
  gsize n, n_want;
  const float *got = auto_tensor_get_float (auto_model_output_get (output, "logits"), &n), *values = auto_tensor_get_float (want, &n_want);

  g_assert_cmpuint (n, ==, n_want);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (got[i], values[i], 1e-4);
}

typedef struct
{
  const char *name, *file, *stored_as, *class;
} Form;

static void
test_form (gconstpointer data)
{
  const Form *form = data;
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "model", "call.safetensors", NULL);
  g_autoptr(AutoCheckpoint) call = test_open (path);
  g_autoptr(AutoTensor) ids = auto_checkpoint_get (call, "input_ids", NULL), want = auto_checkpoint_get (call, "logits", NULL);
  g_autoptr(GError) error = NULL;

  copy (folder, "config.json", "config.json");
  copy (folder, form->file, form->stored_as);
  g_autoptr(AutoModel) model = auto_door_from_pretrained (auto_task_find (form->class), folder, NULL, NULL, &error);
  g_assert_no_error (error);
  check_keys (model);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  auto_inputs_set (inputs, "input_ids", ids);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, NULL, &error);
  g_assert_no_error (error);
  check_logits (output, want);
}

int
main (int argc, char **argv)
{
  static const Form forms[] = {
    { "/model/strided", "strided.bin", "pytorch_model.bin", "AutoModelForCausalLM" },
    { "/model/tf", "tf.safetensors", "model.safetensors", "TFAutoModelForCausalLM" },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    g_test_add_data_func (forms[i].name, &forms[i], test_form);
  return g_test_run ();
}
