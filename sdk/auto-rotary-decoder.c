/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-rotary-decoder.h"

#include "auto-masks.h"
#include "auto-model-macros.h"
#include "auto-rope.h"

AutoTensor *
auto_rotary_decoder (AutoContext *cx, AutoInputs *in, const AutoRotaryDecoder *how)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_tokens", how->vocab_size, how->hidden_size);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (x, 1));
  AutoTensor *rotary = auto_rope_table (cx, positions, how->rotary_dims, how->rope_theta, how->rope_scaling, how->max_positions);

  for (int i = 0; i < how->layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_context_hidden_state (cx, x);
      x = how->layer (cx, how->config, x, &mask, rotary);
    }
  x = (how->rms ? auto_rms_norm : auto_layer_norm) (cx, how->norm, x, how->epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}
