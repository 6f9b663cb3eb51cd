/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-image-encoder.h"

#include "auto-attention.h"
#include "auto-model-macros.h"

static AutoTensor *
encoder_layer (AutoContext *cx, AutoTensor *x, const AutoImageEncoder *how, AutoTensor *head_mask)
{
  gint64 width = auto_dim (x, 2);
  AutoTensor *y = auto_layer_norm (cx, "layernorm_before", x, how->epsilon);

  x = auto_attention (cx, y, how->mask, &(AutoAttention) {
    .q = "attention.attention.query", .k = "attention.attention.key", .v = "attention.attention.value", .heads = how->heads,
    .no_bias = how->no_bias, .head_mask = head_mask, .out = "attention.output.dense", .residual = x });
  y = auto_layer_norm (cx, "layernorm_after", x, how->epsilon);
  y = auto_linear_act (cx, "intermediate.dense", y, how->intermediate_size, how->activation);
  return auto_linear_add (cx, "output.dense", y, width, x);
}

AutoTensor *
auto_image_encoder (AutoContext *cx, AutoTensor *x, const AutoImageEncoder *how)
{
  for (int i = 0; i < how->layers; i++)
    {
      AUTO_LAYER (cx, &x, "%s.%d", how->name ? how->name : "encoder.layer", i);
      auto_context_hidden_state (cx, x);
      x = encoder_layer (cx, x, how, how->in ? auto_head_mask (cx, how->in, i, how->layers, how->heads) : NULL);
    }
  auto_context_hidden_state (cx, x);
  return x;
}
