/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "../base/auto-errors.h"
#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

#define AUTO_TYPE_LOAD_OPTIONS (auto_load_options_get_type ())

/**
 * AutoLoadOptions:
 *
 * The keywords of `from_pretrained`. Everything is a property; %NULL instead of options means the defaults.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoLoadOptions, auto_load_options, AUTO, LOAD_OPTIONS, GObject)

/**
 * AutoProgressFunc:
 * @what: what is being done, for people: a file's name
 * @done: how much of it is done
 * @total: how much there is, or 0 when that is not known
 * @user_data: what was given with the function
 *
 * Called now and then while something long goes on, always in the thread that does it.
 */
typedef void (*AutoProgressFunc) (const char *what, guint64 done, guint64 total, gpointer user_data);

AUTO_AVAILABLE_IN_1_0 AutoLoadOptions *auto_load_options_new (void);
AUTO_AVAILABLE_IN_1_0 void auto_load_options_set (AutoLoadOptions *self, const char *key, const GValue *value);
AUTO_AVAILABLE_IN_1_0 void auto_load_options_set_json (AutoLoadOptions *self, const char *key, JsonNode *value);
AUTO_AVAILABLE_IN_1_0 JsonObject *auto_load_options_get_overrides (AutoLoadOptions *self);
AUTO_AVAILABLE_IN_1_0 void auto_load_options_set_progress (AutoLoadOptions *self, AutoProgressFunc func, gpointer user_data, GDestroyNotify destroy);

#ifndef __GI_SCANNER__
/* For the library's own folders; every one takes NULL. */
AUTO_INTERNAL void auto_load_options_report (AutoLoadOptions *self, const char *what, guint64 done, guint64 total);
AUTO_INTERNAL const char *auto_load_options_get_string (AutoLoadOptions *self, const char *property);
AUTO_INTERNAL gboolean auto_load_options_get_bool (AutoLoadOptions *self, const char *property, gboolean otherwise);
#endif

G_END_DECLS
