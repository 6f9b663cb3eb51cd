/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "simd.h"

/* Functions of vectors. The polynomials are weighted minimax fits on the interval that each comment names; the
 * largest error of every function is below 2 units in the last place (see tests/math/test-activation.c). */

/* c[0] + c[1] x + … of @n coefficients: even and odd powers side by side, which halves the chain of dependent steps. */
V_INLINE Vec
v_poly (Vec x, const float *c, const int n)
{
  Vec s = x * x, p[2] = { v_set (c[(n - 1) / 2 * 2]), v_set (c[(n - 2) / 2 * 2 + 1]) };

#pragma GCC unroll 8
  for (int i = (n - 1) / 2 * 2 - 2; i >= 0; i -= 2)
    p[0] = p[0] * s + c[i];
#pragma GCC unroll 8
  for (int i = (n - 2) / 2 * 2 - 1; i >= 1; i -= 2)
    p[1] = p[1] * s + c[i];
  return p[1] * x + p[0];
}

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

/* For x in [-105, 89]. */
V_INLINE Vec
v_exp_inside (Vec x)
{
  Vec n = v_round (x * 0x1.715476p+0f);
  Vec r = x - n * 0x1.62e400p-1f; /* ln 2 in two parts: the first product is exact */
  r = r - n * 0x1.7f7d1cp-20f;

  /* (exp r - 1 - r) / r² on |r| <= ln 2 / 2 */
  static const float c[] = { 5.000000068e-01f, 1.666666587e-01f, 4.166629396e-02f, 8.333497488e-03f, 1.394473997e-03f, 1.979031506e-04f };
  Vec p = v_poly (r, c, G_N_ELEMENTS (c));
  p = p * (r * r) + r;
  return v_scale_by_power (p + 1.0f, n);
}

V_INLINE Vec
v_exp (Vec x)
{
  return v_exp_inside (v_max (v_set (-105.0f), v_min (v_set (89.0f), x)));
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
  static const float c[] = { 3.333331044e-01f, -2.499998662e-01f, 2.000222670e-01f, -1.666924958e-01f, 1.421865565e-01f,
                             -1.238436846e-01f, 1.187301293e-01f, -1.178970502e-01f, 6.915165524e-02f };
  Vec p = v_poly (f, c, G_N_ELEMENTS (c));
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
  static const float c[] = { -3.333328022e-01f, 1.333138368e-01f, -5.373400247e-02f, 2.061812986e-02f, -5.679311925e-03f };
  Vec p = v_poly (s, c, G_N_ELEMENTS (c));
  Vec small = p * s * x + x;
  Vec large = v_copysign (1.0f - 2.0f / (v_exp (a + a) + 1.0f), x);
  return v_select (v_greater (a, v_set (0.625f)), large, small);
}

V_INLINE Vec
v_sigmoid (Vec x)
{
  return 1.0f / (1.0f + v_exp (-x));
}

/* 1 - erf (t) for t >= 0, exact relative to itself up to 4.6, beyond which it is below 1e-10: exp of a fit of its
 * logarithm. */
V_INLINE Vec
v_erfc (Vec t)
{
  /* log (erfc t) / t on [0, 4.6] */
  static const float c[] = { -1.128379619e+00f, -6.366146253e-01f, -1.027897972e-01f, 1.914031318e-02f, 2.638290290e-04f,
                             -1.858726620e-03f, 8.113339931e-04f, -2.108531767e-04f, 3.651623367e-05f, -4.139709614e-06f,
                             2.787570981e-07f, -8.460368874e-09f };
  t = v_min (v_set (4.6f), t);
  return v_exp_inside (v_poly (t, c, G_N_ELEMENTS (c)) * t);
}

V_INLINE Vec
v_erf (Vec x)
{
  Vec a = v_abs (x), s = x * x;

  /* (erf x - x) / x on x² <= 0.86 */
  static const float c[] = { 1.283791664e-01f, -3.761263161e-01f, 1.128366400e-01f, -2.685770509e-02f, 5.196952067e-03f,
                             -8.097703186e-04f, 8.185092479e-05f };
  Vec p = v_poly (s, c, G_N_ELEMENTS (c));
  return v_select (v_greater (a, v_set (0.925f)), v_copysign (1.0f - v_erfc (a), x), p * x + x);
}

/* x/2 (1 + erf (x/√2)) without the cancellation of 1 + erf at negative x */
V_INLINE Vec
v_gelu (Vec x)
{
  Vec t = x * 0x1.6a09e6p-1f, c = v_erfc (v_abs (t));

  return 0.5f * x * v_select (v_greater (t, (Vec) { 0 }), 2.0f - c, c);
}
