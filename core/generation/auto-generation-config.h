/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "../auto/auto-config.h"
#include "../auto/auto-load-options.h"
#include "../auto/auto-model.h"
#include "auto-streamer.h"

G_BEGIN_DECLS

#define AUTO_TYPE_GENERATION_CONFIG (auto_generation_config_get_type ())

/**
 * AutoGenerationConfig:
 *
 * How a model generates: the settings of the reference's GenerationConfig under their names (`max_new_tokens`, `num_beams`, …), with
 * what a call needs beside them: a streamer, functions over the scores. Unknown settings are kept.
 *
 * `seed` is a setting of our own: sampling with the same seed gives the same tokens.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoGenerationConfig, auto_generation_config, AUTO, GENERATION_CONFIG, GObject)

/**
 * AutoLogitsFunc:
 * @ids: (array length=n_ids): the tokens so far of one row
 * @n_ids: how many
 * @scores: (array length=n_scores): the scores of all tokens, to be changed
 * @n_scores: how many
 * @row: which row; beams are rows of their own
 * @user_data: the data given with the function
 *
 * Changes the scores of the next token, after all other processors.
 */
typedef void (*AutoLogitsFunc) (const gint64 *ids, gsize n_ids, float *scores, gsize n_scores, gsize row, gpointer user_data);

/**
 * AutoAllowedTokensFunc:
 * @item: which item of the batch
 * @ids: (array length=n_ids): the tokens so far of a row
 * @n_ids: how many
 * @allowed: (element-type gint64): where to put the tokens that may come next
 * @user_data: the data given with the function
 *
 * Says which tokens may follow, for generation within a grammar.
 */
typedef void (*AutoAllowedTokensFunc) (gsize item, const gint64 *ids, gsize n_ids, GArray *allowed, gpointer user_data);

AUTO_AVAILABLE_IN_1_0 AutoGenerationConfig *auto_generation_config_new (void);
AUTO_AVAILABLE_IN_1_0 AutoGenerationConfig *auto_generation_config_from_dict (JsonObject *dict, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoGenerationConfig *auto_generation_config_from_model_config (AutoConfig *config, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoGenerationConfig *auto_generation_config_from_pretrained (const char *name_or_path, AutoLoadOptions *options,
                                                                                    GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoGenerationConfig *auto_generation_config_copy (AutoGenerationConfig *self);

AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_knows (AutoGenerationConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 JsonNode *auto_generation_config_get_value (AutoGenerationConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 gint64 auto_generation_config_get_int (AutoGenerationConfig *self, const char *key, gint64 otherwise);
AUTO_AVAILABLE_IN_1_0 double auto_generation_config_get_double (AutoGenerationConfig *self, const char *key, double otherwise);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_get_bool (AutoGenerationConfig *self, const char *key, gboolean otherwise);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_generation_config_get_ids (AutoGenerationConfig *self, const char *key, gsize *n_ids);
AUTO_AVAILABLE_IN_1_0 const char *auto_generation_config_get_string (AutoGenerationConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_set_value (AutoGenerationConfig *self, const char *key, JsonNode *value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_set_int (AutoGenerationConfig *self, const char *key, gint64 value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_set_double (AutoGenerationConfig *self, const char *key, double value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_set_bool (AutoGenerationConfig *self, const char *key, gboolean value, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_set_text (AutoGenerationConfig *self, const char *key, const char *json, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_update (AutoGenerationConfig *self, JsonObject *dict, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_validate (AutoGenerationConfig *self, char ***warnings, GError **error);

AUTO_AVAILABLE_IN_1_0 JsonObject *auto_generation_config_to_dict (AutoGenerationConfig *self);
AUTO_AVAILABLE_IN_1_0 char *auto_generation_config_to_json_string (AutoGenerationConfig *self, gboolean use_diff);
AUTO_AVAILABLE_IN_1_0 gboolean auto_generation_config_save_pretrained (AutoGenerationConfig *self, const char *folder, GError **error);

AUTO_AVAILABLE_IN_1_0 void auto_generation_config_add_processor (AutoGenerationConfig *self, AutoLogitsFunc function, gpointer user_data,
                                                                 GDestroyNotify destroy);
AUTO_AVAILABLE_IN_1_0 void auto_generation_config_set_allowed_tokens (AutoGenerationConfig *self, AutoAllowedTokensFunc function, gpointer user_data,
                                                                      GDestroyNotify destroy);
AUTO_AVAILABLE_IN_1_0 void auto_generation_config_set_streamer (AutoGenerationConfig *self, AutoStreamer *streamer);
AUTO_AVAILABLE_IN_1_0 AutoStreamer *auto_generation_config_get_streamer (AutoGenerationConfig *self);
AUTO_AVAILABLE_IN_1_0 void auto_generation_config_set_assistant (AutoGenerationConfig *self, AutoModel *model);
AUTO_AVAILABLE_IN_1_0 AutoModel *auto_generation_config_get_assistant (AutoGenerationConfig *self);

G_END_DECLS
