/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The innermost loops of matrix products: panel times panel, and rows times rows. */

#include "pack.h"

V_INLINE Vec
v_load_as (AutoDType dtype, const void *p, gsize i)
{
  switch (dtype)
    {
    case AUTO_DTYPE_BF16: return v_from_bf16 ((const guint16 *) p + i);
    case AUTO_DTYPE_F16: return v_from_f16 ((const guint16 *) p + i);
    default: return v_load ((const float *) p + i);
    }
}

V_INLINE Vec
v_load_n_as (AutoDType dtype, const void *p, gsize i, gsize n)
{
  guint16 half[VW] = { 0 };

  if (dtype == AUTO_DTYPE_F32)
    return v_load_n ((const float *) p + i, n);
  memcpy (half, (const guint16 *) p + i, n * sizeof *half);
  return v_load_as (dtype, half, 0);
}

#define size_of(dtype) ((dtype) == AUTO_DTYPE_F32 ? 4 : 2)

/* @rows and @dtype are constants in every use, so that the sums stay in registers. */
V_INLINE void
product_tile (const int rows, const AutoDType dtype, gint64 depth, const float *a, const void *b, float *c, gint64 c_stride, gboolean accumulate)
{
  Vec s[MAX_ROWS][2];
  const char *p = b;

#pragma GCC unroll 16
  for (int i = 0; i < rows; i++)
    s[i][0] = s[i][1] = (Vec) { 0 };
  for (gint64 k = 0; k < depth; k++, a += rows, p += WIDTH * size_of (dtype))
    {
      Vec b0 = v_load_as (dtype, p, 0), b1 = v_load_as (dtype, p, VW);
      /* far enough for weights that come from main memory */
      __builtin_prefetch (p + 48 * WIDTH * size_of (dtype));
      if (WIDTH * size_of (dtype) > 64)
        __builtin_prefetch (p + 48 * WIDTH * size_of (dtype) + 64);
#pragma GCC unroll 16
      for (int i = 0; i < rows; i++)
        {
          Vec x = v_set (a[i]);
          s[i][0] += x * b0;
          s[i][1] += x * b1;
        }
    }
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++, c += c_stride)
    {
      if (accumulate)
        {
          s[i][0] += v_load (c);
          s[i][1] += v_load (c + VW);
        }
      v_store (c, s[i][0]);
      v_store (c + VW, s[i][1]);
    }
}

#define ROWS_CASE(n, dtype)                                                                                                              \
  case n: product_tile (n, dtype, depth, a, b, c, c_stride, accumulate); break;
#if MAX_ROWS == 14
#define MORE_ROWS(dtype)                                                                                                                 \
  ROWS_CASE (7, dtype) ROWS_CASE (8, dtype) ROWS_CASE (9, dtype) ROWS_CASE (10, dtype) ROWS_CASE (11, dtype) ROWS_CASE (12, dtype)       \
  ROWS_CASE (13, dtype) ROWS_CASE (14, dtype)
#else
#define MORE_ROWS(dtype)
#endif

#define PRODUCT(name, dtype)                                                                                                             \
  static void product_##name (gint64 rows, gint64 depth, const float *a, const void *b, float *c, gint64 c_stride, gboolean accumulate)  \
  {                                                                                                                                      \
    switch (rows)                                                                                                                        \
      {                                                                                                                                  \
        ROWS_CASE (1, dtype) ROWS_CASE (2, dtype) ROWS_CASE (3, dtype) ROWS_CASE (4, dtype) ROWS_CASE (5, dtype) ROWS_CASE (6, dtype)    \
        MORE_ROWS (dtype)                                                                                                                \
      default: g_assert_not_reached ();                                                                                                  \
      }                                                                                                                                  \
  }

PRODUCT (f32, AUTO_DTYPE_F32)
PRODUCT (f16, AUTO_DTYPE_F16)
PRODUCT (bf16, AUTO_DTYPE_BF16)

/* Rows of w that are taken together for @m rows of x, so that these are loaded less often; their sums fit the registers. */
#if VW == 16 || defined __aarch64__
#define ROWS_FOR(m) ((m) <= 6 ? 4 : 3)
#else
#define ROWS_FOR(m) ((m) <= 2 ? 4 : (m) <= 6 ? 2 : 1)
#endif
/* Vectors of sums of each pair of rows: enough in all to hide the time that an addition takes. */
#define SUMS_FOR(m) ((m) == 1 ? 2 : 1)

/* @rows rows of w times @m rows of x; m, rows and sums are constants in every use. */
V_INLINE void
dot_rows (const int m, const int rows, const int sums, const AutoDType dtype, gint64 k, const float *x, gint64 x_stride, const char *w, gint64 w_stride,
          float *y, gint64 y_stride, gboolean accumulate)
{
  const gint64 ahead = 2048; /* bytes, by measurement with weights in main memory */
  Vec s[4][8][4], v[4];
  gint64 p = 0;

#pragma GCC unroll 4
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
    for (int i = 0; i < m; i++)
#pragma GCC unroll 4
      for (int u = 0; u < sums; u++)
        s[r][i][u] = (Vec) { 0 };
  for (; p + sums * VW <= k; p += sums * VW)
#pragma GCC unroll 4
    for (int u = 0; u < sums; u++)
      {
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++)
          {
            v[r] = v_load_as (dtype, w + r * w_stride, p + u * VW);
            if (size_of (dtype) * VW >= 64 || u % 2 == 0)
              __builtin_prefetch (w + r * w_stride + (p + u * VW) * size_of (dtype) + ahead);
          }
#pragma GCC unroll 8
        for (int i = 0; i < m; i++)
          {
            Vec xs = v_load (x + i * x_stride + p + u * VW);
#pragma GCC unroll 4
            for (int r = 0; r < rows; r++)
              s[r][i][u] += v[r] * xs;
          }
      }
  for (; p < k; p += VW)
    {
      gsize n = MIN (VW, k - p);
#pragma GCC unroll 4
      for (int r = 0; r < rows; r++)
        {
          v[r] = v_load_n_as (dtype, w + r * w_stride, p, n);
#pragma GCC unroll 8
          for (int i = 0; i < m; i++)
            s[r][i][0] += v[r] * v_load_n (x + i * x_stride + p, n);
        }
    }
#pragma GCC unroll 4
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
    for (int i = 0; i < m; i++)
      {
#pragma GCC unroll 4
        for (int u = 1; u < sums; u++)
          s[r][i][0] += s[r][i][u];
        y[i * y_stride + r] = v_sum (s[r][i][0]) + (accumulate ? y[i * y_stride + r] : 0.0f);
      }
}

#define M_CASE(m, dtype)                                                                                                                 \
  case m:                                                                                                                                \
    for (; j + ROWS_FOR (m) <= n; j += ROWS_FOR (m))                                                                                     \
      dot_rows (m, ROWS_FOR (m), SUMS_FOR (m), dtype, k, x, x_stride, lines + j * bytes, bytes, y + j, y_stride, accumulate);                        \
    for (; j < n; j++)                                                                                                                   \
      dot_rows (m, 1, SUMS_FOR (m), dtype, k, x, x_stride, lines + j * bytes, bytes, y + j, y_stride, accumulate);                                   \
    break;

#define DOTS(name, dtype)                                                                                                                \
  static void dots_##name (gint64 m, gint64 n, gint64 k, const float *x, gint64 x_stride, const void *w, gint64 w_stride, float *y,      \
                           gint64 y_stride, gboolean accumulate)                                                                         \
  {                                                                                                                                      \
    const char *lines = w;                                                                                                               \
    gint64 j = 0, bytes = w_stride * size_of (dtype);                                                                                    \
    switch (m)                                                                                                                           \
      {                                                                                                                                  \
        M_CASE (1, dtype) M_CASE (2, dtype) M_CASE (3, dtype) M_CASE (4, dtype) M_CASE (5, dtype) M_CASE (6, dtype) M_CASE (7, dtype)    \
        M_CASE (8, dtype)                                                                                                                \
      default: g_assert_not_reached ();                                                                                                  \
      }                                                                                                                                  \
  }

DOTS (f32, AUTO_DTYPE_F32)
DOTS (f16, AUTO_DTYPE_F16)
DOTS (bf16, AUTO_DTYPE_BF16)

#define COMBINE_VECS 4
#if VW == 16
#define COMBINE_ROWS 4
#else
#define COMBINE_ROWS 2
#endif

/* @rows and @vecs are constants in every use. */
V_INLINE void
combine_part (const int rows, const int vecs, gint64 n, const float *p, gint64 p_stride, const float *v, gint64 v_stride, float *y, gint64 y_stride)
{
  Vec s[COMBINE_ROWS][COMBINE_VECS];

#pragma GCC unroll 4
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int u = 0; u < vecs; u++)
      s[r][u] = v_load (y + r * y_stride + u * VW);
  for (gint64 j = 0; j < n; j++, v += v_stride)
#pragma GCC unroll 4
    for (int u = 0; u < vecs; u++)
      {
        Vec x = v_load (v + u * VW);
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++)
          s[r][u] += p[r * p_stride + j] * x;
      }
#pragma GCC unroll 4
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int u = 0; u < vecs; u++)
      v_store (y + r * y_stride + u * VW, s[r][u]);
}

V_INLINE void
combine_rows (const int rows, gint64 n, const float *p, gint64 p_stride, const float *v, gint64 v_stride, gint64 dims, float *y, gint64 y_stride)
{
  gint64 i = 0;

  for (; i + COMBINE_VECS * VW <= dims; i += COMBINE_VECS * VW)
    combine_part (rows, COMBINE_VECS, n, p, p_stride, v + i, v_stride, y + i, y_stride);
  for (; i + VW <= dims; i += VW)
    combine_part (rows, 1, n, p, p_stride, v + i, v_stride, y + i, y_stride);
  for (int r = 0; i < dims && r < rows; r++)
    {
      Vec s = v_load_n (y + r * y_stride + i, dims - i);
      for (gint64 j = 0; j < n; j++)
        s += p[r * p_stride + j] * v_load_n (v + j * v_stride + i, dims - i);
      v_store_n (y + r * y_stride + i, s, dims - i);
    }
}

static void
combine (gint64 rows, gint64 n, const float *p, gint64 p_stride, const float *v, gint64 v_stride, gint64 dims, float *y, gint64 y_stride)
{
  gint64 r = 0;

  for (; r + COMBINE_ROWS <= rows; r += COMBINE_ROWS)
    combine_rows (COMBINE_ROWS, n, p + r * p_stride, p_stride, v, v_stride, dims, y + r * y_stride, y_stride);
  for (; r < rows; r++)
    combine_rows (1, n, p + r * p_stride, p_stride, v, v_stride, dims, y + r * y_stride, y_stride);
}
