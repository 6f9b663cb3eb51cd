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

/* Zeros beyond the first @n. */
V_INLINE Vec
v_keep (Vec v, gsize n)
{
  float room[VW] = { 0 };

  v_store_n (room, v, n);
  return v_load (room);
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
  Vec top = v_set (-INFINITY);
  gint64 i = 0;

  for (; i + VW <= n; i += VW)
    top = v_max (v_load (x + i), top);
  float best = v_top (top);
  for (; i < n; i++)
    best = x[i] > best ? x[i] : best;
  return best;
}

static float
exp_sum_stretch (gint64 n, const float *x, Vec shift, float *y)
{
  Vec s[2] = { { 0 } };
  gint64 i = 0;

  for (; i + 2 * VW <= n; i += 2 * VW)
    {
      Vec e = v_exp (v_load (x + i) - shift), f = v_exp (v_load (x + i + VW) - shift);
      v_store (y + i, e);
      v_store (y + i + VW, f);
      s[0] += e;
      s[1] += f;
    }
  for (; i < n; i += VW)
    {
      gsize count = MIN (VW, n - i);
      Vec e = v_exp (v_load_n (x + i, count) - shift);
      v_store_n (y + i, e, count);
      s[0] += v_keep (e, count);
    }
  return v_sum (s[0] + s[1]);
}

static float
row_exp_sum (gint64 n, const float *x, float shift, float *y)
{
  double total = 0.0;

  for (gint64 i = 0; i < n; i += STRETCH)
    total += exp_sum_stretch (MIN (STRETCH, n - i), x + i, v_set (shift), y + i);
  return (float) total;
}

static void
row_layer_norm (gint64 n, const float *x, const float *weight, const float *bias, float eps, float *y)
{
  Vec mean = v_set ((float) (sum_numbers (n, x, (Vec) { 0 }) / (double) n));
  float variance = (float) (sum_squares_from (n, x, mean) / (double) n);
  Vec factor = v_set (1.0f / sqrtf (variance + eps));

  for (gint64 i = 0; i < n; i += VW)
    {
      gsize c = MIN (VW, n - i);
      Vec v = (v_load_n (x + i, c) - mean) * factor;
      if (weight)
        v *= v_load_n (weight + i, c);
      if (bias)
        v += v_load_n (bias + i, c);
      v_store_n (y + i, v, c);
    }
}

static void
row_rms_norm (gint64 n, const float *x, const float *weight, float eps, float *y)
{
  Vec r = v_set (1.0f / sqrtf (row_sum_squares (n, x) / (float) n + eps));

  for (gint64 i = 0; i < n; i += VW)
    {
      gsize c = MIN (VW, n - i);
      Vec v = v_load_n (x + i, c) * r;
      if (weight)
        v *= v_load_n (weight + i, c);
      v_store_n (y + i, v, c);
    }
}

/* Of any numbers, in the way of the C library, which is exact enough and rarely needed. */
static void
row_log (gint64 n, const float *x, float *y)
{
  for (gint64 i = 0; i < n; i++)
    y[i] = logf (x[i]);
}
