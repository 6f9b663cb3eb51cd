/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-word-cache.h"

#include "../base/auto-huge.h"
#include "auto-vocabulary.h"

#define FIRST_SIZE (1 << 12)
#define GROWTH 4
#define LARGEST_SIZE (FIRST_SIZE * GROWTH * GROWTH * GROWTH) /* 8 MiB of entries */
#define LARGEST_ARENA (16 << 20)

static void
free_entries (AutoWordEntry *entries, guint n)
{
  auto_huge_free0 (entries, n * sizeof (AutoWordEntry));
}

void
auto_word_cache_init (AutoWordCache *self)
{
  self->mask = FIRST_SIZE - 1;
  self->n_entries = 0;
  self->entries = auto_huge_alloc0 (FIRST_SIZE * sizeof (AutoWordEntry));
  self->ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->words = g_byte_array_new ();
}

void
auto_word_cache_clear (AutoWordCache *self)
{
  free_entries (self->entries, self->mask + 1);
  g_array_unref (self->ids);
  g_byte_array_unref (self->words);
}

static void
insert (AutoWordCache *self, const AutoWordEntry *entry)
{
  guint at = auto_word_hash (entry->low, entry->high >> 56 == 0xFF ? 0 : entry->high) & self->mask;

  while (self->entries[at].high)
    at = (at + 1) & self->mask;
  self->entries[at] = *entry;
}

/* Larger, or empty. */
static void
make_room (AutoWordCache *self)
{
  guint size = self->mask + 1;

  if (size >= LARGEST_SIZE || self->ids->len > LARGEST_ARENA / 4 || self->words->len > LARGEST_ARENA)
    {
      memset (self->entries, 0, size * sizeof (AutoWordEntry));
      g_array_set_size (self->ids, 0);
      g_byte_array_set_size (self->words, 0);
      self->n_entries = 0;
      return;
    }
  AutoWordEntry *old = self->entries;
  self->entries = auto_huge_alloc0 (size * GROWTH * sizeof (AutoWordEntry));
  self->mask = size * GROWTH - 1;
  for (guint i = 0; i < size; i++)
    if (old[i].high)
      insert (self, &old[i]);
  free_entries (old, size);
}

const AutoWordEntry *
auto_word_cache_find_long (const AutoWordCache *self, const char *word, gsize length, AutoWordKind kind)
{
  guint64 low = auto_hash_bytes (word, length) + kind;

  if (length > AUTO_WORD_LONGEST)
    return NULL;
  for (guint at = auto_word_hash (low, 0) & self->mask; self->entries[at].high; at = (at + 1) & self->mask)
    {
      const AutoWordEntry *entry = &self->entries[at];
      if (entry->low != low || entry->high >> 56 != 0xFF)
        continue;
      const guint8 *stored = self->words->data + (guint32) entry->high;
      guint32 stored_length;
      memcpy (&stored_length, stored, 4);
      if (stored_length == (length | (guint32) kind << 24) && memcmp (stored + 4, word, length) == 0)
        return entry;
    }
  return NULL;
}

void
auto_word_cache_add (AutoWordCache *self, const char *word, gsize length, AutoWordKind kind, gboolean readable, const guint32 *ids,
                     guint n)
{
  AutoWordEntry entry = { .n = n };
  guint32 length32 = length | (guint32) kind << 24;

  if (length == 0 || length > AUTO_WORD_LONGEST)
    return;
  if (self->n_entries > self->mask / 4 * 3 || self->ids->len > LARGEST_ARENA / 4 || self->words->len > LARGEST_ARENA)
    make_room (self);
  if (length <= AUTO_WORD_INLINE)
    auto_word_key (word, length, kind, readable, &entry.low, &entry.high);
  else
    {
      entry.low = auto_hash_bytes (word, length) + kind;
      entry.high = (guint64) 0xFF << 56 | self->words->len;
      g_byte_array_append (self->words, (const guint8 *) &length32, 4);
      g_byte_array_append (self->words, (const guint8 *) word, length);
    }
  if (n <= 3)
    for (guint i = 0; i < n; i++)
      entry.ids[i] = ids[i];
  else
    {
      entry.ids[0] = self->ids->len;
      g_array_append_vals (self->ids, ids, n);
    }
  insert (self, &entry);
  self->n_entries++;
}
