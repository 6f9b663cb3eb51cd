/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* A slope for each head (Press et al., arXiv:2108.12409), interpolated when their number is no power of two: (heads). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_alibi_slopes (AutoContext *cx, gint64 heads);
/* The place of each key among those that @attention_mask shows, as auto_alibi has it: (batch or 1, 1, 1, keys). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_alibi_places (AutoContext *cx, AutoTensor *attention_mask, gint64 length);
/* Slopes times the place of each key among those that @attention_mask (batch, keys) shows, 0 where it hides one; without a mask
 * there are as many keys as the cache holds and @length more. A bias (batch or 1, heads, 1, keys) of the scores. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_alibi (AutoContext *cx, AutoTensor *attention_mask, gint64 length, gint64 heads);

G_END_DECLS
