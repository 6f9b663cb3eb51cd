/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_topk (AutoContext *cx, AutoTensor *x, gint64 k, int dim, AutoTensor **indices);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sort (AutoContext *cx, AutoTensor *x, int dim, gboolean descending, AutoTensor **indices);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_argsort (AutoContext *cx, AutoTensor *x, int dim, gboolean descending);

G_END_DECLS
