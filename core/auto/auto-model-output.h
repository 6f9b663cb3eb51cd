/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

#define AUTO_TYPE_MODEL_OUTPUT (auto_model_output_get_type ())

/**
 * AutoModelOutput:
 *
 * What a model's call returns: tensors under the reference's names. The tensors of a list are named
 * `hidden_states.0`, `hidden_states.1`, …
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoModelOutput, auto_model_output, AUTO, MODEL_OUTPUT, GObject)

AUTO_AVAILABLE_IN_1_0 AutoModelOutput *auto_model_output_new (void);
AUTO_AVAILABLE_IN_1_0 void auto_model_output_set (AutoModelOutput *self, const char *name, AutoTensor *tensor);
AUTO_AVAILABLE_IN_1_0 void auto_model_output_append (AutoModelOutput *self, const char *list, AutoTensor *tensor);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_model_output_get (AutoModelOutput *self, const char *name);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_model_output_get_element (AutoModelOutput *self, const char *list, guint i);
AUTO_AVAILABLE_IN_1_0 char **auto_model_output_list (AutoModelOutput *self);

G_END_DECLS
