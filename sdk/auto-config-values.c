/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-values.h"

#include "core/auto/auto-config-fields.h"

gboolean
auto_config_default_to (AutoPretrainedConfig *config, const char *key, const char *other, GError **error)
{
  AutoConfig *self = AUTO_CONFIG (config);

  return !auto_config_is_null (self, key) || auto_config_is_null (self, other)
         || auto_config_set_int (self, key, auto_config_get_int (self, other, 0), error);
}

gboolean
auto_config_renamed (AutoPretrainedConfig *config, const char *old_name, const char *key, GError **error)
{
  g_autoptr(JsonNode) value = auto_config_get_value (AUTO_CONFIG (config), old_name);

  if (!value || JSON_NODE_HOLDS_NULL (value))
    return TRUE;
  auto_config_remove (AUTO_CONFIG (config), old_name);
  return auto_config_set_value (AUTO_CONFIG (config), key, value, error);
}
