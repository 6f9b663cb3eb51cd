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

G_END_DECLS
