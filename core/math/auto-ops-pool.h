/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/**
 * AutoPool: (skip)
 * @kernel: sizes of the window
 * @stride: distances of two windows; the kernel when left out
 * @padding: places added on both sides; -1 is none
 * @dilation: distances of two elements in a window of a maximum; 1 when left out
 * @ceil_mode: whether a window may begin inside and end outside
 * @exclude_padding: whether means count only elements inside, as with `count_include_pad=False`
 *
 * How a window moves over its input; arrays as in #AutoConv.
 */
typedef struct
{
  gint64 kernel[2], stride[2], padding[2], dilation[2];
  gboolean ceil_mode, exclude_padding;
} AutoPool;

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_max_pool1d (AutoContext *cx, AutoTensor *x, const AutoPool *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_max_pool2d (AutoContext *cx, AutoTensor *x, const AutoPool *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_avg_pool1d (AutoContext *cx, AutoTensor *x, const AutoPool *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_avg_pool2d (AutoContext *cx, AutoTensor *x, const AutoPool *how);

/* The same for bindings, with equal sizes in all dimensions of space. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_max_pool (AutoContext *cx, AutoTensor *x, gint64 kernel, gint64 stride, gint64 padding);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_avg_pool (AutoContext *cx, AutoTensor *x, gint64 kernel, gint64 stride, gint64 padding);
/* Windows that cover the input evenly, whatever its size. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_adaptive_avg_pool1d (AutoContext *cx, AutoTensor *x, gint64 size);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_adaptive_avg_pool2d (AutoContext *cx, AutoTensor *x, gint64 height, gint64 width);

G_END_DECLS
