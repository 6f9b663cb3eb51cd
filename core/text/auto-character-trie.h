/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-unicode.h"
#include "auto-vocabulary.h"

G_BEGIN_DECLS

/* Where a walk over characters has come to. It holds all that the next step asks for, and which characters may come next, so that a step is
 * one look at one place, or none. */
typedef struct
{
  guint32 place;     /* where the nodes that follow lie: a small table with open addressing */
  guint32 character; /* that leads here; above it, the binary logarithm of the size of that table */
  guint32 kinds;     /* a bit for each kind of character that goes on */
  gint32 id;         /* of the text that ends here, or -1 */
} AutoCharacterNode;

#define AUTO_CHARACTER_FIRSTS 0x10000
#define AUTO_CHARACTER_BITS_SHIFT 21
#define AUTO_CHARACTER_NONE ((1u << AUTO_CHARACTER_BITS_SHIFT) - 1) /* no character: nothing lies here */

/* Texts by their characters. Immutable once it is made. */
typedef struct
{
  AutoCharacterNode *nodes, root;
  AutoCharacterNode *first; /* what each of the first characters leads to from the root; all of it 0: nothing */
} AutoCharacterTrie;

typedef struct
{
  const char *text; /* UTF-8 */
  guint32 length, id;
} AutoCharacterText;

/* Limit of the bytes of all texts together. */
#define AUTO_CHARACTER_TRIE_MOST_BYTES (1 << 24)

/* Of several equal texts the last has its id found; those of the others are added to @hidden (guint32; or NULL). */
AUTO_INTERNAL void auto_character_trie_init (AutoCharacterTrie *self, const AutoCharacterText *texts, guint n, GArray *hidden);
/* All tokens of a vocabulary. */
AUTO_INTERNAL void auto_character_trie_init_vocabulary (AutoCharacterTrie *self, const AutoVocabulary *vocabulary);
AUTO_INTERNAL void auto_character_trie_clear (AutoCharacterTrie *self);

static inline guint
auto_character_home (gunichar c, guint mask)
{
  return (c * 0x9E3779B1u >> 15) & mask;
}

static inline guint
auto_character_node_mask (const AutoCharacterNode *node)
{
  return (1u << (node->character >> AUTO_CHARACTER_BITS_SHIFT)) - 1;
}

/* The node after @node by @c, or NULL. */
static inline const AutoCharacterNode *
auto_character_trie_step (const AutoCharacterTrie *self, const AutoCharacterNode *node, gunichar c)
{
  if (!(node->kinds >> c % 32 & 1))
    return NULL;
  guint mask = auto_character_node_mask (node), at = auto_character_home (c, mask);
  for (guint left = mask + 1; left > 0; left--, at = (at + 1) & mask)
    {
      const AutoCharacterNode *next = &self->nodes[node->place + at];
      guint32 character = next->character & AUTO_CHARACTER_NONE;
      if (character == c)
        return next;
      if (character == AUTO_CHARACTER_NONE)
        break;
    }
  return NULL;
}

/* The first step from the root. */
static inline const AutoCharacterNode *
auto_character_trie_begin (const AutoCharacterTrie *self, gunichar c)
{
  if (c >= AUTO_CHARACTER_FIRSTS || c == 0)
    return auto_character_trie_step (self, &self->root, c);
  const AutoCharacterNode *node = &self->first[c];
  return node->character ? node : NULL;
}

/* Asks for the place that a walk which begins with @c and goes on with @next will look at. */
static inline void
auto_character_trie_prefetch (const AutoCharacterTrie *self, gunichar c, gunichar next)
{
  if (c >= AUTO_CHARACTER_FIRSTS)
    return;
  const AutoCharacterNode *node = &self->first[c];
  if (node->kinds >> next % 32 & 1)
    __builtin_prefetch (&self->nodes[node->place + auto_character_home (next, auto_character_node_mask (node))]);
}

G_END_DECLS
