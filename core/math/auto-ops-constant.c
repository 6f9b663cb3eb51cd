/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-constant.h"

#include <math.h>

#include "auto-ops-private.h"

/**
 * auto_full:
 * @cx: a context
 * @shape: (array length=n_dims): a shape
 * @n_dims: how many dimensions it has
 * @value: a number
 * @dtype: a data type
 *
 * Returns: (transfer none) (nullable): a tensor that holds @value everywhere (as a view that repeats one element)
 */
AutoTensor *
auto_full (AutoContext *cx, const gint64 *shape, gsize n_dims, double value, AutoDType dtype)
{
  AutoTensor *one = auto_context_tensor (cx, dtype, NULL, 0);

  if (one && one->data)
    auto_convert_elements (dtype, one->data, AUTO_DTYPE_F64, &value, 1);
  return one ? auto_expand (cx, one, shape, n_dims) : NULL;
}

/**
 * auto_zeros:
 * @cx: a context
 * @shape: (array length=n_dims): a shape
 * @n_dims: how many dimensions it has
 *
 * Returns: (transfer none) (nullable): 32-bit floats that are 0
 */
AutoTensor *
auto_zeros (AutoContext *cx, const gint64 *shape, gsize n_dims)
{
  return auto_full (cx, shape, n_dims, 0, AUTO_DTYPE_F32);
}

/**
 * auto_ones:
 * @cx: a context
 * @shape: (array length=n_dims): a shape
 * @n_dims: how many dimensions it has
 *
 * Returns: (transfer none) (nullable): 32-bit floats that are 1
 */
AutoTensor *
auto_ones (AutoContext *cx, const gint64 *shape, gsize n_dims)
{
  return auto_full (cx, shape, n_dims, 1, AUTO_DTYPE_F32);
}

/**
 * auto_full_like:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): a tensor of @x's shape and type that holds @value everywhere
 */
AutoTensor *
auto_full_like (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_begin (cx, "full_like", x) ? auto_full (cx, x->shape, x->n_dims, value, x->dtype) : NULL;
}

/**
 * auto_arange:
 * @cx: a context
 * @start: the first integer
 * @end: the integer that is not reached
 * @step: the distance of two, not 0
 *
 * Returns: (transfer none) (nullable): 64-bit integers from @start to before @end
 */
AutoTensor *
auto_arange (AutoContext *cx, gint64 start, gint64 end, gint64 step)
{
  gint64 span, n = 0;

  if (cx->error)
    return NULL;
  if (step == 0 || step == G_MININT64 || __builtin_sub_overflow (end, start, &span) || span == G_MININT64)
    {
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_RANGE,
                         "arange: can't go from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " by %" G_GINT64_FORMAT, start, end, step);
      return NULL;
    }
  if ((span > 0) == (step > 0) && span != 0)
    n = (ABS (span) - 1) / ABS (step) + 1;
  AutoTensor *out = auto_context_tensor (cx, AUTO_DTYPE_I64, &n, 1);
  if (out && out->data)
    for (gint64 i = 0; i < n; i++)
      auto_ints (out)[i] = start + i * step;
  return out;
}

/**
 * auto_arange_float:
 * @cx: a context
 * @start: the first number
 * @end: the number that is not reached
 * @step: the distance of two, not 0
 *
 * Returns: (transfer none) (nullable): 32-bit floats from @start to before @end
 */
AutoTensor *
auto_arange_float (AutoContext *cx, double start, double end, double step)
{
  double size = ceil ((end - start) / step);

  if (cx->error)
    return NULL;
  if (step == 0 || !(size < 0x1p40))
    {
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_RANGE, "arange: can't go from %g to %g by %g", start, end, step);
      return NULL;
    }
  gint64 n = size > 0 ? (gint64) size : 0;
  AutoTensor *out = auto_context_tensor (cx, AUTO_DTYPE_F32, &n, 1);
  if (out && out->data)
    for (gint64 i = 0; i < n; i++)
      auto_floats (out)[i] = (float) (start + (double) i * step);
  return out;
}

/**
 * auto_linspace:
 * @cx: a context
 * @start: the first number
 * @end: the last number
 * @n: how many there are
 *
 * Returns: (transfer none) (nullable): @n 32-bit floats at equal distances
 */
AutoTensor *
auto_linspace (AutoContext *cx, double start, double end, gint64 n)
{
  AutoTensor *out = auto_context_tensor (cx, AUTO_DTYPE_F32, &n, 1);
  float first = (float) start, last = (float) end, step = n > 1 ? (last - first) / (float) (n - 1) : 0;

  if (out && out->data)
    for (gint64 i = 0; i < n; i++) /* from both ends, so that both are exact */
      auto_floats (out)[i] = i < n / 2 || n == 1 ? first + step * (float) i : last - step * (float) (n - 1 - i);
  return out;
}

/**
 * auto_eye:
 * @cx: a context
 * @n: rows and columns
 *
 * Returns: (transfer none) (nullable): the unit matrix of 32-bit floats
 */
AutoTensor *
auto_eye (AutoContext *cx, gint64 n)
{
  AutoTensor *out = auto_context_tensor (cx, AUTO_DTYPE_F32, (const gint64[]) { n, n }, 2);

  if (!out || !out->data)
    return out;
  memset (out->data, 0, n * n * sizeof (float));
  for (gint64 i = 0; i < n; i++)
    auto_floats (out)[i * n + i] = 1;
  return out;
}

/**
 * auto_constant:
 * @cx: a context
 * @values: (array length=n_values): numbers
 * @n_values: how many there are
 *
 * Returns: (transfer none) (nullable): the numbers as 32-bit floats in one dimension
 */
AutoTensor *
auto_constant (AutoContext *cx, const double *values, gsize n_values)
{
  gint64 n = (gint64) n_values;
  AutoTensor *out = auto_context_tensor (cx, AUTO_DTYPE_F32, &n, 1);

  if (out && out->data)
    auto_convert_elements (AUTO_DTYPE_F32, out->data, AUTO_DTYPE_F64, values, n_values);
  return out;
}

/**
 * auto_constant_ints:
 * @cx: a context
 * @values: (array length=n_values): integers
 * @n_values: how many there are
 *
 * Returns: (transfer none) (nullable): the integers in one dimension
 */
AutoTensor *
auto_constant_ints (AutoContext *cx, const gint64 *values, gsize n_values)
{
  gint64 n = (gint64) n_values;
  AutoTensor *out = auto_context_tensor (cx, AUTO_DTYPE_I64, &n, 1);

  if (out && out->data && n_values)
    memcpy (out->data, values, n_values * sizeof *values);
  return out;
}
