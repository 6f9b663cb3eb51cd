/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* A merge's rank, AUTO_NO_RANK for none, and the id that it makes. */
typedef struct
{
  guint32 rank, merged;
} AutoMergeResult;

/* Pairs of ids with what they become. Most pairs that are asked for become nothing: a small table of bits, which stays in the caches, says
 * so without a look at the large one. Pairs of first ids, which are bytes or frequent letters, have a square table of their own. */
typedef struct
{
  struct AutoMergeSlot
  {
    guint64 pair;           /* left << 32 | right */
    guint32 unranked, merged; /* ~rank: 0 where there is nothing */
  } *slots;
  guint mask;
  guint bits_shift;
  guint64 *bits; /* those that hashes of pairs choose */
  AutoMergeResult *square; /* AUTO_MERGE_SQUARE by AUTO_MERGE_SQUARE */
  guint32 base;            /* the first id of the square */
} AutoMergeTable;

#define AUTO_NO_RANK G_MAXUINT32
#define AUTO_MERGE_SQUARE 256

/* For about @n merges, of ids from @base on. */
AUTO_INTERNAL void auto_merge_table_init (AutoMergeTable *self, guint n, guint32 base);
AUTO_INTERNAL void auto_merge_table_clear (AutoMergeTable *self);
/* A pair that is there already gets the new result. */
AUTO_INTERNAL void auto_merge_table_add (AutoMergeTable *self, guint32 left, guint32 right, AutoMergeResult result);

static inline guint64
auto_merge_table_hash (guint32 left, guint32 right)
{
  guint64 hash = ((guint64) left << 32 | right) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return hash ^ hash >> 32;
}

/* The bits that a pair has in its word of the table of bits. */
static inline guint64
auto_merge_table_marks (guint64 hash)
{
  return G_GUINT64_CONSTANT (1) << (hash >> 20) % 64 | G_GUINT64_CONSTANT (1) << (hash >> 26) % 64 | G_GUINT64_CONSTANT (1) << (hash >> 14) % 64;
}

static inline void
auto_merge_table_prefetch (const AutoMergeTable *self, guint32 left, guint32 right)
{
  __builtin_prefetch (&self->slots[auto_merge_table_hash (left, right) & self->mask], 1);
}

static inline AutoMergeResult
auto_merge_table_find (const AutoMergeTable *self, guint32 left, guint32 right)
{
  guint32 row = left - self->base, column = right - self->base;

  if ((row | column) < AUTO_MERGE_SQUARE)
    return self->square[row * AUTO_MERGE_SQUARE + column];
  guint64 pair = (guint64) left << 32 | right, hash = auto_merge_table_hash (left, right);
  if (~self->bits[hash >> self->bits_shift] & auto_merge_table_marks (hash))
    return (AutoMergeResult){ AUTO_NO_RANK, 0 };
  for (guint at = hash & self->mask;; at = (at + 1) & self->mask)
    if (self->slots[at].pair == pair || self->slots[at].unranked == 0)
      return (AutoMergeResult){ ~self->slots[at].unranked, self->slots[at].merged };
}

G_END_DECLS
