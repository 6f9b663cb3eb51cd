/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ops-cases.h"

#include <math.h>

static AutoTensor *
exponents (AutoContext *cx, AutoTensor *x)
{
  AutoTensor *y;

  auto_frexp (cx, x, &y);
  return y;
}

#define CASES(C) \
  C (add_same, auto_add (cx, x[0], x[1])) \
  C (add_vector, auto_add (cx, x[0], x[1])) \
  C (add_single, auto_add (cx, x[0], x[1])) \
  C (add_leading, auto_add (cx, x[0], x[1])) \
  C (add_ints, auto_add (cx, x[0], x[1])) \
  C (add_mixed, auto_add (cx, x[0], x[1])) \
  C (sub_same, auto_sub (cx, x[0], x[1])) \
  C (sub_vector, auto_sub (cx, x[0], x[1])) \
  C (sub_single, auto_sub (cx, x[0], x[1])) \
  C (sub_leading, auto_sub (cx, x[0], x[1])) \
  C (sub_ints, auto_sub (cx, x[0], x[1])) \
  C (sub_mixed, auto_sub (cx, x[0], x[1])) \
  C (mul_same, auto_mul (cx, x[0], x[1])) \
  C (mul_vector, auto_mul (cx, x[0], x[1])) \
  C (mul_single, auto_mul (cx, x[0], x[1])) \
  C (mul_leading, auto_mul (cx, x[0], x[1])) \
  C (mul_ints, auto_mul (cx, x[0], x[1])) \
  C (mul_mixed, auto_mul (cx, x[0], x[1])) \
  C (div_same, auto_div (cx, x[0], x[1])) \
  C (div_vector, auto_div (cx, x[0], x[1])) \
  C (div_single, auto_div (cx, x[0], x[1])) \
  C (div_leading, auto_div (cx, x[0], x[1])) \
  C (div_ints, auto_div (cx, x[0], x[1])) \
  C (div_mixed, auto_div (cx, x[0], x[1])) \
  C (maximum_same, auto_maximum (cx, x[0], x[1])) \
  C (maximum_vector, auto_maximum (cx, x[0], x[1])) \
  C (maximum_single, auto_maximum (cx, x[0], x[1])) \
  C (maximum_leading, auto_maximum (cx, x[0], x[1])) \
  C (maximum_ints, auto_maximum (cx, x[0], x[1])) \
  C (maximum_mixed, auto_maximum (cx, x[0], x[1])) \
  C (minimum_same, auto_minimum (cx, x[0], x[1])) \
  C (minimum_vector, auto_minimum (cx, x[0], x[1])) \
  C (minimum_single, auto_minimum (cx, x[0], x[1])) \
  C (minimum_leading, auto_minimum (cx, x[0], x[1])) \
  C (minimum_ints, auto_minimum (cx, x[0], x[1])) \
  C (minimum_mixed, auto_minimum (cx, x[0], x[1])) \
  C (add_half, auto_add (cx, x[0], x[1])) \
  C (add_bool, auto_add (cx, x[0], x[1])) \
  C (add_empty, auto_add (cx, x[0], x[1])) \
  C (add_large, auto_slice (cx, auto_slice (cx, auto_add (cx, x[0], auto_unsqueeze (cx, x[0], 1)), 0, 0, AUTO_END, 97), 1, 0, AUTO_END, 89)) \
  C (maximum_nan, auto_maximum (cx, x[0], x[1])) \
  C (minimum_nan, auto_minimum (cx, x[0], x[1])) \
  C (pow, auto_pow (cx, x[0], x[1])) \
  C (pow_ints, auto_pow (cx, x[0], x[1])) \
  C (floor_divide, auto_floor_divide (cx, x[0], x[1])) \
  C (floor_divide_ints, auto_floor_divide (cx, x[0], x[1])) \
  C (remainder, auto_remainder (cx, x[0], x[1])) \
  C (remainder_ints, auto_remainder (cx, x[0], x[1])) \
  C (add_scalar, auto_add_scalar (cx, x[0], 1.5)) \
  C (add_scalar_ints, auto_add_scalar (cx, x[0], 3)) \
  C (add_scalar_ints_half, auto_add_scalar (cx, x[0], 0.5)) \
  C (scale, auto_scale (cx, x[0], -0.25)) \
  C (scale_ints, auto_scale (cx, x[0], 4)) \
  C (affine, auto_affine (cx, x[0], 2.5, -1.25)) \
  C (pow_scalar, auto_pow_scalar (cx, x[0], 3)) \
  C (pow_scalar_square, auto_pow_scalar (cx, x[0], 2)) \
  C (pow_scalar_ints, auto_pow_scalar (cx, x[0], 2)) \
  C (floor_divide_scalar, auto_floor_divide_scalar (cx, x[0], 4)) \
  C (remainder_scalar, auto_remainder_scalar (cx, x[0], 4)) \
  C (clamp, auto_clamp (cx, x[0], -0.5, 0.75)) \
  C (clamp_low, auto_clamp (cx, x[0], 0.1, INFINITY)) \
  C (clamp_ints, auto_clamp (cx, x[0], -3, 4)) \
  C (cast_ints, auto_cast (cx, x[0], AUTO_DTYPE_I64)) \
  C (cast_bool, auto_cast (cx, x[0], AUTO_DTYPE_BOOL)) \
  C (cast_float, auto_cast (cx, x[0], AUTO_DTYPE_F32)) \
  C (cast_half, auto_cast (cx, x[0], AUTO_DTYPE_F16)) \
  C (eq, auto_eq (cx, x[0], x[1])) \
  C (eq_ints, auto_eq (cx, x[0], x[1])) \
  C (eq_scalar, auto_eq_scalar (cx, x[0], 1)) \
  C (eq_nan, auto_eq (cx, x[0], x[1])) \
  C (ne, auto_ne (cx, x[0], x[1])) \
  C (ne_ints, auto_ne (cx, x[0], x[1])) \
  C (ne_scalar, auto_ne_scalar (cx, x[0], 1)) \
  C (ne_nan, auto_ne (cx, x[0], x[1])) \
  C (lt, auto_lt (cx, x[0], x[1])) \
  C (lt_ints, auto_lt (cx, x[0], x[1])) \
  C (lt_scalar, auto_lt_scalar (cx, x[0], 1)) \
  C (lt_nan, auto_lt (cx, x[0], x[1])) \
  C (le, auto_le (cx, x[0], x[1])) \
  C (le_ints, auto_le (cx, x[0], x[1])) \
  C (le_scalar, auto_le_scalar (cx, x[0], 1)) \
  C (le_nan, auto_le (cx, x[0], x[1])) \
  C (gt, auto_gt (cx, x[0], x[1])) \
  C (gt_ints, auto_gt (cx, x[0], x[1])) \
  C (gt_scalar, auto_gt_scalar (cx, x[0], 1)) \
  C (gt_nan, auto_gt (cx, x[0], x[1])) \
  C (ge, auto_ge (cx, x[0], x[1])) \
  C (ge_ints, auto_ge (cx, x[0], x[1])) \
  C (ge_scalar, auto_ge_scalar (cx, x[0], 1)) \
  C (ge_nan, auto_ge (cx, x[0], x[1])) \
  C (logical_and, auto_logical_and (cx, x[0], x[1])) \
  C (logical_or, auto_logical_or (cx, x[0], x[1])) \
  C (logical_xor, auto_logical_xor (cx, x[0], x[1])) \
  C (logical_not, auto_logical_not (cx, x[0])) \
  C (where, auto_where (cx, x[0], x[1], x[2])) \
  C (where_ints, auto_where (cx, x[0], x[1], x[2])) \
  C (where_bool, auto_where (cx, x[0], x[1], x[2])) \
  C (masked_fill, auto_masked_fill (cx, x[0], x[1], -1e9)) \
  C (masked_fill_ints, auto_masked_fill (cx, x[0], x[1], -100)) \
  C (masked_fill_inf, auto_masked_fill (cx, x[0], x[1], -INFINITY)) \
  C (neg, auto_neg (cx, x[0])) \
  C (abs, auto_abs (cx, x[0])) \
  C (square, auto_square (cx, x[0])) \
  C (sign, auto_sign (cx, x[0])) \
  C (floor, auto_floor (cx, x[0])) \
  C (ceil, auto_ceil (cx, x[0])) \
  C (round, auto_round (cx, x[0])) \
  C (trunc, auto_trunc (cx, x[0])) \
  C (neg_ints, auto_neg (cx, x[0])) \
  C (abs_ints, auto_abs (cx, x[0])) \
  C (square_ints, auto_square (cx, x[0])) \
  C (sign_ints, auto_sign (cx, x[0])) \
  C (exp, auto_exp (cx, x[0])) \
  C (expm1, auto_expm1 (cx, x[0])) \
  C (sin, auto_sin (cx, x[0])) \
  C (cos, auto_cos (cx, x[0])) \
  C (atan, auto_atan (cx, x[0])) \
  C (tanh, auto_tanh (cx, x[0])) \
  C (sigmoid, auto_sigmoid (cx, x[0])) \
  C (erf, auto_erf (cx, x[0])) \
  C (softplus, auto_softplus (cx, x[0])) \
  C (log, auto_log (cx, x[0])) \
  C (log1p, auto_log1p (cx, x[0])) \
  C (log2, auto_log2 (cx, x[0])) \
  C (sqrt, auto_sqrt (cx, x[0])) \
  C (rsqrt, auto_rsqrt (cx, x[0])) \
  C (reciprocal, auto_reciprocal (cx, x[0])) \
  C (acos, auto_acos (cx, x[0])) \
  C (sqrt_ints, auto_sqrt (cx, x[0])) \
  C (isnan, auto_isnan (cx, x[0])) \
  C (isinf, auto_isinf (cx, x[0])) \
  C (isfinite, auto_isfinite (cx, x[0])) \
  C (activation_gelu, auto_activation (cx, x[0], AUTO_ACTIVATION_GELU)) \
  C (activation_silu, auto_activation (cx, x[0], AUTO_ACTIVATION_SILU)) \
  C (frexp, auto_frexp (cx, x[0], NULL)) \
  C (frexp_exponents, exponents (cx, x[0])) \
  C (leaky_relu, auto_leaky_relu (cx, x[0], 0.2)) \
  C (glu, auto_glu (cx, x[0], 1)) \
  C (glu_last, auto_glu (cx, x[0], -1)) \
  C (mul_act, auto_mul_act (cx, x[0], x[1], AUTO_ACTIVATION_SILU)) \
  C (mul_act_vector, auto_mul_act (cx, x[0], x[1], AUTO_ACTIVATION_RELU)) \

CASES (OPS_FUNCTION)
static const OpsCase cases[] = { CASES (OPS_ENTRY) };

static void
test_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *a = auto_zeros (cx, AUTO_DIMS (2, 3)), *b = auto_zeros (cx, AUTO_DIMS (4)), *i = auto_arange (cx, 0, 3, 1);

  OPS_ASSERT_FAILS (cx, auto_add (cx, a, b), SHAPE, "add: float32 (2, 3) and float32 (4)");
  OPS_ASSERT_FAILS (cx, auto_eq (cx, a, b), SHAPE, "eq: ");
  OPS_ASSERT_FAILS (cx, auto_logical_or (cx, a, b), SHAPE, "logical_or: ");
  OPS_ASSERT_FAILS (cx, auto_where (cx, a, a, b), SHAPE, "where: ");
  OPS_ASSERT_FAILS (cx, auto_masked_fill (cx, a, b, 0), SHAPE, "masked_fill: ");
  OPS_ASSERT_FAILS (cx, auto_masked_fill (cx, i, i, 0.5), DTYPE, "masked_fill of int64 (3)");
  OPS_ASSERT_FAILS (cx, auto_floor_divide (cx, i, i), RANGE, "floor_divide of int64 (3)");
  OPS_ASSERT_FAILS (cx, auto_remainder_scalar (cx, i, 0), RANGE, "remainder of int64 (3)");
  OPS_ASSERT_FAILS (cx, auto_glu (cx, a, 1), SHAPE, "chunk of float32 (2, 3)");
  OPS_ASSERT_FAILS (cx, auto_glu (cx, a, 2), RANGE, "dimension 2");
  OPS_ASSERT_FAILS (cx, auto_mul_act (cx, a, b, AUTO_ACTIVATION_SILU), SHAPE, "mul_act: ");
  auto_weights_free (weights);
}

/* The integers at the ends of their range wrap around. */
static void
test_wrapping (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  const gint64 ends[] = { G_MININT64, G_MAXINT64 }, minus[] = { -1 };
  AutoTensor *x = auto_constant_ints (cx, ends, 2), *m = auto_constant_ints (cx, minus, 1);

  g_assert_cmpint (auto_ints (auto_add (cx, x, m))[0], ==, G_MAXINT64);
  g_assert_cmpint (auto_ints (auto_mul (cx, x, m))[0], ==, G_MININT64);
  g_assert_cmpint (auto_ints (auto_neg (cx, x))[0], ==, G_MININT64);
  g_assert_cmpint (auto_ints (auto_abs (cx, x))[0], ==, G_MININT64);
  g_assert_cmpint (auto_ints (auto_floor_divide (cx, x, m))[0], ==, G_MININT64);
  g_assert_cmpint (auto_ints (auto_remainder (cx, x, m))[0], ==, 0);
  g_assert_cmpint (auto_ints (auto_square (cx, x))[1], ==, 1);
  g_assert_no_error (cx->error);
  auto_weights_free (weights);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ops_add_cases ("elementwise", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/ops/elementwise/errors", test_errors);
  g_test_add_func ("/ops/elementwise/wrapping", test_wrapping);
  return g_test_run ();
}
