/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-golden-generate.h"

#include "core/base/auto-json.h"
#include "core/generation/auto-generation.h"

static AutoInputs *
pick_inputs (AutoInputs *all, JsonArray *names)
{
  AutoInputs *inputs = auto_inputs_new ();

  for (guint i = 0; i < json_array_get_length (names); i++)
    auto_inputs_set (inputs, json_array_get_string_element (names, i), auto_inputs_get (all, json_array_get_string_element (names, i)));
  return inputs;
}

static char *
compare (AutoTensor *got, JsonArray *want)
{
  gint64 rows = auto_tensor_get_dim (got, 0), length = auto_tensor_get_dim (got, 1);
  const gint64 *ids = auto_tensor_get_int64 (got, NULL);
  gint64 n = json_array_get_length (want), m = json_array_get_length (json_array_get_array_element (want, 0));

  if (rows != n || length != m)
    return g_strdup_printf ("%" G_GINT64_FORMAT " sequences of %" G_GINT64_FORMAT " tokens instead of %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, rows, length,
                            n, m);
  for (gint64 i = 0; i < rows; i++)
    for (gint64 j = 0; j < length; j++)
      {
        gint64 wanted = json_array_get_int_element (json_array_get_array_element (want, i), j);
        if (ids[i * length + j] != wanted)
          return g_strdup_printf ("token %" G_GINT64_FORMAT " of row %" G_GINT64_FORMAT " is %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, j, i,
                                  ids[i * length + j], wanted);
      }
  return NULL;
}

char *
auto_golden_generate (AutoModel *model, AutoInputs *all, JsonObject *golden)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoInputs) inputs = pick_inputs (all, auto_json_array (golden, "inputs"));
  AutoGenerationConfig *own = auto_model_get_generation_config (model, &error);
  g_autoptr(AutoGenerationConfig) config = own ? auto_generation_config_copy (own) : NULL;
  g_autoptr(AutoGeneration) generation = NULL;

  if (config && auto_generation_config_update (config, auto_json_object (golden, "kwargs"), &error))
    generation = auto_model_generate (model, inputs, config, NULL, &error);
  g_autofree char *problem = generation ? compare (auto_generation_get_sequences (generation), auto_json_array (golden, "sequences"))
                                        : g_strdup (error->message);
  if (!problem)
    return NULL;
  g_autofree char *settings = auto_json_print (json_object_get_member (golden, "kwargs"), -1, FALSE);
  return g_strdup_printf ("generate with %s: %s", settings, problem);
}
