/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-ops-view.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_full (AutoContext *cx, const gint64 *shape, gsize n_dims, double value, AutoDType dtype);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_zeros (AutoContext *cx, const gint64 *shape, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_ones (AutoContext *cx, const gint64 *shape, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_full_like (AutoContext *cx, AutoTensor *x, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_arange (AutoContext *cx, gint64 start, gint64 end, gint64 step);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_arange_float (AutoContext *cx, double start, double end, double step);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_linspace (AutoContext *cx, double start, double end, gint64 n);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_eye (AutoContext *cx, gint64 n);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_constant (AutoContext *cx, const double *values, gsize n_values);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_constant_ints (AutoContext *cx, const gint64 *values, gsize n_values);

G_END_DECLS
