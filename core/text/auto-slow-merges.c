/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-slow-merges.h"

#include <string.h>

#include "auto-python-text.h"

static guint32
intern (AutoVocabulary *symbols, const char *text, gsize length)
{
  gint64 id = auto_vocabulary_find (symbols, text, length);

  if (id >= 0)
    return id;
  id = auto_vocabulary_size (symbols);
  auto_vocabulary_add (symbols, text, length, id);
  return id;
}

typedef struct
{
  const char *words[2];
  gsize lengths[2];
  guint n;
} Pair;

static void
add_word (const char *word, gsize length, gpointer data)
{
  Pair *pair = data;

  if (pair->n < 2)
    pair->words[pair->n] = word, pair->lengths[pair->n] = length;
  pair->n++;
}

static void
add_merge (AutoSlowMerges *self, const char *line, gsize length, guint rank, AutoMergesLines lines)
{
  Pair pair = { .n = 0 };

  auto_python_split (line, length, add_word, &pair);
  gboolean good = lines == AUTO_MERGES_COUNTED ? pair.n >= 2 : pair.n == (lines == AUTO_MERGES_ALWAYS_COUNTED ? 3 : 2);
  if (!good) /* counts as a rank, but nothing is ever merged by it */
    return;
  g_autofree char *merged = g_malloc (pair.lengths[0] + pair.lengths[1]);
  memcpy (merged, pair.words[0], pair.lengths[0]);
  memcpy (merged + pair.lengths[0], pair.words[1], pair.lengths[1]);
  guint32 left = intern (self->symbols, pair.words[0], pair.lengths[0]), right = intern (self->symbols, pair.words[1], pair.lengths[1]);
  auto_merge_table_add (&self->table, left, right, (AutoMergeResult){ rank, intern (self->symbols, merged, pair.lengths[0] + pair.lengths[1]) });
}

void
auto_merge_lines_init (AutoMergeLines *self, const char *text, gsize length, AutoMergesLines lines, guint most)
{
  if (lines == AUTO_MERGES_STRIPPED)
    {
      auto_python_lstrip (&text, &length);
      auto_python_rstrip (text, &length);
    }
  *self = (AutoMergeLines){ text, text + length, lines, 0, most ? most : G_MAXUINT };
}

gboolean
auto_merge_lines_next (AutoMergeLines *self, const char **line, gsize *length)
{
  gboolean whole = self->lines == AUTO_MERGES_INNER || self->lines >= AUTO_MERGES_ALL, headed = self->lines <= AUTO_MERGES_STRIPPED;

  while (self->at < self->end && self->left)
    {
      const char *start = self->at, *end = memchr (start, '\n', self->end - start), *word = start;
      gsize n = (end ? end : self->end) - start, rest = n;
      self->at = end ? end + 1 : self->end;
      if ((whole && !end) || (self->number++ == 0 && headed))
        continue;
      auto_python_lstrip (&word, &rest);
      if (self->lines == AUTO_MERGES_UNCOMMENTED && (!rest || *word == '#'))
        continue;
      *line = start;
      *length = n;
      self->left--;
      return TRUE;
    }
  return FALSE;
}

AutoSlowMerges *
auto_slow_merges_new (const char *text, gsize length, AutoMergesLines lines, guint most)
{
  AutoSlowMerges *self = g_new0 (AutoSlowMerges, 1);
  AutoMergeLines reader;
  const char *line;
  guint n_lines = 1, rank = 0;
  gsize n;

  for (gsize i = 0; i < length; i++)
    n_lines += text[i] == '\n';
  self->symbols = auto_vocabulary_new ();
  auto_merge_table_init (&self->table, n_lines, 0);
  auto_merge_lines_init (&reader, text, length, lines, most);
  while (auto_merge_lines_next (&reader, &line, &n))
    add_merge (self, line, n, rank++, lines);
  return self;
}

void
auto_slow_merges_free (AutoSlowMerges *self)
{
  auto_vocabulary_free (self->symbols);
  auto_merge_table_clear (&self->table);
  g_free (self);
}

/* A symbol of the word; those that were merged into the one before them are gone. */
typedef struct
{
  gsize end;
  gint64 id; /* -1: can't be merged */
  guint previous, next;
  gboolean gone;
} Symbol;

typedef struct
{
  guint rank, left;
  gint64 left_id, right_id;
  guint32 merged;
} Candidate;

#define NONE G_MAXUINT

static gboolean
goes_first (const Candidate *a, const Candidate *b)
{
  return a->rank != b->rank ? a->rank < b->rank : a->left < b->left;
}

static void
push (GArray *heap, Candidate candidate)
{
  g_array_append_val (heap, candidate);
  Candidate *items = (Candidate *) (gpointer) heap->data;
  for (gsize i = heap->len - 1; i > 0 && goes_first (&candidate, &items[(i - 1) / 2]); i = (i - 1) / 2)
    {
      items[i] = items[(i - 1) / 2];
      items[(i - 1) / 2] = candidate;
    }
}

static Candidate
pop (GArray *heap)
{
  Candidate *items = (Candidate *) (gpointer) heap->data, top = items[0], last = items[heap->len - 1];
  gsize n = heap->len - 1, i = 0;

  g_array_set_size (heap, n);
  while (2 * i + 1 < n)
    {
      gsize child = 2 * i + 1;
      child += child + 1 < n && goes_first (&items[child + 1], &items[child]);
      if (!goes_first (&items[child], &last))
        break;
      items[i] = items[child];
      i = child;
    }
  if (n)
    items[i] = last;
  return top;
}

static void
offer (const AutoSlowMerges *self, const Symbol *symbols, guint left, guint right, GArray *heap)
{
  if (left == NONE || right == NONE || symbols[left].id < 0 || symbols[right].id < 0)
    return;
  AutoMergeResult found = auto_merge_table_find (&self->table, symbols[left].id, symbols[right].id);
  if (found.rank != AUTO_NO_RANK)
    push (heap, (Candidate){ found.rank, left, symbols[left].id, symbols[right].id, found.merged });
}

/* Takes all candidates of the best rank from the heap, then merges those that still stand: what that makes comes after them, even with a
 * better rank. */
static void
merge_best (const AutoSlowMerges *self, Symbol *symbols, GArray *heap, GArray *batch)
{
  guint rank = g_array_index (heap, Candidate, 0).rank;

  g_array_set_size (batch, 0);
  while (heap->len && g_array_index (heap, Candidate, 0).rank == rank)
    g_array_append_val (batch, ((Candidate){ 0 })), g_array_index (batch, Candidate, batch->len - 1) = pop (heap);
  for (guint i = 0; i < batch->len; i++)
    {
      const Candidate *candidate = &g_array_index (batch, Candidate, i);
      Symbol *left = &symbols[candidate->left], *right = left->next == NONE ? NULL : &symbols[left->next];
      if (left->gone || !right || left->id != candidate->left_id || right->id != candidate->right_id)
        continue;
      left->end = right->end;
      left->id = candidate->merged;
      left->next = right->next;
      right->gone = TRUE;
      if (left->next != NONE)
        symbols[left->next].previous = candidate->left;
      offer (self, symbols, left->previous, candidate->left, heap);
      offer (self, symbols, candidate->left, left->next, heap);
    }
}

void
auto_slow_merges_apply (const AutoSlowMerges *self, const char *text, GArray *ends)
{
  guint n = ends->len;
  g_autofree Symbol *symbols = n > 1 ? g_new (Symbol, n) : NULL;
  g_autoptr(GArray) heap = g_array_new (FALSE, FALSE, sizeof (Candidate)), batch = g_array_new (FALSE, FALSE, sizeof (Candidate));

  if (n < 2)
    return;
  for (guint i = 0; i < n; i++)
    {
      gsize begin = i ? g_array_index (ends, gsize, i - 1) : 0, end = g_array_index (ends, gsize, i);
      symbols[i] = (Symbol){ end, auto_vocabulary_find (self->symbols, text + begin, end - begin), i ? i - 1 : NONE,
                             i + 1 < n ? i + 1 : NONE, FALSE };
    }
  for (guint i = 1; i < n; i++)
    offer (self, symbols, i - 1, i, heap);
  while (heap->len)
    merge_best (self, symbols, heap, batch);
  g_array_set_size (ends, 0);
  for (guint i = 0; i < n; i++)
    if (!symbols[i].gone)
      g_array_append_val (ends, symbols[i].end);
}
