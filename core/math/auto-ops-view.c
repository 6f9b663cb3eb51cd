/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-view.h"

#include "auto-ops-private.h"

/* Puts the size that follows from the others in place of a -1. */
static gboolean
complete_shape (AutoTensor *x, const gint64 *shape, gsize n_dims, gint64 *dims)
{
  gint64 n = auto_tensor_get_n_elements (x), known = 1;
  int open = -1;
  gsize count;

  if (n_dims > AUTO_TENSOR_MAX_DIMS)
    return FALSE;
  for (gsize d = 0; d < n_dims; d++)
    {
      dims[d] = shape[d];
      if (shape[d] == -1 && open < 0)
        open = (int) d;
      else if (shape[d] < 0 || __builtin_mul_overflow (known, shape[d], &known))
        return FALSE;
    }
  if (open >= 0)
    dims[open] = known > 0 ? n / known : 0;
  return auto_shape_count (dims, n_dims, x->dtype, &count) && (gint64) count == n;
}

/* Strides that show @x in another shape; FALSE when its elements lie too far apart for that. */
static gboolean
find_strides (AutoTensor *x, const gint64 *dims, guint n_dims, gint64 *strides)
{
  int from = (int) x->n_dims - 1, to = (int) n_dims - 1;

  while (to >= 0)
    {
      gint64 block, stride, filled = 1;
      while (from >= 0 && x->shape[from] == 1)
        from--;
      if (from < 0) /* only sizes of 1 are left */
        {
          strides[to--] = 1;
          continue;
        }
      block = x->shape[from];
      stride = x->strides[from];
      for (from--; from >= 0 && (x->shape[from] == 1 || x->strides[from] == block * stride); from--)
        block *= x->shape[from];
      while (to >= 0 && filled * dims[to] <= block)
        {
          strides[to] = filled * stride;
          filled *= dims[to--];
        }
      if (filled != block)
        return FALSE;
    }
  return TRUE;
}

static AutoTensor *
reshape (AutoContext *cx, const char *op, AutoTensor *x, const gint64 *shape, gsize n_dims)
{
  gint64 dims[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];

  if (!complete_shape (x, shape, n_dims, dims))
    {
      g_autofree char *to = auto_shape_to_string (shape, MIN (n_dims, AUTO_TENSOR_MAX_DIMS));
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it can't take the shape %s", to);
      return NULL;
    }
  if (auto_tensor_get_n_elements (x) > 0 && find_strides (x, dims, n_dims, strides))
    return auto_op_view (cx, x, dims, strides, n_dims, 0);
  AutoTensor *whole = auto_op_contiguous (cx, x);
  return whole ? auto_context_adopt (cx, auto_tensor_new_over (whole->dtype, dims, n_dims, whole->storage, whole->data)) : NULL;
}

/**
 * auto_reshape:
 * @cx: a context
 * @x: (nullable): a tensor
 * @shape: (array length=n_dims): the new dimensions; one may be -1, which the others decide
 * @n_dims: how many there are
 *
 * Copies only when the elements don't lie so that strides can describe the new shape.
 *
 * Returns: (transfer none) (nullable): the same elements in another shape; another number of elements fails the context
 */
AutoTensor *
auto_reshape (AutoContext *cx, AutoTensor *x, const gint64 *shape, gsize n_dims)
{
  return auto_op_begin (cx, "reshape", x) ? reshape (cx, "reshape", x, shape, n_dims) : NULL;
}

/**
 * auto_flatten:
 * @cx: a context
 * @x: (nullable): a tensor
 * @start: the first dimension, negative from the last
 * @end: the last dimension
 *
 * Returns: (transfer none) (nullable): @x with the dimensions from @start to @end made one
 */
AutoTensor *
auto_flatten (AutoContext *cx, AutoTensor *x, int start, int end)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint first, last, n = 0;

  if (!auto_op_begin (cx, "flatten", x))
    return NULL;
  if (x->n_dims == 0)
    return reshape (cx, "flatten", x, (const gint64[]) { 1 }, 1);
  if (!auto_op_dim (cx, "flatten", x, start, &first) || !auto_op_dim (cx, "flatten", x, end, &last))
    return NULL;
  if (first > last)
    {
      auto_op_fail (cx, "flatten", x, AUTO_TENSOR_ERROR_RANGE, "dimension %d is behind %d", start, end);
      return NULL;
    }
  for (guint d = 0; d < x->n_dims; d++)
    if (d > first && d <= last)
      shape[n - 1] *= x->shape[d];
    else
      shape[n++] = x->shape[d];
  return reshape (cx, "flatten", x, shape, n);
}

/**
 * auto_unflatten:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @sizes: (array length=n_sizes): what it becomes; one may be -1, which the others decide
 * @n_sizes: how many there are
 *
 * Returns: (transfer none) (nullable): @x with one dimension made several
 */
AutoTensor *
auto_unflatten (AutoContext *cx, AutoTensor *x, int dim, const gint64 *sizes, gsize n_sizes)
{
  gint64 dims[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS], size, stride;
  guint d;

  if (!auto_op_begin (cx, "unflatten", x) || !auto_op_dim (cx, "unflatten", x, dim, &d))
    return NULL;
  size = x->shape[d];
  stride = x->strides[d];
  AutoTensor line = { .dtype = x->dtype, .n_dims = 1, .shape = { size }, .strides = { stride } };
  if (!complete_shape (&line, sizes, n_sizes, dims))
    {
      g_autofree char *to = auto_shape_to_string (sizes, MIN (n_sizes, AUTO_TENSOR_MAX_DIMS));
      auto_op_fail (cx, "unflatten", x, AUTO_TENSOR_ERROR_SHAPE, "dimension %d can't become %s", dim, to);
      return NULL;
    }
  for (int i = (int) n_sizes - 1; i >= 0; i--)
    {
      strides[i] = stride;
      stride *= dims[i];
    }
  return auto_op_replace_dim (cx, "unflatten", x, d, dims, strides, n_sizes, 0);
}

/**
 * auto_unsqueeze:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: the new dimension's place, negative from the last of the result
 *
 * Returns: (transfer none) (nullable): @x with a dimension of size 1 more
 */
AutoTensor *
auto_unsqueeze (AutoContext *cx, AutoTensor *x, int dim)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];

  if (!auto_op_begin (cx, "unsqueeze", x))
    return NULL;
  gint64 at = dim < 0 ? (gint64) dim + x->n_dims + 1 : dim;
  if (at < 0 || at > x->n_dims || x->n_dims == AUTO_TENSOR_MAX_DIMS)
    {
      auto_op_fail (cx, "unsqueeze", x, AUTO_TENSOR_ERROR_RANGE, "there is no place %d for a dimension", dim);
      return NULL;
    }
  for (guint d = 0; d <= x->n_dims; d++)
    {
      shape[d] = d == at ? 1 : x->shape[d - (d > at)];
      strides[d] = d == at ? 0 : x->strides[d - (d > at)];
    }
  return auto_op_view (cx, x, shape, strides, x->n_dims + 1, 0);
}

/**
 * auto_squeeze:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): @x without the dimension @dim when its size is 1, otherwise @x
 */
AutoTensor *
auto_squeeze (AutoContext *cx, AutoTensor *x, int dim)
{
  guint d;

  if (!auto_op_begin (cx, "squeeze", x) || !auto_op_dim (cx, "squeeze", x, dim, &d))
    return NULL;
  return x->shape[d] == 1 ? auto_op_replace_dim (cx, "squeeze", x, d, NULL, NULL, 0, 0) : x;
}

/**
 * auto_permute:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dims: (array length=n_dims): the dimensions of @x in their new order
 * @n_dims: how many there are
 *
 * Returns: (transfer none) (nullable): a view with the dimensions in another order
 */
AutoTensor *
auto_permute (AutoContext *cx, AutoTensor *x, const int *dims, gsize n_dims)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];
  guint seen = 0, d;

  if (!auto_op_begin (cx, "permute", x))
    return NULL;
  for (gsize i = 0; i < MIN (n_dims, x->n_dims); i++)
    {
      if (!auto_op_dim (cx, "permute", x, dims[i], &d))
        return NULL;
      seen |= 1u << d;
      shape[i] = x->shape[d];
      strides[i] = x->strides[d];
    }
  if (n_dims != x->n_dims || seen != (1u << n_dims) - 1)
    {
      auto_op_fail (cx, "permute", x, AUTO_TENSOR_ERROR_SHAPE, "the order does not name each of its dimensions once");
      return NULL;
    }
  return auto_op_view (cx, x, shape, strides, x->n_dims, 0);
}

/**
 * auto_transpose:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim0: a dimension, negative from the last
 * @dim1: a dimension
 *
 * Returns: (transfer none) (nullable): a view with the two dimensions exchanged
 */
AutoTensor *
auto_transpose (AutoContext *cx, AutoTensor *x, int dim0, int dim1)
{
  guint a, b;

  if (!auto_op_begin (cx, "transpose", x) || !auto_op_dim (cx, "transpose", x, dim0, &a) || !auto_op_dim (cx, "transpose", x, dim1, &b))
    return NULL;
  AutoTensor *y = auto_op_view (cx, x, x->shape, x->strides, x->n_dims, 0);
  y->shape[a] = x->shape[b], y->strides[a] = x->strides[b];
  y->shape[b] = x->shape[a], y->strides[b] = x->strides[a];
  return y;
}

/**
 * auto_split_heads:
 * @cx: a context
 * @x: (nullable): a tensor (batch, length, n_heads · d)
 * @n_heads: how many heads there are
 *
 * Returns: (transfer none) (nullable): a view (batch, @n_heads, length, d)
 */
AutoTensor *
auto_split_heads (AutoContext *cx, AutoTensor *x, gint64 n_heads)
{
  if (!auto_op_begin (cx, "split_heads", x))
    return NULL;
  if (x->n_dims != 3 || n_heads <= 0 || x->shape[2] % n_heads != 0)
    {
      auto_op_fail (cx, "split_heads", x, AUTO_TENSOR_ERROR_SHAPE, "it can't be split into %" G_GINT64_FORMAT " heads", n_heads);
      return NULL;
    }
  return auto_transpose (cx, auto_unflatten (cx, x, -1, AUTO_DIMS (n_heads, x->shape[2] / n_heads)), 1, 2);
}

/**
 * auto_merge_heads:
 * @cx: a context
 * @x: (nullable): a tensor (batch, heads, length, d)
 *
 * Returns: (transfer none) (nullable): a tensor (batch, length, heads · d)
 */
AutoTensor *
auto_merge_heads (AutoContext *cx, AutoTensor *x)
{
  if (!auto_op_begin (cx, "merge_heads", x))
    return NULL;
  if (x->n_dims != 4)
    {
      auto_op_fail (cx, "merge_heads", x, AUTO_TENSOR_ERROR_SHAPE, "it needs four dimensions");
      return NULL;
    }
  return auto_flatten (cx, auto_transpose (cx, x, 1, 2), 2, 3);
}

/**
 * auto_expand:
 * @cx: a context
 * @x: (nullable): a tensor
 * @shape: (array length=n_dims): the dimensions wanted, aligned with the last of @x; -1 keeps one
 * @n_dims: how many there are, at least as many as @x has
 *
 * Returns: (transfer none) (nullable): a view that repeats along dimensions of size 1 and new ones
 */
AutoTensor *
auto_expand (AutoContext *cx, AutoTensor *x, const gint64 *shape, gsize n_dims)
{
  gint64 dims[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];
  gsize count, lead = n_dims - (x ? x->n_dims : 0);

  if (!auto_op_begin (cx, "expand", x))
    return NULL;
  gboolean fits = n_dims >= x->n_dims && n_dims <= AUTO_TENSOR_MAX_DIMS;
  for (gsize d = 0; fits && d < n_dims; d++)
    {
      gint64 size = d < lead ? -1 : x->shape[d - lead];
      dims[d] = shape[d] == -1 ? size : shape[d];
      strides[d] = size == dims[d] && d >= lead ? x->strides[d - lead] : 0;
      fits = dims[d] >= 0 && (d < lead || size == 1 || size == dims[d]);
    }
  if (!fits || !auto_shape_count (dims, n_dims, x->dtype, &count))
    {
      g_autofree char *to = auto_shape_to_string (shape, MIN (n_dims, AUTO_TENSOR_MAX_DIMS));
      auto_op_fail (cx, "expand", x, AUTO_TENSOR_ERROR_SHAPE, "it can't be repeated to %s", to);
      return NULL;
    }
  return auto_op_view (cx, x, dims, strides, n_dims, 0);
}
