/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-gated-decoder.h"

#include "auto-attention.h"
#include "auto-config-values.h"
#include "auto-rotary-decoder.h"

const AutoHead auto_head_decoder_lm = { .kind = AUTO_HEAD_LM, .out = "lm_head", .no_bias = TRUE, .tied = "embed_tokens.weight" };
const AutoHead auto_head_decoder_sequence = { .kind = AUTO_HEAD_SEQUENCE, .pool = AUTO_POOL_LAST, .out = "score", .no_bias = TRUE };

gboolean
auto_gated_decoder_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_default_to (config, "num_key_value_heads", "num_attention_heads", error);
}

AutoTensor *
auto_gated_feed_forward (AutoContext *cx, const char *gate, const char *up, const char *down, AutoTensor *x, gint64 intermediate_size,
                         AutoActivation activation, AutoTensor *residual)
{
  AutoTensor *a = auto_linear_no_bias (cx, gate, x, intermediate_size), *b = auto_linear_no_bias (cx, up, x, intermediate_size);

  return auto_linear_full (cx, down, auto_mul_act (cx, a, b, activation), auto_dim (x, -1),
                           &(AutoLinear) { .no_bias = TRUE, .residual = residual, .activation = AUTO_ACTIVATION_LINEAR });
}

/* A matrix (rows, columns) without what is beyond a multiple of @slices rows or, for @dim 1, columns. */
static AutoTensor *
sliced_weight (AutoContext *cx, const char *name, gint64 rows, gint64 columns, int dim, int slices)
{
  AutoTensor *weight = auto_parameter (cx, name, AUTO_DIMS (rows, columns));

  return auto_narrow (cx, weight, dim, 0, (dim ? columns : rows) / slices * slices);
}

static AutoTensor *
feed_forward (AutoContext *cx, const AutoGatedDecoder *how, AutoTensor *x, AutoTensor *residual)
{
  gint64 n = how->intermediate_size;

  if (how->slices < 2 || n % how->slices == 0)
    return auto_gated_feed_forward (cx, "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", x, n, how->activation, residual);
  AutoTensor *a = auto_matmul_nt (cx, x, sliced_weight (cx, "mlp.gate_proj.weight", n, how->hidden_size, 0, how->slices));
  AutoTensor *b = auto_matmul_nt (cx, x, sliced_weight (cx, "mlp.up_proj.weight", n, how->hidden_size, 0, how->slices));
  a = auto_mul_act (cx, a, b, how->activation);
  return auto_add (cx, auto_matmul_nt (cx, a, sliced_weight (cx, "mlp.down_proj.weight", how->hidden_size, n, 1, how->slices)), residual);
}

/* The biases that sliced matrices leave out: a checkpoint has them. */
static void
unused_biases (AutoContext *cx, const AutoGatedDecoder *how)
{
  gint64 head = how->hidden_size / how->heads, kv_width = how->kv_heads * head;

  if (how->qkv_bias)
    {
      auto_zeros_parameter (cx, "self_attn.q_proj.bias", AUTO_DIMS (how->heads * head));
      auto_zeros_parameter (cx, "self_attn.k_proj.bias", AUTO_DIMS (kv_width));
      auto_zeros_parameter (cx, "self_attn.v_proj.bias", AUTO_DIMS (kv_width));
    }
  if (how->out_bias)
    auto_zeros_parameter (cx, "self_attn.o_proj.bias", AUTO_DIMS (how->hidden_size));
}

static AutoTensor *
decoder_layer (AutoContext *cx, gconstpointer config, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary)
{
  const AutoGatedDecoder *how = config;
  gboolean sliced = how->slices > 1;
  AutoTensor *a = auto_rms_norm (cx, "input_layernorm", x, how->epsilon);

  if (sliced)
    unused_biases (cx, how);
  auto_ignore_weight (cx, "self_attn.rotary_emb.inv_freq");
  x = auto_attention (cx, a, mask, &(AutoAttention) {
    .q = "self_attn.q_proj", .k = "self_attn.k_proj", .v = "self_attn.v_proj", .out = "self_attn.o_proj", .heads = how->heads,
    .kv_heads = how->kv_heads, .no_bias = sliced || !how->qkv_bias, .out_no_bias = sliced || !how->out_bias, .rotary = rotary, .window = how->window,
    .residual = x });

  a = auto_rms_norm (cx, "post_attention_layernorm", x, how->epsilon);
  if (how->feed_forward)
    return auto_add (cx, how->feed_forward (cx, how->config, a), x);
  return feed_forward (cx, how, a, x);
}

AutoTensor *
auto_gated_decoder (AutoContext *cx, AutoInputs *in, const AutoGatedDecoder *how)
{
  return auto_rotary_decoder (cx, in, &(AutoRotaryDecoder) {
    .vocab_size = how->vocab_size, .hidden_size = how->hidden_size, .layers = how->layers, .max_positions = how->max_positions,
    .rotary_dims = how->hidden_size / how->heads, .rope_theta = how->rope_theta, .rope_scaling = how->rope_scaling,
    .layer = decoder_layer, .config = how, .norm = "norm", .rms = TRUE, .epsilon = how->epsilon });
}
