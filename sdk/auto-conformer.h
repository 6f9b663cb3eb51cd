/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* How a Conformer's attention knows where frames are. */
typedef enum {
  AUTO_CONFORMER_PLAIN,        /* not at all */
  AUTO_CONFORMER_ROTARY,       /* the states are rotated before they become queries and keys */
  AUTO_CONFORMER_RELATIVE,     /* scores of encoded distances: linear_pos, pos_bias_u, pos_bias_v (Dai et al., arXiv:1901.02860) */
  AUTO_CONFORMER_RELATIVE_KEY, /* a table distance_embedding (Shaw et al., arXiv:1803.02155) */
} AutoConformerPositions;

/* Layers of Gulati et al., arXiv:2005.08100: half a feed-forward part (ffn1), attention (self_attn), a gated depthwise convolution
 * (conv_module), the other half (ffn2), each behind its norm, and final_layer_norm. */
typedef struct
{
  int heads;
  gint64 inner;              /* width of the feed-forward parts */
  AutoActivation activation;
  double epsilon;            /* of the layer norms */
  gint64 kernel;             /* of the depthwise convolution, an odd number */
  gboolean causal;           /* the convolution sees no later frames, and a layer norm follows, not a batch norm */
  AutoConformerPositions positions;
  AutoTensor *table;         /* what all layers share of the positions: auto_rotary_table's, or auto_conformer_distances' */
  int before, after;         /* RELATIVE_KEY: keys farther before and after a query count as if they were there */
  AutoTensor *seen;          /* booleans (batch, frames): the convolution takes other frames as zero; NULL for all */
} AutoConformer;

/* The states @x (batch, frames, width) behind a layer. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conformer_layer (AutoContext *cx, AutoTensor *x, const AutoMask *mask, const AutoConformer *how);
/* Encodings of the distances from @frames to 1 - @frames, sines and cosines in turn: (2 · frames, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conformer_distances (AutoContext *cx, gint64 frames, gint64 width);
/* Its attention below the scope in force: linear_q, linear_k, linear_v, linear_out. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conformer_attention (AutoContext *cx, AutoTensor *x, AutoTensor *residual, const AutoMask *mask,
                                                            const AutoConformer *how);
/* A feed-forward part NAME: intermediate_dense, output_dense. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_conformer_feed_forward (AutoContext *cx, const char *name, AutoTensor *x, gint64 inner,
                                                               AutoActivation activation);

G_END_DECLS
