/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-elementwise.h"

#include <math.h>

AutoTensor *
auto_op_walk (AutoContext *cx, const char *op, AutoDType dtype, AutoWalkFunc func, gconstpointer arg, guint n, AutoTensor **operands)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint n_dims = 0;
  AutoWalk walk;

  for (guint i = 0; i < n; i++)
    {
      if (!auto_op_begin (cx, op, operands[i]))
        return NULL;
      if (auto_op_broadcast (shape, &n_dims, operands[i]))
        continue;
      auto_op_fail_shapes (cx, op, operands[i - 1], operands[i]);
      return NULL;
    }
  AutoTensor *out = auto_context_tensor (cx, dtype, shape, n_dims);
  if (!out || cx->declaring)
    return out;
  auto_walk_init (&walk, shape, n_dims);
  auto_walk_add (&walk, out);
  for (guint i = 0; i < n; i++)
    auto_walk_add (&walk, operands[i]);
  auto_walk_run (&walk, func, arg);
  return out;
}

AutoTensor *
auto_op_unary (AutoContext *cx, const AutoElementwise *op, AutoTensor *x)
{
  if (!auto_op_begin (cx, op->name, x))
    return NULL;
  AutoDType dtype = op->ints ? auto_op_common_dtype (x, x) : AUTO_DTYPE_F32;
  x = auto_op_as (cx, x, dtype);
  return auto_op_walk (cx, op->name, op->compares ? AUTO_DTYPE_BOOL : dtype, dtype == AUTO_DTYPE_F32 ? op->floats : op->ints, NULL, 1, &x);
}

AutoTensor *
auto_op_binary (AutoContext *cx, const AutoElementwise *op, AutoTensor *a, AutoTensor *b)
{
  if (!auto_op_begin (cx, op->name, a) || !auto_op_begin (cx, op->name, b))
    return NULL;
  AutoDType dtype = op->ints ? auto_op_common_dtype (a, b) : AUTO_DTYPE_F32;
  AutoTensor *operands[2] = { auto_op_as (cx, a, dtype), auto_op_as (cx, b, dtype) };
  return auto_op_walk (cx, op->name, op->compares ? AUTO_DTYPE_BOOL : dtype, dtype == AUTO_DTYPE_F32 ? op->floats : op->ints, NULL, 2, operands);
}

/* The number as a tensor without dimensions, of the type that it has beside @x. */
static AutoTensor *
scalar_beside (AutoContext *cx, AutoTensor *x, double value)
{
  gboolean whole = fabs (value) < 0x1p53 && value == floor (value);
  gboolean integral = whole && !auto_dtype_is_float (x->dtype);
  AutoTensor *y = auto_context_tensor (cx, integral ? AUTO_DTYPE_I64 : AUTO_DTYPE_F32, NULL, 0);

  if (!y || cx->declaring)
    return y;
  if (integral)
    *auto_ints (y) = (gint64) value;
  else
    *auto_floats (y) = (float) value;
  return y;
}

AutoTensor *
auto_op_with_scalar (AutoContext *cx, const AutoElementwise *op, AutoTensor *x, double value)
{
  return auto_op_begin (cx, op->name, x) ? auto_op_binary (cx, op, x, scalar_beside (cx, x, value)) : NULL;
}
