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

/* A token of up to 8 bytes lies here whole, so that a search looks at one place only. A longer one's key is its length and its hash, and a
 * search also looks at its text. */
typedef struct
{
  guint64 key;
  guint32 id;
  guint32 place; /* 0: free; SHORT, the length and the number of the entry; or where the text is */
} Slot;

#define MOST_SHORT 8
#define SHORT (1u << 31)
#define LENGTH_SHIFT 27
#define MOST_ENTRIES (1u << LENGTH_SHIFT)

/* Behind the texts, so that 16 bytes can be read from the last one's beginning on. */
#define SLACK 16

struct _AutoVocabulary
{
  char *texts; /* begins with a NUL, so that an empty token has an address */
  Entry *entries;
  guint32 *by_id; /* entry + 1, or 0 */
  Slot *slots;
  gsize texts_length, texts_room;
  guint n_entries, entries_room, n_indexed, bound, by_id_room;
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

static inline guint
first_slot (const AutoVocabulary *self, const AutoKey *key)
{
  return key->hash & (self->n_slots - 1);
}

/* Whether @text, of which 16 bytes can be read, begins as @key does. */
static inline gboolean
begins_with (const char *text, const AutoKey *key)
{
  guint64 words[2];

  auto_key_load (words, text, key->length);
  return ((words[0] ^ key->words[0]) | (words[1] ^ key->words[1])) == 0 && (key->length <= 16 || memcmp (text + 16, key->text + 16, key->length - 16) == 0);
}

AutoVocabulary *
auto_vocabulary_new (void)
{
  AutoVocabulary *self = g_new0 (AutoVocabulary, 1);

  self->texts_room = 4096;
  self->texts = g_malloc (self->texts_room + SLACK);
  self->texts[0] = '\0';
  self->texts_length = 1;
  self->n_slots = 1024;
  self->slots = auto_huge_alloc0 (self->n_slots * sizeof (Slot));
  return self;
}

void
auto_vocabulary_free (AutoVocabulary *self)
{
  if (!self)
    return;
  free (self->texts);
  free (self->entries);
  free (self->by_id);
  auto_huge_free0 (self->slots, self->n_slots * sizeof (Slot));
  g_free (self);
}

/* What a token's slot holds, apart from its place. */
static inline Slot
make_slot (const AutoKey *key)
{
  if (key->length <= MOST_SHORT)
    return (Slot){ key->words[0], 0, SHORT | (guint32) key->length << LENGTH_SHIFT };
  return (Slot){ (guint64) key->length << 32 | key->hash >> 32, 0, 0 };
}

/* The slot of a token, or the free one where it belongs. */
static inline Slot *
find_slot (const AutoVocabulary *self, const AutoKey *key)
{
  Slot wanted = make_slot (key);

  for (guint at = first_slot (self, key);; at = (at + 1) & (self->n_slots - 1))
    {
      Slot *slot = &self->slots[at];
      if (slot->place == 0)
        return slot;
      if (slot->key == wanted.key
          && (wanted.place ? slot->place >> LENGTH_SHIFT == wanted.place >> LENGTH_SHIFT
                           : slot->place < SHORT && begins_with (self->texts + slot->place, key)))
        return slot;
    }
}

void
auto_vocabulary_prefetch (const AutoVocabulary *self, const AutoKey *token)
{
  __builtin_prefetch (&self->slots[first_slot (self, token)], 1);
}

/* The entry of a token that is there. Offsets ascend. */
static guint
find_entry (const AutoVocabulary *self, const Slot *slot)
{
  guint low = 0, high = self->n_indexed;

  if (slot->place & SHORT)
    return slot->place & (MOST_ENTRIES - 1);
  while (low + 1 < high)
    {
      guint middle = low + (high - low) / 2;
      if (self->entries[middle].offset <= slot->place)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/* Makes the last entry that isn't indexed yet one that is, or, when its token is there already, gives that one the new id. */
static void
index_entry (AutoVocabulary *self, const Entry *entry, const AutoKey *key)
{
  Slot *slot = find_slot (self, key);
  guint index = self->n_indexed;

  if (slot->place)
    {
      index = find_entry (self, slot);
      if (slot->id != entry->id && self->by_id[slot->id] == index + 1)
        self->by_id[slot->id] = 0;
      self->entries[index].id = entry->id;
    }
  else
    {
      *slot = make_slot (key);
      slot->place |= slot->place ? index : entry->offset;
      self->entries[self->n_indexed++] = *entry;
    }
  slot->id = entry->id;
  self->by_id[entry->id] = index + 1;
}

static inline AutoKey
entry_key (const AutoVocabulary *self, const Entry *entry)
{
  return auto_key_within (self->texts + entry->offset, entry->length, self->texts + self->texts_length + SLACK);
}

/* The slots of several entries are on their way from memory at the same time. */
#define AHEAD 32

static void
index_entries (AutoVocabulary *self)
{
  AutoKey keys[AHEAD];
  guint first = self->n_indexed, n = self->n_entries;

  for (guint i = first; i < n + AHEAD; i++)
    {
      AutoKey *key = &keys[i % AHEAD];
      if (i >= first + AHEAD)
        {
          Entry entry = self->entries[i - AHEAD];
          index_entry (self, &entry, key);
        }
      if (i >= n)
        continue;
      *key = entry_key (self, &self->entries[i]);
      auto_vocabulary_prefetch (self, key);
    }
}

/* Slots for twice as many tokens as there are, at least @n, with what was indexed. */
static void
set_n_slots (AutoVocabulary *self, guint n)
{
  guint at;

  auto_huge_free0 (self->slots, self->n_slots * sizeof (Slot));
  while (self->n_slots < n)
    self->n_slots *= 2;
  self->slots = auto_huge_alloc0 (self->n_slots * sizeof (Slot));
  for (guint i = 0; i < self->n_indexed; i++)
    {
      AutoKey key = entry_key (self, &self->entries[i]);
      for (at = first_slot (self, &key); self->slots[at].place;)
        at = (at + 1) & (self->n_slots - 1);
      self->slots[at] = make_slot (&key);
      self->slots[at].place |= self->slots[at].place ? i : self->entries[i].offset;
      self->slots[at].id = self->entries[i].id;
    }
}

void
auto_vocabulary_reserve (AutoVocabulary *self, guint n)
{
  n = MIN (n, LARGEST_ID) * 2;
  if (n > self->n_slots)
    set_n_slots (self, n);
}

#define BYTES_A_TOKEN 12

void
auto_vocabulary_expect (AutoVocabulary *self, guint n)
{
  n = MIN (n, LARGEST_ID);
  if (self->n_entries || n * sizeof (Entry) < AUTO_HUGE_PAGE)
    return;
  free (self->entries);
  free (self->texts);
  free (self->by_id);
  self->entries_room = self->by_id_room = n;
  self->texts_room = n * (gsize) BYTES_A_TOKEN;
  self->entries = auto_huge_alloc (n * sizeof (Entry));
  self->by_id = auto_huge_alloc (n * sizeof (guint32));
  self->texts = auto_huge_alloc (self->texts_room + SLACK);
  self->texts[0] = '\0';
}

/* The texts of short tokens take part in no search, but are what auto_vocabulary_nth () gives. */
static void
append_text (AutoVocabulary *self, const AutoKey *token)
{
  if (self->texts_room - self->texts_length < token->length)
    {
      self->texts_room = MAX (self->texts_room * 2, self->texts_length + token->length);
      self->texts = g_realloc (self->texts, self->texts_room + SLACK);
    }
  memcpy (self->texts + self->texts_length, token->words, 16);
  if (token->length > 16)
    memcpy (self->texts + self->texts_length + 16, token->text + 16, token->length - 16);
  self->texts_length += token->length;
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

gboolean
auto_vocabulary_append (AutoVocabulary *self, const AutoKey *token, gint64 id)
{
  if (id < 0 || id > LARGEST_ID || self->n_entries == MOST_ENTRIES - 1 || token->length >= SHORT - SLACK - self->texts_length)
    return FALSE;
  if (self->n_entries == self->entries_room)
    {
      self->entries_room = MAX (self->entries_room * 2, 256);
      self->entries = g_renew (Entry, self->entries, self->entries_room);
    }
  self->entries[self->n_entries++] = (Entry){ self->texts_length, token->length, id };
  append_text (self, token);
  self->longest = MAX (self->longest, token->length);
  if (id >= self->bound)
    make_bound (self, id + 1);
  return TRUE;
}

void
auto_vocabulary_index (AutoVocabulary *self)
{
  if (self->n_entries * 2 >= self->n_slots)
    set_n_slots (self, MAX (self->n_entries * 2, self->n_slots * 2));
  index_entries (self);
  self->n_entries = self->n_indexed;
}

gboolean
auto_vocabulary_add (AutoVocabulary *self, const char *token, gsize length, gint64 id)
{
  AutoKey key = auto_key (token, length);

  gsize texts_length = self->texts_length;
  guint n = self->n_entries;

  g_return_val_if_fail (n == self->n_indexed, FALSE);
  if (!auto_vocabulary_append (self, &key, id))
    return FALSE;
  auto_vocabulary_index (self);
  if (self->n_entries == n)
    self->texts_length = texts_length;
  return TRUE;
}

static inline gint64
slot_id (const Slot *slot)
{
  return slot->place ? (gint64) slot->id : -1;
}

gint64
auto_vocabulary_find (const AutoVocabulary *self, const char *token, gsize length)
{
  AutoKey key = auto_key (token, length);
  return slot_id (find_slot (self, &key));
}

/* Most tokens are short and in their first slots. The others' texts are asked for before they are needed. */
void
auto_vocabulary_find_many (const AutoVocabulary *self, const AutoKey *tokens, guint n, gint64 *ids)
{
  guint others[AUTO_VOCABULARY_MANY], n_others = 0;

  g_return_if_fail (n <= AUTO_VOCABULARY_MANY);
  for (guint i = 0; i < n; i++)
    {
      const Slot *slot = &self->slots[first_slot (self, &tokens[i])];
      gboolean same = slot->key == tokens[i].words[0], sized = slot->place >> LENGTH_SHIFT == (SHORT >> LENGTH_SHIFT | tokens[i].length);
      __builtin_prefetch (self->texts + (slot->place & SHORT ? 0 : slot->place));
      ids[i] = slot->id;
      others[n_others] = i;
      n_others += !(same & sized & (tokens[i].length <= MOST_SHORT));
    }
  for (guint i = 0; i < n_others; i++)
    ids[others[i]] = slot_id (find_slot (self, &tokens[others[i]]));
}

static inline gboolean
is_joined (const AutoVocabulary *self, guint index, const AutoKey *left, const AutoKey *right)
{
  if (index >= self->n_entries)
    return FALSE;
  const Entry *entry = &self->entries[index];
  const char *text = self->texts + entry->offset;
  return entry->length == left->length + right->length && begins_with (text, left) && begins_with (text + left->length, right);
}

gint64
auto_vocabulary_find_joined (const AutoVocabulary *self, const AutoKey *left, const AutoKey *right, guint *hint)
{
  *hint += !is_joined (self, *hint, left, right);
  if (is_joined (self, *hint, left, right))
    return self->entries[*hint].id;
  gsize length = left->length + right->length;
  char few[256], *text = length <= sizeof few ? few : g_malloc (length);
  memcpy (text, left->text, left->length);
  memcpy (text + left->length, right->text, right->length);
  AutoKey joined = auto_key (text, length);
  Slot *slot = find_slot (self, &joined);
  if (text != few)
    g_free (text);
  if (slot->place)
    *hint = find_entry (self, slot);
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
