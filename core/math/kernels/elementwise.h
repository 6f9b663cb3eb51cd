/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Activations and the arithmetic of whole vectors. */

#include "../auto-kernels.h"
#include "simd-math.h"

#define TWICE_SQRT_2_PI 0x1.988454p+0f /* 2 √(2/π) */

V_INLINE Vec act_linear (Vec x) { return x; }
V_INLINE Vec act_gelu (Vec x) { return v_gelu (x); }
V_INLINE Vec act_gelu_10 (Vec x) { return v_min (v_set (10.0f), v_max (v_set (-10.0f), v_gelu (x))); }
/* (1 + tanh u) / 2 = sigmoid (2u) */
V_INLINE Vec act_gelu_tanh (Vec x) { return x * v_sigmoid (TWICE_SQRT_2_PI * (x + 0.044715f * (x * x * x))); }
V_INLINE Vec act_laplace (Vec x) { return 0.5f * (1.0f + v_erf ((x - 0.707107f) / (0.282095f * (float) G_SQRT2))); }
V_INLINE Vec act_leaky_relu (Vec x) { return v_select (v_greater ((Vec) { 0 }, x), x * 0.01f, x); }
V_INLINE Vec act_quick_gelu (Vec x) { return x * v_sigmoid (1.702f * x); }
V_INLINE Vec act_relu (Vec x) { return v_max ((Vec) { 0 }, x); }
V_INLINE Vec act_relu6 (Vec x) { return v_min (v_set (6.0f), v_max ((Vec) { 0 }, x)); }
V_INLINE Vec act_silu (Vec x) { return x * v_sigmoid (x); }
V_INLINE Vec act_sigmoid (Vec x) { return v_sigmoid (x); }
V_INLINE Vec act_tanh (Vec x) { return v_tanh (x); }
V_INLINE Vec act_hardsigmoid (Vec x) { return v_min (v_set (6.0f), v_max ((Vec) { 0 }, x + 3.0f)) / 6.0f; }
V_INLINE Vec act_hardswish (Vec x) { return x * act_hardsigmoid (x); }

V_INLINE Vec
act_relu2 (Vec x)
{
  Vec r = act_relu (x);

  return r * r;
}

/* tanh (log (1 + e)) = (e² + 2e) / (e² + 2e + 2) with e = exp x; 1 in single precision beyond 20 */
V_INLINE Vec
act_mish (Vec x)
{
  Vec e = v_exp (v_min (v_set (20.0f), x)), n = e * (e + 2.0f);

  return x * (n / (n + 2.0f));
}

/* exp (x) - 1 without cancellation: tanh (x/2) (exp (x) + 1) */
V_INLINE Vec
act_elu (Vec x)
{
  Vec low = v_min ((Vec) { 0 }, x);

  return v_select (v_greater (x, (Vec) { 0 }), x, v_tanh (0.5f * low) * (v_exp (low) + 1.0f));
}

V_INLINE Vec
act_softplus (Vec x)
{
  Vec limit = v_set (20.0f);

  return v_select (v_greater (x, limit), x, v_log1p (v_exp (v_min (limit, x))));
}

#define APPLY(f)                                                                                                                         \
  static void apply_##f (const float *x, float *y, gsize n)                                                                              \
  {                                                                                                                                      \
    gsize i = 0;                                                                                                                         \
    for (; i + VW <= n; i += VW)                                                                                                         \
      v_store (y + i, act_##f (v_load (x + i)));                                                                                         \
    if (i < n)                                                                                                                           \
      v_store_n (y + i, act_##f (v_load_n (x + i, n - i)), n - i);                                                                       \
  }

APPLY (linear)
APPLY (gelu)
APPLY (gelu_10)
APPLY (gelu_tanh)
APPLY (laplace)
APPLY (leaky_relu)
APPLY (mish)
APPLY (quick_gelu)
APPLY (relu)
APPLY (relu2)
APPLY (relu6)
APPLY (sigmoid)
APPLY (silu)
APPLY (tanh)
APPLY (hardswish)
APPLY (hardsigmoid)
APPLY (elu)
APPLY (softplus)

static void (*const activations[]) (const float *x, float *y, gsize n) = {
  [AUTO_ACTIVATION_NONE] = apply_linear,
  [AUTO_ACTIVATION_GELU] = apply_gelu,
  [AUTO_ACTIVATION_GELU_10] = apply_gelu_10,
  [AUTO_ACTIVATION_GELU_FAST] = apply_gelu_tanh,
  [AUTO_ACTIVATION_GELU_NEW] = apply_gelu_tanh,
  [AUTO_ACTIVATION_GELU_PYTHON] = apply_gelu,
  [AUTO_ACTIVATION_GELU_PYTORCH_TANH] = apply_gelu_tanh,
  [AUTO_ACTIVATION_GELU_ACCURATE] = apply_gelu_tanh,
  [AUTO_ACTIVATION_LAPLACE] = apply_laplace,
  [AUTO_ACTIVATION_LEAKY_RELU] = apply_leaky_relu,
  [AUTO_ACTIVATION_LINEAR] = apply_linear,
  [AUTO_ACTIVATION_MISH] = apply_mish,
  [AUTO_ACTIVATION_QUICK_GELU] = apply_quick_gelu,
  [AUTO_ACTIVATION_RELU] = apply_relu,
  [AUTO_ACTIVATION_RELU2] = apply_relu2,
  [AUTO_ACTIVATION_RELU6] = apply_relu6,
  [AUTO_ACTIVATION_SIGMOID] = apply_sigmoid,
  [AUTO_ACTIVATION_SILU] = apply_silu,
  [AUTO_ACTIVATION_SWISH] = apply_silu,
  [AUTO_ACTIVATION_TANH] = apply_tanh,
  [AUTO_ACTIVATION_HARDSWISH] = apply_hardswish,
  [AUTO_ACTIVATION_HARDSIGMOID] = apply_hardsigmoid,
  [AUTO_ACTIVATION_ELU] = apply_elu,
  [AUTO_ACTIVATION_SOFTPLUS] = apply_softplus,
};

static void
activate (AutoActivation activation, const float *x, float *y, gsize n)
{
  activations[activation](x, y, n);
}

/* A loop over vectors and the rest: EXPR makes a result of the vectors X and Y. */
#define EACH(n, EXPR)                                                                                                                    \
  do                                                                                                                                     \
    {                                                                                                                                    \
      gint64 i = 0;                                                                                                                      \
      for (; i + VW <= (n); i += VW)                                                                                                     \
        {                                                                                                                                \
          Vec X = v_load (x + i), Y = v_load (y + i);                                                                                    \
          (void) Y;                                                                                                                      \
          v_store (z + i, EXPR);                                                                                                         \
        }                                                                                                                                \
      if (i < (n))                                                                                                                       \
        {                                                                                                                                \
          Vec X = v_load_n (x + i, (n) - i), Y = v_load_n (y + i, (n) - i);                                                              \
          (void) Y;                                                                                                                      \
          v_store_n (z + i, EXPR, (n) - i);                                                                                              \
        }                                                                                                                                \
    }                                                                                                                                    \
  while (0)

static void
add (gint64 n, const float *x, const float *y, float *z)
{
  EACH (n, X + Y);
}

static void
multiply (gint64 n, const float *x, const float *y, float *z)
{
  EACH (n, X * Y);
}

static void
maximum (gint64 n, const float *x, const float *y, float *z)
{
  EACH (n, v_max (X, Y) + (v_min (X, Y) - v_min (X, Y)));
}

static void
scale (gint64 n, const float *x, float factor, float shift, float *z)
{
  const float *y = x;

  EACH (n, X * factor + shift);
}

static void
axpy (gint64 n, float factor, const float *x, float *z)
{
  const float *y = z;

  EACH (n, Y + X * factor);
}

static void
exponential (gint64 n, const float *x, float *z)
{
  const float *y = x;

  EACH (n, v_exp (X));
}

static void
widen_f32 (gint64 n, const void *x, float *y)
{
  memcpy (y, x, n * sizeof *y);
}

#define WIDEN(name)                                                                                                                      \
  static void widen_##name (gint64 n, const void *source, float *y)                                                                      \
  {                                                                                                                                      \
    const guint16 *x = source;                                                                                                           \
    guint16 rest[VW] = { 0 };                                                                                                            \
    gint64 i = 0;                                                                                                                        \
    for (; i + VW <= n; i += VW)                                                                                                         \
      v_store (y + i, v_from_##name (x + i));                                                                                            \
    if (i == n)                                                                                                                          \
      return;                                                                                                                            \
    memcpy (rest, x + i, (n - i) * sizeof *rest);                                                                                        \
    v_store_n (y + i, v_from_##name (rest), n - i);                                                                                      \
  }

WIDEN (f16)
WIDEN (bf16)

static void
finish (gint64 rows, gint64 cols, float *c, gint64 c_stride, const AutoTileEnd *end)
{
  for (gint64 i = 0; i < rows; i++, c += c_stride)
    {
      float shift = end->row_bias ? end->row_bias[i] : 0.0f;
      if (end->scale != 1.0f || shift != 0.0f)
        scale (cols, c, end->scale, shift, c);
      if (end->bias)
        add (cols, c, end->bias, c);
      if (end->activation != AUTO_ACTIVATION_NONE && end->activation != AUTO_ACTIVATION_LINEAR)
        activate (end->activation, c, c, cols);
      if (end->residual)
        add (cols, c, end->residual + i * end->residual_stride, c);
    }
}
