/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Generation with random settings on the tiny models of tests/goldens, against what the reference finds (models.json). */
#include <math.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/generation/auto-generation.h"
#include "tests/support/auto-golden.h"
#include "tests/support/auto-golden-generate.h"

/* A model that a golden's formula gives, for a seed (-1: its own); several cases use it. */
static AutoModel *
load_model (const char *golden, gint64 seed)
{
  static GHashTable *models;
  g_autofree char *key = g_strdup_printf ("%s %" G_GINT64_FORMAT, golden, seed);
  g_autofree char *file = g_strdup_printf ("%s-v0.safetensors", golden), *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", file, NULL);
  g_autoptr(GError) error = NULL;
  AutoGolden self = { 0 };

  if (!models)
    models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  AutoModel *known = g_hash_table_lookup (models, key);
  if (known)
    return known;
  auto_golden_open (&self, path);
  auto_golden_write_folder (&self, seed);
  AutoModel *model = auto_golden_load (&self, &error);
  g_assert_no_error (error);
  auto_golden_close (&self);
  g_hash_table_insert (models, g_steal_pointer (&key), model);
  return model;
}

static AutoTensor *
read_ids (JsonArray *rows)
{
  gint64 shape[2] = { json_array_get_length (rows), json_array_get_length (json_array_get_array_element (rows, 0)) };
  g_autofree gint64 *ids = g_new (gint64, shape[0] * shape[1]);

  for (gint64 i = 0; i < shape[0] * shape[1]; i++)
    ids[i] = json_array_get_int_element (json_array_get_array_element (rows, i / shape[1]), i % shape[1]);
  return auto_tensor_new_int64 (shape, 2, ids, shape[0] * shape[1], NULL);
}

/* The first rows of the sound of the golden. */
static AutoTensor *
read_features (const char *golden, gint64 rows)
{
  g_autofree char *file = g_strdup_printf ("%s-v0.safetensors", golden), *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", file, NULL);
  AutoGolden self = { 0 };
  gint64 shape[3];
  gsize n;

  auto_golden_open (&self, path);
  g_autoptr(AutoInputs) inputs = auto_golden_get_inputs (&self);
  AutoTensor *all = auto_inputs_get (inputs, "input_features");
  for (int i = 0; i < 3; i++)
    shape[i] = i ? auto_tensor_get_dim (all, i) : rows;
  const float *numbers = auto_tensor_get_float (all, &n);
  AutoTensor *x = auto_tensor_new_float (shape, 3, numbers, shape[0] * shape[1] * shape[2], NULL);
  auto_golden_close (&self);
  return x;
}

static AutoInputs *
read_inputs (JsonObject *entry)
{
  AutoInputs *inputs = auto_inputs_new ();
  JsonObject *given = auto_json_object (entry, "inputs");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (!given)
    {
      g_autoptr(AutoTensor) features = read_features (auto_json_string (entry, "golden"), auto_json_int (entry, "rows", 1));
      auto_inputs_set (inputs, "input_features", features);
      return inputs;
    }
  json_object_iter_init (&iter, given);
  while (json_object_iter_next (&iter, &name, &value))
    {
      g_autoptr(AutoTensor) ids = read_ids (json_node_get_array (value));
      auto_inputs_set (inputs, name, ids);
    }
  return inputs;
}

/* The lists of the last step: shapes, and sums of magnitudes. */
static void
check_outputs (AutoGeneration *generation, JsonObject *want)
{
  guint n = auto_generation_get_n_outputs (generation);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  g_assert_cmpuint (n, ==, auto_generation_get_n_scores (generation));
  AutoModelOutput *last = auto_generation_get_output (generation, n - 1);
  json_object_iter_init (&iter, want);
  while (json_object_iter_next (&iter, &name, &value))
    {
      AutoTensor *x = auto_model_output_get (last, name);
      JsonArray *shape = json_array_get_array_element (json_node_get_array (value), 0);
      double wanted = json_array_get_double_element (json_node_get_array (value), 1), sum = 0;
      gsize m;
      g_assert_nonnull (x);
      g_assert_cmpuint (auto_tensor_get_n_dims (x), ==, json_array_get_length (shape));
      for (guint i = 0; i < json_array_get_length (shape); i++)
        g_assert_cmpint (auto_tensor_get_dim (x, (int) i), ==, json_array_get_int_element (shape, i));
      const float *numbers = auto_tensor_get_float (x, &m);
      for (gsize i = 0; i < m; i++)
        sum += fabs (numbers[i]);
      g_assert_cmpfloat_with_epsilon (sum, wanted, 1e-4 * MAX (1, fabs (wanted)));
    }
}

static AutoGenerationConfig *
read_config (JsonObject *entry, AutoModel *model)
{
  g_autoptr(GError) error = NULL;
  const char *golden = auto_json_string (entry, "golden");
  AutoGenerationConfig *config = auto_generation_config_copy (auto_model_get_generation_config (model, NULL));

  g_assert_true (auto_generation_config_update (config, auto_json_object (entry, "settings"), &error));
  g_assert_no_error (error);
  auto_generation_config_set_bool (config, "output_scores", TRUE, NULL);
  auto_generation_config_set_bool (config, "output_hidden_states", auto_json_object (entry, "outputs") != NULL, NULL);
  auto_generation_config_set_bool (config, "output_attentions", auto_json_object (entry, "outputs") != NULL, NULL);
  if (auto_json_member (entry, "assistant"))
    auto_generation_config_set_assistant (config, load_model (golden, auto_json_int (entry, "assistant", 0)));
  return config;
}

static void
test_case (gconstpointer data)
{
  JsonObject *entry = (JsonObject *) data;
  g_autoptr(GError) error = NULL;
  AutoModel *model = load_model (auto_json_string (entry, "golden"), -1);
  g_autoptr(AutoInputs) inputs = read_inputs (entry);
  g_autoptr(AutoGenerationConfig) config = read_config (entry, model);
  g_autofree char *settings = auto_json_print (json_object_get_member (entry, "settings"), -1, FALSE);
  g_autoptr(AutoTensor) want = read_ids (auto_json_array (entry, "sequences"));
  gsize n, m;

  g_test_message ("%s", settings);
  g_autoptr(AutoGeneration) generation = auto_model_generate (model, inputs, config, NULL, &error);
  g_assert_no_error (error);
  const gint64 *got = auto_tensor_get_int64 (auto_generation_get_sequences (generation), &n), *wanted = auto_tensor_get_int64 (want, &m);
  g_assert_cmpint (auto_tensor_get_dim (auto_generation_get_sequences (generation), 0), ==, auto_tensor_get_dim (want, 0));
  g_assert_cmpmem (got, n * sizeof *got, wanted, m * sizeof *wanted);
  g_assert_cmpuint (auto_generation_get_n_scores (generation), ==, auto_json_int (entry, "steps", 0));
  if (auto_json_object (entry, "outputs"))
    check_outputs (generation, auto_json_object (entry, "outputs"));
}

/* An assistant, or a lookup, changes no token of a greedy search. */
static void
test_assistant_changes_nothing (gconstpointer golden)
{
  AutoModel *model = load_model (golden, -1);
  static const char *const schedules[] = { "heuristic", "constant" };

  for (gint64 i = 0; i < 24; i++)
    {
      g_autoptr(GError) error = NULL;
      const gint64 ids[] = { 3 + i, 5 + 2 * i, 7, 3 + i, 5 + 2 * i };
      g_autoptr(AutoTensor) prompt = auto_tensor_new_int64 ((const gint64[]) { 1, 1 + i % 5 }, 2, ids, 1 + i % 5, NULL);
      g_autoptr(AutoInputs) inputs = auto_inputs_new ();
      g_autoptr(AutoGenerationConfig) plain = auto_generation_config_copy (auto_model_get_generation_config (model, NULL));
      gsize n, m;

      auto_inputs_set (inputs, "input_ids", prompt);
      auto_generation_config_set_int (plain, "max_new_tokens", 2 + i, NULL);
      auto_generation_config_set_bool (plain, "use_cache", TRUE, NULL); /* a state can't be cropped: it is begun anew */
      g_autoptr(AutoGenerationConfig) assisted = auto_generation_config_copy (plain);
      auto_generation_config_set_int (assisted, "num_assistant_tokens", 1 + i % 7, NULL);
      auto_generation_config_set_text (assisted, "num_assistant_tokens_schedule", schedules[i % 2], NULL);
      if (i % 3)
        auto_generation_config_set_assistant (assisted, i % 3 == 1 ? load_model (golden, 5) : model);
      else
        auto_generation_config_set_int (assisted, "prompt_lookup_num_tokens", 1 + i % 4, NULL);
      g_autoptr(AutoGeneration) a = auto_model_generate (model, inputs, plain, NULL, &error);
      g_assert_no_error (error);
      g_autoptr(AutoGeneration) b = auto_model_generate (model, inputs, assisted, NULL, &error);
      g_assert_no_error (error);
      const gint64 *x = auto_tensor_get_int64 (auto_generation_get_sequences (a), &n), *y = auto_tensor_get_int64 (auto_generation_get_sequences (b), &m);
      g_assert_cmpmem (x, n * sizeof *x, y, m * sizeof *y);
    }
}

static AutoInputs *
ids_and_mask (const gint64 *ids, const gint64 *mask, gint64 rows, gint64 length)
{
  AutoInputs *inputs = auto_inputs_new ();
  g_autoptr(AutoTensor) x = auto_tensor_new_int64 ((gint64[]) { rows, length }, 2, ids, rows * length, NULL);
  g_autoptr(AutoTensor) m = mask ? auto_tensor_new_int64 ((gint64[]) { rows, length }, 2, mask, rows * length, NULL) : NULL;

  auto_inputs_set (inputs, "input_ids", x);
  if (m)
    auto_inputs_set (inputs, "attention_mask", m);
  return inputs;
}

static AutoGeneration *
generate (AutoModel *model, AutoInputs *inputs, const char *settings)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_from_string (settings, NULL);
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_copy (auto_model_get_generation_config (model, NULL));

  g_assert_true (auto_generation_config_update (config, json_node_get_object (node), &error));
  AutoGeneration *generation = auto_model_generate (model, inputs, config, NULL, &error);
  g_assert_no_error (error);
  return generation;
}

/* B55: rows with padding on the left go on as each does alone: positions of a table, turned ones, biases by distance. */
static void
b55_left_padding (gconstpointer golden)
{
  static const gint64 ids[] = { 1, 1, 5, 6, 3, 4, 5, 6, 1, 7, 8, 9 }, mask[] = { 0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1 };
  static const char settings[] = "{\"max_new_tokens\": 5, \"eos_token_id\": -1, \"pad_token_id\": 1}";
  AutoModel *model = load_model (golden, -1);
  g_autoptr(AutoInputs) batch = ids_and_mask (ids, mask, 3, 4);
  g_autoptr(AutoGeneration) together = generate (model, batch, settings);
  const gint64 *all = auto_tensor_get_int64 (auto_generation_get_sequences (together), NULL);

  for (gint64 row = 0, first; row < 3; row++)
    {
      for (first = 0; !mask[4 * row + first];)
        first++;
      g_autoptr(AutoInputs) one = ids_and_mask (ids + 4 * row + first, NULL, 1, 4 - first);
      g_autoptr(AutoGeneration) alone = generate (model, one, settings);
      gsize n;
      const gint64 *want = auto_tensor_get_int64 (auto_generation_get_sequences (alone), &n);
      g_assert_cmpmem (all + 9 * row + first, (9 - first) * sizeof *all, want, n * sizeof *want);
    }
}

/* B56: with an encoder the limits count the decoder's tokens, from its start on, however long the text is; as the reference does. */
static void
b56_decoder_limits (void)
{
  static const struct { const char *settings; gint64 length; } cases[] = {
    { "{\"eos_token_id\": -1}", 20 },
    { "{\"eos_token_id\": -1, \"max_new_tokens\": 3}", 4 },
    { "{\"eos_token_id\": -1, \"max_length\": 4}", 4 },
    { "{\"eos_token_id\": -1, \"max_length\": 4, \"max_new_tokens\": 2}", 3 },
    { "{\"eos_token_id\": -1, \"max_length\": 1}", 2 },
  };
  AutoModel *model = load_model ("t5/T5ForConditionalGeneration", -1);
  gint64 ids[50];

  for (gint64 i = 0; i < 50; i++)
    ids[i] = 3 + i % 20;
  g_autoptr(AutoInputs) inputs = ids_and_mask (ids, NULL, 1, 50);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AutoGeneration) generation = generate (model, inputs, cases[i].settings);
      g_assert_cmpint (auto_tensor_get_dim (auto_generation_get_sequences (generation), 1), ==, cases[i].length);
    }
}

int
main (int argc, char **argv)
{
  static const char *const assisted[] = { "gpt2/GPT2LMHeadModel", "mistral/MistralForCausalLM", "t5/T5ForConditionalGeneration", "rwkv/RwkvForCausalLM" };
  static const char *const padded[] = { "gpt2/GPT2LMHeadModel", "llama/LlamaForCausalLM", "mistral/MistralForCausalLM", "bloom/BloomForCausalLM",
                                        "xglm/XGLMForCausalLM", "biogpt/BioGptForCausalLM", "gpt_neox/GPTNeoXForCausalLM", "opt/OPTForCausalLM" };
  g_autoptr(GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "models.json", NULL);
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);
  g_assert_no_error (error);
  JsonArray *cases = auto_json_array (json_node_get_object (node), "cases");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *entry = json_array_get_object_element (cases, i);
      g_autofree char *name = g_strdup_printf ("/generation/models/%s/%u", auto_json_string (entry, "golden"), i);
      g_test_add_data_func (name, entry, test_case);
    }
  for (guint i = 0; i < G_N_ELEMENTS (assisted); i++)
    {
      g_autofree char *name = g_strdup_printf ("/generation/assistant-changes-nothing/%s", assisted[i]);
      g_test_add_data_func (name, assisted[i], test_assistant_changes_nothing);
    }
  for (guint i = 0; i < G_N_ELEMENTS (padded); i++)
    {
      g_autofree char *name = g_strdup_printf ("/generation/b55-left-padding/%s", padded[i]);
      g_test_add_data_func (name, padded[i], b55_left_padding);
    }
  g_test_add_func ("/generation/b56-decoder-limits", b56_decoder_limits);
  return g_test_run ();
}
