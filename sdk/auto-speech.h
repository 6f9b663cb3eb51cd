/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-config-fields.h"
#include "core/auto/auto-inputs.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* The convolutions that make frames of a waveform, input_values (batch, samples), without padding. */
typedef struct
{
  const AutoInts *dims, *kernels, *strides; /* keys conv_dim, conv_kernel, conv_stride */
  gboolean bias;
  gboolean group_norm;                      /* the first layer alone has a norm, over each channel; else all over all channels */
  AutoActivation activation;
} AutoWaveform;

/* input_values that are long enough for @frames frames. */
AUTO_AVAILABLE_IN_1_0 void auto_waveform_example (AutoInputs *in, const AutoWaveform *how, gint64 frames);
/* Frames (batch, frames, channels); the layers are NAME.0, NAME.1 … */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_waveform_frames (AutoContext *cx, AutoInputs *in, const char *name, const AutoWaveform *how);
/* How many frames an attention_mask (batch, samples) leaves in each row: (batch). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_waveform_lengths (AutoContext *cx, AutoTensor *attention_mask, const AutoWaveform *how);
/* Which of @frames frames come before the ends of rows that have @lengths (batch) of them, as booleans (batch, frames). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_frames_within (AutoContext *cx, AutoTensor *lengths, gint64 frames);
/* Which frames the call's attention_mask leaves, as booleans (batch, frames); NULL when the call has none. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_waveform_mask (AutoContext *cx, AutoInputs *in, const AutoWaveform *how, gint64 frames);

/* A grouped convolution over states (batch, width, frames) that tells positions: as many frames, or every @stride-th, by symmetric
 * padding whose odd place goes at the end. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_position_convolution (AutoContext *cx, const char *name, AutoTensor *x, gint64 kernel, gint64 groups,
                                                             gint64 stride, gboolean weight_norm);
/* @n gated convolutions NAME.layers.0.conv … that make frames fewer; NAME.proj and NAME.proj_layer_norm before where @width is another. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_frame_adapter (AutoContext *cx, const char *name, AutoTensor *x, int n, gint64 width, gint64 kernel,
                                                      gint64 stride);

/* A time-delay layer (Snyder et al., 2018): a dense layer with ReLU over windows of @kernel frames, each @dilation apart. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_time_delay (AutoContext *cx, const char *name, AutoTensor *x, gint64 width, gint64 kernel, gint64 dilation);
/* Means and standard deviations over a row's first @counts (batch) frames, or all: (batch, 2 · width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_frame_statistics (AutoContext *cx, AutoTensor *x, AutoTensor *counts);
/* A learned mean of the @n tensors in the output's list hidden_states: the weights are softmax of NAME (n). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_weighted_states (AutoContext *cx, const char *name, gint64 n);

/* For each frame the best of @n code vectors in each of @groups groups: (batch, frames, width). @perplexity becomes how many of
 * them the frames (of @mask (batch, frames), or all) use on the whole. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_quantize_vectors (AutoContext *cx, AutoTensor *x, gint64 groups, gint64 n, gint64 width, AutoTensor *mask,
                                                         AutoTensor **perplexity);

G_END_DECLS
