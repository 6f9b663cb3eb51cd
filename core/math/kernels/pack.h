/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Matrices cut into panels: squares of vectors are transposed in registers, contiguous lines are copied. */

#include "../auto-kernels.h"
#include "simd.h"

#if VW == 16 || defined __aarch64__
#define MAX_ROWS 14 /* 28 sums, 2 vectors of b and a broadcast in 32 registers */
#else
#define MAX_ROWS 6 /* 12 sums in 16 registers */
#endif
#define WIDTH (2 * VW)

#if VW == 16
#define LOW_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VW == 8
#define LOW_HALVES 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_HALVES 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LOW_HALVES 0, 4, 1, 5
#define HIGH_HALVES 2, 6, 3, 7
#endif

#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector (a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle (a, b, (VecInt) { __VA_ARGS__ })
#endif

/* Interleaving row i with row i + VW/2, log2 VW times over, transposes a square. */
V_INLINE void
transpose (Vec s[VW])
{
  Vec t[VW];

#pragma GCC unroll 4
  for (int step = 1; step < VW; step *= 2)
    {
#pragma GCC unroll 16
      for (int i = 0; i < VW / 2; i++)
        {
          t[2 * i] = SHUFFLE (s[i], s[i + VW / 2], LOW_HALVES);
          t[2 * i + 1] = SHUFFLE (s[i], s[i + VW / 2], HIGH_HALVES);
        }
#pragma GCC unroll 16
      for (int i = 0; i < VW; i++)
        s[i] = t[i];
    }
}

/* VW numbers from each of @lines lines, at most VW of them, transposed; @stride between what is stored. */
V_INLINE void
pack_square (gint64 lines, const float *src, gint64 src_stride, float *dst, gint64 stride, const float *end)
{
  Vec s[VW];

#pragma GCC unroll 16
  for (int i = 0; i < VW; i++)
    s[i] = i < lines ? v_load (src + i * src_stride) : (Vec) { 0 };
  transpose (s);
#pragma GCC unroll 16
  for (int i = 0; i < VW; i++, dst += stride)
    if (lines == VW || (lines == stride && dst + VW <= end)) /* the next store writes over what is too much */
      v_store (dst, s[i]);
    else
      v_store_n (dst, s[i], lines);
}

static void
pack_lines (gint64 rows, gint64 depth, const float *src, gint64 row_stride, float *panel)
{
  gint64 k = 0;

  for (; k + VW <= depth; k += VW)
    for (gint64 i = 0; i < rows; i += VW)
      pack_square (MIN (VW, rows - i), src + i * row_stride + k, row_stride, panel + k * rows + i, rows, panel + rows * depth);
  for (; k < depth; k++)
    for (gint64 i = 0; i < rows; i++)
      panel[k * rows + i] = src[i * row_stride + k];
}

static void
pack_rows (gint64 rows, gint64 depth, const float *src, gint64 row_stride, gint64 depth_stride, float *panel)
{
  if (depth_stride == 1)
    pack_lines (rows, depth, src, row_stride, panel);
  else if (row_stride == 1)
    for (gint64 k = 0; k < depth; k++)
      memcpy (panel + k * rows, src + k * depth_stride, rows * sizeof *panel);
  else
    for (gint64 k = 0; k < depth; k++)
      for (gint64 i = 0; i < rows; i++)
        panel[k * rows + i] = src[i * row_stride + k * depth_stride];
}

V_INLINE Vec
load_half_bits (const guint16 *p)
{
  VecHalf h = (VecHalf) * (const VecHalfLoose *) p;

  return (Vec) __builtin_convertvector (h, VecInt);
}

V_INLINE void
store_half_bits (guint16 *p, Vec v)
{
  *(VecHalfLoose *) p = (VecHalfLoose) __builtin_convertvector ((VecInt) v, VecHalf);
}

/* Columns whose depth is contiguous: PANEL_LINES (type, load, store) */
#define PANEL_LINES(name, type, LOAD, STORE)                                                                                             \
  static void panel_lines_##name (gint64 cols, gint64 depth, const type *src, gint64 col_stride, type *dst)                              \
  {                                                                                                                                      \
    gint64 k = 0;                                                                                                                        \
    for (; k + VW <= depth; k += VW)                                                                                                     \
      for (gint64 j = 0; j < WIDTH; j += VW)                                                                                             \
        {                                                                                                                                \
          Vec s[VW];                                                                                                                     \
          _Pragma ("GCC unroll 16") for (int i = 0; i < VW; i++)                                      \
          {                                                                                                                              \
            const type *line = src + (j + i) * col_stride + k;                                                                           \
            s[i] = j + i < cols ? LOAD (line) : (Vec) { 0 };                                                                             \
            __builtin_prefetch (line + 64);                                                                                              \
          }                                                                                                                              \
          transpose (s);                                                                                                                 \
          _Pragma ("GCC unroll 16") for (int i = 0; i < VW; i++) STORE (dst + (k + i) * WIDTH + j, s[i]);                                \
        }                                                                                                                                \
    for (; k < depth; k++)                                                                                                               \
      for (gint64 j = 0; j < WIDTH; j++)                                                                                                 \
        dst[k * WIDTH + j] = j < cols ? src[j * col_stride + k] : 0;                                                                     \
  }

PANEL_LINES (f32, float, v_load, v_store)
PANEL_LINES (f16, guint16, load_half_bits, store_half_bits)

#define PACK_COLS(name, type)                                                                                                            \
  static void pack_cols_##name (gint64 cols, gint64 depth, const void *source, gint64 col_stride, gint64 depth_stride, void *panel)      \
  {                                                                                                                                      \
    const type *src = source;                                                                                                            \
    type *dst = panel;                                                                                                                   \
    if (depth_stride == 1)                                                                                                               \
      panel_lines_##name (cols, depth, src, col_stride, dst);                                                                            \
    else if (col_stride == 1 && cols == WIDTH)                                                                                           \
      for (gint64 k = 0; k < depth; k++, dst += WIDTH)                                                                                   \
        memcpy (dst, src + k * depth_stride, WIDTH * sizeof *dst);                                                                       \
    else                                                                                                                                 \
      for (gint64 k = 0; k < depth; k++, dst += WIDTH)                                                                                   \
        {                                                                                                                                \
          for (gint64 j = 0; j < cols; j++)                                                                                              \
            dst[j] = src[j * col_stride + k * depth_stride];                                                                             \
          for (gint64 j = cols; j < WIDTH; j++)                                                                                          \
            dst[j] = 0;                                                                                                                  \
        }                                                                                                                                \
  }

PACK_COLS (f32, float)
PACK_COLS (f16, guint16)
