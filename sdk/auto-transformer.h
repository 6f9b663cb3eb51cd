/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-attention.h"
#include "sdk/auto-masks.h"

G_BEGIN_DECLS

/* A stack of layers of the first Transformer (Vaswani et al., arXiv:1706.03762) as data. Names: layers.N.{self_attn.{q,k,v,out}_proj,
 * self_attn_layer_norm, fc1, fc2, final_layer_norm}; of a decoder also encoder_attn.{q,k,v,out}_proj and encoder_attn_layer_norm;
 * layer_norm at the end. */
typedef struct
{
  int layers, heads, intermediate_size;
  AutoActivation activation;
  gboolean pre_norm;                    /* norms come before the blocks, and one more at the end */
  gboolean k_no_bias;
  AutoMask mask, source_mask;
  AutoTensor *source;                   /* what cross-attention looks at; NULL: there is none */
  const char *head_mask, *source_head_mask; /* names of inputs; NULL: head_mask and cross_attn_head_mask */
  AutoTensor *weights;                  /* (layers + 1): of the states before, between and after the layers, for sum; or NULL */
  AutoTensor **sum;
  AutoTensor *positions;                /* added to what queries and keys are made of, in cross-attention queries; or NULL */
  AutoTensor *source_positions;         /* added to what cross-attention's keys are made of, or NULL */
  const char *last_norm;                /* the norm at the end; NULL: layer_norm with pre_norm, otherwise none; "": none */
  gboolean norm_each;                   /* that norm comes after each layer as well */
  AutoTensor **states;                  /* takes the states after each layer, or NULL */
  gboolean no_head_masks;               /* the call has none */
  gboolean cross_unlisted;              /* the output has no list of cross-attention's probabilities */
} AutoTransformer;

/* The states after the last layer. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_transformer (AutoContext *cx, AutoInputs *in, AutoTensor *x, const AutoTransformer *how);

/* Blocks of such a layer, for those that have others between them: attention to itself, and the feed-forward part. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_transformer_self (AutoContext *cx, AutoTensor *x, const AutoTransformer *how);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_transformer_feed_forward (AutoContext *cx, AutoTensor *x, const AutoTransformer *how);

/* Adds x · weights[i] to *sum. */
AUTO_AVAILABLE_IN_1_0 void auto_weigh_state (AutoContext *cx, AutoTensor **sum, AutoTensor *weights, int i, AutoTensor *x);

/* Sines in the first half of the features, cosines in the second, of positions @start, @start + 1, …: (length, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sinusoids (AutoContext *cx, gint64 start, gint64 length, gint64 width);
/* The same of @positions (batch or 1, length), with frequencies down to 1 / 10000 itself and nothing at the position @pad: (batch or 1,
 * length, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_padded_sinusoids (AutoContext *cx, AutoTensor *positions, gint64 width, gint64 pad);

G_END_DECLS
