/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-view.h"

#include "auto-ops-private.h"

static AutoTensor *
view (AutoContext *cx, AutoTensor *x, const gint64 *shape, const gint64 *strides, guint n_dims, gint64 offset)
{
  return auto_context_adopt (cx, auto_tensor_new_view (x, shape, strides, n_dims, offset));
}

/* @x with @shape and @strides in place of the dimension @dim. */
static AutoTensor *
replace_dim (AutoContext *cx, const char *op, AutoTensor *x, guint dim, const gint64 *shape, const gint64 *strides, guint n, gint64 offset)
{
  gint64 new_shape[AUTO_TENSOR_MAX_DIMS], new_strides[AUTO_TENSOR_MAX_DIMS];
  guint n_dims = x->n_dims - 1 + n, behind = x->n_dims - dim - 1;

  if (n_dims > AUTO_TENSOR_MAX_DIMS)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "there would be more than %d dimensions", AUTO_TENSOR_MAX_DIMS);
      return NULL;
    }
  for (guint d = 0; d < dim; d++)
    new_shape[d] = x->shape[d], new_strides[d] = x->strides[d];
  for (guint d = 0; d < n; d++)
    new_shape[dim + d] = shape[d], new_strides[dim + d] = strides[d];
  for (guint d = 0; d < behind; d++)
    new_shape[dim + n + d] = x->shape[dim + 1 + d], new_strides[dim + n + d] = x->strides[dim + 1 + d];
  return view (cx, x, new_shape, new_strides, n_dims, offset);
}

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
    return view (cx, x, dims, strides, n_dims, 0);
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
  return replace_dim (cx, "unflatten", x, d, dims, strides, n_sizes, 0);
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
  return view (cx, x, shape, strides, x->n_dims + 1, 0);
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
  return x->shape[d] == 1 ? replace_dim (cx, "squeeze", x, d, NULL, NULL, 0, 0) : x;
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
  return view (cx, x, shape, strides, x->n_dims, 0);
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
  AutoTensor *y = view (cx, x, x->shape, x->strides, x->n_dims, 0);
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
  return view (cx, x, dims, strides, n_dims, 0);
}

static gint64
place (gint64 at, gint64 size)
{
  if (at < 0)
    at = at < -size ? 0 : at + size;
  return MIN (at, size);
}

/**
 * auto_slice:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @start: the first place; negative from the end, as in Python
 * @end: the place behind the last; negative from the end; `AUTO_END` (the greatest integer) for all
 * @step: distance of places, at least 1
 *
 * Returns: (transfer none) (nullable): a view of a part; bounds beyond the tensor are cut, as in Python
 */
AutoTensor *
auto_slice (AutoContext *cx, AutoTensor *x, int dim, gint64 start, gint64 end, gint64 step)
{
  guint d;

  if (!auto_op_begin (cx, "slice", x) || !auto_op_dim (cx, "slice", x, dim, &d))
    return NULL;
  if (step < 1)
    {
      auto_op_fail (cx, "slice", x, AUTO_TENSOR_ERROR_RANGE, "the step %" G_GINT64_FORMAT " is below 1", step);
      return NULL;
    }
  start = place (start, x->shape[d]);
  end = place (end, x->shape[d]);
  step = MIN (step, MAX (x->shape[d], 1));
  gint64 size = end > start ? (end - start + step - 1) / step : 0, stride = x->strides[d] * step;
  return replace_dim (cx, "slice", x, d, &size, &stride, 1, size ? start * x->strides[d] : 0);
}

/**
 * auto_narrow:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @start: the first place, negative from the end
 * @length: how many places
 *
 * Returns: (transfer none) (nullable): a view of a part; a part that is not inside fails the context
 */
AutoTensor *
auto_narrow (AutoContext *cx, AutoTensor *x, int dim, gint64 start, gint64 length)
{
  guint d;

  if (!auto_op_begin (cx, "narrow", x) || !auto_op_dim (cx, "narrow", x, dim, &d))
    return NULL;
  gint64 size = x->shape[d], first = start < 0 && start >= -size ? start + size : start;
  if (first < 0 || length < 0 || first > size || length > size - first)
    {
      auto_op_fail (cx, "narrow", x, AUTO_TENSOR_ERROR_RANGE, "%" G_GINT64_FORMAT " places from %" G_GINT64_FORMAT " are not inside dimension %d", length,
                    start, dim);
      return NULL;
    }
  return replace_dim (cx, "narrow", x, d, &length, &x->strides[d], 1, length ? first * x->strides[d] : 0);
}

/**
 * auto_select:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @index: a place, negative from the end
 *
 * Returns: (transfer none) (nullable): a view of one place, without the dimension
 */
AutoTensor *
auto_select (AutoContext *cx, AutoTensor *x, int dim, gint64 index)
{
  guint d;

  if (!auto_op_begin (cx, "select", x) || !auto_op_dim (cx, "select", x, dim, &d))
    return NULL;
  gint64 at = index < 0 ? index + x->shape[d] : index;
  if (at < 0 || at >= x->shape[d])
    {
      auto_op_fail (cx, "select", x, AUTO_TENSOR_ERROR_RANGE, "dimension %d has no place %" G_GINT64_FORMAT, dim, index);
      return NULL;
    }
  return replace_dim (cx, "select", x, d, NULL, NULL, 0, at * x->strides[d]);
}

/**
 * auto_chunk:
 * @cx: a context
 * @x: (nullable): a tensor
 * @n_chunks: how many equal parts there are
 * @dim: a dimension, negative from the last
 * @which: the part wanted, from 0
 *
 * Returns: (transfer none) (nullable): a view of one of the parts; a dimension that can't be divided fails the context
 */
AutoTensor *
auto_chunk (AutoContext *cx, AutoTensor *x, gint64 n_chunks, int dim, gint64 which)
{
  guint d;

  if (!auto_op_begin (cx, "chunk", x) || !auto_op_dim (cx, "chunk", x, dim, &d))
    return NULL;
  if (n_chunks < 1 || x->shape[d] % n_chunks != 0 || which < 0 || which >= n_chunks)
    {
      auto_op_fail (cx, "chunk", x, AUTO_TENSOR_ERROR_SHAPE, "there is no part %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " along dimension %d", which,
                    n_chunks, dim);
      return NULL;
    }
  gint64 size = x->shape[d] / n_chunks;
  return auto_narrow (cx, x, dim, which * size, size);
}

/**
 * auto_unfold:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 * @size: the size of a window
 * @step: the distance of two windows
 *
 * Returns: (transfer none) (nullable): a view with the windows along @dim and a last dimension for what is in one
 */
AutoTensor *
auto_unfold (AutoContext *cx, AutoTensor *x, int dim, gint64 size, gint64 step)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];
  guint d;

  if (!auto_op_begin (cx, "unfold", x) || !auto_op_dim (cx, "unfold", x, dim, &d))
    return NULL;
  if (size < 0 || size > x->shape[d] || step < 1 || x->n_dims == AUTO_TENSOR_MAX_DIMS)
    {
      auto_op_fail (cx, "unfold", x, AUTO_TENSOR_ERROR_SHAPE,
                    "there are no windows of %" G_GINT64_FORMAT " every %" G_GINT64_FORMAT " along dimension %d", size, step, dim);
      return NULL;
    }
  step = MIN (step, x->shape[d] + 1);
  memcpy (shape, x->shape, sizeof shape);
  memcpy (strides, x->strides, sizeof strides);
  shape[d] = (x->shape[d] - size) / step + 1;
  strides[d] = x->strides[d] * step;
  shape[x->n_dims] = size;
  strides[x->n_dims] = x->strides[d];
  return view (cx, x, shape, strides, x->n_dims + 1, 0);
}

/**
 * auto_flip:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension, negative from the last
 *
 * Returns: (transfer none) (nullable): a view with the dimension's places in the opposite order
 */
AutoTensor *
auto_flip (AutoContext *cx, AutoTensor *x, int dim)
{
  guint d;

  if (!auto_op_begin (cx, "flip", x) || !auto_op_dim (cx, "flip", x, dim, &d))
    return NULL;
  gint64 size = x->shape[d], stride = -x->strides[d];
  return replace_dim (cx, "flip", x, d, &size, &stride, 1, auto_tensor_get_n_elements (x) ? (size - 1) * x->strides[d] : 0);
}

/**
 * auto_diagonal:
 * @cx: a context
 * @x: (nullable): a tensor
 * @offset: 0 for the main diagonal, above it when positive
 * @dim0: the dimension of rows, negative from the last
 * @dim1: the dimension of columns
 *
 * Returns: (transfer none) (nullable): a view without both dimensions, with the diagonal as the last one
 */
AutoTensor *
auto_diagonal (AutoContext *cx, AutoTensor *x, int offset, int dim0, int dim1)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];
  guint a, b, n = 0;

  if (!auto_op_begin (cx, "diagonal", x) || !auto_op_dim (cx, "diagonal", x, dim0, &a) || !auto_op_dim (cx, "diagonal", x, dim1, &b))
    return NULL;
  if (a == b)
    {
      auto_op_fail (cx, "diagonal", x, AUTO_TENSOR_ERROR_RANGE, "rows and columns are the same dimension");
      return NULL;
    }
  for (guint d = 0; d < x->n_dims; d++)
    if (d != a && d != b)
      {
        shape[n] = x->shape[d];
        strides[n++] = x->strides[d];
      }
  gint64 down = MAX (-(gint64) offset, 0), right = MAX ((gint64) offset, 0);
  shape[n] = MAX (MIN (x->shape[a] - down, x->shape[b] - right), 0);
  strides[n++] = x->strides[a] + x->strides[b];
  return view (cx, x, shape, strides, n, shape[n - 1] ? down * x->strides[a] + right * x->strides[b] : 0);
}
