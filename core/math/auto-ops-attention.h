/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/**
 * AutoMask:
 * @bias: (nullable): a tensor that broadcasts to (batch, heads, queries, keys) and is added to the scores: 0 where a key
 *   is seen, the lowest 32-bit float where it is not
 * @causal: whether query i sees the keys up to i + @offset only
 * @offset: keys before the first query: what a cache holds
 * @window: with @causal, how many keys a query sees, itself included; 0 for all
 * @causal_first: whether a key that @causal hides gets @bias as well: where both hide it, its score is minus infinity
 *
 * Which keys a query sees. Places a mask hides get the lowest number as their score, not minus infinity, so that a row
 * that sees nothing is uniform over all keys, as in the reference.
 */
typedef struct
{
  AutoTensor *bias;
  gboolean causal;
  gint64 offset;
  gint64 window;
  gboolean causal_first;
} AutoMask;

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_attention_bias (AutoContext *cx, AutoTensor *mask);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_scaled_attention (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, const AutoMask *mask, double scale);

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sliding_attention (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, AutoTensor *bias, gint64 reach,
                                                          double scale);

#ifndef __GI_SCANNER__
/* The same, and the probabilities (batch, heads, queries, keys) when @probabilities is not NULL. */
AUTO_INTERNAL AutoTensor *auto_scaled_attention_full (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, const AutoMask *mask, double scale,
                                                      AutoTensor **probabilities);
/* The same, and the probabilities (batch, heads, queries, others + 2 · reach + 1) of the other keys and those in reach. */
AUTO_INTERNAL AutoTensor *auto_sliding_attention_full (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, AutoTensor *bias, gint64 reach,
                                                       double scale, AutoTensor **probabilities);
#endif

G_END_DECLS
