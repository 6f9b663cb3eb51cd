/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Copies of a tensor with other values at some places. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scatter (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scatter_add (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scatter_max (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scatter_min (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_index_copy (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_index_add (AutoContext *cx, AutoTensor *x, int dim, AutoTensor *ids, AutoTensor *src);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_put (AutoContext *cx, AutoTensor *x, int dim, gint64 start, AutoTensor *src);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_masked_scatter (AutoContext *cx, AutoTensor *x, AutoTensor *mask, AutoTensor *src);

G_END_DECLS
