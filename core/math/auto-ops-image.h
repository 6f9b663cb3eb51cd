/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/**
 * AutoInterpolation:
 * @AUTO_INTERPOLATION_NEAREST: the element at the place rounded down
 * @AUTO_INTERPOLATION_LINEAR: linear in each dimension of space
 * @AUTO_INTERPOLATION_BICUBIC: cubic in each dimension of space, with a = -0.75
 *
 * How values between elements are found.
 */
typedef enum {
  AUTO_INTERPOLATION_NEAREST,
  AUTO_INTERPOLATION_LINEAR,
  AUTO_INTERPOLATION_BICUBIC,
} AutoInterpolation;

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_interpolate (AutoContext *cx, AutoTensor *x, const gint64 *size, gsize n_size, AutoInterpolation mode,
                                                    gboolean align_corners);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_interpolate_scale (AutoContext *cx, AutoTensor *x, const double *scale, gsize n_scale,
                                                          AutoInterpolation mode, gboolean align_corners);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_grid_sample (AutoContext *cx, AutoTensor *x, AutoTensor *grid, gboolean align_corners);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pixel_shuffle (AutoContext *cx, AutoTensor *x, gint64 factor);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_im2col (AutoContext *cx, AutoTensor *x, gint64 kernel, gint64 stride, gint64 padding, gint64 dilation);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_col2im (AutoContext *cx, AutoTensor *x, gint64 height, gint64 width, gint64 kernel, gint64 stride,
                                               gint64 padding, gint64 dilation);

G_END_DECLS
