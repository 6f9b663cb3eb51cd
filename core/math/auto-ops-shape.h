/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-ops-view.h"

G_BEGIN_DECLS

/**
 * AutoPadMode:
 * @AUTO_PAD_CONSTANT: a fixed value
 * @AUTO_PAD_REFLECT: mirrored, without the element at the edge
 * @AUTO_PAD_REPLICATE: the element at the edge
 * @AUTO_PAD_SYMMETRIC: mirrored, with the element at the edge
 * @AUTO_PAD_CIRCULAR: from the other end
 *
 * What padding holds.
 */
typedef enum {
  AUTO_PAD_CONSTANT,
  AUTO_PAD_REFLECT,
  AUTO_PAD_REPLICATE,
  AUTO_PAD_SYMMETRIC,
  AUTO_PAD_CIRCULAR,
} AutoPadMode;

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_contiguous (AutoContext *cx, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_concat (AutoContext *cx, AutoTensor **tensors, gsize n_tensors, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_stack (AutoContext *cx, AutoTensor **tensors, gsize n_tensors, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_repeat (AutoContext *cx, AutoTensor *x, const gint64 *repeats, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_repeat_interleave (AutoContext *cx, AutoTensor *x, gint64 repeats, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_roll (AutoContext *cx, AutoTensor *x, gint64 shift, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pad (AutoContext *cx, AutoTensor *x, const gint64 *pads, gsize n_pads, AutoPadMode mode, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tril (AutoContext *cx, AutoTensor *x, gint64 diagonal);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_triu (AutoContext *cx, AutoTensor *x, gint64 diagonal);

G_END_DECLS
