/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

#include <string.h>

G_BEGIN_DECLS

/* Whether a text is a word of its own or a part of one, which can have other ids, or what a normalizer has made of a word. */
typedef enum
{
  AUTO_WORD_WHOLE = 0,
  AUTO_WORD_PART = 0x40, /* a bit beside the length, which takes no more than the others */
  AUTO_WORD_MAPPED = 0x20,
  AUTO_WORD_CHARACTER,   /* a part of one character below AUTO_CHARACTERS, which has a table of its own */
} AutoWordKind;

/* Words and the ids that they became. A word of up to 15 bytes is its own key; up to 3 ids lie beside it. When the cache is full, it
 * starts anew: what is frequent is soon there again. For one thread at a time. */
typedef struct
{
  guint64 low, high; /* the word and its length in the topmost byte; or its hash and where it lies, below 0xFF in that byte */
  guint32 ids[3];    /* or in ids[0] where they lie */
  guint32 n;
} AutoWordEntry;

typedef struct
{
  AutoWordEntry *entries;
  guint mask, n_entries;
  GArray *ids;       /* guint32: of entries with more than 3 */
  GByteArray *words; /* of more than 15 bytes: length, bytes */
} AutoWordCache;

#define AUTO_WORD_INLINE 15
#define AUTO_WORD_LONGEST 512

AUTO_INTERNAL void auto_word_cache_init (AutoWordCache *self);
AUTO_INTERNAL void auto_word_cache_clear (AutoWordCache *self);
AUTO_INTERNAL void auto_word_cache_add (AutoWordCache *self, const char *word, gsize length, AutoWordKind kind, gboolean readable,
                                        const guint32 *ids, guint n);
AUTO_INTERNAL const AutoWordEntry *auto_word_cache_find_long (const AutoWordCache *self, const char *word, gsize length, AutoWordKind kind);

static inline guint64
auto_word_hash (guint64 low, guint64 high)
{
  guint64 hash = (low ^ high * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)) * G_GUINT64_CONSTANT (0xD6E8FEB86659FD93);
  return hash ^ hash >> 32;
}

/* The key of a short word. @readable: 16 bytes can be read from @word on. */
static inline void
auto_word_key (const char *word, gsize length, AutoWordKind kind, gboolean readable, guint64 *low, guint64 *high)
{
  static const guint8 kept[32] = { [0 ... 15] = 0xFF };
  guint64 parts[2] = { 0, 0 }, mask[2];

  memcpy (parts, word, readable ? 16 : length);
  memcpy (mask, kept + 16 - length, 16); /* lengths are hard to foretell: no branch depends on them */
  *low = GUINT64_FROM_LE (parts[0] & mask[0]);
  *high = GUINT64_FROM_LE (parts[1] & mask[1]) | (guint64) (length | kind) << 56;
}

/* Asks for the memory of a short word's entry, which auto_word_cache_look () will need. */
static inline void
auto_word_cache_prefetch (const AutoWordCache *self, guint64 low, guint64 high)
{
  __builtin_prefetch (&self->entries[auto_word_hash (low, high) & self->mask]);
}

/* A short word's entry by its key, or NULL. */
static inline const AutoWordEntry *
auto_word_cache_look (const AutoWordCache *self, guint64 low, guint64 high)
{
  for (guint at = auto_word_hash (low, high) & self->mask;; at = (at + 1) & self->mask)
    {
      const AutoWordEntry *entry = &self->entries[at];
      if (entry->low == low && entry->high == high)
        return entry;
      if (entry->high == 0)
        return NULL;
    }
}

static inline const guint32 *
auto_word_entry_ids (const AutoWordCache *self, const AutoWordEntry *entry)
{
  return entry->n <= 3 ? entry->ids : &g_array_index (self->ids, guint32, entry->ids[0]);
}

G_END_DECLS
