/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "core/base/auto-version-macros.h"

G_BEGIN_DECLS

/* The keys and values at the start of a GGUF file, versions 2 and 3, little-endian. The format: docs/gguf.md of ggml. */
typedef struct _AutoGguf AutoGguf;

/* The members of an array, one after another. */
typedef struct
{
  const guchar *at;
  guint32 type;
  guint64 n, left;
} AutoGgufItems;

/* Whether a file begins as GGUF does. */
AUTO_INTERNAL gboolean auto_gguf_is_one (const char *path);
AUTO_INTERNAL AutoGguf *auto_gguf_read (const char *path, GError **error);
/* @name is for messages. */
AUTO_INTERNAL AutoGguf *auto_gguf_new (GBytes *bytes, const char *name, GError **error);
AUTO_INTERNAL void auto_gguf_free (AutoGguf *self);
/* The end of the memory that all texts lie in. */
AUTO_INTERNAL const char *auto_gguf_get_end (const AutoGguf *self);
/* A text, made valid UTF-8; NULL when the key is absent or something else. */
AUTO_INTERNAL char *auto_gguf_dup_string (const AutoGguf *self, const char *key);
/* FALSE when the key is absent or no whole number that fits. */
AUTO_INTERNAL gboolean auto_gguf_int (const AutoGguf *self, const char *key, gint64 *value);
AUTO_INTERNAL gboolean auto_gguf_bool (const AutoGguf *self, const char *key, gboolean fallback);
/* FALSE, and no items, when the key is absent or no array. */
AUTO_INTERNAL gboolean auto_gguf_items (const AutoGguf *self, const char *key, AutoGgufItems *items);
/* FALSE at the end and when the items are of another type. The text isn't terminated. */
AUTO_INTERNAL gboolean auto_gguf_next_string (AutoGgufItems *items, const char **text, gsize *length);
AUTO_INTERNAL gboolean auto_gguf_next_number (AutoGgufItems *items, double *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoGguf, auto_gguf_free)

G_END_DECLS
