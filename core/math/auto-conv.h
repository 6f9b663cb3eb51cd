/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"
#include "auto-activation.h"

G_BEGIN_DECLS

/* Sizes of a convolution or a pooling of [batch, channels, depth, height, width]: arrays are in that order of space. One-
 * and two-dimensional ones have a size of 1, a kernel of 1, a stride and a dilation of 1 and no padding in front. Use
 * auto_conv_init() to have that and then set what differs. */
typedef struct
{
  gint64 batch, channels, out_channels, groups;
  gint64 in[3], out[3];
  gint64 kernel[3], stride[3], dilation[3];
  gint64 pad_begin[3], pad_end[3];
  gint64 out_pad[3]; /* transposed convolutions: added to one side of the output */
} AutoConvShape;

AUTO_INTERNAL void auto_conv_init (AutoConvShape *self);
/* Sets @out from the rest. FALSE when a size is not positive, groups don't divide the channels, or the kernel is larger
 * than the padded input. */
AUTO_INTERNAL gboolean auto_conv_set_out (AutoConvShape *self);
AUTO_INTERNAL gboolean auto_conv_set_out_transposed (AutoConvShape *self);
AUTO_INTERNAL gboolean auto_conv_set_out_pool (AutoConvShape *self, gboolean ceil_mode);

/* y [batch, out_channels, out…] from x [batch, channels, in…] and w [out_channels, channels / groups, kernel…]; @bias of
 * out_channels or NULL. */
AUTO_INTERNAL void auto_conv_raw (const AutoConvShape *shape, const float *x, const float *w, const float *bias, AutoActivation activation, float *y);
/* The same with w [channels, out_channels / groups, kernel…] and every input spread over the output. */
AUTO_INTERNAL void auto_conv_transposed_raw (const AutoConvShape *shape, const float *x, const float *w, const float *bias, float *y);

/* Padding doesn't take part in a maximum. NaN wins. */
AUTO_INTERNAL void auto_max_pool_raw (const AutoConvShape *shape, const float *x, float *y);
/* @divisor 0: the number of places of the kernel, those in the padding included when @count_include_pad. */
AUTO_INTERNAL void auto_avg_pool_raw (const AutoConvShape *shape, gboolean count_include_pad, gint64 divisor, const float *x, float *y);

G_END_DECLS
