/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-pool.h"

#include "auto-spatial.h"

/* Windows over @n_space dimensions, one or two; over as many as @x has for 0. */
static AutoTensor *
pool (AutoContext *cx, const char *op, AutoTensor *x, guint n_space, const AutoPool *how, gboolean mean)
{
  AutoConvShape shape;

  if (!(x = auto_op_floats (cx, op, x)) || !auto_op_spatial (cx, op, x, &shape))
    return NULL;
  guint n = x->n_dims - 2;
  if (n > 2 || (n_space && n != n_space))
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it needs a batch, channels and %s", n_space == 1 ? "one dimension" : "two dimensions of space");
      return NULL;
    }
  auto_op_spread (how->kernel, n, 1, shape.kernel);
  auto_op_spread (how->stride, n, 0, shape.stride);
  auto_op_spread (how->dilation, n, 1, shape.dilation);
  auto_op_spread (how->padding, n, 0, shape.pad_begin);
  gboolean fits = TRUE;
  for (guint i = 3 - n; i < 3; i++)
    {
      shape.stride[i] = shape.stride[i] == 0 ? shape.kernel[i] : shape.stride[i];
      shape.pad_begin[i] = shape.pad_end[i] = MAX (shape.pad_begin[i], 0);
      fits &= shape.pad_begin[i] <= shape.kernel[i] / 2; /* no window lies in the padding alone */
    }
  if (!fits || !auto_conv_set_out_pool (&shape, how->ceil_mode))
    {
      g_autofree char *kernel = auto_shape_to_string (shape.kernel + 3 - n, n), *padding = auto_shape_to_string (shape.pad_begin + 3 - n, n);
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "no windows of %s with the padding %s fit into it", kernel, padding);
      return NULL;
    }
  AutoTensor *y = auto_op_spatial_result (cx, x, &shape);
  if (!y || cx->declaring)
    return y;
  if (mean)
    auto_avg_pool_raw (&shape, !how->exclude_padding, 0, auto_floats (x), auto_floats (y));
  else
    auto_max_pool_raw (&shape, auto_floats (x), auto_floats (y));
  return y;
}

/**
 * auto_max_pool1d: (skip)
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, length)
 * @how: sizes of the windows
 *
 * Returns: (transfer none) (nullable): the greatest elements of the windows; sizes that don't fit together fail the context
 */
AutoTensor *
auto_max_pool1d (AutoContext *cx, AutoTensor *x, const AutoPool *how)
{
  return pool (cx, "max_pool1d", x, 1, how, FALSE);
}

/**
 * auto_max_pool2d: (skip)
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, height, width)
 * @how: sizes of the windows
 *
 * Returns: (transfer none) (nullable): the greatest elements of the windows; sizes that don't fit together fail the context
 */
AutoTensor *
auto_max_pool2d (AutoContext *cx, AutoTensor *x, const AutoPool *how)
{
  return pool (cx, "max_pool2d", x, 2, how, FALSE);
}

/**
 * auto_avg_pool1d: (skip)
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, length)
 * @how: sizes of the windows
 *
 * Returns: (transfer none) (nullable): the means of the windows; sizes that don't fit together fail the context
 */
AutoTensor *
auto_avg_pool1d (AutoContext *cx, AutoTensor *x, const AutoPool *how)
{
  return pool (cx, "avg_pool1d", x, 1, how, TRUE);
}

/**
 * auto_avg_pool2d: (skip)
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, height, width)
 * @how: sizes of the windows
 *
 * Returns: (transfer none) (nullable): the means of the windows; sizes that don't fit together fail the context
 */
AutoTensor *
auto_avg_pool2d (AutoContext *cx, AutoTensor *x, const AutoPool *how)
{
  return pool (cx, "avg_pool2d", x, 2, how, TRUE);
}

/**
 * auto_max_pool:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, …) with one or two dimensions of space
 * @kernel: the window's size in each of them
 * @stride: distance of two windows; 0 for the window's size
 * @padding: places on both sides that never are the maximum
 *
 * Returns: (transfer none) (nullable): the greatest elements of the windows
 */
AutoTensor *
auto_max_pool (AutoContext *cx, AutoTensor *x, gint64 kernel, gint64 stride, gint64 padding)
{
  return pool (cx, "max_pool", x, 0, &(AutoPool) { .kernel = { kernel }, .stride = { stride }, .padding = { padding } }, FALSE);
}

/**
 * auto_avg_pool:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, …) with one or two dimensions of space
 * @kernel: the window's size in each of them
 * @stride: distance of two windows; 0 for the window's size
 * @padding: zeros on both sides, which count
 *
 * Returns: (transfer none) (nullable): the means of the windows
 */
AutoTensor *
auto_avg_pool (AutoContext *cx, AutoTensor *x, gint64 kernel, gint64 stride, gint64 padding)
{
  return pool (cx, "avg_pool", x, 0, &(AutoPool) { .kernel = { kernel }, .stride = { stride }, .padding = { padding } }, TRUE);
}

/* Means over windows along the dimension @d that cover it evenly. */
static AutoTensor *
adapt (AutoContext *cx, const char *op, AutoTensor *x, guint d, gint64 n)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS], outer = 1, inner = 1;

  memcpy (shape, x->shape, sizeof shape);
  if (n < 1 || x->shape[d] < 1)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "dimension %u can't become %" G_GINT64_FORMAT, d, n);
      return NULL;
    }
  shape[d] = n;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, x->n_dims);
  if (!y || cx->declaring)
    return y;
  for (guint i = 0; i < x->n_dims; i++)
    *(i < d ? &outer : &inner) *= i == d ? 1 : x->shape[i];
  gint64 size = x->shape[d];
  for (gint64 o = 0; o < outer * n; o++)
    {
      gint64 start = o % n * size / n, end = (o % n * size + size + n - 1) / n;
      const float *from = auto_floats (x) + o / n * size * inner;
      float *to = auto_floats (y) + o * inner;
      for (gint64 i = 0; i < inner; i++)
        {
          double sum = 0;
          for (gint64 j = start; j < end; j++)
            sum += from[j * inner + i];
          to[i] = (float) (sum / (double) (end - start));
        }
    }
  return y;
}

static AutoTensor *
adaptive (AutoContext *cx, const char *op, AutoTensor *x, const gint64 *sizes, guint n)
{
  if (!(x = auto_op_floats (cx, op, x)))
    return NULL;
  if (x->n_dims < n + 1)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it needs channels and dimensions of space");
      return NULL;
    }
  for (guint i = 0; i < n && x; i++)
    x = adapt (cx, op, x, x->n_dims - n + i, sizes[i]);
  return x;
}

/**
 * auto_adaptive_avg_pool1d:
 * @cx: a context
 * @x: (nullable): a tensor (…, length)
 * @size: the length of the result
 *
 * Returns: (transfer none) (nullable): means of @size windows that cover the last dimension
 */
AutoTensor *
auto_adaptive_avg_pool1d (AutoContext *cx, AutoTensor *x, gint64 size)
{
  return adaptive (cx, "adaptive_avg_pool1d", x, &size, 1);
}

/**
 * auto_adaptive_avg_pool2d:
 * @cx: a context
 * @x: (nullable): a tensor (…, height, width)
 * @height: the height of the result
 * @width: the width of the result
 *
 * Returns: (transfer none) (nullable): means of windows that cover the last two dimensions
 */
AutoTensor *
auto_adaptive_avg_pool2d (AutoContext *cx, AutoTensor *x, gint64 height, gint64 width)
{
  return adaptive (cx, "adaptive_avg_pool2d", x, (const gint64[]) { height, width }, 2);
}
