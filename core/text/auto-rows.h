/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-encoding-private.h"
#include "auto-slow-entities.h"
#include "auto-slow-tables.h"

G_BEGIN_DECLS

#define AUTO_SEGMENT_SPECIAL -1
#define AUTO_SEGMENT_PADDING -2

/* A piece of a sequence that a row shows. */
typedef struct
{
  gsize from, to;
} AutoWindow;

/* Tokens of a row that are of one kind. */
typedef struct
{
  int sequence; /* 0, 1, or one of the above */
  int shown;    /* the same as sequence_ids tell it; -1: of none */
  guint32 type_id;
  gsize n;
} AutoSegment;

/* Where a token comes from that was cut off. */
typedef struct
{
  gint32 word;
  int sequence;
  gboolean first, last; /* of its word; of its sequence */
} AutoCutWord;

/* Rows one after another. */
typedef struct
{
  GArray *ids;                     /* gint64 */
  GArray *starts, *segment_starts; /* gsize, one more than there are rows */
  GArray *segments;                /* AutoSegment */
  GArray *samples;                 /* guint: the input of each row */
  GArray *details;                 /* AutoTokenDetail, or NULL */
  GPtrArray *columns;              /* GArray of gint64: more numbers of each token; or NULL */
  GPtrArray *tokens;               /* AutoTokens: own the texts of @details */
  gboolean unmasked;               /* no special token but padding is in their mask */
  GArray *overflow, *overflow_starts; /* gint64; gsize, one more than there are rows: what was cut off, from a Python class; or NULL */
  GArray *cut_words;                  /* AutoCutWord: of each id in @overflow, where there are @details; or NULL */
  GArray *truncated;                  /* gint64: by how much each row was too long */
  GArray *shortened;                  /* gboolean: whether each row's first text was cut, where the class's cuts_singly is set; or NULL */
  AutoEntityRows *entities;           /* NULL when there are none */
  AutoTableRows *tables;              /* likewise */
} AutoRows;

AUTO_INTERNAL AutoRows *auto_rows_new (AutoPipeline *pipeline, const AutoEncodeSettings *settings, const AutoEncodeInput *inputs,
                                       const AutoEncodeInput *pairs, gsize n, gboolean detailed, GCancellable *cancellable, GError **error);
/* Cuts one of the sequences of @n, or both, by @excess, as Python classes do. */
AUTO_INTERNAL void auto_rows_cut (const AutoTokenizerCall *call, gboolean left, gboolean pair, const gsize n[2], gsize excess, AutoWindow kept[2]);
AUTO_INTERNAL void auto_rows_free (AutoRows *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoRows, auto_rows_free)

G_END_DECLS
