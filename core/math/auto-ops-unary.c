/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-unary.h"

#include <math.h>

#include "auto-elementwise.h"
#include "auto-rows.h"

#define FLOAT_OP(NAME, EXPRESSION)                                                                                                                   \
  AUTO_UNARY (NAME##_floats, float, float, EXPRESSION)                                                                                               \
  static const AutoElementwise op_##NAME = { #NAME, NAME##_floats, NULL, FALSE };

/* Of integers too, which stay integers. */
#define NUMBER_OP(NAME, EXPRESSION, INTEGER_EXPRESSION)                                                                                              \
  AUTO_UNARY (NAME##_floats, float, float, EXPRESSION)                                                                                               \
  AUTO_UNARY (NAME##_ints, gint64, gint64, INTEGER_EXPRESSION)                                                                                       \
  static const AutoElementwise op_##NAME = { #NAME, NAME##_floats, NAME##_ints, FALSE };

#define QUESTION_OP(NAME, EXPRESSION)                                                                                                                \
  AUTO_UNARY (NAME##_floats, float, guint8, EXPRESSION)                                                                                              \
  static const AutoElementwise op_##NAME = { #NAME, NAME##_floats, NULL, TRUE };

NUMBER_OP (neg, -a, AUTO_WRAP (0, -, a))
NUMBER_OP (abs, fabsf (a), a < 0 ? AUTO_WRAP (0, -, a) : a)
NUMBER_OP (square, a * a, AUTO_WRAP (a, *, a))
NUMBER_OP (sign, a > 0 ? 1 : a < 0 ? -1 : a != a ? a : 0, (a > 0) - (a < 0))
NUMBER_OP (floor, floorf (a), a)
NUMBER_OP (ceil, ceilf (a), a)
NUMBER_OP (round, rintf (a), a)
NUMBER_OP (trunc, truncf (a), a)

/* With the vector kernel where elements lie side by side. */
AUTO_UNARY (exp_scattered, float, float, expf (a))

static void
exp_floats (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  if (strides[1] == 1)
    auto_vec_exp (n, (const float *) data[1], (float *) data[0]);
  else
    exp_scattered (n, data, strides, arg);
}

static const AutoElementwise op_exp = { "exp", exp_floats, NULL, FALSE };

FLOAT_OP (expm1, expm1f (a))
FLOAT_OP (log, logf (a))
FLOAT_OP (log1p, log1pf (a))
FLOAT_OP (log2, log2f (a))
FLOAT_OP (sqrt, sqrtf (a))
FLOAT_OP (rsqrt, 1 / sqrtf (a))
FLOAT_OP (reciprocal, 1 / a)
FLOAT_OP (sin, sinf (a))
FLOAT_OP (cos, cosf (a))
FLOAT_OP (acos, acosf (a))
FLOAT_OP (atan, atanf (a))
FLOAT_OP (erf, erff (a))
QUESTION_OP (isnan, a != a)
QUESTION_OP (isinf, isinf (a) != 0)
QUESTION_OP (isfinite, isfinite (a) != 0)

/**
 * auto_neg:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): -x; of integers as 64-bit integers
 */
AutoTensor *
auto_neg (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_neg, x);
}

/**
 * auto_abs:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): |x|; of integers as 64-bit integers
 */
AutoTensor *
auto_abs (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_abs, x);
}

/**
 * auto_square:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): x²; of integers as 64-bit integers
 */
AutoTensor *
auto_square (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_square, x);
}

/**
 * auto_sign:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): -1, 0 or 1 as @x is negative, zero or positive; of integers as 64-bit integers
 */
AutoTensor *
auto_sign (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_sign, x);
}

/**
 * auto_floor:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): @x rounded down; of integers as 64-bit integers
 */
AutoTensor *
auto_floor (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_floor, x);
}

/**
 * auto_ceil:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): @x rounded up; of integers as 64-bit integers
 */
AutoTensor *
auto_ceil (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_ceil, x);
}

/**
 * auto_round:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): @x rounded to the nearest whole number, halves to the even one; of integers as 64-bit integers
 */
AutoTensor *
auto_round (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_round, x);
}

/**
 * auto_trunc:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): @x rounded towards zero; of integers as 64-bit integers
 */
AutoTensor *
auto_trunc (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_trunc, x);
}

/**
 * auto_exp:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): eˣ as 32-bit floats
 */
AutoTensor *
auto_exp (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_exp, x);
}

/**
 * auto_expm1:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): eˣ - 1 as 32-bit floats
 */
AutoTensor *
auto_expm1 (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_expm1, x);
}

/**
 * auto_log:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the natural logarithm of @x as 32-bit floats
 */
AutoTensor *
auto_log (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_log, x);
}

/**
 * auto_log1p:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): log (1 + x) as 32-bit floats
 */
AutoTensor *
auto_log1p (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_log1p, x);
}

/**
 * auto_log2:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the logarithm of @x to the base 2 as 32-bit floats
 */
AutoTensor *
auto_log2 (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_log2, x);
}

/**
 * auto_sqrt:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): √x as 32-bit floats
 */
AutoTensor *
auto_sqrt (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_sqrt, x);
}

/**
 * auto_rsqrt:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): 1 / √x as 32-bit floats
 */
AutoTensor *
auto_rsqrt (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_rsqrt, x);
}

/**
 * auto_reciprocal:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): 1 / x as 32-bit floats
 */
AutoTensor *
auto_reciprocal (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_reciprocal, x);
}

/**
 * auto_sin:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the sine of @x as 32-bit floats
 */
AutoTensor *
auto_sin (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_sin, x);
}

/**
 * auto_cos:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the cosine of @x as 32-bit floats
 */
AutoTensor *
auto_cos (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_cos, x);
}

/**
 * auto_acos:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the arc cosine of @x as 32-bit floats
 */
AutoTensor *
auto_acos (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_acos, x);
}

/**
 * auto_atan:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the arc tangent of @x as 32-bit floats
 */
AutoTensor *
auto_atan (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_atan, x);
}

/**
 * auto_erf:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the error function of @x as 32-bit floats
 */
AutoTensor *
auto_erf (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_erf, x);
}

/**
 * auto_isnan:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where @x is no number
 */
AutoTensor *
auto_isnan (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_isnan, x);
}

/**
 * auto_isinf:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where @x is infinite
 */
AutoTensor *
auto_isinf (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_isinf, x);
}

/**
 * auto_isfinite:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): a boolean tensor, true where @x is a finite number
 */
AutoTensor *
auto_isfinite (AutoContext *cx, AutoTensor *x)
{
  return auto_op_unary (cx, &op_isfinite, x);
}

static inline float
mantissa (float a)
{
  int exponent;

  return frexpf (a, &exponent);
}

static inline gint64
exponent (float a)
{
  int power = 0;

  if (isfinite (a))
    frexpf (a, &power);
  return power;
}

AUTO_UNARY (mantissas_run, float, float, mantissa (a))
AUTO_UNARY (exponents_run, float, gint64, exponent (a))

/**
 * auto_frexp:
 * @cx: a context
 * @x: (nullable): a tensor
 * @exponents: (out) (optional) (transfer none) (nullable): 64-bit integers e
 *
 * Returns: (transfer none) (nullable): 32-bit floats m with 0.5 ≤ |m| < 1 and x = m · 2ᵉ
 */
AutoTensor *
auto_frexp (AutoContext *cx, AutoTensor *x, AutoTensor **exponents)
{
  AutoTensor *floats = auto_op_begin (cx, "frexp", x) ? auto_op_as (cx, x, AUTO_DTYPE_F32) : NULL;

  if (exponents)
    *exponents = floats ? auto_op_walk (cx, "frexp", AUTO_DTYPE_I64, exponents_run, NULL, 1, &floats) : NULL;
  return floats ? auto_op_walk (cx, "frexp", AUTO_DTYPE_F32, mantissas_run, NULL, 1, &floats) : NULL;
}
