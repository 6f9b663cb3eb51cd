/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-token-model.h"

#include <math.h>
#include <string.h>

#include "../base/auto-huge.h"
#include "auto-character-trie.h"

#define UNKNOWN_PENALTY 10.0
#define LARGE_SCORE 1e6 /* sums of such lose no penalty */

typedef struct
{
  gsize ready; /* whether the trie is made: when a word is first looked up, so that loading is quick */
  AutoCharacterTrie trie;
  double least; /* score */
  gboolean odd_scores; /* whether several unknown characters can be better than one piece */
  gboolean byte_fallback;
  gint32 bytes[256]; /* ids of <0x00> … <0xFF>, or -1 */
  gsize unk_length;  /* bytes of the unknown token's own text, which may stand in a word */
} Unigram;

/* A place of the word, before a character: the score of the best way there. */
typedef struct
{
  double score;
  gunichar c;
  gboolean reached;
} Place;

/* The last piece of the best way to a place: the place where it starts, and its id. */
typedef struct
{
  guint32 start, id;
} Piece;

/* A word on its way. Places are kept no longer than a piece can reach, those of a long word in turn in the same memory. */
typedef struct
{
  const char *at, *end; /* the characters that were not yet read */
  Place *places;        /* by their numbers modulo a power of two, mask + 1 */
  Piece *pieces;        /* by places */
  guint32 n, mask;
} Lattice;

#define NO_WAY G_MAXUINT32
#define NO_CHARACTER 0x110000 /* after the word: no piece goes on with it */

static gboolean
unigram_prepare (AutoTokenModel *self, GError **error)
{
  Unigram *data = self->data = g_new0 (Unigram, 1);
  gint64 unk = auto_json_int (self->fields, "unk_id", -1);
  char name[8];

  if (unk >= 0 && (!self->scores || unk >= self->scores->len))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "model: \"unk_id\" %" G_GINT64_FORMAT " is not in the vocabulary", unk);
      return FALSE;
    }
  self->unk_id = unk;
  self->unk_keeps_text = TRUE;
  auto_vocabulary_token (self->vocabulary, unk, &data->unk_length);
  data->byte_fallback = auto_json_bool (self->fields, "byte_fallback", FALSE);
  data->least = INFINITY;
  for (guint i = 0; self->scores && i < self->scores->len; i++)
    data->least = MIN (data->least, g_array_index (self->scores, double, i));
  data->odd_scores = !(data->least < UNKNOWN_PENALTY && data->least > -LARGE_SCORE);
  if (auto_vocabulary_bytes (self->vocabulary) >= AUTO_CHARACTER_TRIE_MOST_BYTES)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "model: the texts of the vocabulary are too long");
      return FALSE;
    }
  for (int c = 0; c < 256; c++)
    {
      g_snprintf (name, sizeof name, "<0x%02X>", c);
      data->bytes[c] = auto_vocabulary_find (self->vocabulary, name, 6);
    }
  return TRUE;
}

static void
unigram_clear (AutoTokenModel *self)
{
  Unigram *data = self->data;

  if (data)
    auto_character_trie_clear (&data->trie);
  g_free (data);
}

static void
make_trie (const AutoTokenModel *self, Unigram *data)
{
  if (!g_once_init_enter (&data->ready))
    return;
  auto_character_trie_init_vocabulary (&data->trie, self->vocabulary);
  g_once_init_leave (&data->ready, 1);
}

#define SHORT 125 /* characters of a word that takes no memory of its own */
#define SHORT_PLACES 128
#define LOOKED_AT 3 /* places, more than a piece has characters: its ends, and one behind */

/* Makes room for the number-th place, whose character is the next one. */
static inline void
read_place (Lattice *self, guint32 number)
{
  gunichar c = NO_CHARACTER;
  guint size = 0;

  if (self->at < self->end)
    c = auto_utf8_get (self->at, &size);
  self->at += size;
  self->places[number & self->mask] = (Place){ 0, c, FALSE };
}

static inline void
offer (const Lattice *self, guint32 number, double score, guint32 start, guint32 id)
{
  Place *place = &self->places[number & self->mask];

  if (place->reached && score <= place->score)
    return;
  place->score = score;
  place->reached = TRUE;
  self->pieces[number] = (Piece){ start, id };
}

/* Viterbi from left to right. FALSE when an unknown character is on the best way and there is no unknown token. */
static gboolean
find_best (const AutoTokenModel *self, Lattice *lattice)
{
  const Unigram *data = self->data;
  const AutoCharacterTrie *trie = &data->trie;
  const double *scores = self->scores ? (const double *) self->scores->data : NULL;
  double unknown = data->least - UNKNOWN_PENALTY;
  const Place *places = lattice->places;
  guint32 mask = lattice->mask;

  for (guint32 start = 0; start < lattice->n; start++)
    {
      double here = places[start & mask].score;
      const AutoCharacterNode *node = auto_character_trie_begin (trie, places[start & mask].c);
      gboolean single = node && node->id >= 0;
      const Place *next = &places[(start + 1) & mask];
      /* what the next walk looks at second must mostly come from memory, which takes as long as this walk */
      auto_character_trie_prefetch (trie, next->c, places[(start + 2) & mask].c);
      for (guint32 end = start + 1; node; node = auto_character_trie_step (trie, node, places[end++ & mask].c))
        if (node->id >= 0)
          offer (lattice, end, scores[node->id] + here, start, node->id);
      if (!single && !(next->reached && unknown + here <= next->score))
        {
          if (self->unk_id < 0)
            return FALSE;
          offer (lattice, start + 1, unknown + here, start, self->unk_id);
        }
      if (start + mask + 1 < lattice->n + LOOKED_AT)
        read_place (lattice, start + mask + 1);
    }
  return TRUE;
}

/* A run of unknown characters: its id, or its bytes, or the unknown token. The vocabulary has the unknown token's own text, and others only where
 * scores are odd. */
static gboolean
add_unknown (const AutoTokenModel *self, const char *word, gsize from, gsize to, GArray *tokens)
{
  const Unigram *data = self->data;
  gint64 id = data->odd_scores || to - from == data->unk_length ? auto_vocabulary_find (self->vocabulary, word + from, to - from) : -1;
  gboolean spelled = id < 0 && data->byte_fallback;

  for (gsize i = from; spelled && i < to; i++)
    spelled = data->bytes[(guchar) word[i]] >= 0;
  for (gsize i = from; spelled && i < to; i++)
    g_array_append_val (tokens, ((AutoToken){ data->bytes[(guchar) word[i]], from, to }));
  if (spelled)
    return TRUE;
  if (id < 0)
    id = self->unk_id;
  if (id >= 0)
    g_array_append_val (tokens, ((AutoToken){ id, from, to }));
  return id >= 0;
}

/* Turns the best way round: each place on it leads to the next. Returns the number of its pieces. */
static guint32
turn_round (Piece *pieces, guint32 n)
{
  guint32 n_pieces = 0;

  for (guint32 at = n, next = NO_WAY, before; next != 0; at = before)
    {
      before = pieces[at].start;
      pieces[at].start = next;
      next = at;
      n_pieces++;
    }
  return n_pieces - 1;
}

static inline gsize
skip_characters (const char *word, gsize at, guint32 n)
{
  for (; n > 0; n--)
    at += auto_utf8_size (word[at]);
  return at;
}

/* The pieces of the best way; a run of unknown ones is one. */
static gboolean
add_pieces (const AutoTokenModel *self, const char *word, const Piece *pieces, guint32 n, guint32 n_pieces, GArray *tokens)
{
  guint added = tokens->len;
  gsize at = 0, end;

  g_array_set_size (tokens, added + n_pieces);
  for (guint32 from = 0, to; from < n; from = to, at = end)
    {
      to = pieces[from].start;
      n_pieces--;
      guint32 id = pieces[to].id;
      if (G_LIKELY (self->unk_id < 0 || id != self->unk_id))
        {
          end = skip_characters (word, at, to - from);
          g_array_index (tokens, AutoToken, added++) = (AutoToken){ id, at, end };
          continue;
        }
      for (; to < n && pieces[pieces[to].start].id == id; n_pieces--)
        to = pieces[to].start;
      end = skip_characters (word, at, to - from);
      g_array_set_size (tokens, added);
      if (!add_unknown (self, word, at, end, tokens))
        return FALSE;
      added = tokens->len;
      g_array_set_size (tokens, added + n_pieces);
    }
  return TRUE;
}

/* Places for as far as a piece can reach, and one behind that to look ahead. */
static guint32
places_for (const AutoTokenModel *self, guint32 n)
{
  guint32 wanted = MIN (n, auto_vocabulary_longest (self->vocabulary)) + LOOKED_AT, size = SHORT_PLACES;

  while (size < wanted)
    size *= 2;
  return size;
}

static gboolean
unigram_tokenize (const AutoTokenModel *self, const char *word, gsize length, GArray *tokens, GError **error)
{
  Place few_places[SHORT_PLACES];
  Piece few_pieces[SHORT + 1];
  guint32 n = auto_utf8_count (word, length), size = places_for (self, n);
  Lattice lattice = { word, word + length, size == SHORT_PLACES ? few_places : g_new (Place, size),
                      n <= SHORT ? few_pieces : auto_huge_alloc ((n + 1) * sizeof (Piece)), n, size - 1 };

  make_trie (self, self->data);
  for (guint32 i = 0; i < size && i < n + LOOKED_AT; i++)
    read_place (&lattice, i);
  lattice.pieces[0] = (Piece){ NO_WAY, 0 };
  gboolean good = find_best (self, &lattice);
  if (good)
    good = add_pieces (self, word, lattice.pieces, n, turn_round (lattice.pieces, n), tokens);
  if (lattice.places != few_places)
    g_free (lattice.places);
  if (lattice.pieces != few_pieces)
    free (lattice.pieces);
  if (!good)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                 "a character is not in the vocabulary, and there is no unknown token (\"unk_id\")");
  return good;
}

const AutoTokenModelClass auto_unigram_class = { "Unigram", unigram_prepare, unigram_tokenize, unigram_clear };
