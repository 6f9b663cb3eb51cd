/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "../base/auto-errors.h"
#include "../base/auto-io.h"
#include "../base/auto-json.h"
#include "../hub/auto-hub-resolve.h"
#include "auto-generation-config-private.h"
#include "auto-generation-settings.h"

/* Generation configs as files: read, taken from a model's configuration, written. */

#define FILE_NAME "generation_config.json"
#define REFERENCE_VERSION "4.37.2"

/**
 * auto_generation_config_from_dict:
 * @dict: settings
 * @error: return location for an error
 *
 * Returns: (transfer full): a generation config with these settings, or %NULL with an error
 */
AutoGenerationConfig *
auto_generation_config_from_dict (JsonObject *dict, GError **error)
{
  g_return_val_if_fail (dict != NULL, NULL);
  g_autoptr(AutoGenerationConfig) self = auto_generation_config_new ();

  if (!auto_generation_config_update (self, dict, error))
    return NULL;
  self->max_length_given = FALSE;
  return g_steal_pointer (&self);
}

/* Settings that some models keep in the configuration of their decoder count where the outer ones say nothing. */
static void
take_inner_settings (AutoGenerationConfig *self, JsonObject *dict)
{
  static const char *const inner_names[] = { "decoder", "generator", "text_config", NULL };

  for (const char *const *name = inner_names; *name; name++)
    for (const char *const *key = auto_generation_settings_list (); *key; key++)
      {
        JsonNode *value = auto_json_member (auto_json_object (dict, *name), *key);
        const char *json = NULL;
        auto_generation_settings_knows (*key, &json);
        g_autoptr(JsonNode) initial = json_from_string (json ? json : "null", NULL);
        g_autoptr(JsonNode) now = auto_generation_config_get_value (self, *key);
        if (value && auto_json_equal (now, initial))
          auto_generation_config_set_value (self, *key, value, NULL);
      }
}

/**
 * auto_generation_config_from_model_config:
 * @config: a model's configuration
 * @error: return location for an error
 *
 * Takes the generation settings that older models keep in their `config.json`.
 *
 * Returns: (transfer full): a generation config, or %NULL with an error
 */
AutoGenerationConfig *
auto_generation_config_from_model_config (AutoConfig *config, GError **error)
{
  g_return_val_if_fail (AUTO_IS_CONFIG (config), NULL);
  g_autoptr(AutoGenerationConfig) self = auto_generation_config_new ();
  g_autoptr(JsonObject) dict = auto_config_to_dict (config);

  for (const char *const *key = auto_generation_settings_list (); *key; key++)
    {
      JsonNode *value = auto_json_member (dict, *key);
      if (value && !g_str_equal (*key, "seed") && !auto_generation_config_set_value (self, *key, value, error))
        return NULL;
    }
  take_inner_settings (self, dict);
  json_object_set_boolean_member (self->values, "_from_model_config", TRUE);
  self->max_length_given = FALSE;
  return g_steal_pointer (&self);
}

/**
 * auto_generation_config_from_pretrained:
 * @name_or_path: a folder, or a model's name on the hub
 * @options: (nullable): how to load
 * @cancellable: (nullable): stops it
 * @error: return location for an error
 *
 * Reads `generation_config.json`.
 *
 * Returns: (transfer full): a generation config, or %NULL with an error
 */
AutoGenerationConfig *
auto_generation_config_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (name_or_path != NULL, NULL);
  g_autofree char *folder = auto_hub_resolve (name_or_path, AUTO_HUB_WANT_GENERATION, options, cancellable, error);
  if (!folder)
    return NULL;
  g_autofree char *path = g_file_test (folder, G_FILE_TEST_IS_DIR) ? g_build_filename (folder, FILE_NAME, NULL) : g_strdup (folder);
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, error);
  if (!node)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, "%s: holds no JSON object", path);
      return NULL;
    }
  AutoGenerationConfig *self = auto_generation_config_from_dict (json_node_get_object (node), error);
  if (!self)
    g_prefix_error (error, "%s: ", path);
  return self;
}

/**
 * auto_generation_config_to_dict:
 * @self: a generation config
 *
 * Returns: (transfer full): all settings with defaults filled in, then what was set beside them
 */
JsonObject *
auto_generation_config_to_dict (AutoGenerationConfig *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self), NULL);
  JsonObject *dict = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  for (const char *const *key = auto_generation_settings_list (); *key; key++)
    if (!g_str_equal (*key, "seed"))
      json_object_set_member (dict, *key, auto_generation_config_get_value (self, *key));
  json_object_iter_init_ordered (&iter, self->values);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!json_object_has_member (dict, name) && !g_str_equal (name, "_commit_hash"))
      json_object_set_member (dict, name, auto_json_copy (value));
  json_object_set_string_member (dict, "transformers_version", REFERENCE_VERSION);
  return dict;
}

/**
 * auto_generation_config_to_json_string:
 * @self: a generation config
 * @use_diff: whether defaults are left out
 *
 * Returns: (transfer full): the settings as JSON
 */
char *
auto_generation_config_to_json_string (AutoGenerationConfig *self, gboolean use_diff)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self), NULL);
  g_autoptr(AutoGenerationConfig) initial = auto_generation_config_new ();
  g_autoptr(JsonObject) dict = auto_generation_config_to_dict (self), defaults = auto_generation_config_to_dict (initial);
  g_autoptr(JsonObject) kept = json_object_new ();
  g_autoptr(JsonNode) node = json_node_alloc ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, dict);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    if (!use_diff || g_str_equal (key, "transformers_version") || !json_object_has_member (defaults, key) ||
        !auto_json_equal (value, json_object_get_member (defaults, key)))
      json_object_set_member (kept, key, auto_json_copy (value));
  json_node_init_object (node, kept);
  g_autofree char *text = auto_json_print (node, 2, TRUE);
  return g_strconcat (text, "\n", NULL);
}

/**
 * auto_generation_config_save_pretrained:
 * @self: a generation config
 * @folder: (type filename): where to write `generation_config.json`; made when it does not exist
 * @error: return location for an error
 *
 * Saves the settings. As in the reference, settings that don't go together are not saved.
 *
 * Returns: whether it was written
 */
gboolean
auto_generation_config_save_pretrained (AutoGenerationConfig *self, const char *folder, GError **error)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (self) && folder != NULL, FALSE);
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL), *text = auto_generation_config_to_json_string (self, TRUE);
  g_auto(GStrv) warnings = NULL;
  g_autoptr(GError) local = NULL;

  if (!auto_generation_config_validate (self, &warnings, error))
    return FALSE;
  if (warnings[0])
    {
      g_autofree char *all = g_strjoinv ("; ", warnings);
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s isn't written, since the settings don't go together: %s", path, all);
      return FALSE;
    }
  int code = g_mkdir_with_parents (folder, 0777) == 0 ? 0 : errno;
  if (code || !auto_io_write (path, text, -1, &local))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_WRITE, "%s: %s", path, code ? g_strerror (code) : local->message);
      return FALSE;
    }
  return TRUE;
}
