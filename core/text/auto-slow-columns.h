/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* More numbers of tokens than their ids, each kind in a file of its own. */
#pragma once

#include "auto-slow.h"

G_BEGIN_DECLS

/* Reads the files that the class names; NULL with an error. */
AUTO_INTERNAL AutoSlowColumns *auto_slow_columns_new (AutoSlow *slow, const char *folder, GError **error);
AUTO_INTERNAL void auto_slow_columns_free (AutoSlowColumns *self);
AUTO_INTERNAL guint auto_slow_columns_count (const AutoSlowColumns *self);
AUTO_INTERNAL const char *auto_slow_columns_name (const AutoSlowColumns *self, guint column);
/* The number of the column @name, or -1. */
AUTO_INTERNAL int auto_slow_columns_find (const AutoSlowColumns *self, const char *name);
/* The numbers of special tokens that stand around texts. */
AUTO_INTERNAL gint64 auto_slow_columns_around (const AutoSlowColumns *self, guint column);
/* Empty columns of numbers (GArray of gint64), and those of @tokens (char *) behind those that are there. */
AUTO_INTERNAL GPtrArray *auto_slow_columns_make (const AutoSlowColumns *self);
AUTO_INTERNAL void auto_slow_columns_add (const AutoSlow *slow, const GPtrArray *tokens, GPtrArray *columns);
/* Those that a call @gives (a{sax}; NULL: none) for @n ids, and those of the ids' tokens otherwise. */
AUTO_INTERNAL void auto_slow_columns_add_ids (const AutoSlow *slow, const gint64 *ids, gsize n, GVariant *given, GPtrArray *columns);
/* Whether a call can give numbers. @ids: how many ids it has, each of which needs one. */
AUTO_INTERNAL gboolean auto_slow_columns_check (const AutoSlowColumns *self, GVariant *given, gsize ids, GError **error);
/* The number of a token in a column, or that of the unknown token, or else of special tokens around texts. */
AUTO_INTERNAL gint64 auto_slow_columns_convert (const AutoSlow *slow, guint column, const char *token);

G_END_DECLS
