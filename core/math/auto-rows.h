/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"
#include "auto-activation.h"

G_BEGIN_DECLS

/* Functions of every row of a contiguous matrix [rows, n], shared out over the pool. y may be x. */
AUTO_INTERNAL void auto_layer_norm_rows (gint64 rows, gint64 n, const float *x, const float *weight, const float *bias, float eps, float *y); /* weight, bias: or NULL */
AUTO_INTERNAL void auto_rms_norm_rows (gint64 rows, gint64 n, const float *x, const float *weight, float eps, float *y);                      /* weight: or NULL */
AUTO_INTERNAL void auto_softmax_rows (gint64 rows, gint64 n, const float *x, float *y);
AUTO_INTERNAL void auto_log_softmax_rows (gint64 rows, gint64 n, const float *x, float *y);
/* x / max (‖x‖, eps) */
AUTO_INTERNAL void auto_l2_normalize_rows (gint64 rows, gint64 n, const float *x, float eps, float *y);

/* Functions of @n numbers, shared out over the pool. The result may be an argument. */
AUTO_INTERNAL void auto_vec_activate (AutoActivation activation, gint64 n, const float *x, float *y);
AUTO_INTERNAL void auto_vec_add (gint64 n, const float *x, const float *y, float *z);
AUTO_INTERNAL void auto_vec_multiply (gint64 n, const float *x, const float *y, float *z);
AUTO_INTERNAL void auto_vec_scale (gint64 n, const float *x, float factor, float shift, float *y); /* y = factor x + shift */
AUTO_INTERNAL void auto_vec_exp (gint64 n, const float *x, float *y);
/* z = f (x) y: gated units */
AUTO_INTERNAL void auto_vec_gate (AutoActivation activation, gint64 n, const float *x, const float *y, float *z);
/* Numbers of a 16-bit data type, or a copy of F32. */
AUTO_INTERNAL void auto_vec_widen (AutoDType dtype, gint64 n, const void *x, float *y);

G_END_DECLS
