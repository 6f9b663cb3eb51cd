/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"

G_BEGIN_DECLS

/* What layers keep between the passes of a generation, by the scope of the layer: keys and values that grow, keys and
 * values that never change, states that are replaced. The first dimension of all is the batch. */
typedef struct _AutoCache AutoCache;

/* Appends this pass's keys and values (batch, heads, new, width) to the layer's and replaces them by views of all; without
 * a cache in the context nothing changes. @window > 0: only so many last positions are needed. */
AUTO_INTERNAL void auto_cache_append (AutoContext *cx, AutoTensor **k, AutoTensor **v, gint64 window);
/* Keys and values that never change, such as those of an encoder's states: FALSE when the layer has none yet. */
AUTO_INTERNAL gboolean auto_cache_get (AutoContext *cx, const char *name, AutoTensor **k, AutoTensor **v);
AUTO_INTERNAL void auto_cache_put (AutoContext *cx, const char *name, AutoTensor *k, AutoTensor *v);
/* A recurrent state: NULL when the layer has none yet. */
AUTO_INTERNAL AutoTensor *auto_cache_get_state (AutoContext *cx, const char *name);
AUTO_INTERNAL void auto_cache_set_state (AutoContext *cx, const char *name, AutoTensor *state);
/* Positions that the passes before this one have seen. */
AUTO_INTERNAL gint64 auto_context_get_past (AutoContext *cx);
/* Whether the pass is one of a generation, in which positions follow from the mask. */
AUTO_INTERNAL gboolean auto_context_is_generating (AutoContext *cx);
/* Of how many last positions logits are wanted; 0: of all. */
AUTO_INTERNAL gint64 auto_context_get_wanted (AutoContext *cx);

/* Buffers have room for @capacity positions from the start where that is not too much memory. */
AUTO_INTERNAL AutoCache *auto_cache_new (gint64 capacity);
AUTO_INTERNAL void auto_cache_free (AutoCache *self);
/* Whether a layer has left anything in it. */
AUTO_INTERNAL gboolean auto_cache_is_used (AutoCache *self);
/* Positions that keys and values were appended for; 0 when there are only states. */
AUTO_INTERNAL gint64 auto_cache_get_length (AutoCache *self);
/* Forgets the last @n positions; FALSE, with the cache as it was, when a layer can't: it keeps a state, or a window has let go what would
 * be needed before them. */
AUTO_INTERNAL gboolean auto_cache_crop (AutoCache *self, gint64 n);
/* Rows come in groups of so many that share what never changes. */
AUTO_INTERNAL void auto_cache_set_group (AutoCache *self, gsize group);
/* Row i of the batch becomes what row rows[i] was; @n may differ from the rows there were. */
AUTO_INTERNAL void auto_cache_reorder (AutoCache *self, const gint64 *rows, gsize n);

G_END_DECLS
