/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include <errno.h>
#include <string.h>

#include "core/base/auto-io.h"
#include "core/base/auto-json.h"

/* A configuration as JSON, whole or what differs from the defaults. */

#define REFERENCE_VERSION "4.37.2"

static gboolean
is_hidden (const char *key)
{
  static const char *const hidden[] = { "_auto_class", "_commit_hash", "_attn_implementation_internal", NULL };

  return g_strv_contains (hidden, key);
}

/**
 * auto_config_to_dict:
 * @self: a configuration
 *
 * Returns: (transfer full): all keys and their values
 */
JsonObject *
auto_config_to_dict (AutoConfig *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self), NULL);
  AutoConfigState *state = auto_config_get_state (AUTO_PRETRAINED_CONFIG (self));
  JsonObject *dict = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  auto_config_foreign_sync (AUTO_PRETRAINED_CONFIG (self));
  json_object_iter_init_ordered (&iter, state->values);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      AutoConfig *nested = g_hash_table_lookup (state->nested, key);
      if (is_hidden (key))
        continue;
      if (!nested)
        {
          json_object_set_member (dict, key, auto_json_copy (value));
          continue;
        }
      JsonObject *inner = auto_config_to_dict (nested);
      json_object_remove_member (inner, "transformers_version");
      json_object_set_object_member (dict, key, inner);
    }
  json_object_set_string_member (dict, "model_type", auto_config_get_model_type (self));
  json_object_set_string_member (dict, "transformers_version", REFERENCE_VERSION);
  if (json_object_has_member (dict, "quantization_config") && json_object_has_member (dict, "_pre_quantization_dtype"))
    json_object_remove_member (dict, "_pre_quantization_dtype");
  return dict;
}

static JsonObject *
default_dict (GType type)
{
  g_autoptr(AutoConfig) config = g_object_new (type, NULL);

  return auto_config_to_dict (config);
}

static gboolean
differs (JsonObject *from, const char *key, JsonNode *value)
{
  return !json_object_has_member (from, key) || !auto_json_equal (value, json_object_get_member (from, key));
}

/* Of a nested configuration: what differs from its own defaults, or from those that the outer class gives it. */
static JsonObject *
nested_diff (AutoConfig *config, JsonObject *dict, JsonObject *outer)
{
  g_autoptr(JsonObject) initial = default_dict (G_OBJECT_TYPE (config));
  JsonObject *diff = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, dict);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      AutoConfig *nested = auto_config_get_nested (config, key);
      JsonObject *other = auto_json_object (outer, key);
      if (nested && other)
        {
          g_autoptr(JsonObject) inner = nested_diff (nested, json_node_get_object (value), other);
          if (json_object_get_size (inner))
            json_object_set_object_member (diff, key, json_object_ref (inner));
        }
      else if (differs (outer, key, value) || differs (initial, key, value))
        json_object_set_member (diff, key, auto_json_copy (value));
    }
  return diff;
}

/**
 * auto_config_to_diff_dict:
 * @self: a configuration
 *
 * Returns: (transfer full): the keys whose values are not the defaults of every configuration
 */
JsonObject *
auto_config_to_diff_dict (AutoConfig *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self), NULL);
  const AutoConfigClassInfo *info = AUTO_PRETRAINED_CONFIG_GET_CLASS (self)->info;
  g_autoptr(JsonObject) dict = auto_config_to_dict (self);
  g_autoptr(JsonObject) base = default_dict (AUTO_TYPE_PRETRAINED_CONFIG);
  g_autoptr(JsonObject) class = info && info->is_composition ? json_object_new () : default_dict (G_OBJECT_TYPE (self));
  JsonObject *diff = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, dict);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      AutoConfig *nested = auto_config_get_nested (self, key);
      if (nested && auto_json_object (class, key))
        {
          g_autoptr(JsonObject) inner = nested_diff (nested, json_node_get_object (value), auto_json_object (class, key));
          json_object_set_string_member (inner, "model_type", auto_config_get_model_type (nested));
          json_object_set_object_member (diff, key, json_object_ref (inner));
        }
      else if (g_str_equal (key, "transformers_version") || g_str_equal (key, "quantization_config") || differs (base, key, value)
               || (json_object_has_member (class, key) && differs (class, key, value)))
        json_object_set_member (diff, key, auto_json_copy (value));
    }
  return diff;
}

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  gint64 x = g_ascii_strtoll (a, NULL, 10), y = g_ascii_strtoll (b, NULL, 10);

  return (x > y) - (x < y);
}

/* Whether the reference has integers for the dictionary's keys: of pruned_heads it makes them only in the outer one of nested
 * configurations. */
static gboolean
has_int_keys (const char *key, gboolean outer)
{
  return g_str_equal (key, "id2label") || (outer && g_str_equal (key, "pruned_heads"));
}

static JsonNode *sorted (JsonNode *node, AutoConfig *config, gboolean outer, gboolean int_keys);

static JsonNode *
sorted_elements (JsonArray *array)
{
  JsonArray *result = json_array_sized_new (json_array_get_length (array));

  for (guint i = 0; i < json_array_get_length (array); i++)
    json_array_add_element (result, sorted (json_array_get_element (array, i), NULL, FALSE, FALSE));
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, result);
  return node;
}

/* A copy whose objects have their keys in the order of the reference's file: integers by value, the rest by text. */
static JsonNode *
sorted (JsonNode *node, AutoConfig *config, gboolean outer, gboolean int_keys)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    return sorted_elements (json_node_get_array (node));
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return auto_json_copy (node);

  JsonObject *object = json_node_get_object (node);
  g_autoptr(GList) keys = g_list_sort (json_object_get_members (object), int_keys ? compare_ints : (GCompareFunc) strcmp);
  JsonObject *result = json_object_new ();
  for (GList *l = keys; l; l = l->next)
    {
      AutoConfig *nested = config ? auto_config_get_nested (config, l->data) : NULL;
      gboolean ints = config && !nested && has_int_keys (l->data, outer);
      json_object_set_member (result, l->data, sorted (json_object_get_member (object, l->data), nested, FALSE, ints));
    }
  JsonNode *copy = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (copy, result);
  return copy;
}

/**
 * auto_config_to_json_string:
 * @self: a configuration
 * @use_diff: whether defaults are left out
 *
 * Returns: (transfer full): the text of a `config.json`: keys sorted, with a line feed at the end
 */
char *
auto_config_to_json_string (AutoConfig *self, gboolean use_diff)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self), NULL);
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, use_diff ? auto_config_to_diff_dict (self) : auto_config_to_dict (self));
  g_autoptr(JsonNode) ordered = sorted (node, self, TRUE, FALSE);
  g_autofree char *text = auto_json_print (ordered, 2, FALSE);
  return g_strconcat (text, "\n", NULL);
}

/**
 * auto_config_to_json_file:
 * @self: a configuration
 * @path: (type filename): the file to write
 * @use_diff: whether defaults are left out
 * @error: return location for an error
 *
 * Writes the configuration to a file, which is complete or unchanged at any time.
 *
 * Returns: whether it was written
 */
gboolean
auto_config_to_json_file (AutoConfig *self, const char *path, gboolean use_diff, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && path != NULL, FALSE);
  g_autofree char *text = auto_config_to_json_string (self, use_diff);
  g_autoptr(GError) local = NULL;

  if (auto_io_write (path, text, -1, &local))
    return TRUE;
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_WRITE, "%s: %s", path, local->message);
  return FALSE;
}

/**
 * auto_config_save_pretrained:
 * @self: a configuration
 * @folder: (type filename): where to write `config.json`; made when it does not exist
 * @error: return location for an error
 *
 * Saves the configuration for [func@Config.from_pretrained].
 *
 * Returns: whether it was written
 */
gboolean
auto_config_save_pretrained (AutoConfig *self, const char *folder, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && folder != NULL, FALSE);
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      int code = errno;
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_WRITE, "%s: the folder can't be made: %s", folder, g_strerror (code));
      return FALSE;
    }
  return auto_config_to_json_file (self, path, TRUE, error);
}
