/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* Pairs of ids with the rank of their merge and the id that they become. */
typedef struct
{
  struct AutoMergeSlot
  {
    guint64 pair; /* left << 32 | right */
    guint32 rank, merged;
  } *slots;
  guint mask;
} AutoMergeTable;

#define AUTO_NO_RANK G_MAXUINT32

AUTO_INTERNAL void auto_merge_table_init (AutoMergeTable *self, guint n);
AUTO_INTERNAL void auto_merge_table_add (AutoMergeTable *self, guint32 left, guint32 right, guint32 rank, guint32 merged);

static inline guint
auto_merge_table_home (guint64 pair, guint mask)
{
  guint64 hash = pair * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return (hash >> 32 ^ hash >> 47) & mask;
}

static inline void
auto_merge_table_prefetch (const AutoMergeTable *self, guint32 left, guint32 right)
{
  __builtin_prefetch (&self->slots[auto_merge_table_home ((guint64) left << 32 | right, self->mask)]);
}

/* The pair's slot, or one whose rank is AUTO_NO_RANK. */
static inline const struct AutoMergeSlot *
auto_merge_table_find (const AutoMergeTable *self, guint32 left, guint32 right)
{
  guint64 pair = (guint64) left << 32 | right;

  for (guint at = auto_merge_table_home (pair, self->mask);; at = (at + 1) & self->mask)
    if (self->slots[at].pair == pair || self->slots[at].rank == AUTO_NO_RANK)
      return &self->slots[at];
}

G_END_DECLS
