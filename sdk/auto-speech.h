/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-config-fields.h"
#include "core/auto/auto-inputs.h"
#include "core/auto/auto-model-output.h"
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
/* Encoders that see fewer frames (Wu et al., arXiv:2109.06870). States (batch, width, frames) become the means of @factor neighbours, to
 * which @positions are added, as far as there are both. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_squeeze_frames (AutoContext *cx, AutoTensor *x, AutoTensor *positions, gint64 factor);
/* Which of these frames a mask (batch, frames) leaves. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_squeeze_mask (AutoContext *cx, AutoTensor *mask, gint64 factor);
/* The way back, by a layer: each of @x (batch, frames, width) becomes @factor ones; zeros fill up to @frames. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_unsqueeze_frames (AutoContext *cx, const char *name, AutoTensor *x, gint64 factor, AutoActivation activation,
                                                         gint64 frames);

/* @n gated convolutions NAME.layers.0.conv … that make frames fewer; NAME.proj and NAME.proj_layer_norm before where @width is another. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_frame_adapter (AutoContext *cx, const char *name, AutoTensor *x, int n, gint64 width, gint64 kernel,
                                                      gint64 stride);

/* How many frames @n convolutions leave of @lengths (batch), where half the kernel, rounded down, is added on both sides. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_adapted_lengths (AutoContext *cx, AutoTensor *lengths, int n, gint64 kernel, gint64 stride);

/* @x (batch, frames, width) with the vector (width) in the places that the call's mask_time_indices (batch, frames) names; @x itself when
 * the call has none. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_mask_frames (AutoContext *cx, AutoInputs *in, AutoTensor *x, AutoTensor *vector);
/* The mean over the frames of @mask (batch, frames), or all: (batch, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_mean_frames (AutoContext *cx, AutoTensor *x, AutoTensor *mask);

/* Vectors that tell a speaker (Snyder et al., 2018): projector; layers tdnn.N.kernel with ReLU over windows of frames, each some frames
 * apart; means and standard deviations over the frames that count; feature_extractor, classifier, objective. */
typedef struct
{
  const AutoInts *dims, *kernels, *dilations; /* keys tdnn_dim, tdnn_kernel, tdnn_dilation */
  gint64 width;                               /* of the vectors */
  gint64 labels;
} AutoXVector;

/* `logits` and `embeddings` (batch, width) of states @x (batch, frames, …), of which rows have @lengths (batch), or all when NULL. */
AUTO_AVAILABLE_IN_1_0 void auto_xvector_head (AutoContext *cx, AutoTensor *x, AutoTensor *lengths, const AutoXVector *how, AutoModelOutput *out);
/* A learned mean of the @n tensors in the output's list hidden_states: the weights are softmax of NAME (n). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_weighted_states (AutoContext *cx, const char *name, gint64 n);

/* For each frame the best of @n code vectors in each of @groups groups: (batch, frames, width). @perplexity becomes how many of
 * them the frames (of @mask (batch, frames), or all) use on the whole. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_quantize_vectors (AutoContext *cx, AutoTensor *x, gint64 groups, gint64 n, gint64 width, AutoTensor *mask,
                                                         AutoTensor **perplexity);

G_END_DECLS
