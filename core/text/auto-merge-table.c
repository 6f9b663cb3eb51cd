/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-merge-table.h"

#include <string.h>

#include "../base/auto-huge.h"

#define LEAST_BITS 12

void
auto_merge_table_init (AutoMergeTable *self, guint n, guint32 base)
{
  const gsize square = AUTO_MERGE_SQUARE * AUTO_MERGE_SQUARE * sizeof (AutoMergeResult);
  guint size = 16, bits = LEAST_BITS;

  while (size < n + n / 2)
    size *= 2;
  while (1ull << bits < n * 6ull)
    bits++;
  self->mask = size - 1;
  self->slots = auto_huge_alloc0 (size * sizeof (struct AutoMergeSlot));
  self->bits_shift = 64 - (bits - 6);
  self->bits = memset (auto_huge_alloc (1u << (bits - 3)), 0, 1u << (bits - 3));
  self->square = memset (auto_huge_alloc (square), 0xFF, square);
  self->base = base;
}

void
auto_merge_table_clear (AutoMergeTable *self)
{
  if (self->slots)
    auto_huge_free0 (self->slots, ((gsize) self->mask + 1) * sizeof (struct AutoMergeSlot));
  free (self->bits);
  free (self->square);
}

void
auto_merge_table_add (AutoMergeTable *self, guint32 left, guint32 right, AutoMergeResult result)
{
  guint64 pair = (guint64) left << 32 | right, hash = auto_merge_table_hash (left, right);
  guint32 row = left - self->base, column = right - self->base;
  guint at = hash & self->mask;

  if ((row | column) < AUTO_MERGE_SQUARE)
    {
      self->square[row * AUTO_MERGE_SQUARE + column] = result;
      return;
    }
  self->bits[hash >> self->bits_shift] |= auto_merge_table_marks (hash);
  while (self->slots[at].unranked && self->slots[at].pair != pair)
    at = (at + 1) & self->mask;
  self->slots[at] = (struct AutoMergeSlot){ pair, ~result.rank, result.merged };
}
