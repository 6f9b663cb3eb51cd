/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a caller may get wrong is an error that names the argument; and numbers that must not depend on neighbours or threads. */
#include <math.h>
#include <string.h>

#include "core/auto/auto-model.h"
#include "core/auto/auto-pretrained-config.h"
#include "core/math/auto-pool.h"

static AutoModel *
make_model (const char *type, AutoModel *(*make) (AutoConfig *, GError **), const char *more)
{
  g_autofree char *text = g_strdup_printf ("{\"model_type\": \"%s\", \"vocab_size\": 20, \"hidden_size\": 8, \"num_hidden_layers\": 2, "
                                           "\"num_attention_heads\": 2, \"intermediate_size\": 12, \"max_position_embeddings\": 6, "
                                           "\"initializer_range\": 0.5%s}", type, more);
  g_autoptr(JsonNode) node = json_from_string (text, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = auto_config_from_dict (json_node_get_object (node), NULL, &error);

  g_assert_no_error (error);
  AutoModel *model = make (config, &error);
  if (error)
    g_test_message ("%s", error->message);
  return model;
}

static AutoTensor *
ints (gint64 rows, gint64 columns, const gint64 *values)
{
  return auto_tensor_new_int64 ((gint64[]) { rows, columns }, 2, values, rows * columns, NULL);
}

static void
assert_refused (AutoModel *model, const char *name, AutoTensor *tensor, AutoTensor *ids, const char *message)
{
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  g_autoptr(GError) error = NULL;

  if (ids)
    auto_inputs_set (inputs, "input_ids", ids);
  if (name)
    auto_inputs_set (inputs, name, tensor);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, NULL, &error);
  g_assert_null (output);
  g_assert_nonnull (error);
  if (!strstr (error->message, message))
    g_error ("the message should say \"%s\", and it is: %s", message, error->message);
}

static void
test_arguments (void)
{
  static const gint64 good[] = { 1, 2, 3 }, large[] = { 1, 20, 3 }, negative[] = { 1, -1, 3 }, long_row[] = { 1, 2, 3, 4, 5, 6, 7 };
  g_autoptr(AutoModel) model = make_model ("bert", auto_model_from_config, "");
  g_autoptr(AutoTensor) ids = ints (1, 3, good), bad = ints (1, 3, large), minus = ints (1, 3, negative), seven = ints (1, 7, long_row);
  g_autoptr(AutoTensor) none = ints (0, 0, NULL), flat = auto_tensor_new_int64 ((gint64[]) { 3 }, 1, good, 3, NULL);
  g_autoptr(AutoTensor) floats = auto_tensor_new_float ((gint64[]) { 1, 3 }, 2, (const float[]) { 1, 2, 3 }, 3, NULL);
  g_autoptr(AutoTensor) short_mask = ints (1, 2, good);

  assert_refused (model, NULL, NULL, bad, "input_ids: id 20 at place 1 is out of range: embeddings.word_embeddings");
  assert_refused (model, NULL, NULL, minus, "id -1");
  assert_refused (model, NULL, NULL, seven, "position_embeddings");
  assert_refused (model, NULL, NULL, none, "input_ids");
  assert_refused (model, NULL, NULL, flat, "input_ids");
  assert_refused (model, NULL, NULL, floats, "input_ids: needs integers");
  assert_refused (model, NULL, NULL, NULL, "input_ids");
  assert_refused (model, "attention_mask", short_mask, ids, "attention_mask: a mask");
  assert_refused (model, "token_type_ids", ids, ids, "token_type_ids: id 2 at place 1 is out of range: embeddings.token_type_embeddings");
  assert_refused (model, "atention_mask", ids, ids, "atention_mask");
  assert_refused (model, "head_mask", ids, ids, "head_mask");
}

/* Where masks are added to other biases, and positions rotate. */
static void
test_masks_and_positions (void)
{
  static const gint64 row[] = { 1, 2, 3 }, ones[] = { 1, 1, 1, 1 };
  g_autoptr(AutoTensor) ids = ints (1, 3, row), long_mask = ints (1, 4, ones), four = ints (1, 4, ones), two_rows = ints (2, 2, ones);
  g_autoptr(AutoTensor) nan_mask = auto_tensor_new_float ((gint64[]) { 1, 3 }, 2, (const float[]) { 1, NAN, 1 }, 3, NULL);
  g_autoptr(AutoTensor) wild_mask = auto_tensor_new_float ((gint64[]) { 1, 3 }, 2, (const float[]) { 1, 1, 1e6 }, 3, NULL);
  const char *types[] = { "bert", "mpnet", "llama" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr(AutoModel) model = make_model (types[i], auto_model_from_config, i == 1 ? ", \"max_position_embeddings\": 12" : "");
      assert_refused (model, "attention_mask", long_mask, ids, "attention_mask: ");
      assert_refused (model, "attention_mask", nan_mask, ids, "attention_mask: nan at place 1");
      assert_refused (model, "attention_mask", wild_mask, ids, "attention_mask: 1e+06 at place 2");
      assert_refused (model, "position_ids", four, ids, "position_ids: ");
      assert_refused (model, "position_ids", two_rows, ids, "position_ids: ");
    }
}

static void
test_configuration (void)
{
  g_assert_null (make_model ("bert", auto_model_from_config, ", \"num_attention_heads\": 3"));
  g_assert_null (make_model ("bert", auto_model_from_config, ", \"num_attention_heads\": 0"));
  g_assert_null (make_model ("bert", auto_model_from_config, ", \"hidden_size\": null"));
  g_assert_null (make_model ("bert", auto_model_from_config, ", \"hidden_act\": \"no such activation\""));
}

/* With positions, where they are given; a pair's second half gets the same ids. */
static AutoTensor *
run_at (AutoModel *model, AutoTensor *ids, AutoTensor *mask, AutoTensor *places)
{
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  g_autoptr(GError) error = NULL;

  auto_inputs_set (inputs, "input_ids", ids);
  auto_inputs_set (inputs, "attention_mask", mask);
  if (places)
    auto_inputs_set (inputs, "position_ids", places);
  if (AUTO_PRETRAINED_CONFIG (auto_model_get_config (model))->is_encoder_decoder)
    auto_inputs_set (inputs, "decoder_input_ids", ids);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, NULL, &error);
  g_assert_no_error (error);
  return auto_tensor_ref (auto_model_output_get (output, "last_hidden_state"));
}

static AutoTensor *
run (AutoModel *model, AutoTensor *ids, AutoTensor *mask)
{
  return run_at (model, ids, mask, NULL);
}

/* Encoders, decoders with positions of their own and rotary ones, windows, pairs of both. */
static const struct
{
  const char *type, *more;
  gboolean decodes; /* pads on the left */
} families[] = {
  { "bert", "", FALSE },
  { "roberta", ", \"max_position_embeddings\": 12", FALSE },
  { "distilbert", ", \"dim\": 8, \"n_layers\": 2, \"n_heads\": 2, \"hidden_dim\": 12", FALSE },
  { "longformer", ", \"max_position_embeddings\": 12, \"attention_window\": 2", FALSE },
  { "mpnet", ", \"max_position_embeddings\": 12", FALSE },
  { "deberta-v2", "", FALSE },
  { "gpt2", ", \"n_positions\": 6", TRUE },
  { "llama", "", TRUE },
  { "mistral", ", \"num_key_value_heads\": 1, \"sliding_window\": 3", TRUE },
  { "bloom", "", TRUE },
  { "gpt_neox", ", \"rotary_pct\": 0.5", TRUE },
  { "t5", ", \"d_model\": 8, \"d_kv\": 4, \"d_ff\": 12, \"num_layers\": 2, \"num_heads\": 2", FALSE },
  { "bart", ", \"d_model\": 8, \"encoder_layers\": 2, \"decoder_layers\": 2, \"encoder_attention_heads\": 2, \"decoder_attention_heads\": 2, "
            "\"encoder_ffn_dim\": 12, \"decoder_ffn_dim\": 12", FALSE },
};

static void
assert_finite (AutoTensor *x)
{
  gsize n;
  const float *numbers = auto_tensor_get_float (x, &n);

  for (gsize i = 0; i < n; i++)
    g_assert_true (isfinite (numbers[i]));
}

/* Row 0's tokens from @first on, against the only row of @alone. */
static void
assert_row_is (AutoTensor *batch, gint64 first, AutoTensor *alone)
{
  const float *a = auto_tensor_get_float (batch, NULL), *b = auto_tensor_get_float (alone, NULL);
  gint64 width = auto_tensor_get_dim (alone, 2), n = auto_tensor_get_dim (alone, 1) * width;

  for (gint64 i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (a[first * width + i], b[i], 1e-5 * MAX (1, fabsf (b[i])));
}

/* B61: a row that sees nothing makes no NaN, and leaves the others alone. B62: neighbours and padding change nothing. */
static void
b61_b62_masks (void)
{
  static const gint64 right[] = { 4, 5, 6, 1, 7, 8, 9, 10 }, right_mask[] = { 1, 1, 1, 0, 0, 0, 0, 0 };
  static const gint64 left[] = { 1, 4, 5, 6, 7, 8, 9, 10 }, left_mask[] = { 0, 1, 1, 1, 0, 0, 0, 0 }, ones[] = { 1, 1, 1, 1, 1, 1, 1, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      gboolean decodes = families[i].decodes;
      g_test_message ("%s", families[i].type);
      g_autoptr(AutoModel) model = make_model (families[i].type, auto_model_from_config, families[i].more);
      g_autoptr(AutoTensor) both = ints (2, 4, decodes ? left : right), mask = ints (2, 4, decodes ? left_mask : right_mask), full = ints (2, 4, ones);
      g_autoptr(AutoTensor) alone = ints (1, 3, right), alone_mask = ints (1, 3, ones);
      g_autoptr(AutoTensor) places = decodes && !g_str_equal (families[i].type, "bloom") ? ints (2, 4, (gint64[]) { 1, 0, 1, 2, 0, 1, 2, 3 }) : NULL;
      g_autoptr(AutoTensor) batch = run_at (model, both, mask, places), single = run (model, alone, alone_mask), plain = run (model, both, full);
      assert_finite (batch);
      assert_finite (plain);
      assert_row_is (batch, decodes ? 1 : 0, single);
    }
}

/* B62: the same bits for any number of threads. */
static void
b62_threads (void)
{
  g_autofree gint64 *ids = g_new (gint64, 64 * 6), *mask = g_new (gint64, 64 * 6);
  g_autoptr(AutoModel) model = make_model ("bert", auto_model_from_config, "");

  for (guint i = 0; i < 64 * 6; i++)
    {
      ids[i] = i * 7 % 20;
      mask[i] = 1;
    }
  g_autoptr(AutoTensor) batch = ints (64, 6, ids), all = ints (64, 6, mask);
  auto_set_n_threads (1);
  g_autoptr(AutoTensor) one = run (model, batch, all);
  auto_set_n_threads (4);
  g_autoptr(AutoTensor) four = run (model, batch, all);
  auto_set_n_threads (0);
  gsize n;
  const float *a = auto_tensor_get_float (one, &n), *b = auto_tensor_get_float (four, NULL);
  g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
}

static gpointer
run_in_thread (gpointer data)
{
  AutoModel *model = data;
  static const gint64 ids[] = { 1, 2, 3 }, ones[] = { 1, 1, 1 };
  g_autoptr(AutoTensor) row = ints (1, 3, ids), mask = ints (1, 3, ones), first = run (model, row, mask);

  for (int i = 0; i < 50; i++)
    {
      g_autoptr(AutoTensor) again = run (model, row, mask);
      gsize n;
      const float *a = auto_tensor_get_float (first, &n), *b = auto_tensor_get_float (again, NULL);
      g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
    }
  return NULL;
}

static void
test_several_threads (void)
{
  g_autoptr(AutoModel) model = make_model ("bert", auto_model_from_config, "");
  GThread *threads[6];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("forward", run_in_thread, model);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bad-input/arguments", test_arguments);
  g_test_add_func ("/bad-input/masks-and-positions", test_masks_and_positions);
  g_test_add_func ("/bad-input/configuration", test_configuration);
  g_test_add_func ("/numbers/b61-b62-masks", b61_b62_masks);
  g_test_add_func ("/numbers/b62-threads", b62_threads);
  g_test_add_func ("/numbers/several-threads", test_several_threads);
  return g_test_run ();
}
