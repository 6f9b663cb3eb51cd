/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches on a toy model, against what the reference finds. */
#include <math.h>

#include "core/base/auto-json.h"
#include "core/generation/auto-generation.h"
#include "fixture.h"

static AutoGeneration *
generate (const char *prompt, JsonObject *settings, gboolean with_scores, GError **error)
{
  g_autoptr(AutoInputs) inputs = fixture_inputs (prompt);
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();

  if (with_scores)
    auto_generation_config_set_bool (config, "output_scores", TRUE, NULL);
  if (!auto_generation_config_update (config, settings, error))
    return NULL;
  return auto_model_generate (fixture_model (), inputs, config, NULL, error);
}

static void
compare_ids (AutoTensor *got, JsonArray *rows)
{
  gsize n, m;
  g_autofree gint64 *want = fixture_ids (rows, &n);
  const gint64 *ids = auto_tensor_get_int64 (got, &m);

  g_assert_cmpint (auto_tensor_get_dim (got, 0), ==, json_array_get_length (rows));
  g_assert_cmpmem (ids, m * sizeof *ids, want, n * sizeof *want);
}

static void
compare_numbers (AutoTensor *got, const float *want, gsize n)
{
  gsize m;
  const float *numbers = auto_tensor_get_float (got, &m);

  g_assert_cmpuint (m, ==, n);
  for (gsize i = 0; i < n; i++)
    if (isfinite (want[i]))
      g_assert_cmpfloat_with_epsilon (numbers[i], want[i], 2e-5 * MAX (1, fabs (want[i])));
    else
      g_assert_cmpint (isnan (want[i]), ==, isnan (numbers[i]));
}

static void
test_search (gconstpointer data)
{
  JsonObject *entry = (JsonObject *) data;
  g_autoptr(GError) error = NULL;
  g_autofree char *settings = auto_json_print (json_object_get_member (entry, "settings"), -1, FALSE);
  gsize n;

  g_test_message ("%s", settings);
  g_autoptr(AutoGeneration) generation = generate (auto_json_string (entry, "prompt"), auto_json_object (entry, "settings"), TRUE, &error);
  g_assert_no_error (error);
  compare_ids (auto_generation_get_sequences (generation), auto_json_array (entry, "sequences"));
  g_assert_cmpuint (auto_generation_get_n_scores (generation), ==, auto_json_int (entry, "steps", 0));
  g_autofree float *last = fixture_numbers (auto_json_array (entry, "last_scores"), &n);
  compare_numbers (auto_generation_get_scores (generation, auto_generation_get_n_scores (generation) - 1), last, n);
  JsonArray *sums = auto_json_array (entry, "sequences_scores");
  for (guint i = 0; sums && i < json_array_get_length (sums); i++)
    g_assert_cmpfloat_with_epsilon (auto_tensor_get_float (auto_generation_get_sequences_scores (generation), NULL)[i],
                                    json_array_get_double_element (sums, i), 2e-5);
  if (auto_json_array (entry, "beam_indices"))
    compare_ids (auto_generation_get_beam_indices (generation), auto_json_array (entry, "beam_indices"));
}

static void
test_error (gconstpointer data)
{
  JsonObject *settings = (JsonObject *) data;
  g_autoptr(GError) error = NULL;
  const char *prompt = auto_json_string (settings, "_prompt");
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();
  g_autoptr(AutoInputs) inputs = fixture_inputs (prompt ? prompt : "two");
  g_autoptr(AutoGeneration) generation = NULL;

  auto_generation_config_set_int (config, "max_new_tokens", 4, NULL);
  if (auto_generation_config_update (config, settings, &error))
    generation = auto_model_generate (fixture_model (), inputs, config, NULL, &error);
  g_assert_null (generation);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
}

static void
add_tests (const char *key, GTestDataFunc test)
{
  JsonArray *all = auto_json_array (fixture_get (), key);

  for (guint i = 0; i < json_array_get_length (all); i++)
    {
      g_autofree char *name = g_strdup_printf ("/generation/%s/%u", key, i);
      g_test_add_data_func (name, json_array_get_object_element (all, i), test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("searches", test_search);
  add_tests ("errors", test_error);
  return g_test_run ();
}
