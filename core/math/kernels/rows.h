/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reductions along a row and the normalisations built on them. Sums run in four vectors and end in a tree. */

#include "../auto-kernels.h"
#include "simd-math.h"

#include <math.h>

/* Numbers whose sum is taken in single precision; the sums of such stretches are added in double. */
#define STRETCH 4096

/* A sum of f (x) along a row, four vectors wide. */
#define ROW_SUM(name, F)                                                                                                                 \
  static double name (gint64 n, const float *x, Vec a)                                                                                   \
  {                                                                                                                                      \
    double total = 0.0;                                                                                                                  \
    for (gint64 first = 0; first < n; first += STRETCH)                                                                                  \
      {                                                                                                                                  \
        gint64 i = first, end = MIN (n, first + STRETCH);                                                                                \
        Vec s[4] = { { 0 } };                                                                                                            \
        for (; i + 4 * VW <= end; i += 4 * VW)                                                                                           \
          {                                                                                                                              \
            s[0] += F (v_load (x + i), a);                                                                                               \
            s[1] += F (v_load (x + i + VW), a);                                                                                          \
            s[2] += F (v_load (x + i + 2 * VW), a);                                                                                      \
            s[3] += F (v_load (x + i + 3 * VW), a);                                                                                      \
          }                                                                                                                              \
        for (; i + VW <= end; i += VW)                                                                                                   \
          s[0] += F (v_load (x + i), a);                                                                                                 \
        if (i < end)                                                                                                                     \
          s[1] += v_keep (F (v_load_n (x + i, end - i), a), end - i);                                                                    \
        total += v_sum ((s[0] + s[1]) + (s[2] + s[3]));                                                                                  \
      }                                                                                                                                  \
    return total;                                                                                                                        \
  }

V_INLINE Vec
itself (Vec x, Vec a)
{
  return x;
}

V_INLINE Vec
square_from (Vec x, Vec a)
{
  return (x - a) * (x - a);
}

ROW_SUM (sum_numbers, itself)
ROW_SUM (sum_squares_from, square_from)

static float
row_sum (gint64 n, const float *x)
{
  return (float) sum_numbers (n, x, (Vec) { 0 });
}

static float
row_sum_squares (gint64 n, const float *x)
{
  return (float) sum_squares_from (n, x, (Vec) { 0 });
}

/* Of those that are no NaN; -infinity of nothing. */
static float
row_max (gint64 n, const float *x)
{
  Vec top = v_set (-INFINITY), other = top;
  gint64 i = 0;

  for (; i + 2 * VW <= n; i += 2 * VW)
    {
      top = v_max (v_load (x + i), top);
      other = v_max (v_load (x + i + VW), other);
    }
  for (; i + VW <= n; i += VW)
    top = v_max (v_load (x + i), top);
  float best = v_top (v_max (other, top));
  for (; i < n; i++)
    best = x[i] > best ? x[i] : best;
  return best;
}

static float
exp_sum_stretch (gint64 n, const float *x, Vec shift, float *y)
{
  Vec s[4] = { { 0 } };
  gint64 i = 0;

  for (; i + 4 * VW <= n; i += 4 * VW)
    {
      Vec e[4];
#pragma GCC unroll 4
      for (int u = 0; u < 4; u++)
        e[u] = v_exp (v_load (x + i + u * VW) - shift);
#pragma GCC unroll 4
      for (int u = 0; u < 4; u++)
        {
          v_store (y + i + u * VW, e[u]);
          s[u] += e[u];
        }
    }
  for (; i + VW <= n; i += VW)
    {
      Vec e = v_exp (v_load (x + i) - shift);
      v_store (y + i, e);
      s[0] += e;
    }
  if (i < n)
    {
      Vec e = v_exp (v_load_n (x + i, n - i) - shift);
      v_store_n (y + i, e, n - i);
      s[1] += v_keep (e, n - i);
    }
  return v_sum ((s[0] + s[1]) + (s[2] + s[3]));
}

static float
row_exp_sum (gint64 n, const float *x, float shift, float *y)
{
  double total = 0.0;

  for (gint64 i = 0; i < n; i += STRETCH)
    total += exp_sum_stretch (MIN (STRETCH, n - i), x + i, v_set (shift), y + i);
  return (float) total;
}

/* y = (x - mean) factor weight + bias */
V_INLINE void
normalize (gint64 n, const float *x, Vec mean, Vec factor, const float *weight, const float *bias, float *y)
{
  gint64 i = 0;

  for (; i + VW <= n; i += VW)
    {
      Vec v = (v_load (x + i) - mean) * factor;
      if (weight)
        v *= v_load (weight + i);
      if (bias)
        v += v_load (bias + i);
      v_store (y + i, v);
    }
  if (i == n)
    return;
  Vec v = (v_load_n (x + i, n - i) - mean) * factor;
  if (weight)
    v *= v_load_n (weight + i, n - i);
  if (bias)
    v += v_load_n (bias + i, n - i);
  v_store_n (y + i, v, n - i);
}

static void
row_layer_norm (gint64 n, const float *x, const float *weight, const float *bias, float eps, float *y)
{
  Vec mean = v_set ((float) (sum_numbers (n, x, (Vec) { 0 }) / (double) n));
  float variance = (float) (sum_squares_from (n, x, mean) / (double) n);
  Vec factor = v_set (1.0f / sqrtf (variance + eps));

  normalize (n, x, mean, factor, weight, bias, y);
}

static void
row_rms_norm (gint64 n, const float *x, const float *weight, float eps, float *y)
{
  normalize (n, x, (Vec) { 0 }, v_set (1.0f / sqrtf (row_sum_squares (n, x) / (float) n + eps)), weight, NULL, y);
}

/* Of any numbers, in the way of the C library, which is exact enough and rarely needed. */
static void
row_log (gint64 n, const float *x, float *y)
{
  for (gint64 i = 0; i < n; i++)
    y[i] = logf (x[i]);
}
