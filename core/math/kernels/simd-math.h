/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "simd.h"

/* Functions of vectors. The polynomials are weighted minimax fits on the interval that each comment names; the
 * largest error of every function is below 2 units in the last place (see tests/math/test-activation.c). */

V_INLINE Vec
v_scale_by_power (Vec x, Vec n)
{
#if defined __AVX512F__
  return (Vec) _mm512_scalef_ps ((__m512) x, (__m512) n);
#else
  /* in two steps, so that results below the normal numbers and 2^128 come out right */
  VecInt i = __builtin_convertvector (n, VecInt), half = i >> 1;

  return x * (Vec) ((half + 127) << 23) * (Vec) ((i - half + 127) << 23);
#endif
}

V_INLINE Vec
v_exp (Vec x)
{
  x = v_max (v_set (-105.0f), v_min (v_set (89.0f), x));
  Vec n = v_round (x * 0x1.715476p+0f);
  Vec r = x - n * 0x1.62e400p-1f; /* ln 2 in two parts: the first product is exact */
  r = r - n * 0x1.7f7d1cp-20f;

  /* (exp r - 1 - r) / r² on |r| <= ln 2 / 2 */
  Vec p = v_set (1.979031506e-04f);
  p = p * r + 1.394473997e-03f;
  p = p * r + 8.333497488e-03f;
  p = p * r + 4.166629396e-02f;
  p = p * r + 1.666666587e-01f;
  p = p * r + 5.000000068e-01f;
  p = p * (r * r) + r;
  return v_scale_by_power (p + 1.0f, n);
}

/* For positive normal numbers. */
V_INLINE Vec
v_log (Vec x)
{
  VecInt bits = (VecInt) x - 0x3f3504f3; /* sqrt 0.5: the mantissa lands in [sqrt 0.5, sqrt 2) */
  VecInt exponent = bits >> 23;
  Vec e = __builtin_convertvector (exponent, Vec);
  Vec f = (Vec) ((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;

  /* (log (1 + f) - f + f²/2) / f³ */
  Vec p = v_set (6.915165524e-02f);
  p = p * f - 1.178970502e-01f;
  p = p * f + 1.187301293e-01f;
  p = p * f - 1.238436846e-01f;
  p = p * f + 1.421865565e-01f;
  p = p * f - 1.666924958e-01f;
  p = p * f + 2.000222670e-01f;
  p = p * f - 2.499998662e-01f;
  p = p * f + 3.333331044e-01f;
  Vec s = f * f;
  Vec low = p * f * s + e * 0x1.7f7d1cp-20f;
  low = low - 0.5f * s;
  return low + f + e * 0x1.62e400p-1f;
}

/* log (1 + u) for u >= 0: what 1 + u loses is put back. */
V_INLINE Vec
v_log1p (Vec u)
{
  Vec w = 1.0f + u;

  return v_log (w) - ((w - 1.0f) - u) / w;
}

V_INLINE Vec
v_tanh (Vec x)
{
  Vec a = v_abs (x), s = x * x;

  /* (tanh x - x) / x³ on |x| <= 0.625 */
  Vec p = v_set (-5.679311925e-03f);
  p = p * s + 2.061812986e-02f;
  p = p * s - 5.373400247e-02f;
  p = p * s + 1.333138368e-01f;
  p = p * s - 3.333328022e-01f;
  Vec small = p * s * x + x;
  Vec large = v_copysign (1.0f - 2.0f / (v_exp (a + a) + 1.0f), x);
  return v_select (v_greater (a, v_set (0.625f)), large, small);
}

V_INLINE Vec
v_sigmoid (Vec x)
{
  return 1.0f / (1.0f + v_exp (-x));
}

/* erf (x) / x on x² <= 0.86, times x */
V_INLINE Vec
v_erf_small (Vec x)
{
  Vec s = x * x;
  Vec p = v_set (8.185092479e-05f);

  p = p * s - 8.097703186e-04f;
  p = p * s + 5.196952067e-03f;
  p = p * s - 2.685770509e-02f;
  p = p * s + 1.128366400e-01f;
  p = p * s - 3.761263161e-01f;
  p = p * s + 1.283791664e-01f;
  return p * x + x;
}

/* 1 - erf (t) for t >= 0.92: exp of log erfc's fit on [0.9, 4.6]. Beyond it erfc is below 1e-10. */
V_INLINE Vec
v_erfc_large (Vec t)
{
  Vec p = v_set (-8.898681864e-08f);

  t = v_min (v_set (4.6f), t);
  p = p * t + 3.565223382e-06f;
  p = p * t - 6.410123742e-05f;
  p = p * t + 6.922873377e-04f;
  p = p * t - 5.073660206e-03f;
  p = p * t + 2.708527782e-02f;
  p = p * t - 1.109806900e-01f;
  p = p * t - 6.310726659e-01f;
  p = p * t - 1.130585497e+00f;
  p = p * t + 3.900460885e-04f;
  return v_exp (p);
}

#define V_ERF_SPLIT 0.925f

V_INLINE Vec
v_erf (Vec x)
{
  Vec a = v_abs (x);

  return v_select (v_greater (a, v_set (V_ERF_SPLIT)), v_copysign (1.0f - v_erfc_large (a), x), v_erf_small (x));
}

/* x/2 (1 + erf (x/√2)), without the cancellation of 1 + erf at negative x */
V_INLINE Vec
v_gelu (Vec x)
{
  Vec t = x * 0x1.6a09e6p-1f, a = v_abs (t), c = v_erfc_large (a);
  Vec large = v_select (v_greater (t, (Vec) { 0 }), 2.0f - c, c);

  return 0.5f * x * v_select (v_greater (a, v_set (V_ERF_SPLIT)), large, 1.0f + v_erf_small (t));
}
