/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-character-trie.h"

#include "../base/auto-huge.h"

#include <string.h>

#define DIGIT_BITS 11
#define N_DIGITS 6 /* of a key of 8 bytes */
#define AHEAD 16

/* A text and its first bytes, which order it as a number. */
typedef struct
{
  guint64 key;
  guint32 index;
} Sorted;

/* Texts [from, to), sorted, that have their first @offset bytes in common, which lead to @node. */
typedef struct
{
  guint32 from, to, offset, node;
} Group;

typedef struct
{
  AutoCharacterTrie *trie;
  AutoCharacterText *texts; /* sorted */
  GArray *groups;           /* Group: left to do */
  guint n_nodes, room;
  GArray *hidden;
} Builder;

/* Which order characters have doesn't matter as long as texts that begin alike come together: the mark that many tokens begin with is
 * one byte of the key, so that more of the rest has room. */
static guint64
sort_key (const AutoCharacterText *text)
{
  static const char mark[] = "▁";
  gboolean marked = text->length >= 3 && memcmp (text->text, mark, 3) == 0;
  guint skipped = marked ? 2 : 0;
  guint64 key = 0;

  memcpy (&key, text->text + skipped, MIN (text->length - skipped, sizeof key));
  if (marked)
    ((guint8 *) &key)[0] = 0xFF; /* no byte of UTF-8 */
  return GUINT64_FROM_BE (key);
}

static guint
digit_of (guint64 key, guint digit)
{
  return key >> digit * DIGIT_BITS & ((1 << DIGIT_BITS) - 1);
}

/* By the key: digit after digit, the last first. Returns the one of both arrays that holds the result. */
static Sorted *
sort_by_key (Sorted *source, Sorted *target, guint n)
{
  g_autofree guint32 *counts = g_new0 (guint32, N_DIGITS << DIGIT_BITS);

  for (guint i = 0; i < n; i++)
    for (guint digit = 0; digit < N_DIGITS; digit++)
      counts[(digit << DIGIT_BITS) + digit_of (source[i].key, digit)]++;
  for (guint digit = 0; digit < N_DIGITS; digit++)
    {
      guint32 *places = counts + (digit << DIGIT_BITS), place = 0;
      for (guint value = 0; value < 1 << DIGIT_BITS; value++)
        {
          guint32 count = places[value];
          places[value] = place;
          place += count;
        }
      for (guint i = 0; i < n; i++)
        target[places[digit_of (source[i].key, digit)]++] = source[i];
      Sorted *swap = source;
      source = target;
      target = swap;
    }
  return source;
}

static gboolean
is_before (const AutoCharacterText *a, const AutoCharacterText *b)
{
  int order = memcmp (a->text, b->text, MIN (a->length, b->length));
  return order < 0 || (order == 0 && a->length < b->length);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return is_before (a, b) ? -1 : is_before (b, a);
}

#define FEW 32

/* Those with the same key; equal ones stay as they came. */
static void
sort_few (AutoCharacterText *texts, guint n)
{
  if (n > FEW)
    {
      g_qsort_with_data (texts, n, sizeof *texts, (GCompareDataFunc) compare_texts, NULL); /* which is stable */
      return;
    }
  for (guint i = 1; i < n; i++)
    {
      AutoCharacterText text = texts[i];
      guint at = i;
      for (; at > 0 && is_before (&text, &texts[at - 1]); at--)
        texts[at] = texts[at - 1];
      texts[at] = text;
    }
}

/* Copies of the texts in order, their bytes one after another in @bytes, so that what is read together lies together. */
static AutoCharacterText *
sort_texts (const AutoCharacterText *texts, guint n, char **bytes)
{
  g_autofree Sorted *entries = g_new (Sorted, n), *spare = g_new (Sorted, n);
  AutoCharacterText *result = g_new (AutoCharacterText, n);
  gsize total = 0;
  guint to;

  for (guint i = 0; i < n; i++)
    {
      entries[i] = (Sorted){ sort_key (&texts[i]), i };
      total += texts[i].length;
    }
  const Sorted *sorted = sort_by_key (entries, spare, n);
  char *at = *bytes = g_malloc (total + 1);
  for (guint i = 0; i < n; i++)
    {
      if (i + 2 * AHEAD < n)
        __builtin_prefetch (&texts[sorted[i + 2 * AHEAD].index]);
      if (i + AHEAD < n)
        __builtin_prefetch (texts[sorted[i + AHEAD].index].text);
      const AutoCharacterText *text = &texts[sorted[i].index];
      result[i] = (AutoCharacterText){ memcpy (at, text->text, text->length), text->length, text->id };
      at += text->length;
    }
  for (guint from = 0; from < n; from = to)
    {
      for (to = from + 1; to < n && sorted[to].key == sorted[from].key; to++)
        ;
      if (to - from > 1)
        sort_few (result + from, to - from);
    }
  return result;
}

/* The place behind the nodes that there are, with room for @n more. */
static guint32
make_room (Builder *self, guint n)
{
  if (n > self->room - self->n_nodes)
    {
      self->room = MAX (self->room * 2, self->n_nodes + n);
      AutoCharacterNode *nodes = auto_huge_alloc (self->room * sizeof (AutoCharacterNode));
      memcpy (nodes, self->trie->nodes, self->n_nodes * sizeof (AutoCharacterNode));
      free (self->trie->nodes);
      self->trie->nodes = nodes;
    }
  return self->n_nodes;
}

/* A table of nodes, all of them empty. */
static guint32
add_nodes (Builder *self, guint n)
{
  guint32 place = make_room (self, n);

  for (guint i = 0; i < n; i++)
    self->trie->nodes[place + i] = (AutoCharacterNode){ 0, AUTO_CHARACTER_NONE, 0, -1 };
  self->n_nodes += n;
  return place;
}

static guint
bits_for (guint n)
{
  guint bits = 0;

  for (guint wanted = n > 4 ? n + n / 2 : n; 1u << bits < wanted;)
    bits++;
  return bits;
}

static inline gunichar
character_at (const Builder *self, guint32 at, guint32 offset, guint *size)
{
  return auto_utf8_get (self->texts[at].text + offset, size);
}

/* The first text after @from that doesn't go on with @c: steps grow and shrink, so that a large group takes few looks. */
static guint32
find_end (const Builder *self, const Group *group, gunichar c)
{
  guint32 same = group->from, step = 1;
  guint size;

  while (same + step < group->to && character_at (self, same + step, group->offset, &size) == c)
    {
      same += step;
      step *= 2;
    }
  for (; step > 0; step /= 2)
    if (same + step < group->to && character_at (self, same + step, group->offset, &size) == c)
      same += step;
  return same + 1;
}

/* Leaves out the texts that end at the group's offset; the id of the last of them, or -1. */
static gint32
take_ended (Builder *self, Group *group)
{
  gint32 id = -1;

  for (; group->from < group->to && self->texts[group->from].length == group->offset; group->from++)
    {
      if (id >= 0 && self->hidden)
        g_array_append_val (self->hidden, id);
      id = self->texts[group->from].id;
    }
  return id;
}

/* The characters of one text after another, behind @node. */
static void
add_rest (Builder *self, const AutoCharacterText *text, guint32 offset, guint32 node)
{
  guint32 place = make_room (self, text->length - offset);
  AutoCharacterNode *nodes = self->trie->nodes, *at = &nodes[node];
  guint size;

  for (; offset < text->length; offset += size)
    {
      gunichar c = auto_utf8_get (text->text + offset, &size);
      at->place = place;
      at->kinds = 1u << c % 32;
      at = &nodes[place++];
      *at = (AutoCharacterNode){ 0, c, 0, -1 };
    }
  at->id = text->id;
  self->n_nodes = place;
}

/* Puts the next characters of a group, one for each of the groups from @first on, into a table. */
static AutoCharacterNode
add_table (Builder *self, guint first)
{
  guint n = self->groups->len - first, bits = bits_for (n), mask = (1u << bits) - 1, size;
  AutoCharacterNode filled = { n ? add_nodes (self, 1u << bits) : 0, bits << AUTO_CHARACTER_BITS_SHIFT, 0, -1 };
  Group *heads = &g_array_index (self->groups, Group, first);

  for (guint i = 0; i < n; i++)
    {
      gunichar c = character_at (self, heads[i].from, heads[i].offset, &size);
      guint32 at = auto_character_home (c, mask);
      while (self->trie->nodes[filled.place + at].character != AUTO_CHARACTER_NONE)
        at = (at + 1) & mask;
      heads[i].node = filled.place + at;
      heads[i].offset += size;
      self->trie->nodes[heads[i].node].character = c;
      filled.kinds |= 1u << c % 32;
    }
  return filled;
}

/* Gives the node of a group its id and those that follow, which are left to do. */
static void
do_group (Builder *self, Group group)
{
  guint first = self->groups->len, size;

  if (group.to - group.from == 1 && group.offset > 0)
    {
      add_rest (self, &self->texts[group.from], group.offset, group.node);
      return;
    }
  gint32 id = take_ended (self, &group);
  for (guint32 to; group.from < group.to; group.from = to)
    {
      to = find_end (self, &group, character_at (self, group.from, group.offset, &size));
      g_array_append_val (self->groups, ((Group){ group.from, to, group.offset, 0 }));
    }
  AutoCharacterNode filled = add_table (self, first), *node = group.offset ? &self->trie->nodes[group.node] : &self->trie->root;
  if (group.offset)
    filled.character |= node->character;
  filled.id = id;
  *node = filled;
}

void
auto_character_trie_init (AutoCharacterTrie *self, const AutoCharacterText *texts, guint n, GArray *hidden)
{
  g_autofree char *bytes = NULL;
  g_autofree AutoCharacterText *sorted = sort_texts (texts, n, &bytes);
  g_autoptr(GArray) groups = g_array_new (FALSE, FALSE, sizeof (Group));
  Builder builder = { self, sorted, groups, 0, MAX (n, 1) * 4, hidden };
  Group group = { 0, n, 0, 0 };

  *self = (AutoCharacterTrie){ .nodes = auto_huge_alloc (builder.room * sizeof (AutoCharacterNode)) };
  for (g_array_append_val (groups, group); groups->len;)
    {
      group = g_array_index (groups, Group, groups->len - 1);
      g_array_set_size (groups, groups->len - 1);
      do_group (&builder, group);
    }
  self->first = g_new0 (AutoCharacterNode, AUTO_CHARACTER_FIRSTS);
  for (guint i = 0; self->root.kinds && i <= auto_character_node_mask (&self->root); i++)
    {
      const AutoCharacterNode *node = &self->nodes[self->root.place + i];
      gunichar c = node->character & AUTO_CHARACTER_NONE;
      if (c < AUTO_CHARACTER_FIRSTS)
        self->first[c] = *node;
    }
}

void
auto_character_trie_init_vocabulary (AutoCharacterTrie *self, const AutoVocabulary *vocabulary)
{
  guint n = auto_vocabulary_size (vocabulary);
  g_autofree AutoCharacterText *texts = g_new (AutoCharacterText, n);
  gsize length;

  for (guint i = 0; i < n; i++)
    {
      texts[i].text = auto_vocabulary_nth (vocabulary, i, &length, &texts[i].id);
      texts[i].length = length;
    }
  auto_character_trie_init (self, texts, n, NULL);
}

void
auto_character_trie_clear (AutoCharacterTrie *self)
{
  free (self->nodes);
  self->nodes = NULL;
  g_clear_pointer (&self->first, g_free);
}
