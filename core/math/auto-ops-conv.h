/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-activation.h"
#include "auto-context.h"
#include "auto-ops-shape.h"

G_BEGIN_DECLS

/**
 * AutoConv: (skip)
 *
 * How a convolution or its transpose moves over its input. Arrays go from the outermost spatial dimension to the
 * innermost (height, width); a size that is left 0 after the first takes the first one's value. What is left out is 1 for
 * strides, dilations and groups, and 0 for padding.
 */
typedef struct
{
  gint64 kernel[3];
  gint64 stride[3];
  gint64 padding[3];
  gint64 padding_end[3];    /* where it differs from the start: with @asymmetric */
  gint64 dilation[3];
  gint64 output_padding[3]; /* of transposed convolutions */
  gint64 groups;
  gboolean asymmetric;      /* @padding is before, @padding_end behind */
  gboolean same;            /* pads as "same" does for stride 1: d·(k − 1) in all, the smaller half before */
  AutoPadMode pad_mode;     /* constant means zeros */
  gboolean no_bias;
  gboolean weight_norm;     /* the weight is NAME.weight_g · v/‖v‖ of NAME.weight_v, or parametrizations' names */
  int weight_norm_dim;      /* the dimension of weight_g that is not 1 */
  AutoActivation activation;
} AutoConv;

AUTO_INTERNAL AutoTensor *auto_conv1d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_INTERNAL AutoTensor *auto_conv2d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_INTERNAL AutoTensor *auto_conv3d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_INTERNAL AutoTensor *auto_conv_transpose1d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
AUTO_INTERNAL AutoTensor *auto_conv_transpose2d (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoConv *how);
/* With weights that the caller made: (n_out, n_in/groups, kernel…), transposed (n_in, n_out/groups, kernel…). */
AUTO_INTERNAL AutoTensor *auto_conv_with (AutoContext *cx, AutoTensor *x, AutoTensor *weight, AutoTensor *bias, const AutoConv *how);
AUTO_INTERNAL AutoTensor *auto_conv_transpose_with (AutoContext *cx, AutoTensor *x, AutoTensor *weight, AutoTensor *bias, const AutoConv *how);

/* The same for bindings, with equal sizes in all spatial dimensions; their number is that of @x less two. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_convolution (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride,
                                                    gint64 padding, gint64 dilation, gint64 groups, gboolean bias);

G_END_DECLS
