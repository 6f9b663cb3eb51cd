/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-image-encoder.h"

#include "auto-attention.h"
#include "auto-model-macros.h"

const AutoImageEncoderNames auto_image_encoder_names = {
  .before = "layernorm_before", .q = "attention.attention.query", .k = "attention.attention.key", .v = "attention.attention.value",
  .out = "attention.output.dense", .after = "layernorm_after", .up = "intermediate.dense", .down = "output.dense",
};

const AutoImageEncoderNames auto_tower_names = {
  .before = "layer_norm1", .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.out_proj",
  .after = "layer_norm2", .up = "mlp.fc1", .down = "mlp.fc2",
};

static AutoTensor *
encoder_layer (AutoContext *cx, AutoTensor *x, const AutoImageEncoder *how, AutoTensor *head_mask)
{
  const AutoImageEncoderNames *names = how->names ? how->names : &auto_image_encoder_names;
  gint64 width = auto_dim (x, 2);
  AutoTensor *y = auto_layer_norm (cx, names->before, x, how->epsilon);

  x = auto_attention (cx, y, how->mask, &(AutoAttention) {
    .q = names->q, .k = names->k, .v = names->v, .heads = how->heads, .no_bias = how->no_bias, .head_mask = head_mask, .out = names->out,
    .residual = x });
  y = auto_layer_norm (cx, names->after, x, how->epsilon);
  y = auto_linear_act (cx, names->up, y, how->intermediate_size, how->activation);
  return auto_linear_add (cx, names->down, y, width, x);
}

AutoTensor *
auto_image_encoder (AutoContext *cx, AutoTensor *x, const AutoImageEncoder *how)
{
  for (int i = 0; i < how->layers; i++)
    {
      AUTO_LAYER (cx, &x, "%s.%d", how->name ? how->name : "encoder.layer", i);
      auto_context_hidden_state (cx, x);
      x = encoder_layer (cx, x, how, how->in ? auto_head_mask (cx, how->in, i, how->layers, how->heads) : NULL);
      if (how->between && i + 1 < how->layers)
        x = auto_add (cx, x, auto_select (cx, how->between, 0, i));
    }
  auto_context_hidden_state (cx, x);
  return x;
}
