/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Reading at places that a tensor of integers names. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_index_select (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_take_rows (AutoContext *cx, AutoTensor *table, AutoTensor *ids);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_gather (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids);
AUTO_AVAILABLE_IN_1_0 gboolean auto_read_int (AutoContext *cx, AutoTensor *x, gint64 index, gint64 *value);
AUTO_AVAILABLE_IN_1_0 gboolean auto_read_float (AutoContext *cx, AutoTensor *x, gint64 index, double *value);

/* Making such tensors. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_one_hot (AutoContext *cx, AutoTensor *ids, gint64 n_classes);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_nonzero (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_repeat_indices (AutoContext *cx, AutoTensor *counts);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_bucketize (AutoContext *cx, AutoTensor *x, AutoTensor *boundaries, gboolean right);

G_END_DECLS
