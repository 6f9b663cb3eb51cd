/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <math.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/tensor/auto-tensor-private.h"
#include "sdk/auto-sdk.h"

struct _ToyConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, n_positions;
};

AUTO_DEFINE_CONFIG (ToyConfig, toy_config, "toy", AUTO_INT (vocab_size, 16, .min = 1, .max = 1000), AUTO_INT (n_positions, 24, .min = 1, .max = 1000))

static void
toy_forward (AutoContext *cx, const ToyConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *ids = auto_required_input (cx, in, "input_ids");
  AutoTensor *x = auto_embedding (cx, "table", ids, c->vocab_size, c->vocab_size);
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (ids, 1));

  x = auto_add (cx, x, auto_embedding (cx, "drift", positions, c->n_positions, c->vocab_size));
  auto_inputs_get (in, "attention_mask");
  auto_model_output_set (out, "logits", auto_last_position (cx, x));
}

AUTO_DEFINE_MODEL (ToyForCausalLM, toy_for_causal_lm, toy_forward)

JsonObject *
fixture_get (void)
{
  static JsonNode *node;
  g_autoptr(GError) error = NULL;

  if (!node)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "generation.json", NULL);
      node = auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);
    }
  g_assert_no_error (error);
  return json_node_get_object (node);
}

static float
read_number (JsonNode *node)
{
  const char *name = auto_json_is_string (node) ? json_node_get_string (node) : NULL;

  if (!name)
    return (float) json_node_get_double (node);
  return g_str_equal (name, "nan") ? NAN : g_str_equal (name, "inf") ? INFINITY : -INFINITY;
}

float *
fixture_numbers (JsonArray *rows, gsize *n)
{
  gsize height = json_array_get_length (rows), width = json_array_get_length (json_array_get_array_element (rows, 0));
  float *numbers = g_new (float, height * width);

  for (gsize i = 0; i < height * width; i++)
    numbers[i] = read_number (json_array_get_element (json_array_get_array_element (rows, i / width), i % width));
  *n = height * width;
  return numbers;
}

gint64 *
fixture_ids (JsonArray *rows, gsize *n)
{
  gsize height = json_array_get_length (rows), width = json_array_get_length (json_array_get_array_element (rows, 0));
  gint64 *ids = g_new (gint64, height * width);

  for (gsize i = 0; i < height * width; i++)
    ids[i] = json_array_get_int_element (json_array_get_array_element (rows, i / width), i % width);
  *n = height * width;
  return ids;
}

static void
fill (AutoModel *model, const char *name, const char *key)
{
  gsize n;
  g_autofree float *numbers = fixture_numbers (auto_json_array (fixture_get (), key), &n);
  AutoTensor *weight = auto_model_get_weight (model, name);

  g_assert_cmpuint (auto_tensor_get_n_elements (weight), ==, n);
  memcpy (weight->data, numbers, n * sizeof *numbers);
}

static AutoModel *
make_model (void)
{
  g_autoptr(GError) error = NULL;

  auto_model_for_causal_lm_register (toy_config_get_type (), toy_for_causal_lm_get_type (), TRUE, &error);
  g_assert_no_error (error);
  g_autoptr(AutoConfig) config = g_object_new (toy_config_get_type (), NULL);
  AutoModel *model = auto_model_for_causal_lm_from_config (config, &error);
  g_assert_no_error (error);
  fill (model, "table.weight", "table");
  fill (model, "drift.weight", "drift");
  return model;
}

AutoModel *
fixture_model (void)
{
  static AutoModel *model;

  if (!model)
    model = make_model ();
  return model;
}

AutoModel *
fixture_assistant (void)
{
  static AutoModel *model;

  if (model)
    return model;
  model = make_model ();
  AutoTensor *table = auto_model_get_weight (model, "table.weight");
  for (gint64 i = 0; i < auto_tensor_get_n_elements (table); i++)
    ((float *) table->data)[i] += (float) sin ((double) i); /* much like the model, but not the same */
  return model;
}

static void
set_ids (AutoInputs *inputs, const char *name, JsonArray *rows)
{
  gsize n;
  g_autofree gint64 *ids = fixture_ids (rows, &n);
  gint64 shape[2] = { json_array_get_length (rows), (gint64) n / json_array_get_length (rows) };
  g_autoptr(AutoTensor) tensor = auto_tensor_new_int64 (shape, 2, ids, n, NULL);

  auto_inputs_set (inputs, name, tensor);
}

AutoInputs *
fixture_inputs (const char *prompt)
{
  AutoInputs *inputs = auto_inputs_new ();
  JsonObject *entry = auto_json_object (auto_json_object (fixture_get (), "prompts"), prompt);

  set_ids (inputs, "input_ids", auto_json_array (entry, "ids"));
  if (auto_json_array (entry, "mask"))
    set_ids (inputs, "attention_mask", auto_json_array (entry, "mask"));
  return inputs;
}
