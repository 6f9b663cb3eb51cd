/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-vocabulary.h"

#include <string.h>

/* Ids are used as indices: a file may leave gaps, but not ask for gigabytes of them. */
#define LARGEST_ID (1 << 24)

typedef struct
{
  guint32 offset, length, id;
} Entry;

/* What a search needs lies here, so that it looks at one more place only: the text. */
typedef struct
{
  guint32 hash, entry; /* entry + 1; 0: free */
  guint32 offset, length;
} Slot;

struct _AutoVocabulary
{
  GByteArray *texts;
  GArray *entries;
  GArray *by_id; /* guint32: entry + 1, or 0 */
  Slot *slots;
  guint n_slots; /* a power of two */
  guint longest;
};

guint64
auto_hash_bytes (const char *bytes, gsize length)
{
  const guint64 k1 = G_GUINT64_CONSTANT (0x9E3779B97F4A7C15), k2 = G_GUINT64_CONSTANT (0xD6E8FEB86659FD93);
  guint64 hash = length * k1, word;

  for (; length >= 8; bytes += 8, length -= 8)
    {
      memcpy (&word, bytes, 8);
      hash = (hash ^ word) * k2;
      hash ^= hash >> 32;
    }
  if (length)
    {
      word = 0;
      memcpy (&word, bytes, length);
      hash = (hash ^ word) * k2;
      hash ^= hash >> 32;
    }
  hash *= k1;
  return hash ^ hash >> 29;
}

AutoVocabulary *
auto_vocabulary_new (void)
{
  AutoVocabulary *self = g_new0 (AutoVocabulary, 1);

  self->texts = g_byte_array_new ();
  g_byte_array_append (self->texts, (const guint8 *) "", 1); /* so that an empty token has an address */
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->by_id = g_array_new (FALSE, TRUE, sizeof (guint32));
  self->n_slots = 1024;
  self->slots = g_new0 (Slot, self->n_slots);
  return self;
}

void
auto_vocabulary_free (AutoVocabulary *self)
{
  if (!self)
    return;
  g_byte_array_unref (self->texts);
  g_array_unref (self->entries);
  g_array_unref (self->by_id);
  g_free (self->slots);
  g_free (self);
}

static Slot *
find_slot (const AutoVocabulary *self, guint32 hash, const char *token, gsize length)
{
  for (guint at = hash & (self->n_slots - 1);; at = (at + 1) & (self->n_slots - 1))
    {
      Slot *slot = &self->slots[at];
      if (slot->entry == 0)
        return slot;
      if (slot->hash == hash && slot->length == length && memcmp (self->texts->data + slot->offset, token, length) == 0)
        return slot;
    }
}

static void
grow (AutoVocabulary *self)
{
  Slot *old = self->slots;
  guint n = self->n_slots;

  self->n_slots *= 4;
  self->slots = g_new0 (Slot, self->n_slots);
  for (guint i = 0; i < n; i++)
    if (old[i].entry)
      {
        guint at = old[i].hash & (self->n_slots - 1);
        while (self->slots[at].entry)
          at = (at + 1) & (self->n_slots - 1);
        self->slots[at] = old[i];
      }
  g_free (old);
}

gboolean
auto_vocabulary_add (AutoVocabulary *self, const char *token, gsize length, gint64 id)
{
  if (id < 0 || id > LARGEST_ID || length > G_MAXINT32 || self->texts->len + length > G_MAXUINT32 - 1)
    return FALSE;
  if (self->entries->len * 2 >= self->n_slots)
    grow (self);

  guint32 hash = auto_hash_bytes (token, length);
  Slot *slot = find_slot (self, hash, token, length);
  if (slot->entry)
    {
      Entry *entry = &g_array_index (self->entries, Entry, slot->entry - 1);
      if (entry->id != id && g_array_index (self->by_id, guint32, entry->id) == slot->entry)
        g_array_index (self->by_id, guint32, entry->id) = 0;
      entry->id = id;
    }
  else
    {
      Entry entry = { self->texts->len, length, id };
      g_byte_array_append (self->texts, (const guint8 *) token, length);
      g_array_append_val (self->entries, entry);
      *slot = (Slot){ hash, self->entries->len, entry.offset, entry.length };
      self->longest = MAX (self->longest, length);
    }
  if (id >= self->by_id->len)
    g_array_set_size (self->by_id, id + 1);
  g_array_index (self->by_id, guint32, id) = slot->entry;
  return TRUE;
}

gint64
auto_vocabulary_find (const AutoVocabulary *self, const char *token, gsize length)
{
  Slot *slot = find_slot (self, auto_hash_bytes (token, length), token, length);

  return slot->entry ? (gint64) g_array_index (self->entries, Entry, slot->entry - 1).id : -1;
}

void
auto_vocabulary_prefetch (const AutoVocabulary *self, guint32 hash, gboolean text)
{
  const Slot *slot = &self->slots[hash & (self->n_slots - 1)];

  if (text)
    __builtin_prefetch (self->texts->data + slot->offset);
  else
    __builtin_prefetch (slot);
}

gint64
auto_vocabulary_find_hashed (const AutoVocabulary *self, guint32 hash, const char *token, gsize length)
{
  Slot *slot = find_slot (self, hash, token, length);

  return slot->entry ? (gint64) g_array_index (self->entries, Entry, slot->entry - 1).id : -1;
}

gint64
auto_vocabulary_find_near (const AutoVocabulary *self, const char *token, gsize length, guint *hint)
{
  if (*hint < self->entries->len)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, *hint);
      if (entry->length == length && memcmp (self->texts->data + entry->offset, token, length) == 0)
        return (*hint)++, entry->id;
    }
  Slot *slot = find_slot (self, auto_hash_bytes (token, length), token, length);
  if (!slot->entry)
    return -1;
  *hint = slot->entry;
  return g_array_index (self->entries, Entry, slot->entry - 1).id;
}

const char *
auto_vocabulary_token (const AutoVocabulary *self, gint64 id, gsize *length)
{
  if (id < 0 || id >= self->by_id->len)
    return NULL;
  guint32 index = g_array_index (self->by_id, guint32, id);
  return index ? auto_vocabulary_nth (self, index - 1, length, NULL) : NULL;
}

guint
auto_vocabulary_size (const AutoVocabulary *self)
{
  return self->entries->len;
}

guint
auto_vocabulary_bound (const AutoVocabulary *self)
{
  return self->by_id->len;
}

guint
auto_vocabulary_bytes (const AutoVocabulary *self)
{
  return self->texts->len;
}

guint
auto_vocabulary_longest (const AutoVocabulary *self)
{
  return self->longest;
}

const char *
auto_vocabulary_nth (const AutoVocabulary *self, guint index, gsize *length, guint *id)
{
  const Entry *entry = &g_array_index (self->entries, Entry, index);

  *length = entry->length;
  if (id)
    *id = entry->id;
  return (const char *) self->texts->data + entry->offset;
}
