/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* For a reduction over all dimensions at once. */
#define AUTO_ALL_DIMS G_MININT

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sum (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_mean (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_prod (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_max (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_min (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_argmax (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_argmin (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_any (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_all (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_var (AutoContext *cx, AutoTensor *x, int dim, gboolean unbiased, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_std (AutoContext *cx, AutoTensor *x, int dim, gboolean unbiased, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_norm (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_logsumexp (AutoContext *cx, AutoTensor *x, int dim, gboolean keep_dim);

/* Of the same shape as x. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_softmax (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_log_softmax (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_l2_normalize (AutoContext *cx, AutoTensor *x, int dim, double epsilon);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_cumsum (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_cumprod (AutoContext *cx, AutoTensor *x, int dim);

/* By order. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_topk (AutoContext *cx, AutoTensor *x, gint64 k, int dim, AutoTensor **indices);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sort (AutoContext *cx, AutoTensor *x, int dim, gboolean descending, AutoTensor **indices);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_argsort (AutoContext *cx, AutoTensor *x, int dim, gboolean descending);

G_END_DECLS
