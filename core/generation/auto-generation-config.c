/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-generation-config-private.h"

#include <string.h>

#include "../base/auto-errors.h"
#include "../base/auto-json.h"
#include "auto-generation-settings.h"

G_DEFINE_FINAL_TYPE (AutoGenerationConfig, auto_generation_config, G_TYPE_OBJECT)

static AutoHook *
hook_new (GCallback function, gpointer data, GDestroyNotify destroy)
{
  AutoHook *self = g_new0 (AutoHook, 1);

  *self = (AutoHook) { function, data, destroy, 1 };
  return self;
}

static AutoHook *
hook_ref (AutoHook *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
hook_unref (gpointer hook)
{
  AutoHook *self = hook;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->destroy)
    self->destroy (self->data);
  g_free (self);
}

static void
auto_generation_config_finalize (GObject *object)
{
  AutoGenerationConfig *self = AUTO_GENERATION_CONFIG (object);

  json_object_unref (self->values);
  g_ptr_array_unref (self->processors);
  g_clear_pointer (&self->allowed, hook_unref);
  g_clear_object (&self->streamer);
  g_clear_object (&self->assistant);
  G_OBJECT_CLASS (auto_generation_config_parent_class)->finalize (object);
}

static void
auto_generation_config_class_init (AutoGenerationConfigClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_generation_config_finalize;
}

static void
auto_generation_config_init (AutoGenerationConfig *self)
{
  self->values = json_object_new ();
  self->processors = g_ptr_array_new_with_free_func (hook_unref);
}

/**
 * auto_generation_config_new:
 *
 * Returns: (transfer full): the reference's defaults
 */
AutoGenerationConfig *
auto_generation_config_new (void)
{
  return g_object_new (AUTO_TYPE_GENERATION_CONFIG, NULL);
}

/**
 * auto_generation_config_copy:
 * @self: a generation config
 *
 * Returns: (transfer full): another one with the same settings, functions and streamer
 */
AutoGenerationConfig *
auto_generation_config_copy (AutoGenerationConfig *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self), NULL);
  AutoGenerationConfig *copy = auto_generation_config_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, self->values);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    json_object_set_member (copy->values, key, auto_json_copy (value));
  for (guint i = 0; i < self->processors->len; i++)
    g_ptr_array_add (copy->processors, hook_ref (self->processors->pdata[i]));
  copy->allowed = self->allowed ? hook_ref (self->allowed) : NULL;
  copy->max_length_given = self->max_length_given;
  g_set_object (&copy->streamer, self->streamer);
  g_set_object (&copy->assistant, self->assistant);
  return copy;
}

/**
 * auto_generation_config_knows:
 * @self: a generation config
 * @key: a setting's name
 *
 * Returns: whether the setting has a meaning, or was set
 */
gboolean
auto_generation_config_knows (AutoGenerationConfig *self, const char *key)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self) && key != NULL, FALSE);
  return auto_generation_settings_knows (key, NULL) || json_object_has_member (self->values, key);
}

/**
 * auto_generation_config_get_value:
 * @self: a generation config
 * @key: a setting's name
 *
 * Returns: (transfer full) (nullable): the setting, or its default, or %NULL when there is no such one
 */
JsonNode *
auto_generation_config_get_value (AutoGenerationConfig *self, const char *key)
{
  const char *json;

  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self) && key != NULL, NULL);
  JsonNode *node = auto_json_member (self->values, key);
  if (node)
    return auto_json_copy (node);
  if (!auto_generation_settings_knows (key, &json))
    return NULL;
  return json ? json_from_string (json, NULL) : json_node_init_null (json_node_alloc ());
}

/**
 * auto_generation_config_get_int:
 * @self: a generation config
 * @key: a setting's name
 * @otherwise: what is returned when it is no number
 *
 * Returns: the setting as an integer
 */
gint64
auto_generation_config_get_int (AutoGenerationConfig *self, const char *key, gint64 otherwise)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (self, key);

  return auto_json_is_int (node) ? json_node_get_int (node) : otherwise;
}

/**
 * auto_generation_config_get_double:
 * @self: a generation config
 * @key: a setting's name
 * @otherwise: what is returned when it is no number
 *
 * Returns: the setting as a number
 */
double
auto_generation_config_get_double (AutoGenerationConfig *self, const char *key, double otherwise)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (self, key);

  return auto_json_is_number (node) ? json_node_get_double (node) : otherwise;
}

/**
 * auto_generation_config_get_bool:
 * @self: a generation config
 * @key: a setting's name
 * @otherwise: what is returned when it is no truth value
 *
 * Returns: the setting as a truth value
 */
gboolean
auto_generation_config_get_bool (AutoGenerationConfig *self, const char *key, gboolean otherwise)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (self, key);

  return auto_json_is_bool (node) ? json_node_get_boolean (node) : otherwise;
}

/**
 * auto_generation_config_get_string:
 * @self: a generation config
 * @key: a setting's name
 *
 * Returns: (transfer none) (nullable): the setting when it was set to a text
 */
const char *
auto_generation_config_get_string (AutoGenerationConfig *self, const char *key)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self) && key != NULL, NULL);
  return auto_json_string (self->values, key);
}

/**
 * auto_generation_config_get_ids:
 * @self: a generation config
 * @key: a setting's name
 * @n_ids: (out): how many
 *
 * Returns: (transfer full) (nullable) (array length=n_ids): the setting as token ids, of which there may be one or several; %NULL when it
 *   has none
 */
gint64 *
auto_generation_config_get_ids (AutoGenerationConfig *self, const char *key, gsize *n_ids)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (self, key);
  AutoIds ids = { 0 };

  auto_ids_init (&ids, key, node, NULL);
  *n_ids = ids.n;
  return ids.values;
}

/**
 * auto_generation_config_set_value:
 * @self: a generation config
 * @key: a setting's name
 * @value: (transfer none): its value
 * @error: return location for an error
 *
 * Changes a setting. One that nothing knows is kept for a model's own rules.
 *
 * Returns: whether the value is of the right kind
 */
gboolean
auto_generation_config_set_value (AutoGenerationConfig *self, const char *key, JsonNode *value, GError **error)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self) && key != NULL && value != NULL, FALSE);
  if (!auto_generation_settings_check (key, value, error))
    return FALSE;
  json_object_set_member (self->values, key, auto_json_copy (value));
  if (g_str_equal (key, "max_length"))
    self->max_length_given = TRUE;
  return TRUE;
}

static gboolean
take_value (AutoGenerationConfig *self, const char *key, JsonNode *value, GError **error)
{
  g_autoptr(JsonNode) node = value;

  return auto_generation_config_set_value (self, key, node, error);
}

/**
 * auto_generation_config_set_int:
 * @self: a generation config
 * @key: a setting's name
 * @value: its value
 * @error: return location for an error
 *
 * Changes a setting.
 *
 * Returns: whether the value is of the right kind
 */
gboolean
auto_generation_config_set_int (AutoGenerationConfig *self, const char *key, gint64 value, GError **error)
{
  return take_value (self, key, json_node_init_int (json_node_alloc (), value), error);
}

/**
 * auto_generation_config_set_double:
 * @self: a generation config
 * @key: a setting's name
 * @value: its value
 * @error: return location for an error
 *
 * Changes a setting.
 *
 * Returns: whether the value is of the right kind
 */
gboolean
auto_generation_config_set_double (AutoGenerationConfig *self, const char *key, double value, GError **error)
{
  return take_value (self, key, json_node_init_double (json_node_alloc (), value), error);
}

/**
 * auto_generation_config_set_bool:
 * @self: a generation config
 * @key: a setting's name
 * @value: its value
 * @error: return location for an error
 *
 * Changes a setting.
 *
 * Returns: whether the value is of the right kind
 */
gboolean
auto_generation_config_set_bool (AutoGenerationConfig *self, const char *key, gboolean value, GError **error)
{
  return take_value (self, key, json_node_init_boolean (json_node_alloc (), value), error);
}

/**
 * auto_generation_config_set_text:
 * @self: a generation config
 * @key: a setting's name
 * @json: its value as JSON; what is no JSON is a string
 * @error: return location for an error
 *
 * Changes a setting, as a command line does.
 *
 * Returns: whether the value is of the right kind
 */
gboolean
auto_generation_config_set_text (AutoGenerationConfig *self, const char *key, const char *json, GError **error)
{
  g_return_val_if_fail (json != NULL, FALSE);
  JsonNode *node = auto_json_parse (json, strlen (json), key, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, NULL);

  return take_value (self, key, node ? node : json_node_init_string (json_node_alloc (), json), error);
}

/**
 * auto_generation_config_update:
 * @self: a generation config
 * @dict: settings
 * @error: return location for an error
 *
 * Changes several settings, or none when one is not of the right kind.
 *
 * Returns: whether all were of the right kind
 */
gboolean
auto_generation_config_update (AutoGenerationConfig *self, JsonObject *dict, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self) && dict != NULL, FALSE);
  json_object_iter_init_ordered (&iter, dict);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    if (!auto_generation_settings_check (key, value, error))
      return FALSE;
  json_object_iter_init_ordered (&iter, dict);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    auto_generation_config_set_value (self, key, value, NULL);
  return TRUE;
}

/**
 * auto_generation_config_validate:
 * @self: a generation config
 * @warnings: (out) (optional) (transfer full): settings that have no effect with the others
 * @error: return location for an error
 *
 * Looks for settings that don't go together.
 *
 * Returns: whether the reference would accept the settings
 */
gboolean
auto_generation_config_validate (AutoGenerationConfig *self, char ***warnings, GError **error)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self), FALSE);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  AutoGenerationSettings settings = { 0 };
  gboolean valid = auto_generation_settings_init (&settings, self->values, error) && auto_generation_settings_validate (&settings, list, error);

  auto_generation_settings_clear (&settings);
  g_ptr_array_add (list, NULL);
  if (warnings)
    {
      g_ptr_array_set_free_func (list, NULL);
      *warnings = (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
    }
  return valid;
}

/**
 * auto_generation_config_add_processor:
 * @self: a generation config
 * @function: (scope notified) (closure user_data) (destroy destroy): changes scores
 * @user_data: data for @function
 * @destroy: frees @user_data
 *
 * Adds a function over the scores of every step, after all other processors.
 */
void
auto_generation_config_add_processor (AutoGenerationConfig *self, AutoLogitsFunc function, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AUTO_IS_GENERATION_CONFIG (self) && function != NULL);
  g_ptr_array_add (self->processors, hook_new (G_CALLBACK (function), user_data, destroy));
}

/**
 * auto_generation_config_set_allowed_tokens:
 * @self: a generation config
 * @function: (nullable) (scope notified) (closure user_data) (destroy destroy): says which tokens may follow
 * @user_data: data for @function
 * @destroy: frees @user_data
 *
 * Keeps generation to what a function allows (the reference's `prefix_allowed_tokens_fn`).
 */
void
auto_generation_config_set_allowed_tokens (AutoGenerationConfig *self, AutoAllowedTokensFunc function, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AUTO_IS_GENERATION_CONFIG (self));
  g_clear_pointer (&self->allowed, hook_unref);
  if (function)
    self->allowed = hook_new (G_CALLBACK (function), user_data, destroy);
}

/**
 * auto_generation_config_set_streamer:
 * @self: a generation config
 * @streamer: (nullable): is given the tokens as they come
 *
 * Sets what is told of every new token.
 */
void
auto_generation_config_set_streamer (AutoGenerationConfig *self, AutoStreamer *streamer)
{
  g_return_if_fail (AUTO_IS_GENERATION_CONFIG (self));
  g_return_if_fail (!streamer || AUTO_IS_STREAMER (streamer));
  g_set_object (&self->streamer, streamer);
}

/**
 * auto_generation_config_get_streamer:
 * @self: a generation config
 *
 * Returns: (transfer none) (nullable): what is told of every new token
 */
AutoStreamer *
auto_generation_config_get_streamer (AutoGenerationConfig *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self), NULL);
  return self->streamer;
}

/**
 * auto_generation_config_set_assistant:
 * @self: a generation config
 * @model: (nullable): a smaller model with the same vocabulary
 *
 * Sets a model that proposes tokens, of which the generating model keeps those that it agrees with: the same tokens, or when they are
 * drawn the same distribution, in fewer passes (the reference's `assistant_model`). It works for one row, with greedy search and sampling.
 *
 * An encoder-decoder assistant runs its own encoder over the call's inputs, unless `assistant_encoder_outputs` is one of them; a decoder
 * alone looks at the states of the generating model's encoder.
 */
void
auto_generation_config_set_assistant (AutoGenerationConfig *self, AutoModel *model)
{
  g_return_if_fail (AUTO_IS_GENERATION_CONFIG (self));
  g_return_if_fail (!model || AUTO_IS_MODEL (model));
  g_set_object (&self->assistant, model);
}

/**
 * auto_generation_config_get_assistant:
 * @self: a generation config
 *
 * Returns: (transfer none) (nullable): the model that proposes tokens
 */
AutoModel *
auto_generation_config_get_assistant (AutoGenerationConfig *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self), NULL);
  return self->assistant;
}
