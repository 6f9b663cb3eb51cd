/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-unicode.h"
#include "auto-vocabulary.h"

G_BEGIN_DECLS

/* The tokens of a vocabulary by their characters. An edge holds all that a step asks for, and which characters may come next, so that a
 * step is one look at one place, or none. */
typedef struct
{
  guint32 node, character; /* in the upper bits of @character: a bit for each kind of character that goes on from the target */
  guint32 target;          /* 0: free */
  gint32 id;               /* of the token that ends here, or -1 */
} AutoCharacterEdge;

/* Where a walk has come to: { 0, ~0u, -1 } at the root. */
typedef struct
{
  guint32 node, kinds; /* of characters that go on */
  gint32 id;           /* of the token that ends here, or -1 */
} AutoCharacterWalk;

#define AUTO_CHARACTER_WALK_INIT { 0, ~0u, -1 }

#define AUTO_CHARACTER_FIRSTS 0x10000

typedef struct
{
  AutoCharacterEdge *edges;
  guint n_nodes, mask;
  AutoCharacterWalk *first; /* where each of the first characters leads to from the root; node 0: to nothing */
} AutoCharacterTrie;

#define AUTO_CHARACTER_TRIE_MOST_BYTES (1 << 24)
#define AUTO_CHARACTER_KINDS_SHIFT 21
#define AUTO_CHARACTER_MASK ((1u << AUTO_CHARACTER_KINDS_SHIFT) - 1)

/* All tokens of a vocabulary of no more than AUTO_CHARACTER_TRIE_MOST_BYTES. */
AUTO_INTERNAL void auto_character_trie_init (AutoCharacterTrie *self, const AutoVocabulary *vocabulary);
/* None yet, of which about @n are to be added (texts of no more bytes than that together). Adding gives the id that a token had already,
 * which it keeps, or -1. */
AUTO_INTERNAL void auto_character_trie_init_empty (AutoCharacterTrie *self, guint n);
AUTO_INTERNAL gint64 auto_character_trie_add (AutoCharacterTrie *self, const char *token, gsize length, guint32 id);
AUTO_INTERNAL void auto_character_trie_clear (AutoCharacterTrie *self);

static inline guint
auto_character_trie_home (const AutoCharacterTrie *self, guint32 node, gunichar c)
{
  guint64 hash = ((guint64) node << 32 | c) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return (hash >> 32 ^ hash >> 47) & self->mask;
}

/* FALSE when no token goes on with @c. */
static inline gboolean
auto_character_trie_step (const AutoCharacterTrie *self, AutoCharacterWalk *walk, gunichar c)
{
  if (!(walk->kinds >> c % 8 & 1))
    return FALSE;
  for (guint at = auto_character_trie_home (self, walk->node, c);; at = (at + 1) & self->mask)
    {
      const AutoCharacterEdge *edge = &self->edges[at];
      if (edge->target == 0)
        return FALSE;
      if (edge->node == walk->node && (edge->character & AUTO_CHARACTER_MASK) == c)
        {
          *walk = (AutoCharacterWalk){ edge->target, edge->character >> AUTO_CHARACTER_KINDS_SHIFT, edge->id };
          return TRUE;
        }
    }
}

/* The first step from the root. */
static inline gboolean
auto_character_trie_begin (const AutoCharacterTrie *self, AutoCharacterWalk *walk, gunichar c)
{
  if (c < AUTO_CHARACTER_FIRSTS)
    {
      *walk = self->first[c];
      return walk->node != 0;
    }
  *walk = (AutoCharacterWalk) AUTO_CHARACTER_WALK_INIT;
  return auto_character_trie_step (self, walk, c);
}

/* Asks for the place that a walk which begins with @c and goes on with @next will look at. */
static inline void
auto_character_trie_prefetch (const AutoCharacterTrie *self, gunichar c, gunichar next)
{
  if (c < AUTO_CHARACTER_FIRSTS && self->first[c].kinds >> next % 8 & 1)
    __builtin_prefetch (&self->edges[auto_character_trie_home (self, self->first[c].node, next)]);
}

G_END_DECLS
