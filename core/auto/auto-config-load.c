/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/hub/auto-hub-resolve.h"
#include "registry/auto-registry-private.h"

/* The doors: from a folder, file or dictionary to a configuration of the right class. */

#define CONFIG_NAME "config.json"

/* The path of one of the model's files; NULL with an error that says what was looked for. */
static char *
find_file (const char *name_or_path, const char *file, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree char *model = auto_hub_resolve (name_or_path, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_PLUGIN, options, cancellable, error);

  if (!model || g_file_test (model, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&model);
  g_autofree char *path = g_build_filename (model, file, NULL);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_NOT_FOUND, "%s: the folder has no file %s", model, file);
      return NULL;
    }
  return g_steal_pointer (&path);
}

static JsonNode *
read_dict (const char *path, GError **error)
{
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, error);

  if (node && !JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, "%s: a configuration is a JSON object, and this is %s", path, auto_config_describe (node));
      return NULL;
    }
  return g_steal_pointer (&node);
}

/* In the hub's cache the folder's name is the commit. */
static void
note_commit (JsonObject *dict, const char *path)
{
  const char *place = strstr (path, "snapshots/");
  const char *name = place ? place + strlen ("snapshots/") : "";
  gsize length = strcspn (name, "/");
  g_autofree char *hash = g_strndup (name, length);

  if (length == 40 && strspn (hash, "0123456789abcdef") == 40 && name[length] == '/')
    json_object_set_string_member (dict, "_commit_hash", hash);
  else
    json_object_set_null_member (dict, "_commit_hash");
}

/* A version like 4.10.2 as a number that can be compared. */
static guint64
version_number (const char *text)
{
  guint64 number = 0;

  for (int i = 0; i < 3; i++)
    {
      char *end;
      guint64 part = g_ascii_strtoull (text, &end, 10);
      number = number << 20 | MIN (part, 0xfffff);
      text = *end == '.' ? end + 1 : end;
    }
  return number;
}

/* A repository may have files for certain versions of the reference, config.4.0.0.json: the newest that is not too new. */
static char *
versioned_file (JsonArray *files)
{
  const char *best = CONFIG_NAME;
  guint64 newest = 0, limit = version_number ("4.37.2");

  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonNode *element = json_array_get_element (files, i);
      const char *file = auto_json_is_string (element) ? json_node_get_string (element) : "";
      if (!g_str_has_prefix (file, "config.") || !g_str_has_suffix (file, ".json") || strlen (file) <= strlen (CONFIG_NAME) || strchr (file, '/'))
        continue;
      guint64 number = version_number (file + strlen ("config."));
      if (number <= limit && number >= newest)
        newest = number, best = file;
    }
  return g_strdup (best);
}

/* The dictionary of a model, and the file that it came from. */
static JsonNode *
load_dict (const char *name_or_path, AutoLoadOptions *options, char **path, GCancellable *cancellable, GError **error)
{
  g_autofree char *file = find_file (name_or_path, CONFIG_NAME, options, cancellable, error);
  g_autoptr(JsonNode) node = file ? read_dict (file, error) : NULL;

  if (!node)
    return NULL;
  JsonArray *files = auto_json_array (json_node_get_object (node), "configuration_files");
  g_autofree char *other = files ? versioned_file (files) : NULL;
  if (other && !g_str_equal (other, CONFIG_NAME))
    {
      g_free (file);
      file = find_file (name_or_path, other, options, cancellable, error);
      g_clear_pointer (&node, json_node_unref);
      node = file ? read_dict (file, error) : NULL;
      if (!node)
        return NULL;
    }
  note_commit (json_node_get_object (node), file);
  *path = g_steal_pointer (&file);
  return g_steal_pointer (&node);
}

/* A model folder may ship the plugin that its type needs. */
static gboolean
load_shipped_plugin (JsonObject *dict, const char *model_type, const char *path, AutoLoadOptions *options, GError **error)
{
  const char *file = auto_json_string (dict, "auto_plugin");
  g_autofree char *folder = g_path_get_dirname (path);

  if (!g_str_has_suffix (file, ".so") || strchr (file, '/') || strchr (file, '\\') || file[0] == '.')
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_LOAD, "%s: auto_plugin must be the name of a .so file beside it, and it is \"%s\"", path, file);
      return FALSE;
    }
  g_autofree char *plugin = g_build_filename (folder, file, NULL);
  if (!auto_load_options_get_bool (options, "trust-remote-code", FALSE))
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_NOT_TRUSTED,
                   "%s: model type \"%s\" needs the plugin %s, which comes with the model: if you trust who made it, set trust-remote-code to load it", path,
                   model_type, plugin);
      return FALSE;
    }
  return auto_registry_load_file (plugin, error);
}

static GType
type_by_name (JsonObject *dict, const char *path, AutoLoadOptions *options, GError **error)
{
  const char *model_type = auto_json_string (dict, "model_type");

  if (!model_type)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE, "%s: model_type must be a string, and it is %s", path,
                   auto_config_describe (json_object_get_member (dict, "model_type")));
      return G_TYPE_INVALID;
    }
  if (auto_json_string (dict, "auto_plugin") && !auto_registry_has_architecture (model_type)
      && !load_shipped_plugin (dict, model_type, path, options, error))
    return G_TYPE_INVALID;
  const AutoArchitectureInfo *info = auto_registry_find_architecture (model_type, error);
  if (!info)
    g_prefix_error (error, "%s: ", path);
  return info ? info->config_type : G_TYPE_INVALID;
}

static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  gsize x = strlen (*(const char *const *) a), y = strlen (*(const char *const *) b);

  return x != y ? (x < y) - (x > y) : strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Old repositories have no model_type: the longest type that occurs in the name is meant. */
static GType
type_by_pattern (const char *name_or_path, const char *path, GError **error)
{
  g_auto(GStrv) types = auto_registry_list_model_types ();
  g_autofree char *known = g_strjoinv (", ", types);

  qsort (types, g_strv_length (types), sizeof *types, compare_lengths);
  for (guint i = 0; types[i]; i++)
    if (strstr (name_or_path, types[i]))
      {
        const AutoArchitectureInfo *info = auto_registry_find_architecture (types[i], error);
        return info ? info->config_type : G_TYPE_INVALID;
      }
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE,
               "%s: the file has no model_type, and none of the known types occurs in the name \"%s\"; known are: %s", path, name_or_path, known);
  return G_TYPE_INVALID;
}

/**
 * auto_config_from_pretrained_full:
 * @name_or_path: a folder, a configuration file, or a repository of the hub
 * @options: (nullable): keywords; overrides set on them are laid over the file's values
 * @unused: (out) (optional) (transfer full): the overrides that are no keys of the configuration
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Loads a configuration, of the class that its `model_type` names, and tells which overrides it has no use for.
 *
 * Returns: (transfer full): the configuration
 */
AutoConfig *
auto_config_from_pretrained_full (const char *name_or_path, AutoLoadOptions *options, JsonObject **unused, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (name_or_path != NULL, NULL);
  g_autofree char *path = NULL;
  g_autoptr(JsonNode) node = load_dict (name_or_path, options, &path, cancellable, error);
  g_autoptr(JsonObject) overrides = json_object_new ();
  g_autoptr(JsonObject) rest = json_object_new ();

  if (!node || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  JsonObject *dict = json_node_get_object (node);
  gboolean named = json_object_has_member (dict, "model_type");
  GType type = named ? type_by_name (dict, path, options, error) : type_by_pattern (name_or_path, path, error);
  if (!type)
    return NULL;

  JsonObject *given = options ? auto_load_options_get_overrides (options) : NULL;
  g_autoptr(GList) keys = given ? json_object_get_members (given) : NULL;
  for (GList *l = keys; l; l = l->next)
    json_object_set_member (overrides, l->data, json_node_ref (json_object_get_member (given, l->data)));
  json_object_set_string_member (overrides, "name_or_path", name_or_path);
  AutoPretrainedConfig *self = auto_config_new_full (type, dict, overrides, rest, path, error);
  if (self && unused)
    *unused = g_steal_pointer (&rest);
  return (AutoConfig *) self;
}

/**
 * auto_config_from_pretrained:
 * @name_or_path: a folder, a configuration file, or a repository of the hub
 * @options: (nullable): keywords; overrides set on them are laid over the file's values
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Loads a configuration, of the class that its `model_type` names; where the file has none, of the longest known type that
 * occurs in @name_or_path.
 *
 * Returns: (transfer full): the configuration
 */
AutoConfig *
auto_config_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  return auto_config_from_pretrained_full (name_or_path, options, NULL, cancellable, error);
}

typedef struct
{
  char *name_or_path;
  AutoLoadOptions *options;
} LoadArguments;

static void
load_arguments_free (gpointer data)
{
  LoadArguments *arguments = data;

  g_free (arguments->name_or_path);
  g_clear_object (&arguments->options);
  g_free (arguments);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  LoadArguments *arguments = data;
  GError *error = NULL;
  AutoConfig *config = auto_config_from_pretrained (arguments->name_or_path, arguments->options, cancellable, &error);

  if (config)
    g_task_return_pointer (task, config, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * auto_config_from_pretrained_async:
 * @name_or_path: a folder, a configuration file, or a repository of the hub
 * @options: (nullable): keywords
 * @cancellable: (nullable): to give up
 * @callback: (nullable) (scope async): called when done
 * @user_data: data for @callback
 *
 * Does what [func@Config.from_pretrained] does, in a thread.
 */
void
auto_config_from_pretrained_async (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (name_or_path != NULL);
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  LoadArguments *arguments = g_new0 (LoadArguments, 1);

  arguments->name_or_path = g_strdup (name_or_path);
  g_set_object (&arguments->options, options);
  g_task_set_source_tag (task, auto_config_from_pretrained_async);
  g_task_set_task_data (task, arguments, load_arguments_free);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * auto_config_from_pretrained_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the configuration
 */
AutoConfig *
auto_config_from_pretrained_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * auto_config_for_model:
 * @model_type: a model type
 * @options: (nullable): whose overrides are laid over the defaults
 * @error: return location for an error
 *
 * Makes the configuration of a model type that has no file.
 *
 * Returns: (transfer full): the configuration
 */
AutoConfig *
auto_config_for_model (const char *model_type, AutoLoadOptions *options, GError **error)
{
  g_return_val_if_fail (model_type != NULL, NULL);
  const AutoArchitectureInfo *info = auto_registry_find_architecture (model_type, error);

  if (!info)
    return NULL;
  JsonObject *overrides = options ? auto_load_options_get_overrides (options) : NULL;
  return (AutoConfig *) auto_config_new_from_dict (info->config_type, overrides, NULL, error);
}

/**
 * auto_config_from_dict:
 * @dict: (transfer none): a configuration as JSON, with its `model_type`
 * @options: (nullable): whose overrides are laid over the dictionary
 * @error: return location for an error
 *
 * Makes a configuration from the object of a `config.json`.
 *
 * Returns: (transfer full): the configuration
 */
AutoConfig *
auto_config_from_dict (JsonObject *dict, AutoLoadOptions *options, GError **error)
{
  g_return_val_if_fail (dict != NULL, NULL);
  const char *model_type = auto_json_string (dict, "model_type");

  if (!model_type)
    {
      g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE, "the dictionary has no model_type");
      return NULL;
    }
  const AutoArchitectureInfo *info = auto_registry_find_architecture (model_type, error);
  if (!info)
    return NULL;
  JsonObject *overrides = options ? auto_load_options_get_overrides (options) : NULL;
  return (AutoConfig *) auto_config_new_full (info->config_type, dict, overrides, NULL, NULL, error);
}

/**
 * auto_config_register:
 * @model_type: a model type
 * @type: a class that derives from [class@PretrainedConfig]
 * @exist_ok: whether an installed type of this name may be replaced
 * @error: return location for an error
 *
 * Makes a configuration class known under a model type, for this process.
 *
 * Returns: whether it was registered
 */
gboolean
auto_config_register (const char *model_type, GType type, gboolean exist_ok, GError **error)
{
  g_return_val_if_fail (model_type != NULL, FALSE);

  if (!g_type_is_a (type, AUTO_TYPE_PRETRAINED_CONFIG))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s does not derive from AutoPretrainedConfig",
                   type ? g_type_name (type) : "what was given");
      return FALSE;
    }
  AutoPretrainedConfigClass *klass = g_type_class_ref (type);
  /* A class written in another language takes the model type that it is registered under. */
  if (auto_config_is_foreign (klass))
    klass->model_type = g_intern_string (model_type);
  gboolean same = g_str_equal (klass->model_type, model_type);
  if (!same)
    g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE, "%s has the model type \"%s\", and \"%s\" was given: make them the same",
                 g_type_name (type), klass->model_type, model_type);
  g_type_class_unref (klass);
  return same && auto_registry_register_config (model_type, type, exist_ok, error);
}
