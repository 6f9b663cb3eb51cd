/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-gated-decoder.h"

#include "auto-attention.h"
#include "auto-masks.h"
#include "auto-rope.h"

const AutoHead auto_head_decoder_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "embed_tokens.weight" };
const AutoHead auto_head_decoder_sequence = { .kind = AUTO_HEAD_SEQUENCE, .pool = AUTO_POOL_LAST, .out = "score", .no_bias = TRUE };

AutoTensor *
auto_gated_feed_forward (AutoContext *cx, const char *gate, const char *up, const char *down, AutoTensor *x, gint64 intermediate_size,
                         AutoActivation activation, AutoTensor *residual)
{
  AutoTensor *a = auto_linear_no_bias (cx, gate, x, intermediate_size), *b = auto_linear_no_bias (cx, up, x, intermediate_size);

  return auto_linear_full (cx, down, auto_mul_act (cx, a, b, activation), auto_dim (x, -1),
                           &(AutoLinear) { .no_bias = TRUE, .residual = residual, .activation = AUTO_ACTIVATION_LINEAR });
}

static AutoTensor *
decoder_layer (AutoContext *cx, const AutoGatedDecoder *how, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary)
{
  AutoTensor *a = auto_rms_norm (cx, "input_layernorm", x, how->epsilon);
  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.o_proj", .heads = how->heads,
    .kv_heads = how->kv_heads, .no_bias = !how->qkv_bias, .out_no_bias = !how->out_bias, .rotary = rotary, .window = how->window, .residual = x });

  a = auto_rms_norm (cx, "post_attention_layernorm", x, how->epsilon);
  if (how->feed_forward)
    return auto_add (cx, how->feed_forward (cx, how->config, a), x);
  return auto_gated_feed_forward (cx, "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", a, how->intermediate_size, how->activation, x);
}

AutoTensor *
auto_gated_decoder (AutoContext *cx, AutoInputs *in, const AutoGatedDecoder *how)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embed_tokens", how->vocab_size, how->hidden_size);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);
  AutoTensor *positions = auto_decoder_positions (cx, in, auto_dim (x, 1));
  AutoTensor *rotary = auto_rope_table (cx, positions, how->hidden_size / how->heads, how->rope_theta, how->rope_scaling, how->max_positions);

  for (int i = 0; i < how->layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      auto_ignore_weight (cx, "self_attn.rotary_emb.inv_freq");
      auto_context_hidden_state (cx, x);
      x = decoder_layer (cx, how, x, &mask, rotary);
    }
  x = auto_rms_norm (cx, "norm", x, how->epsilon);
  auto_context_hidden_state (cx, x);
  return x;
}
