/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-norm.h"

#include <math.h>

#include "auto-elementwise.h"
#include "auto-ops-linear.h"
#include "auto-rows.h"

static void
channel_run (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)
{
  float *restrict y = (float *) data[0];
  const float *x = (const float *) data[1], *factor = (const float *) data[2], *offset = (const float *) data[3];

  if (strides[1] == 1 && strides[2] == 0)
    for (gint64 i = 0; i < n; i++)
      y[i] = x[i] * *factor + *offset;
  else
    for (gint64 i = 0; i < n; i++)
      y[i] = x[i * strides[1]] * factor[i * strides[2]] + offset[i * strides[3]];
}

/* @vector, one number a channel, seen as (channels, 1, …) beside @x. */
static AutoTensor *
beside (AutoContext *cx, AutoTensor *x, AutoTensor *vector)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS] = { 1, 1, 1, 1, 1, 1, 1, 1 }, strides[AUTO_TENSOR_MAX_DIMS] = { 0 };

  if (!vector)
    return NULL;
  shape[0] = vector->shape[0];
  strides[0] = 1;
  return auto_context_adopt (cx, auto_tensor_new_view (vector, shape, strides, x->n_dims - 1, 0));
}

/* x · factor + offset with numbers of each channel. */
static AutoTensor *
affine (AutoContext *cx, const char *op, AutoTensor *x, AutoTensor *factor, AutoTensor *offset)
{
  if (cx->error)
    return NULL;
  AutoTensor *operands[3] = { x, beside (cx, x, factor), beside (cx, x, offset) };
  return auto_op_walk (cx, op, AUTO_DTYPE_F32, channel_run, NULL, 3, operands);
}

static AutoTensor *
layer_vector (AutoContext *cx, const char *name, const char *suffix, AutoWeightKind kind, gint64 n)
{
  return auto_op_weight (cx, auto_context_layer_weight (cx, name, suffix, kind, &n, 1));
}

static gboolean
has_channels (AutoContext *cx, const char *op, AutoTensor *x)
{
  if (!auto_op_begin (cx, op, x))
    return FALSE;
  if (x->n_dims < 2)
    auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it needs a dimension of channels behind the first");
  return !cx->error;
}

/* Factor and offset of each channel, in a row each, from what a layer of batch normalisation holds. */
static AutoTensor *
batch_affine (AutoContext *cx, const char *name, gint64 n, double epsilon)
{
  AutoTensor *weight = layer_vector (cx, name, "weight", AUTO_WEIGHT_ONES, n), *bias = layer_vector (cx, name, "bias", AUTO_WEIGHT_ZEROS, n);
  AutoTensor *mean = layer_vector (cx, name, "running_mean", AUTO_WEIGHT_ZEROS, n), *var = layer_vector (cx, name, "running_var", AUTO_WEIGHT_ONES, n);
  AutoTensor *both = auto_context_tensor (cx, AUTO_DTYPE_F32, (const gint64[]) { 2, n }, 2);

  if (cx->error || cx->declaring)
    return cx->error ? NULL : both;
  float *factor = auto_floats (both), *offset = factor + n;
  for (gint64 i = 0; i < n; i++)
    {
      factor[i] = (float) (auto_floats (weight)[i] / sqrt (auto_floats (var)[i] + epsilon));
      offset[i] = auto_floats (bias)[i] - auto_floats (mean)[i] * factor[i];
    }
  return both;
}

/**
 * auto_batch_norm:
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight`, `NAME.bias`, `NAME.running_mean` and `NAME.running_var`
 * @x: (nullable): a tensor (batch, channels, …)
 * @epsilon: added to the variance
 *
 * Normalises each channel with the statistics that the checkpoint holds, as in evaluation.
 *
 * Returns: (transfer none) (nullable): a tensor of @x's shape
 */
AutoTensor *
auto_batch_norm (AutoContext *cx, const char *name, AutoTensor *x, double epsilon)
{
  if (!has_channels (cx, "batch_norm", x) || !(x = auto_op_as (cx, x, AUTO_DTYPE_F32)))
    return NULL;
  if (cx->declaring)
    {
      g_autofree char *counter = g_strconcat (name, ".num_batches_tracked", NULL);
      auto_context_ignore (cx, counter);
    }
  AutoTensor *both = batch_affine (cx, name, x->shape[1], epsilon);
  gint64 n = x->shape[1], stride = 1;
  if (!both)
    return NULL;
  AutoTensor *factor = auto_context_adopt (cx, auto_tensor_new_view (both, &n, &stride, 1, 0));
  AutoTensor *offset = auto_context_adopt (cx, auto_tensor_new_view (both, &n, &stride, 1, n));
  return affine (cx, "batch_norm", x, factor, offset);
}

/* Rows of @n numbers, each with its own mean and variance taken out. */
static AutoTensor *
standardize (AutoContext *cx, const char *op, AutoTensor *x, gint64 n, double epsilon)
{
  AutoTensor *floats = auto_op_floats (cx, op, x), *y = floats ? auto_context_tensor (cx, AUTO_DTYPE_F32, x->shape, x->n_dims) : NULL;

  if (!y || cx->declaring || auto_tensor_get_n_elements (y) == 0)
    return y;
  auto_layer_norm_rows (auto_tensor_get_n_elements (y) / n, n, auto_floats (floats), NULL, NULL, (float) epsilon, auto_floats (y));
  return y;
}

static gint64
count_from (AutoTensor *x, guint dim)
{
  gint64 n = 1;

  for (guint d = dim; d < x->n_dims; d++)
    n *= x->shape[d];
  return n;
}

/**
 * auto_group_norm:
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` and `NAME.bias`, of one number a channel
 * @x: (nullable): a tensor (batch, channels, …)
 * @n_groups: how many groups the channels form
 * @epsilon: added to the variance
 *
 * Normalises the channels of each group together.
 *
 * Returns: (transfer none) (nullable): a tensor of @x's shape; channels that can't be divided fail the context
 */
AutoTensor *
auto_group_norm (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_groups, double epsilon)
{
  if (!has_channels (cx, "group_norm", x))
    return NULL;
  if (n_groups < 1 || x->shape[1] % n_groups != 0)
    {
      auto_op_fail (cx, "group_norm", x, AUTO_TENSOR_ERROR_SHAPE, "the channels don't form %" G_GINT64_FORMAT " groups", n_groups);
      return NULL;
    }
  AutoTensor *weight = layer_vector (cx, name, "weight", AUTO_WEIGHT_ONES, x->shape[1]);
  AutoTensor *bias = layer_vector (cx, name, "bias", AUTO_WEIGHT_ZEROS, x->shape[1]);
  return affine (cx, "group_norm", standardize (cx, "group_norm", x, count_from (x, 1) / n_groups, epsilon), weight, bias);
}

/**
 * auto_instance_norm:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, …)
 * @epsilon: added to the variance
 *
 * Normalises each channel of each sample by itself, without weights.
 *
 * Returns: (transfer none) (nullable): a tensor of @x's shape
 */
AutoTensor *
auto_instance_norm (AutoContext *cx, AutoTensor *x, double epsilon)
{
  return has_channels (cx, "instance_norm", x) ? standardize (cx, "instance_norm", x, count_from (x, 2), epsilon) : NULL;
}

/**
 * auto_layer_norm_channels:
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` and `NAME.bias`, of one number a channel
 * @x: (nullable): a tensor (batch, channels, …)
 * @epsilon: added to the variance
 *
 * Normalises all channels of each place together.
 *
 * Returns: (transfer none) (nullable): a tensor of @x's shape
 */
AutoTensor *
auto_layer_norm_channels (AutoContext *cx, const char *name, AutoTensor *x, double epsilon)
{
  if (!has_channels (cx, "layer_norm_channels", x))
    return NULL;
  AutoTensor *y = auto_layer_norm (cx, name, auto_op_dim_last (cx, x, 1), epsilon);
  return y ? auto_op_last_to_dim (cx, y, 1) : NULL;
}

/**
 * auto_normalize_last:
 * @cx: a context
 * @x: (nullable): a tensor
 * @epsilon: added to the variance
 *
 * Layer normalisation without weights.
 *
 * Returns: (transfer none) (nullable): @x with mean 0 and variance 1 along the last dimension
 */
AutoTensor *
auto_normalize_last (AutoContext *cx, AutoTensor *x, double epsilon)
{
  return auto_op_begin (cx, "normalize_last", x) ? standardize (cx, "normalize_last", x, auto_tensor_get_dim (x, -1), epsilon) : NULL;
}
