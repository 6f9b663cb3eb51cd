/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-conformer.h"

#include <math.h>

#include "auto-attention.h"
#include "auto-masks.h"
#include "auto-model-macros.h"
#include "auto-relative.h"
#include "auto-transformer.h"

AutoTensor *
auto_conformer_feed_forward (AutoContext *cx, const char *name, AutoTensor *x, gint64 inner, AutoActivation activation)
{
  AUTO_SCOPE (cx, "%s", name);
  return auto_linear (cx, "output_dense", auto_linear_act (cx, "intermediate_dense", x, inner, activation), auto_dim (x, -1));
}

AutoTensor *
auto_conformer_distances (AutoContext *cx, gint64 frames, gint64 width)
{
  if (width % 2)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "hidden_size is %" G_GINT64_FORMAT ", and must be even for relative positions", width);
  AutoTensor *table = auto_unflatten (cx, auto_sinusoids (cx, 1 - frames, 2 * frames, width), 1, AUTO_DIMS (2, width / 2));

  return auto_flip (cx, auto_flatten (cx, auto_transpose (cx, table, 1, 2), 1, 2), 0);
}

/* Queries with a learned bias: against the keys, and another against the distances. */
static AutoTensor *
relative_attention (AutoContext *cx, AutoTensor *x, AutoTensor *residual, const AutoMask *mask, const AutoConformer *how)
{
  gint64 width = auto_dim (x, 2), head_dim = auto_head_dim (cx, width, how->heads);
  AutoTensor *q = auto_split_heads (cx, auto_linear (cx, "linear_q", x, width), how->heads);
  AutoTensor *k = auto_split_heads (cx, auto_linear (cx, "linear_k", x, width), how->heads);
  AutoTensor *v = auto_split_heads (cx, auto_linear (cx, "linear_v", x, width), how->heads);
  AutoTensor *to_keys = auto_unsqueeze (cx, auto_parameter (cx, "pos_bias_u", AUTO_DIMS (how->heads, head_dim)), 1);
  AutoTensor *to_distances = auto_unsqueeze (cx, auto_parameter (cx, "pos_bias_v", AUTO_DIMS (how->heads, head_dim)), 1);
  AutoTensor *distances = auto_split_heads (cx, auto_unsqueeze (cx, auto_linear_no_bias (cx, "linear_pos", how->table, width), 0), how->heads);
  AutoTensor *scores = auto_relative_shift (cx, auto_matmul_nt (cx, auto_add (cx, q, to_distances), distances), 1, auto_dim (x, 1));
  AutoMask all = auto_mask_with_bias (cx, *mask, auto_scale (cx, scores, 1 / sqrt ((double) head_dim)));

  return auto_attention (cx, x, &all, &(AutoAttention) { .parts = (AutoTensor *const[]) { auto_add (cx, q, to_keys), k, v },
    .out = "linear_out", .heads = how->heads, .residual = residual });
}

AutoTensor *
auto_conformer_attention (AutoContext *cx, AutoTensor *x, AutoTensor *residual, const AutoMask *mask, const AutoConformer *how)
{
  AutoTensor *values = x;

  if (how->positions == AUTO_CONFORMER_RELATIVE)
    return relative_attention (cx, x, residual, mask, how);
  if (how->positions == AUTO_CONFORMER_ROTARY)
    x = auto_merge_heads (cx, auto_rotary (cx, auto_split_heads (cx, x, how->heads), how->table, FALSE));
  return auto_attention (cx, x, mask, &(AutoAttention) { .q = "linear_q", .k = "linear_k", .v = "linear_v", .out = "linear_out",
    .heads = how->heads, .values = values, .residual = residual, .distances_clamped = TRUE, .keys_before = how->before, .keys_after = how->after,
    .distances = how->positions == AUTO_CONFORMER_RELATIVE_KEY ? "distance_embedding" : NULL });
}

static AutoTensor *
conformer_convolution (AutoContext *cx, AutoTensor *x, const AutoConformer *how)
{
  AUTO_SCOPE (cx, "conv_module");
  gint64 width = auto_dim (x, 2), before = how->causal ? how->kernel - 1 : how->kernel / 2;

  if (how->kernel % 2 == 0)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "conv_depthwise_kernel_size is %" G_GINT64_FORMAT ", and must be odd so that there are as many frames behind the convolution",
                       how->kernel);
  x = auto_layer_norm (cx, "layer_norm", x, how->epsilon);
  if (how->seen)
    x = auto_masked_fill (cx, x, auto_logical_not (cx, auto_unsqueeze (cx, how->seen, 2)), 0);
  x = auto_conv1d (cx, "pointwise_conv1", auto_transpose (cx, x, 1, 2), 2 * width, &(AutoConv) { .kernel = { 1 }, .no_bias = TRUE });
  x = auto_conv1d (cx, "depthwise_conv", auto_glu (cx, x, 1), width, &(AutoConv) { .kernel = { how->kernel }, .asymmetric = TRUE,
    .padding = { before }, .padding_end = { how->kernel - 1 - before }, .groups = width, .no_bias = TRUE });
  x = how->causal ? auto_layer_norm_channels (cx, "depthwise_layer_norm", x, how->epsilon) : auto_batch_norm (cx, "batch_norm", x, 1e-5);
  x = auto_conv1d (cx, "pointwise_conv2", auto_activation (cx, x, how->activation), width, &(AutoConv) { .kernel = { 1 }, .no_bias = TRUE });
  return auto_transpose (cx, x, 1, 2);
}

/* Half of a feed-forward part, added. */
static AutoTensor *
half_step (AutoContext *cx, const char *name, AutoTensor *x, const AutoConformer *how)
{
  g_autofree char *norm = g_strconcat (name, "_layer_norm", NULL);
  AutoTensor *y = auto_conformer_feed_forward (cx, name, auto_layer_norm (cx, norm, x, how->epsilon), how->inner, how->activation);

  return auto_add (cx, auto_scale (cx, y, 0.5), x);
}

static AutoTensor *
attend (AutoContext *cx, AutoTensor *x, const AutoMask *mask, const AutoConformer *how)
{
  AutoTensor *y = auto_layer_norm (cx, "self_attn_layer_norm", x, how->epsilon);
  AUTO_SCOPE (cx, "self_attn");

  return auto_conformer_attention (cx, y, x, mask, how);
}

AutoTensor *
auto_conformer_layer (AutoContext *cx, AutoTensor *x, const AutoMask *mask, const AutoConformer *how)
{
  x = half_step (cx, "ffn1", x, how);
  x = attend (cx, x, mask, how);
  x = auto_add (cx, x, conformer_convolution (cx, x, how));
  return auto_layer_norm (cx, "final_layer_norm", half_step (cx, "ffn2", x, how), how->epsilon);
}
