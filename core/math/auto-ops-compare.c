/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-compare.h"

#include <math.h>

#include "auto-elementwise.h"

#define COMPARISON(NAME, OPERATOR)                                                                                                                   \
  AUTO_BINARY (NAME##_floats, float, guint8, a OPERATOR b)                                                                                           \
  AUTO_BINARY (NAME##_ints, gint64, guint8, a OPERATOR b)                                                                                            \
  static const AutoElementwise NAME = { #NAME, NAME##_floats, NAME##_ints, TRUE };

COMPARISON (eq, ==)
COMPARISON (ne, !=)
COMPARISON (lt, <)
COMPARISON (le, <=)
COMPARISON (gt, >)
COMPARISON (ge, >=)

AUTO_BINARY (and_bools, guint8, guint8, a & b)
AUTO_BINARY (or_bools, guint8, guint8, a | b)
AUTO_BINARY (xor_bools, guint8, guint8, a ^ b)
AUTO_UNARY (not_bools, guint8, guint8, !a)

/**
 * auto_eq:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where a = b
 */
AutoTensor *
auto_eq (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &eq, a, b);
}

/**
 * auto_eq_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where x = value
 */
AutoTensor *
auto_eq_scalar (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_with_scalar (cx, &eq, x, value);
}

/**
 * auto_ne:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where a ≠ b
 */
AutoTensor *
auto_ne (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &ne, a, b);
}

/**
 * auto_ne_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where x ≠ value
 */
AutoTensor *
auto_ne_scalar (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_with_scalar (cx, &ne, x, value);
}

/**
 * auto_lt:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where a < b
 */
AutoTensor *
auto_lt (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &lt, a, b);
}

/**
 * auto_lt_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where x < value
 */
AutoTensor *
auto_lt_scalar (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_with_scalar (cx, &lt, x, value);
}

/**
 * auto_le:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where a ≤ b
 */
AutoTensor *
auto_le (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &le, a, b);
}

/**
 * auto_le_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where x ≤ value
 */
AutoTensor *
auto_le_scalar (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_with_scalar (cx, &le, x, value);
}

/**
 * auto_gt:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where a > b
 */
AutoTensor *
auto_gt (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &gt, a, b);
}

/**
 * auto_gt_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where x > value
 */
AutoTensor *
auto_gt_scalar (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_with_scalar (cx, &gt, x, value);
}

/**
 * auto_ge:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where a ≥ b
 */
AutoTensor *
auto_ge (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &ge, a, b);
}

/**
 * auto_ge_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where x ≥ value
 */
AutoTensor *
auto_ge_scalar (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_with_scalar (cx, &ge, x, value);
}

static AutoTensor *
truths (AutoContext *cx, const char *op, AutoTensor *a, AutoTensor *b, AutoWalkFunc func)
{
  if (!auto_op_begin (cx, op, a) || !auto_op_begin (cx, op, b))
    return NULL;
  AutoTensor *operands[2] = { auto_op_as (cx, a, AUTO_DTYPE_BOOL), auto_op_as (cx, b, AUTO_DTYPE_BOOL) };
  return auto_op_walk (cx, op, AUTO_DTYPE_BOOL, func, NULL, 2, operands);
}

/**
 * auto_logical_and:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where both are not zero
 */
AutoTensor *
auto_logical_and (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return truths (cx, "logical_and", a, b, and_bools);
}

/**
 * auto_logical_or:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where one or both are not zero
 */
AutoTensor *
auto_logical_or (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return truths (cx, "logical_or", a, b, or_bools);
}

/**
 * auto_logical_xor:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where one of both is not zero
 */
AutoTensor *
auto_logical_xor (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return truths (cx, "logical_xor", a, b, xor_bools);
}

/**
 * auto_logical_not:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where @x is zero
 */
AutoTensor *
auto_logical_not (AutoContext *cx, AutoTensor *x)
{
  if (!auto_op_begin (cx, "logical_not", x))
    return NULL;
  x = auto_op_as (cx, x, AUTO_DTYPE_BOOL);
  return auto_op_walk (cx, "logical_not", AUTO_DTYPE_BOOL, not_bools, NULL, 1, &x);
}

/* Both elements are read, so that the compiler may choose without branches. */
#define CHOICE(TYPE)                                                                                                                                 \
  static void choose_##TYPE (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)                                                  \
  {                                                                                                                                                  \
    TYPE *restrict y = (TYPE *) data[0];                                                                                                             \
    const guint8 *restrict c = (const guint8 *) data[1];                                                                                             \
    const TYPE *restrict a = (const TYPE *) data[2], *restrict b = (const TYPE *) data[3];                                                           \
    TYPE first_a = *a, first_b = *b;                                                                                                                 \
    if (strides[1] == 1 && strides[2] == 1 && strides[3] == 1)                                                                                       \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE v = a[i], w = b[i];                                                                                                                   \
          y[i] = c[i] ? v : w;                                                                                                                       \
        }                                                                                                                                            \
    else if (strides[1] == 1 && strides[2] == 0 && strides[3] == 1)                                                                                  \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE w = b[i];                                                                                                                             \
          y[i] = c[i] ? first_a : w;                                                                                                                 \
        }                                                                                                                                            \
    else if (strides[1] == 1 && strides[2] == 1 && strides[3] == 0)                                                                                  \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        {                                                                                                                                            \
          TYPE v = a[i];                                                                                                                             \
          y[i] = c[i] ? v : first_b;                                                                                                                 \
        }                                                                                                                                            \
    else                                                                                                                                             \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        y[i] = c[i * strides[1]] ? a[i * strides[2]] : b[i * strides[3]];                                                                            \
  }
CHOICE (float)
CHOICE (gint64)
CHOICE (guint8)

static AutoTensor *
choose (AutoContext *cx, const char *op, AutoTensor *condition, AutoTensor *a, AutoTensor *b)
{
  if (!auto_op_begin (cx, op, condition) || !auto_op_begin (cx, op, a) || !auto_op_begin (cx, op, b))
    return NULL;
  AutoDType dtype = a->dtype == AUTO_DTYPE_BOOL && b->dtype == AUTO_DTYPE_BOOL ? AUTO_DTYPE_BOOL : auto_op_common_dtype (a, b);
  AutoWalkFunc func = dtype == AUTO_DTYPE_F32 ? choose_float : dtype == AUTO_DTYPE_I64 ? choose_gint64 : choose_guint8;
  AutoTensor *operands[3] = { auto_op_as (cx, condition, AUTO_DTYPE_BOOL), auto_op_as (cx, a, dtype), auto_op_as (cx, b, dtype) };
  return auto_op_walk (cx, op, dtype, func, NULL, 3, operands);
}

/**
 * auto_where:
 * @cx: a context
 * @condition: (nullable): a tensor
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor
 *
 * The three shapes broadcast. Two booleans give booleans, otherwise the type is that of [func@add].
 *
 * Returns: (transfer none) (nullable): the element of @a where @condition is not zero, that of @b elsewhere
 */
AutoTensor *
auto_where (AutoContext *cx, AutoTensor *condition, AutoTensor *a, AutoTensor *b)
{
  return choose (cx, "where", condition, a, b);
}

/**
 * auto_masked_fill:
 * @cx: a context
 * @x: (nullable): a tensor
 * @mask: (nullable): a tensor whose shape broadcasts with @x's
 * @value: a number; whole when @x holds integers
 *
 * Returns: (transfer none) (nullable): @value where @mask is not zero, the element of @x elsewhere
 */
AutoTensor *
auto_masked_fill (AutoContext *cx, AutoTensor *x, AutoTensor *mask, double value)
{
  if (!auto_op_begin (cx, "masked_fill", x))
    return NULL;
  gboolean integral = !auto_dtype_is_float (x->dtype);
  if (integral && !(value == floor (value) && fabs (value) < 0x1p63))
    {
      auto_op_fail (cx, "masked_fill", x, AUTO_TENSOR_ERROR_DTYPE, "integers can't be filled with %g", value);
      return NULL;
    }
  AutoDType dtype = x->dtype == AUTO_DTYPE_BOOL ? AUTO_DTYPE_BOOL : integral ? AUTO_DTYPE_I64 : AUTO_DTYPE_F32;
  AutoTensor *fill = auto_context_tensor (cx, dtype, NULL, 0);
  if (fill && fill->data)
    {
      if (dtype == AUTO_DTYPE_F32)
        *auto_floats (fill) = (float) value;
      else if (dtype == AUTO_DTYPE_I64)
        *auto_ints (fill) = (gint64) value;
      else
        *fill->data = value != 0;
    }
  return choose (cx, "masked_fill", mask, fill, x);
}
