/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-rope.h"

#include <math.h>

#include "core/base/auto-json.h"
#include "core/math/auto-cache.h"

static gboolean
is_valid (JsonObject *scaling)
{
  const char *type = auto_json_string (scaling, "type");
  JsonNode *factor = auto_json_member (scaling, "factor");

  return scaling && json_object_get_size (scaling) == 2 && type && (g_str_equal (type, "linear") || g_str_equal (type, "dynamic")) &&
         auto_json_is_number (factor) && !auto_json_is_int (factor) && json_node_get_double (factor) > 1;
}

gboolean
auto_rope_check (AutoPretrainedConfig *config, GError **error)
{
  g_autoptr(JsonNode) scaling = auto_config_get_value (AUTO_CONFIG (config), "rope_scaling");

  if (!scaling || JSON_NODE_HOLDS_NULL (scaling) || (JSON_NODE_HOLDS_OBJECT (scaling) && is_valid (json_node_get_object (scaling))))
    return TRUE;
  g_autofree char *text = auto_json_print (scaling, -1, FALSE);
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE,
               "rope_scaling must be an object of two fields, type (linear or dynamic) and factor (a float greater than 1), and it is %s", text);
  return FALSE;
}

AutoTensor *
auto_rope_table (AutoContext *cx, AutoTensor *positions, gint64 dims, double base, JsonNode *rope_scaling, gint64 max_positions)
{
  JsonObject *scaling = rope_scaling && JSON_NODE_HOLDS_OBJECT (rope_scaling) ? json_node_get_object (rope_scaling) : NULL;
  gint64 length = auto_context_get_past (cx) + auto_dim (positions, 1);
  double factor = scaling ? json_object_get_double_member_with_default (scaling, "factor", 1) : 1;

  if (scaling && g_strcmp0 (auto_json_string (scaling, "type"), "dynamic") == 0)
    {
      if (length > max_positions && dims > 2)
        base *= pow (factor * (double) length / (double) max_positions - (factor - 1), (double) dims / (double) (dims - 2));
      factor = 1;
    }
  return auto_rotary_table (cx, positions, dims, base, factor);
}
