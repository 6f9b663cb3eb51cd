/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-sentencepiece-private.h"

#define UNKNOWN_PENALTY 10.0f

/* A piece of the normalized text. */
typedef struct
{
  gsize begin;
  gsize length;
  gint32 id;
} Part;

static gsize
char_length (const char *text, gsize length)
{
  return MAX (auto_sentencepiece_char (text, length), 1);
}

/* A user-defined symbol, or one character. */
static gsize
symbol_length (const AutoSentencePiece *self, const char *text, gsize length, gboolean *user_defined)
{
  gint32 id = -1;
  gsize matched = auto_sentencepiece_match (&self->user_defined, text, length, &id);

  *user_defined = matched > 0;
  return matched > 0 ? matched : char_length (text, length);
}

/* The piece that the text is, but none that text can't be: control pieces, bytes. */
static gint32
find_known (const AutoSentencePiece *self, const char *text, gsize length)
{
  gint64 id = auto_vocabulary_find (self->known, text, length);

  return id >= 0 ? (gint32) id : self->unknown;
}

static void
add_part (GArray *parts, gsize begin, gsize length, gint32 id)
{
  Part part = { begin, length, id };
  g_array_append_val (parts, part);
}

/* The best way to reach a place of the text. */
typedef struct
{
  gint32 id;
  float score;
  gssize start; /* of the last piece; -1: not reached yet */
} Step;

static void
offer (Step *step, gsize start, gint32 id, float score)
{
  if (step->start < 0 || score > step->score)
    *step = (Step){ id, score, start };
}

static void
offer_pieces (const AutoSentencePiece *self, const AutoTrie *known, Step *steps, const char *text, gsize start, gsize length)
{
  gsize single = char_length (text + start, length - start);
  float before = steps[start].score;
  gboolean has_single = FALSE;
  guint node = 0;

  for (gsize end = start; end < length;)
    {
      node = auto_trie_step (known, node, text[end++]);
      if (node == AUTO_TRIE_NONE)
        break;
      gint32 id = known->values[node];
      if (id < 0 || self->pieces[id].type == AUTO_PIECE_UNUSED)
        continue;
      /* a user-defined piece costs next to nothing, so that it wins */
      gboolean user_defined = self->pieces[id].type == AUTO_PIECE_USER_DEFINED;
      float score = user_defined ? (float) (end - start) * self->highest - 0.1f : self->pieces[id].score;
      offer (&steps[end], start, id, score + before);
      has_single |= end - start == single;
    }
  if (!has_single)
    offer (&steps[start + single], start, self->unknown, (self->lowest - UNKNOWN_PENALTY) + before);
}

static void
encode_unigram (const AutoSentencePiece *self, const char *text, gsize length, GArray *parts)
{
  const AutoTrie *known = auto_sentencepiece_known_trie (self);
  g_autofree Step *steps = g_new (Step, length + 1);
  gsize first = parts->len;

  for (gsize i = 0; i <= length; i++)
    steps[i] = (Step){ -1, 0, -1 };
  for (gsize start = 0; start < length; start += char_length (text + start, length - start))
    offer_pieces (self, known, steps, text, start, length);
  for (gsize end = length; end > 0; end = steps[end].start)
    add_part (parts, steps[end].start, end - steps[end].start, steps[end].id);
  if (length == 0)
    return;
  Part *items = &g_array_index (parts, Part, first);
  for (gsize i = 0, j = parts->len - first; i + 1 < j; i++)
    {
      Part kept = items[i];
      items[i] = items[--j];
      items[j] = kept;
    }
}

typedef struct
{
  gssize previous, next;
  gsize begin, length; /* a symbol that was merged into another has length 0 */
  gboolean frozen;
} Symbol;

typedef struct
{
  gssize left, right;
  gsize length;
  float score;
} Pair;

typedef struct
{
  const AutoSentencePiece *self;
  const char *text;
  GArray *symbols;
  GArray *heap;
  GHashTable *splits; /* of pieces that are not to be used: where they were merged, by id */
} Merger;

/* Whether @a is merged before @b: by score, then from the left. */
static gboolean
goes_first (const Pair *a, const Pair *b)
{
  return a->score > b->score || (a->score == b->score && a->left < b->left);
}

static void
push_pair (GArray *heap, Pair pair)
{
  g_array_append_val (heap, pair);
  Pair *items = (Pair *) (gpointer) heap->data;
  for (gsize i = heap->len - 1; i > 0 && goes_first (&pair, &items[(i - 1) / 2]); i = (i - 1) / 2)
    {
      items[i] = items[(i - 1) / 2];
      items[(i - 1) / 2] = pair;
    }
}

static Pair
pop_pair (GArray *heap)
{
  Pair *items = (Pair *) (gpointer) heap->data, top = items[0], last = items[heap->len - 1];
  gsize n = heap->len - 1, i = 0;

  g_array_set_size (heap, n);
  while (2 * i + 1 < n)
    {
      gsize child = 2 * i + 1;
      if (child + 1 < n && goes_first (&items[child + 1], &items[child]))
        child++;
      if (!goes_first (&items[child], &last))
        break;
      items[i] = items[child];
      i = child;
    }
  if (n > 0)
    items[i] = last;
  return top;
}

static void
offer_merge (Merger *merger, gssize left, gssize right)
{
  const AutoSentencePiece *self = merger->self;
  gint64 id;

  if (left < 0 || right < 0)
    return;
  Symbol *a = &g_array_index (merger->symbols, Symbol, left), *b = &g_array_index (merger->symbols, Symbol, right);
  gsize length = a->length + b->length;
  if (a->frozen || b->frozen || (id = auto_vocabulary_find (self->known, merger->text + a->begin, length)) < 0)
    return;
  if (self->pieces[id].type == AUTO_PIECE_UNUSED)
    g_hash_table_insert (merger->splits, GINT_TO_POINTER (id), GSIZE_TO_POINTER (a->length));
  push_pair (merger->heap, (Pair){ left, right, length, self->pieces[id].score });
}

static void
merge (Merger *merger, const Pair *pair)
{
  Symbol *a = &g_array_index (merger->symbols, Symbol, pair->left), *b = &g_array_index (merger->symbols, Symbol, pair->right);

  /* a pair of which a part has grown or gone is out of date */
  if (a->length == 0 || b->length == 0 || a->length + b->length != pair->length)
    return;
  a->length += b->length;
  a->next = b->next;
  b->length = 0;
  if (b->next >= 0)
    g_array_index (merger->symbols, Symbol, b->next).previous = pair->left;
  offer_merge (merger, a->previous, pair->left);
  offer_merge (merger, pair->left, a->next);
}

/* A merged piece that is not to be used falls apart into what it was merged from. */
static void
add_resegmented (Merger *merger, gsize begin, gsize length, GArray *parts, guint depth)
{
  const AutoSentencePiece *self = merger->self;
  gint32 id = find_known (self, merger->text + begin, length);
  gsize left = 0;

  if (self->pieces[id].type == AUTO_PIECE_UNUSED)
    left = GPOINTER_TO_SIZE (g_hash_table_lookup (merger->splits, GINT_TO_POINTER (id)));
  if (left == 0 || left >= length || depth > 100)
    {
      add_part (parts, begin, length, id);
      return;
    }
  add_resegmented (merger, begin, left, parts, depth + 1);
  add_resegmented (merger, begin + left, length - left, parts, depth + 1);
}

static void
split_symbols (Merger *merger, gsize length)
{
  for (gsize begin = 0, n; begin < length; begin += n)
    {
      Symbol symbol = { .begin = begin };
      n = symbol_length (merger->self, merger->text + begin, length - begin, &symbol.frozen);
      symbol.length = n;
      symbol.previous = (gssize) merger->symbols->len - 1;
      symbol.next = begin + n < length ? (gssize) merger->symbols->len + 1 : -1;
      g_array_append_val (merger->symbols, symbol);
    }
}

static void
encode_bpe (const AutoSentencePiece *self, const char *text, gsize length, GArray *parts)
{
  g_autoptr(GArray) symbols = g_array_new (FALSE, FALSE, sizeof (Symbol)), heap = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_autoptr(GHashTable) splits = g_hash_table_new (NULL, NULL);
  Merger merger = { self, text, symbols, heap, splits };

  split_symbols (&merger, length);
  for (gsize i = 1; i < symbols->len; i++)
    offer_merge (&merger, i - 1, i);
  while (heap->len > 0)
    {
      Pair pair = pop_pair (heap);
      merge (&merger, &pair);
    }
  for (gssize i = symbols->len ? 0 : -1; i >= 0; i = g_array_index (symbols, Symbol, i).next)
    {
      Symbol *symbol = &g_array_index (symbols, Symbol, i);
      add_resegmented (&merger, symbol->begin, symbol->length, parts, 0);
    }
}

static void
encode_char (const AutoSentencePiece *self, const char *text, gsize length, GArray *parts)
{
  gboolean user_defined;

  for (gsize begin = 0, n; begin < length; begin += n)
    {
      n = symbol_length (self, text + begin, length - begin, &user_defined);
      add_part (parts, begin, n, find_known (self, text + begin, n));
    }
}

/* Words begin at a space, even where the model puts it behind them. */
static void
encode_word (const AutoSentencePiece *self, const char *text, gsize length, GArray *parts)
{
  gsize begin = 0, space = strlen (AUTO_SENTENCEPIECE_SPACE);

  for (gsize i = 0, n; i < length; i += n)
    {
      gboolean is_space = length - i >= space && memcmp (text + i, AUTO_SENTENCEPIECE_SPACE, space) == 0;
      n = char_length (text + i, length - i);
      if (is_space && i > begin)
        {
          add_part (parts, begin, i - begin, find_known (self, text + begin, i - begin));
          begin = i;
        }
    }
  if (begin < length)
    add_part (parts, begin, length - begin, find_known (self, text + begin, length - begin));
}

static void
emit (GPtrArray *pieces, GArray *ids, const char *text, gsize length, gint32 id)
{
  if (pieces)
    g_ptr_array_add (pieces, g_strndup (text, length));
  if (ids)
    g_array_append_val (ids, id);
}

/* An unknown part is taken byte by byte where there are byte pieces. */
static void
emit_part (const AutoSentencePiece *self, const char *text, const Part *part, GPtrArray *pieces, GArray *ids)
{
  gboolean bytes = part->id == self->unknown && self->spec.byte_fallback;

  if (!bytes)
    emit (pieces, ids, text + part->begin, part->length, part->id);
  for (gsize i = 0; bytes && i < part->length; i++)
    {
      char name[8];
      guint8 byte = text[part->begin + i];
      g_snprintf (name, sizeof name, "<0x%02X>", byte);
      emit (pieces, ids, name, 6, self->bytes[byte]);
    }
}

void
auto_sentencepiece_encode (const AutoSentencePiece *self, const char *text, gsize length, GPtrArray *pieces, GArray *ids)
{
  gsize n;
  g_autofree char *normalized = auto_sentencepiece_normalize (self, text, length, &n);
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (Part));

  switch (self->spec.model)
    {
    case AUTO_SENTENCEPIECE_UNIGRAM:
      encode_unigram (self, normalized, n, parts);
      break;
    case AUTO_SENTENCEPIECE_BPE:
      encode_bpe (self, normalized, n, parts);
      break;
    case AUTO_SENTENCEPIECE_WORD:
      encode_word (self, normalized, n, parts);
      break;
    default:
      encode_char (self, normalized, n, parts);
    }
  for (guint i = 0; i < parts->len; i++)
    {
      Part *part = &g_array_index (parts, Part, i);
      /* unknown pieces in a row are one */
      while (part->id == self->unknown && !self->spec.byte_fallback && i + 1 < parts->len
             && g_array_index (parts, Part, i + 1).id == self->unknown)
        part->length += g_array_index (parts, Part, ++i).length;
      emit_part (self, normalized, part, pieces, ids);
    }
}
