/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-conv.h"

#include <math.h>

#include "auto-conv.h"
#include "auto-ops-activation.h"
#include "auto-ops-private.h"
#include "auto-spatial.h"

void
auto_op_spread (const gint64 *sizes, guint n, gint64 otherwise, gint64 *out)
{
  for (guint i = 0; i < n; i++)
    {
      gint64 size = i > 0 && sizes[i] == 0 ? sizes[0] : sizes[i];
      out[3 - n + i] = size == 0 ? otherwise : size;
    }
}

static void
spread_padding (const gint64 *sizes, guint n, gint64 *out)
{
  auto_op_spread (sizes, n, 0, out);
  for (guint i = 3 - n; i < 3; i++)
    if (out[i] == -1)
      out[i] = 0;
}

gboolean
auto_op_spatial (AutoContext *cx, const char *op, AutoTensor *x, AutoConvShape *shape)
{
  auto_conv_init (shape);
  if (x->n_dims < 3 || x->n_dims > 5)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it needs a batch, channels, and one to three dimensions of space");
      return FALSE;
    }
  shape->batch = x->shape[0];
  shape->channels = shape->out_channels = x->shape[1];
  for (guint i = 2; i < x->n_dims; i++)
    shape->in[3 - x->n_dims + i] = x->shape[i];
  return TRUE;
}

AutoTensor *
auto_op_spatial_result (AutoContext *cx, AutoTensor *x, const AutoConvShape *shape)
{
  gint64 dims[AUTO_TENSOR_MAX_DIMS] = { shape->batch, shape->out_channels };

  for (guint i = 2; i < x->n_dims; i++)
    dims[i] = shape->out[3 - x->n_dims + i];
  return auto_context_tensor (cx, AUTO_DTYPE_F32, dims, x->n_dims);
}

/* All sizes but those of the weight. */
static gboolean
plan (AutoContext *cx, const char *op, AutoTensor *x, const AutoConv *how, AutoConvShape *shape)
{
  guint n = x->n_dims - 2;

  if (!auto_op_spatial (cx, op, x, shape))
    return FALSE;
  auto_op_spread (how->kernel, n, 1, shape->kernel);
  auto_op_spread (how->stride, n, 1, shape->stride);
  auto_op_spread (how->dilation, n, 1, shape->dilation);
  spread_padding (how->padding, n, shape->pad_begin);
  spread_padding (how->asymmetric ? how->padding_end : how->padding, n, shape->pad_end);
  spread_padding (how->output_padding, n, shape->out_pad);
  shape->groups = how->groups ? how->groups : 1;
  for (guint i = 3 - n; how->same && i < 3; i++)
    {
      gint64 stride = MAX (shape->stride[i], 1), places = (shape->in[i] + stride - 1) / stride;
      gint64 room = MAX ((places - 1) * stride + (shape->kernel[i] - 1) * shape->dilation[i] + 1 - shape->in[i], 0);
      shape->pad_begin[i] = room / 2;
      shape->pad_end[i] = room - room / 2;
    }
  return TRUE;
}

/* Pads beforehand with what is no zero. */
static AutoTensor *
pad (AutoContext *cx, AutoTensor *x, AutoPadMode mode, AutoConvShape *shape)
{
  gint64 pads[6];
  guint n = x->n_dims - 2;

  for (guint i = 0; i < n; i++)
    {
      pads[2 * i] = shape->pad_begin[2 - i];
      pads[2 * i + 1] = shape->pad_end[2 - i];
      shape->in[2 - i] += shape->pad_begin[2 - i] + shape->pad_end[2 - i];
      shape->pad_begin[2 - i] = shape->pad_end[2 - i] = 0;
    }
  return auto_pad (cx, x, pads, 2 * n, mode, 0);
}

/* The weight's shape for these inputs; FALSE when the groups don't divide the channels. */
static gboolean
weight_shape (AutoContext *cx, const char *op, AutoTensor *x, gint64 n_out, const AutoConvShape *shape, gboolean transposed, gint64 *dims)
{
  if (n_out < 1 || shape->groups < 1 || shape->channels % shape->groups != 0 || n_out % shape->groups != 0)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE,
                    "%" G_GINT64_FORMAT " groups don't divide its channels and the %" G_GINT64_FORMAT " of the result", shape->groups, n_out);
      return FALSE;
    }
  dims[0] = transposed ? shape->channels : n_out;
  dims[1] = (transposed ? n_out : shape->channels) / shape->groups;
  for (guint i = 2; i < x->n_dims; i++)
    dims[i] = shape->kernel[3 - x->n_dims + i];
  return TRUE;
}

static gboolean
matches (AutoTensor *x, guint n_dims, const gint64 *dims)
{
  return x->n_dims == n_dims && memcmp (x->shape, dims, n_dims * sizeof *dims) == 0;
}

static AutoTensor *
convolve (AutoContext *cx, const char *op, AutoTensor *x, AutoTensor *weight, AutoTensor *bias, const AutoConv *how, gboolean transposed)
{
  AutoConvShape shape;
  gint64 dims[AUTO_TENSOR_MAX_DIMS], n_out;

  if (!(x = auto_op_floats (cx, op, x)) || !(weight = auto_op_floats (cx, op, weight)) || (bias && !(bias = auto_op_floats (cx, op, bias))))
    return NULL;
  AutoConv sizes = *how;
  for (guint i = 2; i < MIN (weight->n_dims, 5); i++)
    sizes.kernel[i - 2] = weight->shape[i];
  if (!plan (cx, op, x, &sizes, &shape))
    return NULL;
  n_out = auto_tensor_get_dim (weight, transposed ? 1 : 0);
  if (transposed && shape.groups > 0 && shape.groups <= shape.channels)
    n_out *= shape.groups;
  if (!weight_shape (cx, op, x, n_out, &shape, transposed, dims))
    return NULL;
  if (!matches (weight, x->n_dims, dims) || (bias && !matches (bias, 1, &n_out)))
    {
      auto_op_fail_shapes (cx, op, x, matches (weight, x->n_dims, dims) ? bias : weight);
      return NULL;
    }
  if (how->pad_mode != AUTO_PAD_CONSTANT && !transposed && !(x = pad (cx, x, how->pad_mode, &shape)))
    return NULL;
  shape.out_channels = n_out;
  if (!(transposed ? auto_conv_set_out_transposed (&shape) : auto_conv_set_out (&shape)))
    {
      auto_op_fail_shapes (cx, op, x, weight);
      return NULL;
    }
  AutoTensor *y = auto_op_spatial_result (cx, x, &shape);
  if (!y || cx->declaring)
    return y;
  const float *offsets = bias ? auto_floats (bias) : NULL;
  if (!transposed)
    auto_conv_raw (&shape, auto_floats (x), auto_floats (weight), offsets, how->activation, auto_floats (y));
  else
    auto_conv_transposed_raw (&shape, auto_floats (x), auto_floats (weight), offsets, auto_floats (y));
  return transposed && how->activation != AUTO_ACTIVATION_NONE ? auto_activation (cx, y, how->activation) : y;
}

/**
 * auto_conv_with: (skip)
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, …) with one to three dimensions of space
 * @weight: (nullable): a tensor (n_out, channels / groups, kernel…)
 * @bias: (nullable): a number for each channel of the result, or none
 * @how: sizes, but for the kernel's, and what else is to be done
 *
 * The same as a layer, with a weight that the caller made.
 *
 * Returns: (transfer none) (nullable): a tensor (batch, n_out, …)
 */
AutoTensor *
auto_conv_with (AutoContext *cx, AutoTensor *x, AutoTensor *weight, AutoTensor *bias, const AutoConv *how)
{
  return convolve (cx, "conv", x, weight, bias, how, FALSE);
}

/**
 * auto_conv_transpose_with: (skip)
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, …) with one to three dimensions of space
 * @weight: (nullable): a tensor (channels, n_out / groups, kernel…)
 * @bias: (nullable): a number for each channel of the result, or none
 * @how: sizes, but for the kernel's, and what else is to be done
 *
 * The same as a transposed layer, with a weight that the caller made.
 *
 * Returns: (transfer none) (nullable): a tensor (batch, n_out, …)
 */
AutoTensor *
auto_conv_transpose_with (AutoContext *cx, AutoTensor *x, AutoTensor *weight, AutoTensor *bias, const AutoConv *how)
{
  return convolve (cx, "conv_transpose", x, weight, bias, how, TRUE);
}

/* out = g · v/‖v‖, the norm over all dimensions but one: @outer blocks of @n slices of @inner numbers. @sums are @n zeros. */
static void
scale_to_norm (const float *g, const float *v, gint64 outer, gint64 n, gint64 inner, double *sums, float *out)
{
  for (gint64 slice = 0; slice < outer * n; slice++)
    for (gint64 i = 0; i < inner; i++)
      sums[slice % n] += (double) v[slice * inner + i] * v[slice * inner + i];
  for (gint64 c = 0; c < n; c++)
    sums[c] = g[c] / sqrt (sums[c]);
  for (gint64 slice = 0; slice < outer * n; slice++)
    for (gint64 i = 0; i < inner; i++)
      out[slice * inner + i] = v[slice * inner + i] * (float) sums[slice % n];
}

/* The name that newer versions of PyTorch give to a part of the weight. */
static void
set_other_name (AutoContext *cx, const char *name, const char *part, AutoWeight *weight)
{
  if (!cx->declaring || !weight || weight->other)
    return;
  g_autofree char *suffix = g_strconcat (name, ".parametrizations.weight.", part, NULL);
  weight->other = auto_context_full_name (cx, suffix, NULL);
}

static AutoTensor *
normed_weight (AutoContext *cx, const char *op, const char *name, const AutoConv *how, const gint64 *dims, guint n_dims)
{
  gint64 g_dims[AUTO_TENSOR_MAX_DIMS] = { 1, 1, 1, 1, 1, 1, 1, 1 }, outer = 1, inner = 1;
  int d = how->weight_norm_dim;

  if (d < 0 || d >= (int) n_dims)
    {
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_RANGE, "%s: the weight of %s has no dimension %d", op, name, d);
      return NULL;
    }
  g_dims[d] = dims[d];
  AutoWeight *g = auto_context_layer_weight (cx, name, "weight_g", AUTO_WEIGHT_ONES, g_dims, n_dims);
  AutoWeight *v = auto_context_layer_weight (cx, name, "weight_v", AUTO_WEIGHT_NORMAL, dims, n_dims);
  set_other_name (cx, name, "original0", g);
  set_other_name (cx, name, "original1", v);
  AutoTensor *gains = auto_op_weight (cx, g), *directions = auto_op_weight (cx, v), *out = auto_context_tensor (cx, AUTO_DTYPE_F32, dims, n_dims);
  if (!gains || !directions || !out || cx->declaring)
    return cx->error ? NULL : out;
  for (int i = 0; i < (int) n_dims; i++)
    *(i < d ? &outer : &inner) *= i == d ? 1 : dims[i];
  g_autofree double *sums = g_new0 (double, dims[d]);
  scale_to_norm (auto_floats (gains), auto_floats (directions), outer, dims[d], inner, sums, auto_floats (out));
  return out;
}

/* A layer with weights of its own over inputs with @n_space dimensions of space; with any number for 0. */
static AutoTensor *
layer (AutoContext *cx, const char *op, const char *name, AutoTensor *x, guint n_space, gint64 n_out, const AutoConv *how, gboolean transposed)
{
  AutoConvShape shape;
  gint64 dims[AUTO_TENSOR_MAX_DIMS];
  AutoTensor *weight, *bias = NULL;

  if (!auto_op_begin (cx, op, x))
    return NULL;
  if (n_space && x->n_dims != n_space + 2)
    {
      auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it needs %u dimensions", n_space + 2);
      return NULL;
    }
  if (!plan (cx, op, x, how, &shape) || !weight_shape (cx, op, x, n_out, &shape, transposed, dims))
    return NULL;
  if (how->weight_norm)
    weight = normed_weight (cx, op, name, how, dims, x->n_dims);
  else
    weight = auto_op_weight (cx, auto_context_layer_weight (cx, name, "weight", AUTO_WEIGHT_NORMAL, dims, x->n_dims));
  if (!how->no_bias)
    bias = auto_op_weight (cx, auto_context_layer_weight (cx, name, "bias", AUTO_WEIGHT_ZEROS, &n_out, 1));
  return cx->error ? NULL : convolve (cx, op, x, weight, bias, how, transposed);
}

/**
 * auto_conv1d: (skip)
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (@n_out, channels / groups, kernel…) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (batch, channels, length)
 * @n_out: channels of the result
 * @how: sizes, and what else is to be done
 *
 * Returns: (transfer none) (nullable): a tensor (batch, @n_out, …); sizes that don't fit together fail the context
 */
AutoTensor *
auto_conv1d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how)
{
  return layer (cx, "conv1d", name, x, 1, n_out, how, FALSE);
}

/**
 * auto_conv2d: (skip)
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (@n_out, channels / groups, kernel…) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (batch, channels, height, width)
 * @n_out: channels of the result
 * @how: sizes, and what else is to be done
 *
 * Returns: (transfer none) (nullable): a tensor (batch, @n_out, …); sizes that don't fit together fail the context
 */
AutoTensor *
auto_conv2d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how)
{
  return layer (cx, "conv2d", name, x, 2, n_out, how, FALSE);
}

/**
 * auto_conv3d: (skip)
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (@n_out, channels / groups, kernel…) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (batch, channels, depth, height, width)
 * @n_out: channels of the result
 * @how: sizes, and what else is to be done
 *
 * Returns: (transfer none) (nullable): a tensor (batch, @n_out, …); sizes that don't fit together fail the context
 */
AutoTensor *
auto_conv3d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how)
{
  return layer (cx, "conv3d", name, x, 3, n_out, how, FALSE);
}

/**
 * auto_conv_transpose1d: (skip)
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (channels, @n_out / groups, kernel…) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (batch, channels, length)
 * @n_out: channels of the result
 * @how: sizes, and what else is to be done
 *
 * Returns: (transfer none) (nullable): a tensor (batch, @n_out, …); sizes that don't fit together fail the context
 */
AutoTensor *
auto_conv_transpose1d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how)
{
  return layer (cx, "conv_transpose1d", name, x, 1, n_out, how, TRUE);
}

/**
 * auto_conv_transpose2d: (skip)
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (channels, @n_out / groups, kernel…) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (batch, channels, height, width)
 * @n_out: channels of the result
 * @how: sizes, and what else is to be done
 *
 * Returns: (transfer none) (nullable): a tensor (batch, @n_out, …); sizes that don't fit together fail the context
 */
AutoTensor *
auto_conv_transpose2d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how)
{
  return layer (cx, "conv_transpose2d", name, x, 2, n_out, how, TRUE);
}

/**
 * auto_convolution:
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (@n_out, channels / @groups, @kernel…) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (batch, channels, …) with one to three dimensions of space
 * @n_out: channels of the result
 * @kernel: the kernel's size in each dimension of space
 * @stride: distance of two places of the kernel
 * @padding: zeros added on both sides
 * @dilation: distance of two elements of the kernel
 * @groups: how many groups of channels don't mix
 * @bias: whether there is a bias
 *
 * Returns: (transfer none) (nullable): a tensor (batch, @n_out, …); sizes that don't fit together fail the context
 */
AutoTensor *
auto_convolution (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride, gint64 padding, gint64 dilation,
                  gint64 groups, gboolean bias)
{
  AutoConv how = { .kernel = { kernel }, .stride = { stride }, .padding = { padding }, .dilation = { dilation }, .groups = groups, .no_bias = !bias };

  return layer (cx, "convolution", name, x, 0, n_out, &how, FALSE);
}

/**
 * auto_convolution_transposed:
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (channels, @n_out / @groups, @kernel…) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (batch, channels, …) with one to three dimensions of space
 * @n_out: channels of the result
 * @kernel: the kernel's size in each dimension of space
 * @stride: distance of two places of the kernel in the result
 * @padding: places cut from both sides of the result
 * @groups: how many groups of channels don't mix
 * @bias: whether there is a bias
 *
 * Returns: (transfer none) (nullable): a tensor (batch, @n_out, …); sizes that don't fit together fail the context
 */
AutoTensor *
auto_convolution_transposed (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride, gint64 padding,
                             gint64 groups, gboolean bias)
{
  AutoConv how = { .kernel = { kernel }, .stride = { stride }, .padding = { padding }, .groups = groups, .no_bias = !bias };

  return layer (cx, "convolution_transposed", name, x, 0, n_out, &how, TRUE);
}
