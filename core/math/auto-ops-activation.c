/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-activation.h"

#include "auto-elementwise.h"
#include "auto-ops-slice.h"

/* Values that are brought together in a row before a kernel sees them. */
#define BLOCK 256

static const float *
gather_block (const float *x, gint64 stride, gint64 n, float *block)
{
  if (stride == 1)
    return x;
  for (gint64 i = 0; i < n; i++)
    block[i] = x[i * stride];
  return block;
}

static void
activation_run (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  AutoActivation activation = *(const AutoActivation *) arg;
  const float *x = (const float *) data[1];
  float *y = (float *) data[0], block[BLOCK];

  if (strides[1] == 1)
    auto_activation_apply (activation, x, y, n);
  else
    for (gint64 i = 0; i < n; i += BLOCK)
      auto_activation_apply (activation, gather_block (x + i * strides[1], strides[1], MIN (BLOCK, n - i), block), y + i, MIN (BLOCK, n - i));
}

static void
gate_run (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  AutoActivation activation = *(const AutoActivation *) arg;
  const float *gate = (const float *) data[1], *up = (const float *) data[2];
  float *restrict y = (float *) data[0], block[BLOCK];

  for (gint64 start = 0; start < n; start += BLOCK)
    {
      gint64 length = MIN (BLOCK, n - start);
      auto_activation_apply (activation, gather_block (gate + start * strides[1], strides[1], length, block), block, length);
      for (gint64 i = 0; i < length; i++)
        y[start + i] = block[i] * up[(start + i) * strides[2]];
    }
}

static AutoTensor *
activate (AutoContext *cx, const char *op, AutoTensor *x, AutoActivation activation)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  x = auto_op_as (cx, x, AUTO_DTYPE_F32);
  return auto_op_walk (cx, op, AUTO_DTYPE_F32, activation_run, &activation, 1, &x);
}

/**
 * auto_activation:
 * @cx: a context
 * @x: (nullable): a tensor
 * @activation: a function
 *
 * Returns: (transfer none) (nullable): the function of each element, as 32-bit floats
 */
AutoTensor *
auto_activation (AutoContext *cx, AutoTensor *x, AutoActivation activation)
{
  return activate (cx, "activation", x, activation);
}

/**
 * auto_tanh:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): the hyperbolic tangent of @x as 32-bit floats
 */
AutoTensor *
auto_tanh (AutoContext *cx, AutoTensor *x)
{
  return activate (cx, "tanh", x, AUTO_ACTIVATION_TANH);
}

/**
 * auto_sigmoid:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): 1 / (1 + e⁻ˣ) as 32-bit floats
 */
AutoTensor *
auto_sigmoid (AutoContext *cx, AutoTensor *x)
{
  return activate (cx, "sigmoid", x, AUTO_ACTIVATION_SIGMOID);
}

/**
 * auto_softplus:
 * @cx: a context
 * @x: (nullable): a tensor
 *
 * Returns: (transfer none) (nullable): log (1 + eˣ) as 32-bit floats
 */
AutoTensor *
auto_softplus (AutoContext *cx, AutoTensor *x)
{
  return activate (cx, "softplus", x, AUTO_ACTIVATION_SOFTPLUS);
}

/**
 * auto_mul_act:
 * @cx: a context
 * @gate: (nullable): a tensor
 * @up: (nullable): a tensor whose shape broadcasts with @gate's
 * @activation: a function
 *
 * Returns: (transfer none) (nullable): activation (gate) · up as 32-bit floats, in one pass
 */
AutoTensor *
auto_mul_act (AutoContext *cx, AutoTensor *gate, AutoTensor *up, AutoActivation activation)
{
  if (!auto_op_begin (cx, "mul_act", gate) || !auto_op_begin (cx, "mul_act", up))
    return NULL;
  AutoTensor *operands[2] = { auto_op_as (cx, gate, AUTO_DTYPE_F32), auto_op_as (cx, up, AUTO_DTYPE_F32) };
  return auto_op_walk (cx, "mul_act", AUTO_DTYPE_F32, gate_run, &activation, 2, operands);
}

/**
 * auto_glu:
 * @cx: a context
 * @x: (nullable): a tensor
 * @dim: a dimension of even size, negative from the last
 *
 * Returns: (transfer none) (nullable): the first half along @dim times the sigmoid of the second
 */
AutoTensor *
auto_glu (AutoContext *cx, AutoTensor *x, int dim)
{
  if (!auto_op_begin (cx, "glu", x))
    return NULL;
  AutoTensor *value = auto_chunk (cx, x, 2, dim, 0), *gate = auto_chunk (cx, x, 2, dim, 1);
  return auto_mul_act (cx, gate, value, AUTO_ACTIVATION_SIGMOID);
}

static void
leaky_run (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  float *restrict y = (float *) data[0], slope = *(const float *) arg;
  const float *x = (const float *) data[1];

  for (gint64 i = 0; i < n; i++)
    {
      float v = x[i * strides[1]];
      y[i] = v > 0 ? v : v * slope;
    }
}

/**
 * auto_leaky_relu:
 * @cx: a context
 * @x: (nullable): a tensor
 * @slope: factor of what is negative
 *
 * Returns: (transfer none) (nullable): @x where positive, slope · x elsewhere, as 32-bit floats
 */
AutoTensor *
auto_leaky_relu (AutoContext *cx, AutoTensor *x, double slope)
{
  float factor = (float) slope;

  if (!auto_op_begin (cx, "leaky_relu", x))
    return NULL;
  x = auto_op_as (cx, x, AUTO_DTYPE_F32);
  return auto_op_walk (cx, "leaky_relu", AUTO_DTYPE_F32, leaky_run, &factor, 1, &x);
}
