/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-activation.h"
#include "auto-context.h"
#include "auto-ops-shape.h"

G_BEGIN_DECLS

/**
 * AutoConv: (skip)
 * @kernel: sizes of the kernel, from the outermost dimension of space to the innermost (height, width)
 * @stride: distances of two places of the kernel; 1 when left out
 * @padding: places added on both sides, or before only with @asymmetric; -1 is none
 * @padding_end: places added behind with @asymmetric; -1 is none
 * @dilation: distances of two elements of the kernel; 1 when left out
 * @output_padding: places that a transposed convolution adds behind its result; -1 is none
 * @groups: how many groups of channels don't mix; 1 when left out
 * @asymmetric: whether @padding_end counts
 * @same: whether to pad so that the result has the input's size divided by the stride, rounded up; what is odd comes behind
 * @pad_mode: what padding holds; the constant is zero
 * @no_bias: whether there is no `NAME.bias`
 * @weight_norm: whether the weight is g · v/‖v‖ of `NAME.weight_g` and `NAME.weight_v`
 * @weight_norm_dim: the dimension in which `NAME.weight_g` is not 1
 * @activation: applied to the result
 *
 * How a convolution or its transpose moves over its input. In each array a size that is left 0 behind the first takes the
 * first one's value, so that `.kernel = { 3 }` is a cube.
 */
typedef struct
{
  gint64 kernel[3], stride[3], padding[3], padding_end[3], dilation[3], output_padding[3];
  gint64 groups;
  gboolean asymmetric, same;
  AutoPadMode pad_mode;
  gboolean no_bias;
  gboolean weight_norm;
  int weight_norm_dim;
  AutoActivation activation;
} AutoConv;

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conv1d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conv2d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conv3d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conv_transpose1d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conv_transpose2d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
/* With weights that the caller made: (n_out, n_in/groups, kernel…), transposed (n_in, n_out/groups, kernel…). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conv_with (AutoContext *cx, AutoTensor *x, AutoTensor *weight, AutoTensor *bias, const AutoConv *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conv_transpose_with (AutoContext *cx, AutoTensor *x, AutoTensor *weight, AutoTensor *bias, const AutoConv *how);

/* The same for bindings, with equal sizes in all dimensions of space. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_convolution (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride,
                                                    gint64 padding, gint64 dilation, gint64 groups, gboolean bias);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_convolution_transposed (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel,
                                                               gint64 stride, gint64 padding, gint64 groups, gboolean bias);

G_END_DECLS
