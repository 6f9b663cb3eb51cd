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

/* What the toy finds for one row of the prompt. */
static AutoGeneration *
generate_row (const char *prompt, guint row, AutoGenerationConfig *config)
{
  JsonArray *rows = auto_json_array (auto_json_object (auto_json_object (fixture_get (), "prompts"), prompt), "ids");
  g_autoptr(JsonArray) one = json_array_new ();
  g_autoptr(GError) error = NULL;
  gsize n;

  json_array_add_array_element (one, json_array_ref (json_array_get_array_element (rows, row)));
  g_autofree gint64 *ids = fixture_ids (one, &n);
  g_autoptr(AutoTensor) tensor = auto_tensor_new_int64 ((gint64[]) { 1, (gint64) n }, 2, ids, n, NULL);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  auto_inputs_set (inputs, "input_ids", tensor);
  AutoGeneration *generation = auto_model_generate (fixture_model (), inputs, config, NULL, &error);
  g_assert_no_error (error);
  return generation;
}

/* Row @row of a search is what @alone found, and padding behind it; returns its length. */
static gsize
assert_row_is (AutoGeneration *together, guint row, AutoGeneration *alone)
{
  gint64 length = auto_tensor_get_dim (auto_generation_get_sequences (together), 1);
  const gint64 *ids = auto_tensor_get_int64 (auto_generation_get_sequences (together), NULL) + row * length;
  gsize n;
  const gint64 *want = auto_tensor_get_int64 (auto_generation_get_sequences (alone), &n);

  g_assert_cmpmem (ids, n * sizeof *ids, want, n * sizeof *want);
  for (gint64 i = (gint64) n; i < length; i++)
    g_assert_cmpint (ids[i], ==, 0);
  g_assert_cmpfloat_with_epsilon (auto_tensor_get_float (auto_generation_get_sequences_scores (together), NULL)[row],
                                  auto_tensor_get_float (auto_generation_get_sequences_scores (alone), NULL)[0], 1e-5);
  return n;
}

/* B58: each row of a batch ends by itself: it is what it is alone, with the same score, whatever ends the search. */
static void
b58_rows_alone (void)
{
  static const char *const stops[] = { "true", "false", "\"never\"" };
  static const double penalties[] = { -1, 0, 1 };
  guint differ = 0;

  for (guint i = 0; i < G_N_ELEMENTS (stops) * G_N_ELEMENTS (penalties); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"max_new_tokens\": 9, \"num_beams\": 3, \"length_penalty\": %g, \"early_stopping\": %s, "
                                               "\"eos_token_id\": [10, 12], \"pad_token_id\": 0}", penalties[i / 3], stops[i % 3]);
      g_autoptr(JsonNode) node = json_from_string (text, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();
      g_assert_true (auto_generation_config_update (config, json_node_get_object (node), &error));
      g_autoptr(AutoGeneration) together = generate ("two", json_node_get_object (node), FALSE, &error);
      g_assert_no_error (error);
      g_autoptr(AutoGeneration) first = generate_row ("two", 0, config), second = generate_row ("two", 1, config);
      differ += assert_row_is (together, 0, first) != assert_row_is (together, 1, second);
    }
  g_assert_cmpuint (differ, >, 0);
}

static void
make_equal (const gint64 *ids, gsize n_ids, float *scores, gsize n, gsize row, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    scores[i] = 0;
}

/* Among equals a step takes what the reference's selection comes upon (these are its ids), in all rows and whenever it runs. */
static void
b58_ties (void)
{
  static const gint64 one[3] = { 0, 0, 0 }, several[][3] = { { 10, 0, 0 }, { 9, 15, 15 }, { 10, 0, 1 } };

  for (gint64 beams = 1; beams <= 3; beams += 2)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoInputs) inputs = fixture_inputs ("two");
      g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();
      auto_generation_config_set_int (config, "max_new_tokens", 3, NULL);
      auto_generation_config_set_int (config, "num_beams", beams, NULL);
      auto_generation_config_set_int (config, "num_return_sequences", beams, NULL);
      auto_generation_config_add_processor (config, make_equal, NULL, NULL);
      for (guint again = 0; again < 3; again++)
        {
          g_autoptr(AutoGeneration) generation = auto_model_generate (fixture_model (), inputs, config, NULL, &error);
          g_assert_no_error (error);
          const gint64 *ids = auto_tensor_get_int64 (auto_generation_get_sequences (generation), NULL);
          for (gint64 row = 0; row < 2 * beams; row++)
            g_assert_cmpmem (ids + row * 6 + 3, sizeof one, beams == 1 ? one : several[row % beams], sizeof one);
        }
    }
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
  g_test_add_func ("/generation/b58/rows-alone", b58_rows_alone);
  g_test_add_func ("/generation/b58/ties", b58_ties);
  return g_test_run ();
}
