/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context-private.h"

G_BEGIN_DECLS

/* Keys and values that attention layers keep between the passes of a generation, by the scope of the layer. */
typedef struct _AutoCache AutoCache;

AUTO_INTERNAL AutoCache *auto_cache_new (void);
AUTO_INTERNAL void auto_cache_free (AutoCache *self);
/* Appends this pass's keys and values (batch, heads, new, width) to the layer's and replaces them by views of all; without
 * a cache in the context nothing changes. @window > 0: only so many last positions are kept. */
AUTO_INTERNAL void auto_cache_append (AutoContext *cx, AutoTensor **k, AutoTensor **v, gint64 window);
/* Keys and values that never change, such as those of an encoder's states: FALSE when the layer has none yet. */
AUTO_INTERNAL gboolean auto_cache_get (AutoContext *cx, const char *name, AutoTensor **k, AutoTensor **v);
AUTO_INTERNAL void auto_cache_put (AutoContext *cx, const char *name, AutoTensor *k, AutoTensor *v);
/* Row i of the batch becomes what row rows[i] was. */
AUTO_INTERNAL void auto_cache_reorder (AutoCache *self, const gint64 *rows, gsize n);
/* Positions that the passes before this one have seen. */
AUTO_INTERNAL gint64 auto_context_get_past (AutoContext *cx);

G_END_DECLS
