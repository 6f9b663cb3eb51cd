/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-trie.h"


void
auto_trie_init_sized (AutoTrie *self, guint expected)
{
  self->room = MAX (expected, 256);
  self->n_nodes = 1;
  self->values = g_new (gint32, self->room);
  self->values[0] = -1;
  for (self->mask = 1023; self->mask / 2 < expected && self->mask < 1 << 24;)
    self->mask = self->mask * 2 + 1;
  self->edges = g_new0 (guint64, self->mask + 1);
}

void
auto_trie_init (AutoTrie *self)
{
  auto_trie_init_sized (self, 0);
}

void
auto_trie_clear (AutoTrie *self)
{
  g_clear_pointer (&self->values, g_free);
  g_clear_pointer (&self->edges, g_free);
}

static void
insert (AutoTrie *self, guint32 key, guint target)
{
  guint at = auto_trie_slot (key, self->mask);

  while (self->edges[at])
    at = (at + 1) & self->mask;
  self->edges[at] = (guint64) key << 32 | target;
}

static guint
new_node (AutoTrie *self)
{
  if (self->n_nodes == self->room)
    {
      self->room *= 2;
      self->values = g_renew (gint32, self->values, self->room);
    }
  if (self->n_nodes * 2 > self->mask)
    {
      guint64 *old = self->edges;
      guint n = self->mask + 1;
      self->mask = n * 4 - 1;
      self->edges = g_new0 (guint64, n * 4);
      for (guint i = 0; i < n; i++)
        if (old[i])
          insert (self, old[i] >> 32, old[i]);
      g_free (old);
    }
  self->values[self->n_nodes] = -1;
  return self->n_nodes++;
}

guint
auto_trie_extend (AutoTrie *self, guint node, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      guint next = auto_trie_step (self, node, bytes[i]);
      if (next == AUTO_TRIE_NONE)
        {
          if (self->n_nodes >= AUTO_TRIE_MOST_NODES)
            return AUTO_TRIE_NONE;
          next = new_node (self);
          insert (self, (node << 8 | (guint8) bytes[i]) + 1, next);
        }
      node = next;
    }
  return node;
}

gboolean
auto_trie_add (AutoTrie *self, const char *key, gsize length, gint32 value)
{
  guint node = auto_trie_extend (self, 0, key, length);

  if (node == AUTO_TRIE_NONE)
    return FALSE;
  self->values[node] = value;
  return TRUE;
}
