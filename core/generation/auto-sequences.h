/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

/* Rows of tokens of one length, with room to grow. */
typedef struct
{
  gsize rows, length, capacity;
  gint64 *ids;   /* @capacity apart */
  gint64 *spare; /* as large, for reordering */
} AutoSequences;

AUTO_INTERNAL void auto_sequences_init (AutoSequences *self, gsize rows, gsize capacity);
AUTO_INTERNAL void auto_sequences_clear (AutoSequences *self);
/* Sets every row from a matrix (rows / @repeat, length), each row of it @repeat times. */
AUTO_INTERNAL void auto_sequences_fill (AutoSequences *self, const gint64 *ids, gsize length, gsize repeat);
AUTO_INTERNAL void auto_sequences_append (AutoSequences *self, const gint64 *tokens);
/* Row i becomes what row rows[i] was. */
AUTO_INTERNAL void auto_sequences_reorder (AutoSequences *self, const gint64 *rows);

static inline gint64 *
auto_sequences_row (const AutoSequences *self, gsize row)
{
  return self->ids + row * self->capacity;
}

G_END_DECLS
