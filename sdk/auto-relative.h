/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* How far keys are from queries, and biases of attention made from that. */

/* Key minus query for @n_queries queries after @past keys: (queries, past + queries or n_keys). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_relative_positions (AutoContext *cx, gint64 past, gint64 n_queries, gint64 n_keys);
/* The bucket of each relative position (key minus query): exact near by, logarithmic up to @max_distance (Raffel et al.,
 * arXiv:1910.10683). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_relative_buckets (AutoContext *cx, AutoTensor *positions, gboolean bidirectional, gint64 n_buckets,
                                                         gint64 max_distance);
/* What a table of such biases says, (queries, keys, heads), as the bias of an AutoMask: (1, heads, queries, keys). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_relative_bias (AutoContext *cx, AutoTensor *rows);
/* Scores of distances (batch, heads, queries, distances) as scores of @n_keys keys (Dai et al., arXiv:1901.02860): the first key of the last
 * query is at place @shift, and that of each query above it @shift places later. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_relative_shift (AutoContext *cx, AutoTensor *scores, gint64 shift, gint64 n_keys);

G_END_DECLS
