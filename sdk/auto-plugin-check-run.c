/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-plugin-check.h"

#include <json-glib/json-glib.h>

#include "core/auto/auto-config-fields.h"
#include "core/base/auto-json.h"
#include "registry/auto-registry-private.h"

static gboolean G_GNUC_PRINTF (2, 3)
fault (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_INIT, reason);
  return FALSE;
}

/* Anything else that a plugin exports could take the place of another library's symbol. Sanitizers and coverage add names of
 * their own, with two underscores. */
static gboolean
check_exports (const char *path, GError **error)
{
  g_auto(GStrv) names = auto_plugin_list_exports (path);

  for (guint i = 0; names && names[i]; i++)
    if (!g_str_equal (names[i], AUTO_PLUGIN_SYMBOL) && !g_str_has_prefix (names[i], "_"))
      return fault (error, "%s exports %s: a plugin exports only %s, build it with -fvisibility=hidden", path, names[i], AUTO_PLUGIN_SYMBOL);
  return TRUE;
}

static gboolean
is_composition (GType config_type)
{
  AutoPretrainedConfigClass *klass = g_type_class_ref (config_type);
  const AutoConfigClassInfo *info = klass->info;
  gboolean composition = info && info->is_composition;

  g_type_class_unref (klass);
  return composition;
}

/* What the configuration writes, it reads back as the same; one that is made of others has no defaults to write. */
static gboolean
check_config (const char *model_type, GError **error)
{
  const AutoArchitectureInfo *architecture = auto_registry_find_architecture (model_type, error);

  if (!architecture || is_composition (architecture->config_type))
    return architecture != NULL;
  g_autoptr(AutoConfig) config = auto_config_for_model (model_type, NULL, error);

  if (!config)
    return FALSE;
  g_autoptr(JsonObject) dict = auto_config_to_dict (config);
  json_object_set_string_member (dict, "model_type", model_type);
  g_autoptr(AutoConfig) again = auto_config_from_dict (dict, NULL, error);
  if (!again)
    return FALSE;
  g_autofree char *first = auto_config_to_json_string (config, FALSE), *second = auto_config_to_json_string (again, FALSE);
  if (!g_str_equal (first, second))
    return fault (error, "%s: the defaults, written and read, are not the same:\n%s\n%s", model_type, first, second);
  return TRUE;
}

static gboolean
check_classes (AutoPluginInfo *info, const char *model_type, GError **error)
{
  const AutoArchitectureInfo *architecture = auto_registry_find_architecture (model_type, error);
  g_auto(GStrv) doors = auto_plugin_info_list_doors (info, model_type);

  if (!architecture)
    return FALSE;
  for (guint i = 0; doors[i]; i++)
    {
      g_auto(GStrv) classes = auto_plugin_info_list_classes (info, model_type, doors[i]);
      g_autoptr(GPtrArray) models = auto_registry_find_models (architecture->config_type, doors[i]);
      if (strstr (doors[i], "AutoModel") && models->len < g_strv_length (classes))
        return fault (error, "%s: %u of %u classes of %s can be found", model_type, models->len, g_strv_length (classes), doors[i]);
    }
  return TRUE;
}

gboolean
auto_plugin_check (const char *path, GError **error)
{
  g_autofree char *stem = g_str_has_suffix (path, ".so") ? g_strndup (path, strlen (path) - 3) : g_strdup (path);
  g_autofree char *sidecar = g_strconcat (stem, ".plugin", NULL);
  g_autoptr(AutoPluginInfo) info = auto_plugin_info_new (path, g_file_test (sidecar, G_FILE_TEST_EXISTS) ? sidecar : NULL);

  if (auto_plugin_info_get_error (info))
    {
      g_propagate_error (error, g_error_copy (auto_plugin_info_get_error (info)));
      return FALSE;
    }
  if (!check_exports (path, error) || !auto_registry_load_file (path, error))
    return FALSE;
  g_auto(GStrv) types = auto_plugin_info_list_architectures (info);
  for (guint i = 0; types[i]; i++)
    if (!check_config (types[i], error) || !check_classes (info, types[i], error))
      return FALSE;
  return TRUE;
}
