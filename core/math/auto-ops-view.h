/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* Arrays in arguments, with their length: auto_reshape (cx, x, AUTO_DIMS (batch, length, -1)). */
#define AUTO_DIMS(...) ((const gint64[]) { __VA_ARGS__ }), (sizeof ((const gint64[]) { __VA_ARGS__ }) / sizeof (gint64))
#define AUTO_ORDER(...) ((const int[]) { __VA_ARGS__ }), (sizeof ((const int[]) { __VA_ARGS__ }) / sizeof (int))
#define AUTO_TENSORS(...) ((AutoTensor *[]) { __VA_ARGS__ }), (sizeof ((AutoTensor *[]) { __VA_ARGS__ }) / sizeof (AutoTensor *))
#define AUTO_VALUES(...) ((const double[]) { __VA_ARGS__ }), (sizeof ((const double[]) { __VA_ARGS__ }) / sizeof (double))

/* The size of a dimension (negative from the last), 1 for a tensor that a failed context did not make. */
static inline gint64
auto_dim (AutoTensor *x, int dim)
{
  return x ? auto_tensor_get_dim (x, dim) : 1;
}

/* Views where the memory allows it. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_reshape (AutoContext *cx, AutoTensor *x, const gint64 *shape, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_flatten (AutoContext *cx, AutoTensor *x, int start, int end);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_unflatten (AutoContext *cx, AutoTensor *x, int dim, const gint64 *sizes, gsize n_sizes);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_split_heads (AutoContext *cx, AutoTensor *x, gint64 n_heads);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_merge_heads (AutoContext *cx, AutoTensor *x);

/* Always views. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_unsqueeze (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_squeeze (AutoContext *cx, AutoTensor *x, int dim);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_permute (AutoContext *cx, AutoTensor *x, const int *dims, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_transpose (AutoContext *cx, AutoTensor *x, int dim0, int dim1);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_expand (AutoContext *cx, AutoTensor *x, const gint64 *shape, gsize n_dims);

G_END_DECLS
