/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One vector of floats as wide as the instruction set that this file is compiled for. The kernels are written once
 * with these and compiled once per instruction set; `K (name)` is a symbol of the set in hand. */

#include <glib.h>
#include <string.h>

#define AUTO_PASTE_(a, b) auto_##a##_##b
#define AUTO_PASTE(a, b) AUTO_PASTE_ (a, b)
#define K(name) AUTO_PASTE (name, AUTO_ISA)

#if defined __AVX512F__
#include <immintrin.h>
#define VW 16
#elif defined __AVX2__
#include <immintrin.h>
#define VW 8
#else
#define VW 4
#endif

typedef float Vec __attribute__ ((vector_size (VW * 4)));
typedef float Quad __attribute__ ((vector_size (16)));
typedef gint32 VecInt __attribute__ ((vector_size (VW * 4)));
typedef float VecLoose __attribute__ ((vector_size (VW * 4), aligned (4), may_alias));
typedef guint16 VecHalf __attribute__ ((vector_size (VW * 2)));
typedef guint16 VecHalfLoose __attribute__ ((vector_size (VW * 2), aligned (1), may_alias));

#define V_INLINE static inline __attribute__ ((always_inline, unused))

V_INLINE Vec
v_load (const float *p)
{
  return (Vec) * (const VecLoose *) p;
}

V_INLINE void
v_store (float *p, Vec v)
{
  *(VecLoose *) p = (VecLoose) v;
}

/* Subtracting zero keeps every value, -0 and NaN included; the compiler makes it a broadcast. */
V_INLINE Vec
v_set (float x)
{
  return x - (Vec) { 0 };
}

V_INLINE VecInt
v_seti (gint32 x)
{
  return x - (VecInt) { 0 };
}

#if defined __AVX512F__

typedef __mmask16 VecMask;

V_INLINE VecMask
v_greater (Vec a, Vec b)
{
  return _mm512_cmp_ps_mask ((__m512) a, (__m512) b, _CMP_GT_OQ);
}

V_INLINE Vec
v_select (VecMask m, Vec yes, Vec no)
{
  return (Vec) _mm512_mask_blend_ps (m, (__m512) no, (__m512) yes);
}

/* @b when either is NaN */
V_INLINE Vec
v_max (Vec a, Vec b)
{
  return (Vec) _mm512_max_ps ((__m512) a, (__m512) b);
}

V_INLINE Vec
v_min (Vec a, Vec b)
{
  return (Vec) _mm512_min_ps ((__m512) a, (__m512) b);
}

V_INLINE Vec
v_load_n (const float *p, gsize n)
{
  return (Vec) _mm512_maskz_loadu_ps ((__mmask16) ((1u << n) - 1), p);
}

V_INLINE void
v_store_n (float *p, Vec v, gsize n)
{
  _mm512_mask_storeu_ps (p, (__mmask16) ((1u << n) - 1), (__m512) v);
}

#elif defined __AVX2__

typedef VecInt VecMask;

V_INLINE VecMask
v_greater (Vec a, Vec b)
{
  return (VecMask) _mm256_cmp_ps ((__m256) a, (__m256) b, _CMP_GT_OQ);
}

V_INLINE Vec
v_select (VecMask m, Vec yes, Vec no)
{
  return (Vec) _mm256_blendv_ps ((__m256) no, (__m256) yes, (__m256) m);
}

V_INLINE Vec
v_max (Vec a, Vec b)
{
  return (Vec) _mm256_max_ps ((__m256) a, (__m256) b);
}

V_INLINE Vec
v_min (Vec a, Vec b)
{
  return (Vec) _mm256_min_ps ((__m256) a, (__m256) b);
}

V_INLINE VecInt
v_first (gsize n)
{
  return (VecInt) { 0, 1, 2, 3, 4, 5, 6, 7 } < v_seti ((gint32) n);
}

V_INLINE Vec
v_load_n (const float *p, gsize n)
{
  return (Vec) _mm256_maskload_ps (p, (__m256i) v_first (n));
}

V_INLINE void
v_store_n (float *p, Vec v, gsize n)
{
  _mm256_maskstore_ps (p, (__m256i) v_first (n), (__m256) v);
}

#else

typedef VecInt VecMask;

V_INLINE VecMask
v_greater (Vec a, Vec b)
{
  return a > b;
}

V_INLINE Vec
v_select (VecMask m, Vec yes, Vec no)
{
  return (Vec) ((m & (VecInt) yes) | (~m & (VecInt) no));
}

V_INLINE Vec
v_max (Vec a, Vec b)
{
  return v_select (a > b, a, b);
}

V_INLINE Vec
v_min (Vec a, Vec b)
{
  return v_select (a < b, a, b);
}

V_INLINE Vec
v_load_n (const float *p, gsize n)
{
  Vec v = { 0 };

  memcpy (&v, p, n * sizeof *p);
  return v;
}

V_INLINE void
v_store_n (float *p, Vec v, gsize n)
{
  memcpy (p, &v, n * sizeof *p);
}

#endif

V_INLINE Vec
v_abs (Vec x)
{
  return (Vec) ((VecInt) x & 0x7fffffff);
}

/* The magnitude of @x with the sign of @s. */
V_INLINE Vec
v_copysign (Vec x, Vec s)
{
  return (Vec) (((VecInt) x & 0x7fffffff) | ((VecInt) s & (VecInt) v_set (-0.0f)));
}

/* To the nearest integer, for |x| < 2^22. */
V_INLINE Vec
v_round (Vec x)
{
  return (x + 0x1.8p23f) - 0x1.8p23f;
}

/* Sum and maximum over a vector, in the order of a tree. */
#if VW == 16

V_INLINE float
v_sum (Vec v)
{
  return _mm512_reduce_add_ps ((__m512) v);
}

V_INLINE float
v_top (Vec v)
{
  return _mm512_reduce_max_ps ((__m512) v);
}

/* Zeros beyond the first @n. */
V_INLINE Vec
v_keep (Vec v, gsize n)
{
  return (Vec) _mm512_maskz_mov_ps ((__mmask16) ((1u << n) - 1), (__m512) v);
}

#else

V_INLINE float
v_sum (Vec v)
{
#if VW == 8
  __m128 h = _mm_add_ps (_mm256_castps256_ps128 ((__m256) v), _mm256_extractf128_ps ((__m256) v, 1));
  Quad q = (Quad) h;
#else
  Quad q = v;
#endif
  return (q[0] + q[2]) + (q[1] + q[3]);
}

V_INLINE float
v_top (Vec v)
{
#if VW == 8
  __m128 h = _mm_max_ps (_mm256_castps256_ps128 ((__m256) v), _mm256_extractf128_ps ((__m256) v, 1));
  Quad q = (Quad) h;
#else
  Quad q = v;
#endif
  return MAX (MAX (q[0], q[1]), MAX (q[2], q[3]));
}

V_INLINE Vec
v_keep (Vec v, gsize n)
{
  VecInt at;

  for (int i = 0; i < VW; i++)
    at[i] = i;
  return (Vec) ((VecInt) v & (at < v_seti ((gint32) n)));
}

#endif

V_INLINE Vec
v_from_bf16 (const guint16 *p)
{
  VecHalf h = (VecHalf) * (const VecHalfLoose *) p;

  return (Vec) (__builtin_convertvector (h, VecInt) << 16);
}

V_INLINE Vec
v_from_f16 (const guint16 *p)
{
#if defined __AVX512F__
  return (Vec) _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) p));
#elif defined __F16C__
  return (Vec) _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) p));
#else
  VecHalf half = (VecHalf) * (const VecHalfLoose *) p;
  VecInt h = __builtin_convertvector (half, VecInt);
  Vec v = (Vec) ((h & 0x7fff) << 13) * 0x1p112f; /* right for subnormal numbers too */
  VecInt special = (h & 0x7c00) == 0x7c00;

  v = v_select (special, (Vec) (((h & 0x3ff) << 13) | 0x7f800000), v);
  return (Vec) ((VecInt) v | ((h & 0x8000) << 16));
#endif
}
