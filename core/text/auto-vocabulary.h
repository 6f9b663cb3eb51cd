/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* Tokens and their ids. The texts lie one after another in one block; a table with open addressing finds them. */
typedef struct _AutoVocabulary AutoVocabulary;

/* A text to be looked up, with its hash and its first 16 bytes, behind which zeros fill up: most tokens are in them whole. */
typedef struct
{
  const char *text;
  gsize length;
  guint64 words[2], hash;
} AutoKey;

#define AUTO_VOCABULARY_MANY 64

AUTO_INTERNAL AutoVocabulary *auto_vocabulary_new (void);
AUTO_INTERNAL void auto_vocabulary_free (AutoVocabulary *self);
/* Makes room for about so many tokens. */
AUTO_INTERNAL void auto_vocabulary_reserve (AutoVocabulary *self, guint n);
/* Makes room for appending tokens, before there are any: for no more than about @n, which may be far too many, as only addresses are taken. */
AUTO_INTERNAL void auto_vocabulary_expect (AutoVocabulary *self, guint n);
/* A token that is there already gets the new id. FALSE when the id is negative or absurdly large. */
AUTO_INTERNAL gboolean auto_vocabulary_add (AutoVocabulary *self, const char *token, gsize length, gint64 id);
/* The same for many tokens one after another: they can't be found before auto_vocabulary_index () was called, which is due before anything
 * else is asked of the vocabulary. */
AUTO_INTERNAL gboolean auto_vocabulary_append (AutoVocabulary *self, const AutoKey *token, gint64 id);
AUTO_INTERNAL void auto_vocabulary_index (AutoVocabulary *self);
/* The id, or -1. */
AUTO_INTERNAL gint64 auto_vocabulary_find (const AutoVocabulary *self, const char *token, gsize length);
/* Asks for the memory that finding a token will need. */
AUTO_INTERNAL void auto_vocabulary_prefetch (const AutoVocabulary *self, const AutoKey *token);
/* The ids of several tokens, no more than AUTO_VOCABULARY_MANY, or -1. */
AUTO_INTERNAL void auto_vocabulary_find_many (const AutoVocabulary *self, const AutoKey *tokens, guint n, gint64 *ids);
/* The id of two texts together, or -1; quicker when that was added as the @hint-th or next. Sets @hint to where it was. */
AUTO_INTERNAL gint64 auto_vocabulary_find_joined (const AutoVocabulary *self, const AutoKey *left, const AutoKey *right, guint *hint);
/* The token, without a final NUL, or NULL when no token has the id. */
AUTO_INTERNAL const char *auto_vocabulary_token (const AutoVocabulary *self, gint64 id, gsize *length);
AUTO_INTERNAL guint auto_vocabulary_size (const AutoVocabulary *self);
/* One more than the largest id. */
AUTO_INTERNAL guint auto_vocabulary_bound (const AutoVocabulary *self);
/* Bytes of all tokens together. */
AUTO_INTERNAL guint auto_vocabulary_bytes (const AutoVocabulary *self);
AUTO_INTERNAL guint auto_vocabulary_longest (const AutoVocabulary *self);
/* The @index-th token in the order of adding. */
AUTO_INTERNAL const char *auto_vocabulary_nth (const AutoVocabulary *self, guint index, gsize *length, guint *id);

AUTO_INTERNAL guint64 auto_hash_bytes (const char *bytes, gsize length);

/* The first 16 bytes of a text of @length, of which 16 can be read, without those behind its end. */
static inline void
auto_key_load (guint64 words[2], const char *text, gsize length)
{
  static const guint8 ramp[32] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
  guint64 mask[2];

  memcpy (mask, ramp + 16 - MIN (length, 16), 16);
  memcpy (words, text, 16);
  words[0] &= mask[0];
  words[1] &= mask[1];
}

/* The same of a text behind which nothing can be read. */
static inline void
auto_key_load_exactly (guint64 words[2], const char *text, gsize length)
{
  words[0] = words[1] = 0;
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  guint32 low, high;
  if (length >= 16)
    memcpy (words, text, 16);
  else if (length >= 8)
    {
      guint shift = 64 - length % 8 * 8;
      memcpy (&words[0], text, 8);
      memcpy (&words[1], text + length - 8, 8);
      words[1] = words[1] >> shift / 2 >> (shift - shift / 2);
    }
  else if (length >= 4)
    {
      memcpy (&low, text, 4);
      memcpy (&high, text + length - 4, 4);
      words[0] = low | (guint64) high << (length - 4) * 8;
    }
  else if (length)
    words[0] = (guint64) (guchar) text[0] | (guint64) (guchar) text[length / 2] << length / 2 * 8 | (guint64) (guchar) text[length - 1] << (length - 1) * 8;
#else
  memcpy (words, text, MIN (length, 16));
#endif
}

static inline guint64
auto_key_mix (guint64 hash)
{
  hash ^= hash >> 32;
  hash *= G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return hash ^ hash >> 29;
}

static inline void
auto_key_hash (AutoKey *key)
{
  const guint64 k1 = G_GUINT64_CONSTANT (0xD6E8FEB86659FD93), k2 = G_GUINT64_CONSTANT (0xA0761D6478BD642F);
  guint64 word;

  key->hash = auto_key_mix (key->words[0] * k1 ^ (key->words[1] ^ key->length) * k2);
  for (gsize at = 16; at < key->length; at += 8)
    {
      memcpy (&word, key->text + MIN (at, key->length - 8), 8);
      key->hash = auto_key_mix ((key->hash ^ word) * k1);
    }
}

static inline AutoKey
auto_key (const char *text, gsize length)
{
  AutoKey key = { text, length };

  auto_key_load_exactly (key.words, text, length);
  auto_key_hash (&key);
  return key;
}

/* @end: of the memory that can be read. */
static inline AutoKey
auto_key_within (const char *text, gsize length, const char *end)
{
  AutoKey key = { text, length };

  if (end - text < 16)
    return auto_key (text, length);
  auto_key_load (key.words, text, length);
  auto_key_hash (&key);
  return key;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoVocabulary, auto_vocabulary_free)

G_END_DECLS
