/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

#define AUTO_TYPE_INPUTS (auto_inputs_get_type ())

/**
 * AutoInputs:
 *
 * The arguments of a model's call: tensors under the reference's names, and flags that are no tensors.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoInputs, auto_inputs, AUTO, INPUTS, GObject)

AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_inputs_new (void);
AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_inputs_copy (AutoInputs *self);
AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_inputs_derive (AutoInputs *self);
AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_inputs_part (AutoInputs *self, const char *prefix, const char *const *others);
AUTO_AVAILABLE_IN_1_0 gboolean auto_inputs_was_asked (AutoInputs *self, const char *name);
AUTO_AVAILABLE_IN_1_0 void auto_inputs_set (AutoInputs *self, const char *name, AutoTensor *tensor);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_inputs_get (AutoInputs *self, const char *name);
AUTO_AVAILABLE_IN_1_0 char **auto_inputs_list (AutoInputs *self);
AUTO_AVAILABLE_IN_1_0 void auto_inputs_set_flag (AutoInputs *self, const char *name, JsonNode *value);
AUTO_AVAILABLE_IN_1_0 gboolean auto_inputs_get_flag (AutoInputs *self, const char *name, gboolean otherwise);
AUTO_AVAILABLE_IN_1_0 double auto_inputs_get_number (AutoInputs *self, const char *name, double otherwise);

#ifndef __GI_SCANNER__
/* The same as auto_inputs_get() without asking: the name may still be unknown to the model. */
AUTO_INTERNAL AutoTensor *auto_inputs_peek (AutoInputs *self, const char *name);
/* Names that were set and that nobody asked for. */
AUTO_INTERNAL char **auto_inputs_list_unused (AutoInputs *self);
/* Adds the names that anybody asked for to a set. */
AUTO_INTERNAL void auto_inputs_collect_asked (AutoInputs *self, GHashTable *names);
#endif

G_END_DECLS
