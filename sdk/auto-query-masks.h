/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* Masks over an image from queries (Cheng et al., arXiv:2107.06278): mask_embedder.0.0 to mask_embedder.2.0, with rectifiers between them,
 * make a vector of each state of @x (batch, queries, width), whose products with those of @pixels (batch, channels, rows, columns) are the
 * logits (batch, queries, rows, columns). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_query_masks (AutoContext *cx, AutoTensor *x, AutoTensor *pixels);

G_END_DECLS
