/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-transformer.h"

#include <math.h>

#include "sdk/auto-model-macros.h"

#define EPSILON 1e-5

static AutoTensor *
norm (AutoContext *cx, const char *name, AutoTensor *x, gboolean here)
{
  return here ? auto_layer_norm (cx, name, x, EPSILON) : x;
}

static AutoTensor *
placed (AutoContext *cx, AutoTensor *x, AutoTensor *positions)
{
  return positions ? auto_add (cx, x, positions) : x;
}

static AutoTensor *
self_block (AutoContext *cx, AutoTensor *x, const AutoTransformer *how, AutoTensor *head_mask)
{
  AutoTensor *a = norm (cx, "self_attn_layer_norm", x, how->pre_norm);

  a = auto_attention (cx, placed (cx, a, how->positions), &how->mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.out_proj", .heads = how->heads,
    .k_no_bias = how->k_no_bias, .values = how->positions ? a : NULL, .head_mask = head_mask, .residual = x });
  return norm (cx, "self_attn_layer_norm", a, !how->pre_norm);
}

static AutoTensor *
cross_block (AutoContext *cx, AutoTensor *x, const AutoTransformer *how, AutoTensor *head_mask)
{
  AutoTensor *a = norm (cx, "encoder_attn_layer_norm", x, how->pre_norm);
  const char *collection = how->cross_unlisted ? auto_context_set_collection (cx, NULL) : NULL;

  a = auto_attention (cx, placed (cx, a, how->positions), &how->source_mask, &(AutoAttention) {
    .q = "encoder_attn.q_proj", .k = "encoder_attn.k_proj", .v = "encoder_attn.v_proj", .out = "encoder_attn.out_proj", .heads = how->heads,
    .k_no_bias = how->k_no_bias, .source = placed (cx, how->source, how->source_positions), .values = how->source,
    .head_mask = head_mask, .residual = x });
  if (how->cross_unlisted)
    auto_context_set_collection (cx, collection);
  return norm (cx, "encoder_attn_layer_norm", a, !how->pre_norm);
}

static AutoTensor *
feed_forward_block (AutoContext *cx, AutoTensor *x, const AutoTransformer *how)
{
  AutoTensor *a = norm (cx, "final_layer_norm", x, how->pre_norm);

  a = auto_linear_act (cx, "fc1", a, how->intermediate_size, how->activation);
  a = auto_linear_add (cx, "fc2", a, auto_dim (x, -1), x);
  return norm (cx, "final_layer_norm", a, !how->pre_norm);
}

void
auto_weigh_state (AutoContext *cx, AutoTensor **sum, AutoTensor *weights, int i, AutoTensor *x)
{
  if (!weights)
    return;
  AutoTensor *part = auto_mul (cx, x, auto_narrow (cx, weights, 0, i, 1));
  *sum = *sum ? auto_add (cx, *sum, part) : part;
}

static AutoTensor *
head_mask_of (AutoContext *cx, AutoInputs *in, const char *name, int i, const AutoTransformer *how)
{
  return how->no_head_masks ? NULL : auto_named_head_mask (cx, in, name, i, how->layers, how->heads);
}

static AutoTensor *
layer (AutoContext *cx, AutoInputs *in, AutoTensor *x, int i, AutoTensor **sum, const AutoTransformer *how)
{
  const char *own = how->head_mask ? how->head_mask : "head_mask", *cross = how->source_head_mask ? how->source_head_mask : "cross_attn_head_mask";
  AUTO_LAYER (cx, &x, "layers.%d", i);
  AUTO_CARRY (cx, sum);

  auto_context_hidden_state (cx, x);
  auto_weigh_state (cx, sum, how->weights, i, x);
  x = self_block (cx, x, how, head_mask_of (cx, in, own, i, how));
  if (how->source)
    x = cross_block (cx, x, how, head_mask_of (cx, in, cross, i, how));
  x = feed_forward_block (cx, x, how);
  return x;
}

AutoTensor *
auto_transformer_self (AutoContext *cx, AutoTensor *x, const AutoTransformer *how)
{
  return self_block (cx, x, how, NULL);
}

AutoTensor *
auto_transformer_feed_forward (AutoContext *cx, AutoTensor *x, const AutoTransformer *how)
{
  return feed_forward_block (cx, x, how);
}

AutoTensor *
auto_transformer (AutoContext *cx, AutoInputs *in, AutoTensor *x, const AutoTransformer *how)
{
  const char *last = how->last_norm ? how->last_norm : "layer_norm";
  AutoTensor *sum = NULL;

  for (int i = 0; i < how->layers; i++)
    {
      x = layer (cx, in, x, i, &sum, how);
      x = norm (cx, last, x, how->norm_each);
      if (how->states)
        how->states[i] = x;
    }
  x = norm (cx, last, x, *last && (how->pre_norm || how->last_norm));
  auto_context_hidden_state (cx, x);
  auto_weigh_state (cx, &sum, how->weights, how->layers, x);
  if (how->sum)
    *how->sum = sum;
  return x;
}

AutoTensor *
auto_sinusoids (AutoContext *cx, gint64 start, gint64 length, gint64 width)
{
  g_autofree double *values = g_try_new (double, (gsize) length * (gsize) width);
  gint64 half = (width + 1) / 2;

  if (!values)
    {
      auto_context_fail_literal (cx, "there is no memory for a table of positions");
      return NULL;
    }
  for (gint64 i = 0; i < length; i++)
    for (gint64 j = 0; j < width; j++)
      {
        double angle = (double) (start + i) / pow (10000, 2.0 * (double) (j % half) / (double) width);
        values[i * width + j] = j < half ? sin (angle) : cos (angle);
      }
  return auto_reshape (cx, auto_constant (cx, values, (gsize) (length * width)), AUTO_DIMS (length, width));
}

AutoTensor *
auto_padded_sinusoids (AutoContext *cx, AutoTensor *positions, gint64 width, gint64 pad)
{
  gint64 half = width / 2;

  if (half < 2)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "the width of the states must be 4 or more for positions as sinusoids");
      return NULL;
    }
  AutoTensor *rows = auto_unsqueeze (cx, positions, -1);
  AutoTensor *frequencies = auto_exp (cx, auto_scale (cx, auto_arange_float (cx, 0, (double) half, 1), -log (10000) / (double) (half - 1)));
  AutoTensor *angles = auto_mul (cx, auto_cast (cx, rows, AUTO_DTYPE_F32), frequencies);
  AutoTensor *table = auto_concat (cx, AUTO_TENSORS (auto_sin (cx, angles), auto_cos (cx, angles)), -1);

  if (width % 2)
    table = auto_pad (cx, table, AUTO_DIMS (0, 1), AUTO_PAD_CONSTANT, 0);
  return pad < 0 ? table : auto_masked_fill (cx, table, auto_eq_scalar (cx, rows, (double) pad), 0);
}
