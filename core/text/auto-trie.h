/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* A trie over bytes with a 32-bit value for each key. Edges lie in one table with open addressing: quick to build, one probe a byte. */
typedef struct
{
  guint64 *edges;  /* (node << 8 | byte) + 1 in the upper, target node in the lower 32 bits; 0: free */
  gint32 *values;  /* by node; -1: no key ends here */
  guint n_nodes, room, mask;
} AutoTrie;

AUTO_INTERNAL void auto_trie_init (AutoTrie *self);
/* The same with room for about so many nodes. */
AUTO_INTERNAL void auto_trie_init_sized (AutoTrie *self, guint expected);
AUTO_INTERNAL void auto_trie_clear (AutoTrie *self);
#define AUTO_TRIE_NONE G_MAXUINT32
/* A node and a byte fit in 32 bits. */
#define AUTO_TRIE_MOST_NODES ((1 << 24) - 2)

/* Node reached from @node by @length bytes, made if need be; AUTO_TRIE_NONE when the trie is full. Node 0 is the root. */
AUTO_INTERNAL guint auto_trie_extend (AutoTrie *self, guint node, const char *bytes, gsize length);
/* FALSE when the trie is full. */
AUTO_INTERNAL gboolean auto_trie_add (AutoTrie *self, const char *key, gsize length, gint32 value);

static inline guint
auto_trie_slot (guint32 key, guint mask)
{
  return (key * 0x9E3779B1u ^ key >> 15) & mask;
}

/* The node after @node by @byte, or AUTO_TRIE_NONE. */
static inline guint
auto_trie_step (const AutoTrie *self, guint node, guint8 byte)
{
  guint32 key = (node << 8 | byte) + 1;

  for (guint at = auto_trie_slot (key, self->mask);; at = (at + 1) & self->mask)
    {
      guint64 edge = self->edges[at];
      if (edge >> 32 == key)
        return (guint32) edge;
      if (edge == 0)
        return AUTO_TRIE_NONE;
    }
}

G_END_DECLS
