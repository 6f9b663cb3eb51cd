/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-convert.h"
#include "auto-tensor-private.h"

#include <math.h>
#include <string.h>

float
auto_f16_to_f32 (guint16 h)
{
  guint32 sign = (guint32) (h & 0x8000) << 16, exponent = (h >> 10) & 0x1f, mantissa = h & 0x3ff, bits;
  float f;

  if (exponent == 0)
    {
      f = (float) mantissa * 0x1p-24f;
      return sign ? -f : f;
    }
  bits = sign | (exponent == 31 ? 0x7f800000 : (exponent + 112) << 23) | mantissa << 13;
  memcpy (&f, &bits, sizeof f);
  return f;
}

guint16
auto_f32_to_f16 (float f)
{
  guint32 bits;

  memcpy (&bits, &f, sizeof bits);
  guint32 sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return sign | 0x7e00;
  if (magnitude >= 0x477ff000) /* rounds to more than 65504 */
    return sign | 0x7c00;
  if (magnitude < 0x38800000) /* below the smallest normal half */
    return sign | (guint16) lrintf (fabsf (f) * 0x1p24f);
  magnitude += 0xfff + ((magnitude >> 13) & 1);
  return sign | (guint16) ((magnitude - 0x38000000) >> 13);
}

static double
load (AutoDType dtype, const void *src, gsize i)
{
  switch (dtype)
    {
    case AUTO_DTYPE_F32: return ((const float *) src)[i];
    case AUTO_DTYPE_F16: return auto_f16_to_f32 (((const guint16 *) src)[i]);
    case AUTO_DTYPE_BF16: return auto_bf16_to_f32 (((const guint16 *) src)[i]);
    case AUTO_DTYPE_F64: return ((const double *) src)[i];
    case AUTO_DTYPE_I64: return (double) ((const gint64 *) src)[i];
    case AUTO_DTYPE_I32: return ((const gint32 *) src)[i];
    case AUTO_DTYPE_I16: return ((const gint16 *) src)[i];
    case AUTO_DTYPE_I8: return ((const gint8 *) src)[i];
    default: return ((const guint8 *) src)[i];
    }
}

static gint64
load_integer (AutoDType dtype, const void *src, gsize i)
{
  if (dtype == AUTO_DTYPE_I64)
    return ((const gint64 *) src)[i];
  double v = load (dtype, src, i);
  return isnan (v) ? 0 : v >= 0x1p63 ? G_MAXINT64 : v < -0x1p63 ? G_MININT64 : (gint64) v;
}

static void
store (AutoDType dtype, void *dst, gsize i, double v, gint64 n)
{
  switch (dtype)
    {
    case AUTO_DTYPE_F32: ((float *) dst)[i] = (float) v; break;
    case AUTO_DTYPE_F16: ((guint16 *) dst)[i] = auto_f32_to_f16 ((float) v); break;
    case AUTO_DTYPE_BF16: ((guint16 *) dst)[i] = auto_f32_to_bf16 ((float) v); break;
    case AUTO_DTYPE_F64: ((double *) dst)[i] = v; break;
    case AUTO_DTYPE_I64: ((gint64 *) dst)[i] = n; break;
    case AUTO_DTYPE_I32: ((gint32 *) dst)[i] = (gint32) n; break;
    case AUTO_DTYPE_I16: ((gint16 *) dst)[i] = (gint16) n; break;
    case AUTO_DTYPE_I8: ((gint8 *) dst)[i] = (gint8) n; break;
    case AUTO_DTYPE_U8: ((guint8 *) dst)[i] = (guint8) n; break;
    case AUTO_DTYPE_BOOL: ((guint8 *) dst)[i] = v != 0; break;
    }
}

/* Pairs of types that models convert all the time, in loops of their own. */
#define PAIR(TO, TO_TYPE, FROM, FROM_TYPE, EXPRESSION)                                                                                               \
  if (to == AUTO_DTYPE_##TO && from == AUTO_DTYPE_##FROM)                                                                                            \
    {                                                                                                                                                \
      TO_TYPE *y = dst;                                                                                                                              \
      const FROM_TYPE *x = src;                                                                                                                      \
      for (gsize i = 0; i < n; i++)                                                                                                                  \
        y[i] = (TO_TYPE) (EXPRESSION);                                                                                                               \
      return TRUE;                                                                                                                                   \
    }

static gboolean
convert_common (AutoDType to, void *dst, AutoDType from, const void *src, gsize n)
{
  PAIR (F32, float, BF16, guint16, auto_bf16_to_f32 (x[i]))
  PAIR (F32, float, F16, guint16, auto_f16_to_f32 (x[i]))
  PAIR (F32, float, F64, double, x[i])
  PAIR (F32, float, I64, gint64, x[i])
  PAIR (F32, float, I32, gint32, x[i])
  PAIR (F32, float, U8, guint8, x[i])
  PAIR (F32, float, BOOL, guint8, x[i])
  PAIR (F64, double, F32, float, x[i])
  PAIR (I64, gint64, I32, gint32, x[i])
  PAIR (I64, gint64, U8, guint8, x[i])
  PAIR (I64, gint64, BOOL, guint8, x[i])
  PAIR (I64, gint64, F32, float, x[i] != x[i] ? 0 : x[i] >= 0x1p63f ? G_MAXINT64 : x[i] < -0x1p63f ? G_MININT64 : (gint64) x[i])
  PAIR (BOOL, guint8, F32, float, x[i] != 0)
  PAIR (BOOL, guint8, I64, gint64, x[i] != 0)
  PAIR (BF16, guint16, F32, float, auto_f32_to_bf16 (x[i]))
  PAIR (F16, guint16, F32, float, auto_f32_to_f16 (x[i]))
  return FALSE;
}

void
auto_convert_elements (AutoDType to, void *dst, AutoDType from, const void *src, gsize n)
{
  if (to == from)
    memcpy (dst, src, n * auto_dtype_get_size (to));
  else if (!convert_common (to, dst, from, src, n))
    for (gsize i = 0; i < n; i++)
      store (to, dst, i, load (from, src, i), auto_dtype_is_float (to) ? 0 : load_integer (from, src, i));
}
