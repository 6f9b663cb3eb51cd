/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* The encoder of Devlin et al. (arXiv:1810.04805) as data: layers whose norms come after the sums, in checkpoints under the names
 * {word,token_type,position}_embeddings, LayerNorm and attention.{self.query, self.key, self.value, output.dense, output.LayerNorm},
 * crossattention.…, intermediate.dense, output.{dense,LayerNorm}. */
typedef struct
{
  int vocab_size, width; /* of the embeddings */
  int token_types;       /* 0: none */
  int layers, heads, intermediate_size, max_positions;
  AutoActivation activation;
  double epsilon;
  const char *position_embedding_type; /* "absolute", "relative_key", "relative_key_query" */
  gboolean decoder, cross_attention;
  AutoTensor *positions;               /* of the tokens; NULL: the call's position_ids, or 0, 1, … */
  /* Self-attention of another kind, below attention.self, up to what attention.output.dense takes; NULL: all tokens see each other. */
  AutoTensor *(*attend) (AutoContext *cx, AutoTensor *x, int layer, AutoTensor *head_mask, gconstpointer data);
  gconstpointer data;
} AutoPostNormEncoder;

/* Words, token types and positions, normalised: (batch, length, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_post_norm_embeddings (AutoContext *cx, AutoInputs *in, const AutoPostNormEncoder *how);
/* The layers, under encoder.layer.N. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_post_norm_layers (AutoContext *cx, AutoInputs *in, AutoTensor *x, const AutoPostNormEncoder *how);
/* Both, the embeddings under embeddings. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_post_norm_encoder (AutoContext *cx, AutoInputs *in, const AutoPostNormEncoder *how);
/* Positions that count from @pad + 1 and leave out padding, unless the call gives position_ids; see Liu et al., arXiv:1907.11692. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_positions_after_padding (AutoContext *cx, AutoInputs *in, gint64 pad);

/* The keys of such a configuration: its members, fields and the spec that they say. */
#define AUTO_POST_NORM_MEMBERS                                                                                                 \
  AUTO_ENCODER_MEMBERS                                                                                                         \
  int vocab_size, max_position_embeddings, type_vocab_size;                                                                    \
  const char *position_embedding_type;
#define AUTO_POST_NORM_FIELDS(vocabulary)                                                                                      \
  AUTO_INT (vocab_size, vocabulary, .min = 1, .max = G_MAXINT),                                                                \
  AUTO_ENCODER_FIELDS ("0.1", 1e-12),                                                                                          \
  AUTO_INT (max_position_embeddings, 512, .min = 1, .max = G_MAXINT),                                                          \
  AUTO_INT (type_vocab_size, 2, .min = 1, .max = G_MAXINT),                                                                    \
  AUTO_STRING (position_embedding_type, "absolute"),                                                                           \
  AUTO_EXTRA ("use_cache", "true"),                                                                                            \
  AUTO_EXTRA ("classifier_dropout", "null")
#define AUTO_POST_NORM_SPEC(c)                                                                                                        \
  .vocab_size = (c)->vocab_size, .width = (c)->hidden_size, .token_types = (c)->type_vocab_size, .layers = (c)->num_hidden_layers,    \
  .heads = (c)->num_attention_heads, .intermediate_size = (c)->intermediate_size, .max_positions = (c)->max_position_embeddings,      \
  .activation = (c)->hidden_act, .epsilon = (c)->layer_norm_eps, .position_embedding_type = (c)->position_embedding_type,             \
  .decoder = (c)->parent.is_decoder, .cross_attention = (c)->parent.add_cross_attention

G_END_DECLS
