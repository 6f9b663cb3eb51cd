/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-slice.h"

#include "auto-ops-private.h"

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
  return auto_op_replace_dim (cx, "slice", x, d, &size, &stride, 1, size ? start * x->strides[d] : 0);
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
  return auto_op_replace_dim (cx, "narrow", x, d, &length, &x->strides[d], 1, length ? first * x->strides[d] : 0);
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
  return auto_op_replace_dim (cx, "select", x, d, NULL, NULL, 0, at * x->strides[d]);
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
  return auto_op_view (cx, x, shape, strides, x->n_dims + 1, 0);
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
  return auto_op_replace_dim (cx, "flip", x, d, &size, &stride, 1, auto_tensor_get_n_elements (x) ? (size - 1) * x->strides[d] : 0);
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
  return auto_op_view (cx, x, shape, strides, n, shape[n - 1] ? down * x->strides[a] + right * x->strides[b] : 0);
}
