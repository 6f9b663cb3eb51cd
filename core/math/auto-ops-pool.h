/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/**
 * AutoPool: (skip)
 *
 * How a pooling window moves; as [struct@Conv], and the stride that is left out is the kernel.
 */
typedef struct
{
  gint64 kernel[2];
  gint64 stride[2];
  gint64 padding[2];
  gint64 dilation[2];          /* of maxima */
  gboolean ceil_mode;
  gboolean exclude_padding;    /* the means count only what lies inside: count_include_pad=False */
} AutoPool;

AUTO_INTERNAL AutoTensor *auto_max_pool1d (AutoContext *cx, AutoTensor *x, const AutoPool *how);
AUTO_INTERNAL AutoTensor *auto_max_pool2d (AutoContext *cx, AutoTensor *x, const AutoPool *how);
AUTO_INTERNAL AutoTensor *auto_avg_pool1d (AutoContext *cx, AutoTensor *x, const AutoPool *how);
AUTO_INTERNAL AutoTensor *auto_avg_pool2d (AutoContext *cx, AutoTensor *x, const AutoPool *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_adaptive_avg_pool1d (AutoContext *cx, AutoTensor *x, gint64 size);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_adaptive_avg_pool2d (AutoContext *cx, AutoTensor *x, gint64 height, gint64 width);

G_END_DECLS
