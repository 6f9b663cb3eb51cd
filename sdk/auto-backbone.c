/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-backbone.h"

#include "auto-part.h"
#include "core/base/auto-errors.h"
#include "core/math/auto-context-private.h"

#include <string.h>

#define MAX_STAGES 65536

static JsonArray *
get_list (AutoConfig *config, const char *key)
{
  g_autoptr(JsonNode) node = auto_config_get_value (config, key);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_array_ref (json_node_get_array (node)) : NULL;
}

static gboolean
set_list (AutoConfig *config, const char *key, JsonArray *list, GError **error)
{
  g_autoptr(JsonNode) node = json_node_init_array (json_node_alloc (), list);

  return auto_config_set_value (config, key, node, error);
}

static char *
stage_name (guint i)
{
  return i ? g_strdup_printf ("stage%u", i) : g_strdup ("stem");
}

static JsonArray *
make_names (guint n_stages)
{
  JsonArray *names = json_array_new ();

  for (guint i = 0; i <= n_stages; i++)
    {
      g_autofree char *name = stage_name (i);
      json_array_add_string_element (names, name);
    }
  return names;
}

static gint64
find_name (JsonArray *names, JsonNode *wanted)
{
  const char *text = json_node_get_value_type (wanted) == G_TYPE_STRING ? json_node_get_string (wanted) : NULL;

  for (guint i = 0; text && i < json_array_get_length (names); i++)
    if (g_str_equal (text, json_array_get_string_element (names, i)))
      return i;
  return -1;
}

static gint64
find_index (JsonArray *names, JsonNode *wanted)
{
  gint64 n = json_array_get_length (names), i = json_node_get_value_type (wanted) == G_TYPE_INT64 ? json_node_get_int (wanted) : n;

  i = i < 0 && i >= -n ? i + n : i;
  return i < n ? i : -1;
}

/* The places of a list's stages; each behind the one before. */
static gboolean
find_stages (JsonArray *names, const char *key, JsonArray *list, gint64 *places, GError **error)
{
  gboolean by_name = g_str_equal (key, "out_features");
  guint n = json_array_get_length (list);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *wanted = json_array_get_element (list, i);
      places[i] = n > json_array_get_length (names) || !JSON_NODE_HOLDS_VALUE (wanted) ? -1
                  : by_name ? find_name (names, wanted) : find_index (names, wanted);
      if (places[i] < 0 || (i && places[i] <= places[i - 1]))
        {
          g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s: element %u must be a stage of the network, behind the one before it", key, i);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
align (AutoConfig *config, JsonArray *names, GError **error)
{
  g_autoptr(JsonArray) features = get_list (config, "out_features"), indices = get_list (config, "out_indices");
  guint n = features ? json_array_get_length (features) : indices ? json_array_get_length (indices) : 1;
  g_autofree gint64 *places = g_new0 (gint64, n + 1), *others = g_new0 (gint64, (indices ? json_array_get_length (indices) : 0) + 1);

  places[0] = json_array_get_length (names) - 1;
  if ((features && !find_stages (names, "out_features", features, places, error)) ||
      (indices && !find_stages (names, "out_indices", indices, features ? others : places, error)))
    return FALSE;
  if (features && indices && (json_array_get_length (indices) != n || memcmp (places, others, n * sizeof *places) != 0))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "out_features and out_indices must name the same stages; leave one of them out");
      return FALSE;
    }
  if (features && indices)
    return TRUE;
  JsonArray *missing = json_array_new (), *last = json_array_new ();
  for (guint i = 0; i < n; i++)
    {
      json_array_add_string_element (features ? last : missing, json_array_get_string_element (names, (guint) places[i]));
      json_array_add_int_element (features ? missing : last, places[i]);
    }
  gboolean done = set_list (config, features ? "out_indices" : "out_features", missing, error) &&
                  (features || indices || set_list (config, "out_indices", last, error));
  json_array_unref (missing);
  json_array_unref (last);
  return done;
}

gboolean
auto_backbone_loaded (AutoPretrainedConfig *self, guint n_stages, GError **error)
{
  if (n_stages > MAX_STAGES)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "a network of %u stages is more than the %d that are possible", n_stages,
                   MAX_STAGES);
      return FALSE;
    }
  g_autoptr(JsonArray) names = make_names (n_stages);
  return set_list (AUTO_CONFIG (self), "stage_names", names, error) && align (AUTO_CONFIG (self), names, error);
}

gboolean
auto_backbone_wants (char **out_features, guint i)
{
  g_autofree char *name = stage_name (i);

  return out_features && g_strv_contains ((const char *const *) out_features, name);
}

void
auto_backbone_feature (AutoModelOutput *out, AutoTensor *map)
{
  if (map)
    auto_model_output_append (out, "feature_maps", map);
}

guint
auto_backbone_forward (AutoContext *cx, AutoPretrainedConfig *config, AutoInputs *in, AutoTensor **maps, guint n_maps)
{
  g_autoptr(AutoModelOutput) out = auto_model_output_new ();
  const char *collection = auto_context_set_collection (cx, NULL);
  guint n = 0;

  auto_part_forward (cx, "AutoBackbone", config, in, out);
  auto_context_set_collection (cx, collection);
  for (; n < n_maps && !auto_context_has_failed (cx); n++)
    {
      AutoTensor *map = auto_model_output_get_element (out, "feature_maps", n);
      if (!map)
        break;
      maps[n] = auto_context_adopt (cx, auto_tensor_ref (map));
    }
  return n;
}
