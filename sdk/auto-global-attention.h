/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* Attention of long texts (Beltagy et al., arXiv:2004.05150): a token sees those near it and the global ones; a global token sees all,
 * by projections of its own. Time and memory grow with the length, not with its square. */

/* Which tokens of a pass are padding and which are global. */
typedef struct
{
  AutoTensor *hidden;    /* (batch, length): padding */
  AutoTensor *global;    /* (batch, length): global tokens */
  AutoTensor *places;    /* (batch, n): those of the global tokens, in order; NULL when no row has any */
  AutoTensor *live;      /* (batch, n): which of the places are filled: a row may have fewer global tokens than another */
  AutoTensor *near_bias; /* (batch, 1, 1, n + length): of the global keys and of those near */
  AutoTensor *far_bias;  /* (batch, 1, 1, length): of the keys that global tokens see */
} AutoGlobalMask;

/* The mask of the states @x (batch, length, width): @attention_mask is 0 for padding, @global_mask 1 for global tokens; NULL is all
 * ones and no global token. */
AUTO_AVAILABLE_IN_1_0 AutoGlobalMask auto_global_mask (AutoContext *cx, AutoTensor *x, AutoTensor *attention_mask, AutoTensor *global_mask);

/* The attention as data. */
typedef struct
{
  int heads;
  gint64 window;         /* keys near a query, but for itself: half of them before it */
  AutoTensor *head_mask; /* factors of the heads' results: (heads), or NULL */
  gint64 padded;         /* the length that the output's `global_attentions` are padded to */
} AutoGlobalAttention;

/* The layers are query, key and value, and query_global, key_global and value_global. Probabilities go to the output's lists when the
 * caller asked: `attentions` (batch, heads, length, n + window + 1), of the n global keys and of those near, and `global_attentions`
 * (batch, heads, padded length, n), of all keys. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_global_attention (AutoContext *cx, AutoTensor *x, const AutoGlobalMask *mask, const AutoGlobalAttention *how);

G_END_DECLS
