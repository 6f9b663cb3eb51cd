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
  int slices;               /* more than one: as the reference adds up parts of the matrices, without biases and without what is left over */
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

/* The keys of such a configuration, with Llama's values: its members, fields and the spec that they say. */
#define AUTO_GATED_DECODER_MEMBERS                                                                                                       \
  int vocab_size, max_position_embeddings, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_key_value_heads;  \
  AutoActivation hidden_act;                                                                                                             \
  double rms_norm_eps, rope_theta;
#define AUTO_GATED_DECODER_FIELDS                                                                                              \
  AUTO_INT (vocab_size, 32000, .min = 1, .max = G_MAXINT),                                                                     \
  AUTO_INT (max_position_embeddings, 2048, .min = 1, .max = G_MAXINT),                                                         \
  AUTO_INT (hidden_size, 4096, .min = 1, .max = G_MAXINT),                                                                     \
  AUTO_INT (intermediate_size, 11008, .min = 1, .max = G_MAXINT),                                                              \
  AUTO_INT (num_hidden_layers, 32, .min = 0, .max = G_MAXINT),                                                                 \
  AUTO_INT (num_attention_heads, 32, .min = 1, .max = G_MAXINT),                                                               \
  AUTO_INT_NULL (num_key_value_heads, .min = 1, .max = G_MAXINT),                                                              \
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_SILU),                                                          \
  AUTO_EXTRA ("initializer_range", "0.02"),                                                                                    \
  AUTO_DOUBLE (rms_norm_eps, 1e-6),                                                                                            \
  AUTO_EXTRA ("use_cache", "true"),                                                                                            \
  AUTO_DOUBLE (rope_theta, 10000.0),                                                                                           \
  AUTO_EXTRA ("attention_dropout", "0.0"),                                                                                     \
  AUTO_DEFAULT ("tie_word_embeddings", "false")
#define AUTO_GATED_DECODER_SPEC(c)                                                                                                         \
  .vocab_size = (c)->vocab_size, .hidden_size = (c)->hidden_size, .intermediate_size = (c)->intermediate_size,                             \
  .layers = (c)->num_hidden_layers, .heads = (c)->num_attention_heads, .kv_heads = (c)->num_key_value_heads,                               \
  .max_positions = (c)->max_position_embeddings, .activation = (c)->hidden_act, .epsilon = (c)->rms_norm_eps, .rope_theta = (c)->rope_theta

/* For `loaded`: where num_key_value_heads is null, it is num_attention_heads. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_gated_decoder_loaded (AutoPretrainedConfig *config, GError **error);

G_END_DECLS
