/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/base/auto-errors.h"

G_BEGIN_DECLS

/**
 * AutoPluginState:
 * @AUTO_PLUGIN_STATE_INSTALLED: found, not loaded yet
 * @AUTO_PLUGIN_STATE_LOADED: in use
 * @AUTO_PLUGIN_STATE_FAILED: can't be used
 * @AUTO_PLUGIN_STATE_SHADOWED: another one of the same name comes first on the search path
 *
 * How a plugin stands.
 */
typedef enum {
  AUTO_PLUGIN_STATE_INSTALLED,
  AUTO_PLUGIN_STATE_LOADED,
  AUTO_PLUGIN_STATE_FAILED,
  AUTO_PLUGIN_STATE_SHADOWED,
} AutoPluginState;

#define AUTO_TYPE_PLUGIN_INFO (auto_plugin_info_get_type ())

/**
 * AutoPluginInfo:
 *
 * What is known about a plugin without loading it.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoPluginInfo, auto_plugin_info, AUTO, PLUGIN_INFO, GObject)

AUTO_AVAILABLE_IN_1_0 const char *auto_plugin_info_get_name (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 const char *auto_plugin_info_get_title (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 const char *auto_plugin_info_get_version (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 const char *auto_plugin_info_get_licence (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 const char *auto_plugin_info_get_path (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 AutoPluginState auto_plugin_info_get_state (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 const GError *auto_plugin_info_get_error (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 const char *auto_plugin_info_get_shadowed_by (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 char **auto_plugin_info_list_architectures (AutoPluginInfo *self);
AUTO_AVAILABLE_IN_1_0 char **auto_plugin_info_list_doors (AutoPluginInfo *self, const char *model_type);
AUTO_AVAILABLE_IN_1_0 char **auto_plugin_info_list_classes (AutoPluginInfo *self, const char *model_type, const char *door);

G_END_DECLS
