/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-character-trie.h"

#include "../base/auto-huge.h"

#include <string.h>

static void
set_size (AutoCharacterTrie *self, guint size)
{
  self->mask = size - 1;
  self->edges = memset (auto_huge_alloc (size * sizeof (AutoCharacterEdge)), 0, size * sizeof (AutoCharacterEdge));
}

static void
grow (AutoCharacterTrie *self)
{
  AutoCharacterEdge *old = self->edges;
  guint n = self->mask + 1;

  set_size (self, n * 2);
  for (guint i = 0; i < n; i++)
    if (old[i].target)
      {
        guint at = auto_character_trie_home (self, old[i].node, old[i].character & AUTO_CHARACTER_MASK);
        while (self->edges[at].target)
          at = (at + 1) & self->mask;
        self->edges[at] = old[i];
      }
  free (old);
}

/* The edge from @node by @c, made if need be. */
static AutoCharacterEdge *
get_edge (AutoCharacterTrie *self, guint32 node, gunichar c)
{
  if (self->n_nodes * 2 > self->mask)
    grow (self);
  guint at = auto_character_trie_home (self, node, c);
  for (; self->edges[at].target; at = (at + 1) & self->mask)
    if (self->edges[at].node == node && (self->edges[at].character & AUTO_CHARACTER_MASK) == c)
      return &self->edges[at];
  self->edges[at] = (AutoCharacterEdge){ node, c, self->n_nodes++, -1 };
  return &self->edges[at];
}

gint64
auto_character_trie_add (AutoCharacterTrie *self, const char *token, gsize length, guint32 id)
{
  guint32 node = 0;
  guint size;
  gint64 known = -1;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (token + at, &size);
      AutoCharacterEdge *edge = get_edge (self, node, c);
      node = edge->target;
      if (at + size < length)
        edge->character |= 1u << (AUTO_CHARACTER_KINDS_SHIFT + auto_utf8_get (token + at + size, &(guint){ 0 }) % 8);
      else if ((known = edge->id) < 0)
        edge->id = id;
      if (at == 0 && c < AUTO_CHARACTER_FIRSTS)
        self->first[c] = (AutoCharacterWalk){ edge->target, edge->character >> AUTO_CHARACTER_KINDS_SHIFT, edge->id };
    }
  return known;
}

void
auto_character_trie_init_empty (AutoCharacterTrie *self, guint n)
{
  guint size = 1024;

  while (size < n * 2)
    size *= 2;
  self->n_nodes = 1;
  self->first = g_new0 (AutoCharacterWalk, AUTO_CHARACTER_FIRSTS);
  set_size (self, size);
}

void
auto_character_trie_init (AutoCharacterTrie *self, const AutoVocabulary *vocabulary)
{
  guint n = auto_vocabulary_size (vocabulary), id;
  gsize length;

  auto_character_trie_init_empty (self, n);
  for (guint i = 0; i < n; i++)
    {
      const char *token = auto_vocabulary_nth (vocabulary, i, &length, &id);
      auto_character_trie_add (self, token, length, id);
    }
}

void
auto_character_trie_clear (AutoCharacterTrie *self)
{
  free (self->edges);
  self->edges = NULL;
  g_clear_pointer (&self->first, g_free);
}
