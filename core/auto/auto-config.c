/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include "core/base/auto-json.h"

/* Reading and writing of single keys. The doors are in auto-config-load.c, JSON in auto-config-json.c. */

G_DEFINE_INTERFACE (AutoConfig, auto_config, G_TYPE_OBJECT)

static void
auto_config_default_init (AutoConfigInterface *iface)
{
}

/* The stored value; null for a nested configuration. */
static JsonNode *
peek (AutoConfig *config, const char *key)
{
  AutoPretrainedConfig *self = AUTO_PRETRAINED_CONFIG (config);

  auto_config_foreign_sync (self);
  return auto_json_member (auto_config_get_state (self)->values, auto_config_true_key (self, key));
}

/**
 * auto_config_get_model_type:
 * @self: a configuration
 *
 * Returns: the model type of the configuration's class; "" when it has none
 */
const char *
auto_config_get_model_type (AutoConfig *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self), NULL);
  return AUTO_PRETRAINED_CONFIG_GET_CLASS (self)->model_type;
}

/**
 * auto_config_get_value:
 * @self: a configuration
 * @key: a key, or another name of one
 *
 * Returns: (transfer full) (nullable): its value as JSON, or %NULL when the configuration lacks the key
 */
JsonNode *
auto_config_get_value (AutoConfig *self, const char *key)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, NULL);
  AutoPretrainedConfig *config = AUTO_PRETRAINED_CONFIG (self);
  AutoConfig *nested = auto_config_get_nested (self, key);
  const char *true_key = auto_config_true_key (config, key);
  JsonNode *value = peek (self, key);

  if (nested)
    {
      JsonNode *node = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (node, auto_config_to_dict (nested));
      return node;
    }
  if (value)
    return auto_json_copy (value);
  if (g_str_equal (true_key, "num_labels"))
    return json_node_init_int (json_node_alloc (), config->num_labels);
  if (g_str_equal (true_key, "use_return_dict"))
    return json_node_init_boolean (json_node_alloc (), config->return_dict && !config->torchscript);
  if (g_str_equal (true_key, "model_type"))
    return json_node_init_string (json_node_alloc (), auto_config_get_model_type (self));
  return NULL;
}

/**
 * auto_config_has:
 * @self: a configuration
 * @key: a key, or another name of one
 *
 * Returns: whether the configuration has the key, be it null
 */
gboolean
auto_config_has (AutoConfig *self, const char *key)
{
  static const char *const derived[] = { "num_labels", "use_return_dict", "model_type", NULL };

  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, FALSE);
  return peek (self, key) != NULL || g_strv_contains (derived, auto_config_true_key (AUTO_PRETRAINED_CONFIG (self), key));
}

/**
 * auto_config_is_null:
 * @self: a configuration
 * @key: a key, or another name of one
 *
 * Returns: whether the configuration has the key and it is null
 */
gboolean
auto_config_is_null (AutoConfig *self, const char *key)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, FALSE);
  JsonNode *value = peek (self, key);

  return value && JSON_NODE_HOLDS_NULL (value) && !auto_config_get_nested (self, key);
}

/**
 * auto_config_get_int:
 * @self: a configuration
 * @key: a key, or another name of one
 * @otherwise: what to return when the key is absent, null or no integer
 *
 * Returns: the value of an integer key
 */
gint64
auto_config_get_int (AutoConfig *self, const char *key, gint64 otherwise)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, otherwise);
  g_autoptr(JsonNode) value = auto_config_get_value (self, key);

  return auto_json_is_int (value) ? json_node_get_int (value) : otherwise;
}

/**
 * auto_config_get_double:
 * @self: a configuration
 * @key: a key, or another name of one
 * @otherwise: what to return when the key is absent, null or no number
 *
 * Returns: the value of a number
 */
double
auto_config_get_double (AutoConfig *self, const char *key, double otherwise)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, otherwise);
  JsonNode *value = peek (self, key);

  return auto_json_is_number (value) ? json_node_get_double (value) : otherwise;
}

/**
 * auto_config_get_bool:
 * @self: a configuration
 * @key: a key, or another name of one
 * @otherwise: what to return when the key is absent, null or no boolean
 *
 * Returns: the value of a boolean
 */
gboolean
auto_config_get_bool (AutoConfig *self, const char *key, gboolean otherwise)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, otherwise);
  g_autoptr(JsonNode) value = auto_config_get_value (self, key);

  return auto_json_is_bool (value) ? json_node_get_boolean (value) : otherwise;
}

/**
 * auto_config_get_string:
 * @self: a configuration
 * @key: a key, or another name of one
 *
 * Returns: (nullable): the value of a string, valid until the key is set again; %NULL when it is absent or no string
 */
const char *
auto_config_get_string (AutoConfig *self, const char *key)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, NULL);
  JsonNode *value = peek (self, key);

  return auto_json_is_string (value) ? json_node_get_string (value) : NULL;
}

/**
 * auto_config_get_nested:
 * @self: a configuration
 * @key: a key, or another name of one
 *
 * Returns: (transfer none) (nullable): the configuration that the key holds, or %NULL when it holds none
 */
AutoConfig *
auto_config_get_nested (AutoConfig *self, const char *key)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, NULL);
  AutoPretrainedConfig *config = AUTO_PRETRAINED_CONFIG (self);
  AutoPretrainedConfig *nested = auto_config_peek_nested (config, auto_config_true_key (config, key));

  return nested ? AUTO_CONFIG (nested) : NULL;
}

/**
 * auto_config_get_label:
 * @self: a configuration
 * @id: the number of a class
 *
 * Returns: (transfer full): its name from `id2label`, or `LABEL_` and the number
 */
char *
auto_config_get_label (AutoConfig *self, gint64 id)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self), NULL);
  char number[32];

  g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, id);
  const char *name = auto_json_string (auto_json_object (auto_config_get_state (AUTO_PRETRAINED_CONFIG (self))->values, "id2label"), number);
  return name ? g_strdup (name) : g_strconcat ("LABEL_", number, NULL);
}

/**
 * auto_config_list_keys:
 * @self: a configuration
 *
 * Returns: (transfer full): the keys that it has, other names left out
 */
char **
auto_config_list_keys (AutoConfig *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self), NULL);
  auto_config_foreign_sync (AUTO_PRETRAINED_CONFIG (self));
  g_autoptr(GList) keys = json_object_get_members (auto_config_get_state (AUTO_PRETRAINED_CONFIG (self))->values);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (GList *l = keys; l; l = l->next)
    g_strv_builder_add (builder, l->data);
  return g_strv_builder_end (builder);
}

/**
 * auto_config_set_value:
 * @self: a configuration
 * @key: a key, or another name of one; it need not be known
 * @value: (transfer none): its new value
 * @error: return location for an error
 *
 * Sets a key. What a known key can't hold is an error (%AUTO_CONFIG_ERROR_VALUE).
 *
 * Returns: whether the value was set
 */
gboolean
auto_config_set_value (AutoConfig *self, const char *key, JsonNode *value, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL && value != NULL, FALSE);
  return auto_config_store (AUTO_PRETRAINED_CONFIG (self), key, value, error);
}

static gboolean
take (AutoConfig *self, const char *key, JsonNode *value, GError **error)
{
  gboolean ok = auto_config_set_value (self, key, value, error);

  json_node_unref (value);
  return ok;
}

/**
 * auto_config_set_int:
 * @self: a configuration
 * @key: a key
 * @value: its new value
 * @error: return location for an error
 *
 * Returns: whether the value was set
 */
gboolean
auto_config_set_int (AutoConfig *self, const char *key, gint64 value, GError **error)
{
  return take (self, key, json_node_init_int (json_node_alloc (), value), error);
}

/**
 * auto_config_set_double:
 * @self: a configuration
 * @key: a key
 * @value: its new value
 * @error: return location for an error
 *
 * Returns: whether the value was set
 */
gboolean
auto_config_set_double (AutoConfig *self, const char *key, double value, GError **error)
{
  return take (self, key, json_node_init_double (json_node_alloc (), value), error);
}

/**
 * auto_config_set_bool:
 * @self: a configuration
 * @key: a key
 * @value: its new value
 * @error: return location for an error
 *
 * Returns: whether the value was set
 */
gboolean
auto_config_set_bool (AutoConfig *self, const char *key, gboolean value, GError **error)
{
  return take (self, key, json_node_init_boolean (json_node_alloc (), value), error);
}

/**
 * auto_config_set_string:
 * @self: a configuration
 * @key: a key
 * @value: (nullable): its new value, %NULL for null
 * @error: return location for an error
 *
 * Returns: whether the value was set
 */
gboolean
auto_config_set_string (AutoConfig *self, const char *key, const char *value, GError **error)
{
  JsonNode *node = json_node_alloc ();

  return take (self, key, value ? json_node_init_string (node, value) : json_node_init_null (node), error);
}

/**
 * auto_config_set_text:
 * @self: a configuration
 * @key: a key
 * @json: its new value as JSON text
 * @error: return location for an error
 *
 * Returns: whether the value was set
 */
gboolean
auto_config_set_text (AutoConfig *self, const char *key, const char *json, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL && json != NULL, FALSE);
  JsonNode *node = auto_json_parse (json, strlen (json), key, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, error);

  return node && take (self, key, node, error);
}

/**
 * auto_config_set_nested:
 * @self: a configuration
 * @key: a key
 * @nested: (nullable): the configuration for it to hold
 * @error: return location for an error
 *
 * Puts a configuration into another one.
 *
 * Returns: whether it was set
 */
gboolean
auto_config_set_nested (AutoConfig *self, const char *key, AutoConfig *nested, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL, FALSE);
  g_return_val_if_fail (nested == NULL || AUTO_IS_PRETRAINED_CONFIG (nested), FALSE);
  AutoPretrainedConfig *config = AUTO_PRETRAINED_CONFIG (self);
  const char *true_key = auto_config_true_key (config, key);
  const AutoConfigKey *known = auto_config_find_key (config, true_key);

  if (!nested)
    return auto_config_set_string (self, key, NULL, error);
  if (known && (known->field->kind != AUTO_FIELD_CONFIG || (known->field->type && !g_type_is_a (G_OBJECT_TYPE (nested), known->field->type))))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s of %s can't hold a %s", key, G_OBJECT_TYPE_NAME (self), G_OBJECT_TYPE_NAME (nested));
      return FALSE;
    }
  auto_config_put_nested (config, true_key, AUTO_PRETRAINED_CONFIG (nested));
  json_object_set_null_member (auto_config_get_state (config)->values, true_key);
  if (known)
    G_STRUCT_MEMBER (AutoConfig *, config, known->field->offset) = nested;
  return TRUE;
}

/**
 * auto_config_remove:
 * @self: a configuration
 * @key: a key
 *
 * Takes a key out, as if it had never been there.
 */
void
auto_config_remove (AutoConfig *self, const char *key)
{
  g_return_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && key != NULL);
  AutoPretrainedConfig *config = AUTO_PRETRAINED_CONFIG (self);
  const char *true_key = auto_config_true_key (config, key);
  const AutoConfigKey *known = auto_config_find_key (config, true_key);

  /* A nested configuration's member would be filled with defaults by null. */
  if (known && known->field->kind == AUTO_FIELD_CONFIG)
    G_STRUCT_MEMBER (AutoConfig *, config, known->field->offset) = NULL;
  else if (known)
    {
      g_autoptr(JsonNode) null = json_node_new (JSON_NODE_NULL);
      auto_config_field_write (config, known->field, null, NULL);
    }
  auto_config_put_nested (config, true_key, NULL);
  json_object_remove_member (auto_config_get_state (config)->values, true_key);
}

/**
 * auto_config_update:
 * @self: a configuration
 * @dict: (transfer none): keys and their new values
 * @error: return location for an error
 *
 * Sets several keys, as by [method@Config.set_value].
 *
 * Returns: whether all were set; after an error those before it are
 */
gboolean
auto_config_update (AutoConfig *self, JsonObject *dict, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self) && dict != NULL, FALSE);
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, dict);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    if (!auto_config_set_value (self, key, value, error))
      return FALSE;
  return TRUE;
}

/**
 * auto_config_copy:
 * @self: a configuration
 *
 * Returns: (transfer full): another configuration with the same values
 */
AutoConfig *
auto_config_copy (AutoConfig *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_CONFIG (self), NULL);
  AutoConfig *copy = g_object_new (G_OBJECT_TYPE (self), NULL);
  AutoConfigState *state = auto_config_get_state (AUTO_PRETRAINED_CONFIG (copy));
  g_auto(GStrv) initial = auto_config_list_keys (copy), keys = auto_config_list_keys (self);

  for (guint i = 0; initial[i]; i++)
    if (!g_strv_contains ((const char *const *) keys, initial[i]))
      auto_config_remove (copy, initial[i]);
  for (guint i = 0; keys[i]; i++)
    {
      AutoConfig *nested = auto_config_get_nested (self, keys[i]);
      g_autoptr(AutoConfig) inner = nested ? auto_config_copy (nested) : NULL;
      if (inner)
        auto_config_set_nested (copy, keys[i], inner, NULL);
      else
        auto_config_set_value (copy, keys[i], peek (self, keys[i]), NULL);
    }
  g_free (state->origin);
  state->origin = g_strdup (auto_config_get_state (AUTO_PRETRAINED_CONFIG (self))->origin);
  g_clear_error (&state->problem);
  return copy;
}
