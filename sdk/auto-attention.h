/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* How one projection holds queries, keys and values. */
typedef enum {
  AUTO_FUSED_BLOCKS,   /* all queries, then all keys, then all values */
  AUTO_FUSED_BY_HEAD,  /* queries, key and value of the first head of keys, then of the second … */
} AutoFused;

/* Multi-head attention as data: the names of its layers and how they work together. */
typedef struct
{
  const char *q, *k, *v;      /* projections */
  const char *qkv;            /* one projection in place of the three, or NULL */
  AutoFused fused;
  gboolean packed;            /* in_proj_weight and in_proj_bias hold all three, for queries, keys and values of different states */
  AutoTensor *const *parts;   /* queries, keys and values (batch, heads, length, head_dim) in place of all projections, or NULL */
  const char *kv;             /* one projection in place of k and v, or NULL */
  const char *out;            /* projection of the result, or NULL for none */
  int heads;                  /* of the queries */
  int kv_heads;               /* of keys and values; 0: as many as queries */
  int head_dim;               /* 0: the width of the states by the heads */
  gboolean no_bias;           /* of q, k and v */
  gboolean k_no_bias;         /* of k alone */
  gboolean out_no_bias;
  gboolean transposed;        /* all projections are (in, out) */
  double scale;               /* of the scores; 0: 1 / √head_dim */
  AutoTensor *source;         /* cross-attention: the states that keys and values are made of */
  AutoTensor *values;         /* the states that values are made of, where they differ from those of the keys */
  const char *list;           /* where probabilities go; NULL: `attentions`, or `cross_attentions` with source */
  AutoTensor *residual;       /* added to the result of out */
  AutoTensor *rotary;         /* table of auto_rotary for this pass, or NULL */
  gboolean rotary_interleaved;
  gint64 window;              /* causal: positions that a query sees, itself included, and that a cache keeps; 0: all */
  gboolean cached;            /* a cache keeps keys and values though the mask isn't marked as causal */
  AutoTensor *head_mask;      /* factors of the heads' results: (heads), or NULL */
  const char *distances;      /* table of distance embeddings (Shaw et al., arXiv:1803.02155), or NULL */
  int max_positions;          /* its rows are 2 · max_positions - 1, of query minus key */
  gboolean distances_clamped; /* its rows are of key minus query, from -keys_before to keys_after; what is farther counts as those */
  int keys_before, keys_after;
  gboolean mean_probabilities; /* what the output lists for each head is the mean of all */
  gboolean distances_of_keys; /* distances count against the keys as well as the queries */
  gboolean distances_unscaled; /* distances count without the scale */
} AutoAttention;

/* Attention of @x (batch, queries, width), or of x to how->source; probabilities go to the output's list `attentions`, or
 * `cross_attentions`, when the caller asked. With a cache, self-attention sees the earlier passes. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_attention (AutoContext *cx, AutoTensor *x, const AutoMask *mask, const AutoAttention *how);

/* The width of one of @heads heads; a width of the states that can't be split among them fails. */
AUTO_AVAILABLE_IN_1_0 gint64 auto_head_dim (AutoContext *cx, gint64 width, int heads);

/* The same from another input. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_named_head_mask (AutoContext *cx, AutoInputs *in, const char *name, int i, int n_layers, int n_heads);
/* The factors of layer @i from the call's head_mask (layers, heads) or (heads); NULL when there are none. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_head_mask (AutoContext *cx, AutoInputs *in, int i, int n_layers, int n_heads);
/* The heads' results @y (batch, length, heads · width) by such factors (heads). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scale_heads (AutoContext *cx, AutoTensor *y, AutoTensor *head_mask, gint64 heads);

G_END_DECLS
