/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-load-options.h"

G_BEGIN_DECLS

#define AUTO_TYPE_CONFIG (auto_config_get_type ())

/**
 * AutoConfig:
 *
 * The configuration of a model, whichever its architecture; and the door through which configurations are loaded.
 *
 * Every implementation derives from [class@PretrainedConfig].
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (AutoConfig, auto_config, AUTO, CONFIG, GObject)

struct _AutoConfigInterface
{
  GTypeInterface parent_iface;

  /*< private >*/
  gpointer padding[8];
};

/* Doors */
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_config_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_config_from_pretrained_full (const char *name_or_path, AutoLoadOptions *options, JsonObject **unused,
                                                                    GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_config_from_pretrained_async (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable,
                                                              GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_config_from_pretrained_finish (GAsyncResult *result, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_config_for_model (const char *model_type, AutoLoadOptions *options, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_config_from_dict (JsonObject *dict, AutoLoadOptions *options, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_register (const char *model_type, GType type, gboolean exist_ok, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_add_key (GType type, const char *key, JsonNode *initial, GError **error);

/* Reading */
AUTO_AVAILABLE_IN_1_0 const char *auto_config_get_model_type (AutoConfig *self);
AUTO_AVAILABLE_IN_1_0 JsonNode *auto_config_get_value (AutoConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_has (AutoConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_is_null (AutoConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 gint64 auto_config_get_int (AutoConfig *self, const char *key, gint64 otherwise);
AUTO_AVAILABLE_IN_1_0 double auto_config_get_double (AutoConfig *self, const char *key, double otherwise);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_get_bool (AutoConfig *self, const char *key, gboolean otherwise);
AUTO_AVAILABLE_IN_1_0 const char *auto_config_get_string (AutoConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_config_get_nested (AutoConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 char *auto_config_get_label (AutoConfig *self, gint64 id);
AUTO_AVAILABLE_IN_1_0 char **auto_config_list_keys (AutoConfig *self);

/* Writing */
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_set_value (AutoConfig *self, const char *key, JsonNode *value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_set_int (AutoConfig *self, const char *key, gint64 value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_set_double (AutoConfig *self, const char *key, double value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_set_bool (AutoConfig *self, const char *key, gboolean value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_set_string (AutoConfig *self, const char *key, const char *value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_set_text (AutoConfig *self, const char *key, const char *json, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_update (AutoConfig *self, JsonObject *dict, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_config_copy (AutoConfig *self);

/* As JSON */
AUTO_AVAILABLE_IN_1_0 JsonObject *auto_config_to_dict (AutoConfig *self);
AUTO_AVAILABLE_IN_1_0 JsonObject *auto_config_to_diff_dict (AutoConfig *self);
AUTO_AVAILABLE_IN_1_0 char *auto_config_to_json_string (AutoConfig *self, gboolean use_diff);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_to_json_file (AutoConfig *self, const char *path, gboolean use_diff, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_save_pretrained (AutoConfig *self, const char *folder, GError **error);

G_END_DECLS
