/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real checkpoints in PyTorch's older files, against the reference's numbers (tests/reference/real-weights.py). */
#include <math.h>

#include "core/auto/auto-model.h"
#include "core/checkpoint/auto-checkpoint.h"

typedef AutoModel *(*Load) (const char *, AutoLoadOptions *, GCancellable *, GError **);

typedef struct
{
  const char *folder, *output;
  Load load;
} Case;

static const Case cases[] = {
  { "bert_ft", "pooler_output", auto_model_from_pretrained },
  { "bert_ft_10k_25s", "pooler_output", auto_model_from_pretrained },
  { "bert_pretrained", "pooler_output", auto_model_from_pretrained },
  { "albert_heads_8_uspto_all_1310k", "logits", auto_model_for_masked_lm_from_pretrained },
};

static const char *data_file;

static AutoTensor *
read_tensor (AutoCheckpoint *file, const char *folder, const char *name)
{
  g_autofree char *full = g_strconcat (folder, ".", name, NULL);
  g_autoptr(GError) error = NULL;
  AutoTensor *tensor = auto_checkpoint_get (file, full, &error);

  g_assert_no_error (error);
  return tensor;
}

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  g_autofree char *path = g_build_filename (g_getenv ("AUTO_MODELS_DIR"), "real-weights", self->folder, NULL);
  g_autoptr(GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *why = g_strdup_printf ("%s is not there; tests/pipeline/get-real-weights.sh gets it", path);
      g_test_skip (why);
      return;
    }
  g_autoptr(AutoCheckpoint) file = auto_checkpoint_open (data_file, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(AutoTensor) ids = read_tensor (file, self->folder, "input_ids"), mask = read_tensor (file, self->folder, "attention_mask");
  g_autoptr(AutoTensor) want = read_tensor (file, self->folder, self->output);
  g_autoptr(AutoModel) model = self->load (path, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  auto_inputs_set (inputs, "input_ids", ids);
  auto_inputs_set (inputs, "attention_mask", mask);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, NULL, &error);
  g_assert_no_error (error);
  gsize n, n_want;
  const float *a = auto_tensor_get_float (auto_model_output_get (output, self->output), &n), *b = auto_tensor_get_float (want, &n_want);
  g_assert_cmpuint (n, >=, n_want);
  for (gsize i = 0; i < n_want; i++)
    g_assert_cmpfloat_with_epsilon (a[i], b[i], 1e-4 * fmax (1, fabs (b[i])));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  data_file = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat ("/real-weights/", cases[i].folder, NULL);
      g_test_add_data_func (name, &cases[i], test_case);
    }
  return g_test_run ();
}
