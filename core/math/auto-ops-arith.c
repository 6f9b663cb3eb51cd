/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-arith.h"

#include <math.h>

#include "auto-elementwise.h"
#include "auto-ops-unary.h"

static inline gint64
floor_divide_ints (gint64 a, gint64 b)
{
  if (b == 0 || b == -1) /* zero was refused before */
    return AUTO_WRAP (0, -, a);
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static inline gint64
remainder_ints (gint64 a, gint64 b)
{
  return AUTO_WRAP (a, -, AUTO_WRAP (floor_divide_ints (a, b), *, b));
}

static inline gint64
power_ints (gint64 a, gint64 b)
{
  gint64 y = 1;

  if (b < 0)
    return a == 1 ? 1 : a == -1 ? (b % 2 ? -1 : 1) : 0;
  for (; b; b >>= 1, a = AUTO_WRAP (a, *, a))
    if (b & 1)
      y = AUTO_WRAP (y, *, a);
  return y;
}

static inline float
remainder_floats (float a, float b)
{
  float r = fmodf (a, b);

  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

static inline float
floor_divide_floats (float a, float b)
{
  if (b == 0)
    return a / b;
  float r = fmodf (a, b), q = (a - r) / b;
  if (r != 0 && (r < 0) != (b < 0))
    q -= 1;
  float whole = floorf (q);
  return q == 0 ? copysignf (0, a / b) : q - whole > 0.5f ? whole + 1 : whole;
}

AUTO_BINARY (add_floats, float, float, a + b)
AUTO_BINARY (add_ints, gint64, gint64, AUTO_WRAP (a, +, b))
AUTO_BINARY (sub_floats, float, float, a - b)
AUTO_BINARY (sub_ints, gint64, gint64, AUTO_WRAP (a, -, b))
AUTO_BINARY (mul_floats, float, float, a * b)
AUTO_BINARY (mul_ints, gint64, gint64, AUTO_WRAP (a, *, b))
AUTO_BINARY (div_floats, float, float, a / b)
AUTO_BINARY (floor_div_floats, float, float, floor_divide_floats (a, b))
AUTO_BINARY (floor_div_ints, gint64, gint64, floor_divide_ints (a, b))
AUTO_BINARY (rem_floats, float, float, remainder_floats (a, b))
AUTO_BINARY (rem_ints, gint64, gint64, remainder_ints (a, b))
AUTO_BINARY (max_floats, float, float, a > b || a != a ? a : b)
AUTO_BINARY (max_ints, gint64, gint64, a > b ? a : b)
AUTO_BINARY (min_floats, float, float, a < b || a != a ? a : b)
AUTO_BINARY (min_ints, gint64, gint64, a < b ? a : b)
AUTO_BINARY (pow_floats, float, float, powf (a, b))
AUTO_BINARY (pow_ints, gint64, gint64, power_ints (a, b))

static const AutoElementwise add = { "add", add_floats, add_ints }, sub = { "sub", sub_floats, sub_ints }, mul = { "mul", mul_floats, mul_ints },
                    divide = { "div", div_floats, NULL }, floor_division = { "floor_divide", floor_div_floats, floor_div_ints },
                    modulus = { "remainder", rem_floats, rem_ints }, larger = { "maximum", max_floats, max_ints },
                    smaller = { "minimum", min_floats, min_ints }, power = { "pow", pow_floats, pow_ints };
/**
 * auto_add:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * a + b. Shapes broadcast as NumPy's do: aligned at the last dimension, equal or 1. Two integer operands give 64-bit
 * integers, any other two give 32-bit floats.
 *
 * Returns: (transfer none) (nullable): the sum, or %NULL in a failed context; shapes that don't fit together fail it
 */
AutoTensor *
auto_add (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &add, a, b);
}

/**
 * auto_sub:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a - b, of the shape and type that [func@add] has
 */
AutoTensor *
auto_sub (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &sub, a, b);
}

/**
 * auto_mul:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): the products of elements, of the shape and type that [func@add] has
 */
AutoTensor *
auto_mul (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &mul, a, b);
}

/**
 * auto_div:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): a / b as 32-bit floats, also of integers
 */
AutoTensor *
auto_div (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &divide, a, b);
}

static gboolean
has_zero (AutoTensor *x)
{
  for (gint64 i = 0, n = auto_tensor_get_n_elements (x); i < n; i++)
    if (auto_ints (x)[i] == 0)
      return TRUE;
  return FALSE;
}

/* Refuses integers over zero. */
static gboolean
check_divisor (AutoContext *cx, const AutoElementwise *op, AutoTensor *a, AutoTensor *b)
{
  if (!auto_op_begin (cx, op->name, a) || !auto_op_begin (cx, op->name, b))
    return FALSE;
  if (cx->declaring || auto_op_common_dtype (a, b) != AUTO_DTYPE_I64)
    return TRUE;
  AutoTensor *whole = auto_op_ints (cx, op->name, b);
  if (whole && has_zero (whole))
    auto_op_fail (cx, op->name, b, AUTO_TENSOR_ERROR_RANGE, "integers can't be divided by zero");
  return !cx->error;
}

/**
 * auto_floor_divide:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Division rounded down, as Python's `//`. An integer zero in @b fails the context.
 *
 * Returns: (transfer none) (nullable): the quotients, of the shape and type that [func@add] has
 */
AutoTensor *
auto_floor_divide (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return check_divisor (cx, &floor_division, a, b) ? auto_op_binary (cx, &floor_division, a, b) : NULL;
}

/**
 * auto_remainder:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * What division rounded down leaves, with the sign of @b, as Python's `%`. An integer zero in @b fails the context.
 *
 * Returns: (transfer none) (nullable): the remainders, of the shape and type that [func@add] has
 */
AutoTensor *
auto_remainder (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return check_divisor (cx, &modulus, a, b) ? auto_op_binary (cx, &modulus, a, b) : NULL;
}

/**
 * auto_maximum:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): the larger of each two elements (NaN when one is), of the shape and type that
 *   [func@add] has
 */
AutoTensor *
auto_maximum (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &larger, a, b);
}

/**
 * auto_minimum:
 * @cx: a context
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor whose shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): the smaller of each two elements (NaN when one is), of the shape and type that
 *   [func@add] has
 */
AutoTensor *
auto_minimum (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &smaller, a, b);
}

/**
 * auto_pow:
 * @cx: a context
 * @a: (nullable): the bases
 * @b: (nullable): the exponents; their shape broadcasts with @a's
 *
 * Returns: (transfer none) (nullable): the powers, of the shape and type that [func@add] has
 */
AutoTensor *
auto_pow (AutoContext *cx, AutoTensor *a, AutoTensor *b)
{
  return auto_op_binary (cx, &power, a, b);
}

/**
 * auto_add_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @value: a number
 *
 * Returns: (transfer none) (nullable): x + value; of integers an integer tensor when @value is whole
 */
AutoTensor *
auto_add_scalar (AutoContext *cx, AutoTensor *x, double value)
{
  return auto_op_with_scalar (cx, &add, x, value);
}

/**
 * auto_scale:
 * @cx: a context
 * @x: (nullable): a tensor
 * @factor: a number
 *
 * Returns: (transfer none) (nullable): x · factor; of integers an integer tensor when @factor is whole
 */
AutoTensor *
auto_scale (AutoContext *cx, AutoTensor *x, double factor)
{
  return auto_op_with_scalar (cx, &mul, x, factor);
}

typedef struct
{
  float a, b;
} Pair;

static void
affine_run (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  const Pair *pair = arg;
  float *restrict y = (float *) data[0], a = pair->a, b = pair->b;
  const float *x = (const float *) data[1];

  for (gint64 i = 0; i < n; i++)
    y[i] = x[i * strides[1]] * a + b;
}

static void
clamp_run (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  const Pair *pair = arg;
  float *restrict y = (float *) data[0], low = pair->a, high = pair->b;
  const float *x = (const float *) data[1];

  for (gint64 i = 0; i < n; i++)
    {
      float v = x[i * strides[1]];
      v = v < low ? low : v;
      y[i] = v > high ? high : v;
    }
}

static AutoTensor *
with_pair (AutoContext *cx, const char *op, AutoTensor *x, double a, double b, AutoWalkFunc func)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  x = auto_op_as (cx, x, AUTO_DTYPE_F32);
  return auto_op_walk (cx, op, AUTO_DTYPE_F32, func, &(Pair) { (float) a, (float) b }, 1, &x);
}

/**
 * auto_affine:
 * @cx: a context
 * @x: (nullable): a tensor
 * @factor: a number
 * @offset: a number
 *
 * Returns: (transfer none) (nullable): x · factor + offset as 32-bit floats
 */
AutoTensor *
auto_affine (AutoContext *cx, AutoTensor *x, double factor, double offset)
{
  return with_pair (cx, "affine", x, factor, offset, affine_run);
}

/**
 * auto_clamp:
 * @cx: a context
 * @x: (nullable): a tensor
 * @min: the least value, maybe -INFINITY
 * @max: the greatest value, maybe INFINITY
 *
 * Returns: (transfer none) (nullable): @x with what lies outside moved to the nearer bound; of integers an integer tensor
 *   when the bounds are whole or infinite
 */
AutoTensor *
auto_clamp (AutoContext *cx, AutoTensor *x, double min, double max)
{
  if (!auto_op_begin (cx, "clamp", x))
    return NULL;
  if (auto_dtype_is_float (x->dtype))
    return with_pair (cx, "clamp", x, min, max, clamp_run);
  if (!isinf (min))
    x = auto_op_with_scalar (cx, &larger, x, min);
  return isinf (max) ? x : auto_op_with_scalar (cx, &smaller, x, max);
}

/**
 * auto_pow_scalar:
 * @cx: a context
 * @x: (nullable): the bases
 * @exponent: a number
 *
 * Returns: (transfer none) (nullable): the powers; of integers an integer tensor when @exponent is whole
 */
AutoTensor *
auto_pow_scalar (AutoContext *cx, AutoTensor *x, double exponent)
{
  gboolean floats = x && auto_dtype_is_float (x->dtype);

  if (exponent == 2 && x)
    return auto_square (cx, x);
  if (floats && exponent == 3)
    return auto_mul (cx, auto_square (cx, x), x);
  if (floats && exponent == 0.5)
    return auto_sqrt (cx, x);
  if (floats && exponent == -0.5)
    return auto_rsqrt (cx, x);
  if (floats && exponent == -1)
    return auto_reciprocal (cx, x);
  return auto_op_with_scalar (cx, &power, x, exponent);
}

static AutoTensor *
divide_by_scalar (AutoContext *cx, const AutoElementwise *op, AutoTensor *x, double divisor)
{
  if (!auto_op_begin (cx, op->name, x))
    return NULL;
  if (divisor == 0 && !auto_dtype_is_float (x->dtype))
    {
      auto_op_fail (cx, op->name, x, AUTO_TENSOR_ERROR_RANGE, "integers can't be divided by zero");
      return NULL;
    }
  return auto_op_with_scalar (cx, op, x, divisor);
}

/**
 * auto_floor_divide_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @divisor: a number, not zero for integers
 *
 * Returns: (transfer none) (nullable): the quotients rounded down; of integers an integer tensor when @divisor is whole
 */
AutoTensor *
auto_floor_divide_scalar (AutoContext *cx, AutoTensor *x, double divisor)
{
  return divide_by_scalar (cx, &floor_division, x, divisor);
}

/**
 * auto_remainder_scalar:
 * @cx: a context
 * @x: (nullable): a tensor
 * @divisor: a number, not zero for integers
 *
 * Returns: (transfer none) (nullable): what division rounded down leaves; of integers an integer tensor when @divisor is
 *   whole
 */
AutoTensor *
auto_remainder_scalar (AutoContext *cx, AutoTensor *x, double divisor)
{
  return divide_by_scalar (cx, &modulus, x, divisor);
}

/**
 * auto_cast:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dtype: a data type
 *
 * Returns: (transfer none) (nullable): @x with each element converted as C does, to booleans by comparing with zero
 */
AutoTensor *
auto_cast (AutoContext *cx, AutoTensor *x, AutoDType dtype)
{
  return auto_op_begin (cx, "cast", x) ? auto_op_as (cx, x, dtype) : NULL;
}
