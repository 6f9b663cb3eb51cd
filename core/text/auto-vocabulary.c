/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-vocabulary.h"

#include <string.h>

#include "../base/auto-huge.h"

/* Ids are used as indices: a file may leave gaps, but not ask for gigabytes of them. */
#define LARGEST_ID (1 << 24)

typedef struct
{
  guint32 offset, length, id;
} Entry;

/* What a search needs lies here, so that it looks at one more place only: the text. */
typedef struct
{
  guint32 hash, id;
  guint32 offset, length; /* offset 0: free */
} Slot;

struct _AutoVocabulary
{
  char *texts; /* begins with a NUL, so that an empty token has an address */
  Entry *entries;
  guint32 *by_id; /* entry + 1, or 0 */
  Slot *slots;
  gsize texts_length, texts_room;
  guint n_entries, entries_room, bound, by_id_room;
  guint n_slots; /* a power of two */
  guint longest;
};

/* The last 1 to 7 bytes of a text. */
static inline guint64
load_tail (const char *bytes, gsize length)
{
  guint32 low = 0, high = 0;

  if (length >= 4)
    {
      memcpy (&low, bytes, 4);
      memcpy (&high, bytes + length - 4, 4);
      return (guint64) high << 32 | low;
    }
  return (guint64) (guchar) bytes[0] | (guint64) (guchar) bytes[length / 2] << 8 | (guint64) (guchar) bytes[length - 1] << 16;
}

static inline guint64
hash_bytes (const char *bytes, gsize length)
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
      hash = (hash ^ load_tail (bytes, length)) * k2;
      hash ^= hash >> 32;
    }
  hash *= k1;
  return hash ^ hash >> 29;
}

guint64
auto_hash_bytes (const char *bytes, gsize length)
{
  return hash_bytes (bytes, length);
}

/* For short texts, most of which are equal. */
static inline gboolean
is_same (const char *a, const char *b, gsize length)
{
  guint64 x, y;

  for (; length >= 8; a += 8, b += 8, length -= 8)
    {
      memcpy (&x, a, 8);
      memcpy (&y, b, 8);
      if (x != y)
        return FALSE;
    }
  return length == 0 || load_tail (a, length) == load_tail (b, length);
}

static Slot *
new_slots (guint n)
{
  return memset (auto_huge_alloc (n * sizeof (Slot)), 0, n * sizeof (Slot));
}

AutoVocabulary *
auto_vocabulary_new (void)
{
  AutoVocabulary *self = g_new0 (AutoVocabulary, 1);

  self->texts_room = 4096;
  self->texts = g_malloc (self->texts_room);
  self->texts[0] = '\0';
  self->texts_length = 1;
  self->n_slots = 1024;
  self->slots = new_slots (self->n_slots);
  return self;
}

void
auto_vocabulary_free (AutoVocabulary *self)
{
  if (!self)
    return;
  g_free (self->texts);
  g_free (self->entries);
  g_free (self->by_id);
  free (self->slots);
  g_free (self);
}

static inline Slot *
find_slot (const AutoVocabulary *self, guint32 hash, const char *token, gsize length)
{
  for (guint at = hash & (self->n_slots - 1);; at = (at + 1) & (self->n_slots - 1))
    {
      Slot *slot = &self->slots[at];
      if (slot->offset == 0)
        return slot;
      if (slot->hash == hash && slot->length == length && is_same (self->texts + slot->offset, token, length))
        return slot;
    }
}

static void
set_n_slots (AutoVocabulary *self, guint n_slots)
{
  Slot *old = self->slots;
  guint n = self->n_slots;

  self->n_slots = n_slots;
  self->slots = new_slots (n_slots);
  for (guint i = 0; i < n; i++)
    if (old[i].offset)
      {
        guint at = old[i].hash & (self->n_slots - 1);
        while (self->slots[at].offset)
          at = (at + 1) & (self->n_slots - 1);
        self->slots[at] = old[i];
      }
  free (old);
}

void
auto_vocabulary_reserve (AutoVocabulary *self, guint n)
{
  guint n_slots = self->n_slots;

  while (n_slots < MIN (n, LARGEST_ID) * 2)
    n_slots *= 2;
  if (n_slots > self->n_slots)
    set_n_slots (self, n_slots);
}

static Entry *
new_entry (AutoVocabulary *self, const char *token, gsize length)
{
  if (self->n_entries == self->entries_room)
    {
      self->entries_room = MAX (self->entries_room * 2, 256);
      self->entries = g_renew (Entry, self->entries, self->entries_room);
    }
  if (self->texts_room - self->texts_length < length)
    {
      self->texts_room = MAX (self->texts_room * 2, self->texts_length + length);
      self->texts = g_realloc (self->texts, self->texts_room);
    }
  Entry *entry = &self->entries[self->n_entries++];
  entry->offset = self->texts_length;
  entry->length = length;
  memcpy (self->texts + self->texts_length, token, length);
  self->texts_length += length;
  self->longest = MAX (self->longest, length);
  return entry;
}

static void
make_bound (AutoVocabulary *self, guint bound)
{
  if (bound > self->by_id_room)
    {
      self->by_id_room = MAX (self->by_id_room * 2, bound);
      self->by_id = g_renew (guint32, self->by_id, self->by_id_room);
    }
  memset (self->by_id + self->bound, 0, (bound - self->bound) * sizeof (guint32));
  self->bound = bound;
}

void
auto_vocabulary_prefetch (const AutoVocabulary *self, const AutoText *token)
{
  __builtin_prefetch (&self->slots[(guint32) hash_bytes (token->text, token->length) & (self->n_slots - 1)], 1);
}

/* The entry of a token that is there: their offsets ascend, and only an empty one has the offset of the next. */
static guint
find_entry (const AutoVocabulary *self, const Slot *slot)
{
  guint low = 0, high = self->n_entries;

  while (low + 1 < high)
    {
      guint middle = low + (high - low) / 2;
      if (self->entries[middle].offset <= slot->offset)
        low = middle;
      else
        high = middle;
    }
  return low > 0 && self->entries[low].length != slot->length ? low - 1 : low;
}

gboolean
auto_vocabulary_add (AutoVocabulary *self, const char *token, gsize length, gint64 id)
{
  if (id < 0 || id > LARGEST_ID || length > G_MAXINT32 || self->texts_length + length > G_MAXUINT32 - 1)
    return FALSE;
  if (self->n_entries * 2 >= self->n_slots)
    set_n_slots (self, self->n_slots * 2);

  guint32 hash = hash_bytes (token, length);
  Slot *slot = find_slot (self, hash, token, length);
  guint index = slot->offset ? find_entry (self, slot) : self->n_entries;
  if (slot->offset)
    {
      if (slot->id != id && self->by_id[slot->id] == index + 1)
        self->by_id[slot->id] = 0;
      self->entries[index].id = slot->id = id;
    }
  else
    {
      Entry *entry = new_entry (self, token, length);
      entry->id = id;
      *slot = (Slot){ hash, id, entry->offset, entry->length };
    }
  if (id >= self->bound)
    make_bound (self, id + 1);
  self->by_id[id] = index + 1;
  return TRUE;
}

static inline gint64
slot_id (const Slot *slot)
{
  return slot->offset ? (gint64) slot->id : -1;
}

gint64
auto_vocabulary_find (const AutoVocabulary *self, const char *token, gsize length)
{
  return slot_id (find_slot (self, hash_bytes (token, length), token, length));
}

/* Memory is asked for before it is needed: first the slots, then the texts that they name. */
void
auto_vocabulary_find_many (const AutoVocabulary *self, const AutoText *tokens, guint n, gint64 *ids)
{
  guint32 hashes[AUTO_VOCABULARY_MANY];

  g_return_if_fail (n <= AUTO_VOCABULARY_MANY);
  for (guint i = 0; i < n; i++)
    {
      hashes[i] = hash_bytes (tokens[i].text, tokens[i].length);
      __builtin_prefetch (&self->slots[hashes[i] & (self->n_slots - 1)]);
    }
  for (guint i = 0; i < n; i++)
    {
      const Slot *slot = &self->slots[hashes[i] & (self->n_slots - 1)];
      __builtin_prefetch (self->texts + slot->offset);
    }
  for (guint i = 0; i < n; i++)
    ids[i] = slot_id (find_slot (self, hashes[i], tokens[i].text, tokens[i].length));
}

static inline gboolean
is_joined (const AutoVocabulary *self, guint index, const AutoText *left, const AutoText *right)
{
  if (index >= self->n_entries)
    return FALSE;
  const Entry *entry = &self->entries[index];
  const char *text = self->texts + entry->offset;
  return entry->length == left->length + right->length && is_same (text, left->text, left->length)
         && is_same (text + left->length, right->text, right->length);
}

gint64
auto_vocabulary_find_joined (const AutoVocabulary *self, const AutoText *left, const AutoText *right, guint *hint)
{
  if (is_joined (self, *hint, left, right))
    return self->entries[*hint].id;
  if (is_joined (self, *hint + 1, left, right))
    return self->entries[++*hint].id;
  gsize length = left->length + right->length;
  char few[256], *text = length <= sizeof few ? few : g_malloc (length);
  memcpy (text, left->text, left->length);
  memcpy (text + left->length, right->text, right->length);
  Slot *slot = find_slot (self, hash_bytes (text, length), text, length);
  if (text != few)
    g_free (text);
  if (slot->offset)
    *hint = self->by_id[slot->id] - 1;
  return slot_id (slot);
}

const char *
auto_vocabulary_token (const AutoVocabulary *self, gint64 id, gsize *length)
{
  if (id < 0 || id >= self->bound)
    return NULL;
  guint32 index = self->by_id[id];
  return index ? auto_vocabulary_nth (self, index - 1, length, NULL) : NULL;
}

guint
auto_vocabulary_size (const AutoVocabulary *self)
{
  return self->n_entries;
}

guint
auto_vocabulary_bound (const AutoVocabulary *self)
{
  return self->bound;
}

guint
auto_vocabulary_bytes (const AutoVocabulary *self)
{
  return self->texts_length;
}

guint
auto_vocabulary_longest (const AutoVocabulary *self)
{
  return self->longest;
}

const char *
auto_vocabulary_nth (const AutoVocabulary *self, guint index, gsize *length, guint *id)
{
  const Entry *entry = &self->entries[index];

  *length = entry->length;
  if (id)
    *id = entry->id;
  return self->texts + entry->offset;
}
