/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-pretrained-config.h"
#include "sdk/auto-heads.h"

G_BEGIN_DECLS

/* The decoder of most language models since 2023 as data: root-mean-square norms before the blocks, rotary positions, grouped
 * queries, a gated feed-forward layer. Names: embed_tokens, layers.N.{input_layernorm, self_attn.{q,k,v,o}_proj,
 * post_attention_layernorm, mlp.{gate,up,down}_proj}, norm. */
typedef struct
{
  int vocab_size, hidden_size, intermediate_size, layers, heads, kv_heads, max_positions;
  AutoActivation activation;
  double epsilon, rope_theta;
  JsonNode *rope_scaling;   /* or NULL */
  gint64 window;            /* keys that a query sees, itself included; 0: all */
  gboolean qkv_bias, out_bias;
  AutoTensor *(*feed_forward) (AutoContext *cx, gconstpointer config, AutoTensor *x); /* in place of the gated layer, or NULL */
  gconstpointer config;     /* what feed_forward is given */
} AutoGatedDecoder;

/* The last hidden states (batch, length, hidden_size), normalised. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_gated_decoder (AutoContext *cx, AutoInputs *in, const AutoGatedDecoder *how);
/* activation (gate x) · (up x), then down: three layers without biases under these names. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_gated_feed_forward (AutoContext *cx, const char *gate, const char *up, const char *down, AutoTensor *x,
                                                           gint64 intermediate_size, AutoActivation activation, AutoTensor *residual);

/* Heads over it: lm_head without bias, tied to embed_tokens when the configuration says so; score over the last token. */
_AUTO_EXTERN const AutoHead auto_head_decoder_lm;
_AUTO_EXTERN const AutoHead auto_head_decoder_sequence;

G_END_DECLS
