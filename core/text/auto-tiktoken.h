/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "core/base/auto-version-macros.h"

G_BEGIN_DECLS

/* A file of ranks: each line a token's bytes in base64 and its rank, which is its id and says how early it is merged. */
typedef struct _AutoTiktoken AutoTiktoken;

typedef struct
{
  gint32 left, right, merged; /* ranks */
} AutoTiktokenMerge;

AUTO_INTERNAL AutoTiktoken *auto_tiktoken_read (const char *path, GError **error);
/* @name is for messages. */
AUTO_INTERNAL AutoTiktoken *auto_tiktoken_new (const char *text, gsize length, const char *name, GError **error);
AUTO_INTERNAL void auto_tiktoken_free (AutoTiktoken *self);
AUTO_INTERNAL gsize auto_tiktoken_get_n_tokens (const AutoTiktoken *self);
/* The token at a place in the order of ranks; ranks may have gaps. */
AUTO_INTERNAL const guint8 *auto_tiktoken_get_token (const AutoTiktoken *self, gsize index, gsize *length, gint32 *rank);
/* The rank of the bytes; -1 when they are no token. */
AUTO_INTERNAL gint32 auto_tiktoken_find (const AutoTiktoken *self, const guint8 *bytes, gsize length);
/* The merges (AutoTiktokenMerge) that the ranks imply, in the order of ranks. A token that no merge makes has none:
 * @n_unreachable (optional) counts those; they are only found where a whole word is looked up. */
AUTO_INTERNAL GArray *auto_tiktoken_merges (const AutoTiktoken *self, gsize *n_unreachable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTiktoken, auto_tiktoken_free)

G_END_DECLS
