/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* sentencepiece's precompiled map from character sequences to replacements: a double-array trie and the texts that it points to. */
typedef struct _AutoCharsmap AutoCharsmap;

AUTO_INTERNAL AutoCharsmap *auto_charsmap_new (const guint8 *data, gsize length, const char *where, GError **error);
AUTO_INTERNAL void auto_charsmap_free (AutoCharsmap *self);
/* The replacement of the shortest (or longest) prefix of @text that is in the map, or NULL; it ends with a NUL. */
AUTO_INTERNAL const char *auto_charsmap_find (const AutoCharsmap *self, const char *text, gsize length, gboolean longest, gsize *matched);

G_END_DECLS
