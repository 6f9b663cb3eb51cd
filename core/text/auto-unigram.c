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

/* A place of the word, before a character: the best way there. */
typedef struct
{
  double score;
  guint32 start, id; /* place and id of its last piece; NO_WAY */
  guint32 at;        /* in bytes */
  gunichar c;
} Place;

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

/* The places of a word, one more than it has characters, and one behind that to look ahead. Returns the number of characters. */
static guint32
set_places (Place *places, const char *word, gsize length)
{
  guint32 n = 0;
  guint size;

  for (gsize at = 0; at < length; at += size)
    places[n++] = (Place){ 0, NO_WAY, 0, at, auto_utf8_get (word + at, &size) };
  places[n] = places[n + 1] = (Place){ 0, NO_WAY, 0, length, NO_CHARACTER };
  return n;
}

static inline void
offer (Place *target, double score, guint32 start, guint32 id)
{
  if (target->start == NO_WAY || score > target->score)
    {
      target->score = score;
      target->start = start;
      target->id = id;
    }
}

/* Viterbi from left to right. FALSE when an unknown character is on the best way and there is no unknown token. */
static gboolean
find_best (const AutoTokenModel *self, Place *places, guint32 n)
{
  const Unigram *data = self->data;
  const AutoCharacterTrie *trie = &data->trie;
  const double *scores = self->scores ? (const double *) self->scores->data : NULL;
  double unknown = data->least - UNKNOWN_PENALTY;

  for (guint32 start = 0; start < n; start++)
    {
      double here = places[start].score;
      const AutoCharacterNode *node = auto_character_trie_begin (trie, places[start].c);
      gboolean single = node && node->id >= 0;
      /* what the next walk looks at second must mostly come from memory, which takes as long as this walk */
      auto_character_trie_prefetch (trie, places[start + 1].c, places[start + 2].c);
      for (guint32 end = start + 1; node; node = auto_character_trie_step (trie, node, places[end++].c))
        if (node->id >= 0)
          offer (&places[end], scores[node->id] + here, start, node->id);
      Place *next = &places[start + 1];
      if (single || (next->start != NO_WAY && unknown + here <= next->score))
        continue;
      if (self->unk_id < 0)
        return FALSE;
      offer (next, unknown + here, start, self->unk_id);
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
turn_round (Place *places, guint32 n)
{
  guint32 n_pieces = 0;

  for (guint32 at = n, next = NO_WAY, before; next != 0; at = before)
    {
      before = places[at].start;
      places[at].start = next;
      next = at;
      n_pieces++;
    }
  return n_pieces - 1;
}

/* The pieces of the best way; a run of unknown ones is one. */
static gboolean
add_pieces (const AutoTokenModel *self, const char *word, const Place *places, guint32 n, guint32 n_pieces, GArray *tokens)
{
  guint added = tokens->len;

  g_array_set_size (tokens, added + n_pieces);
  for (guint32 from = 0, to; from < n; from = to)
    {
      to = places[from].start;
      n_pieces--;
      guint32 id = places[to].id;
      if (G_LIKELY (self->unk_id < 0 || id != self->unk_id))
        {
          g_array_index (tokens, AutoToken, added++) = (AutoToken){ id, places[from].at, places[to].at };
          continue;
        }
      for (; to < n && places[places[to].start].id == id; n_pieces--)
        to = places[to].start;
      g_array_set_size (tokens, added);
      if (!add_unknown (self, word, places[from].at, places[to].at, tokens))
        return FALSE;
      added = tokens->len;
      g_array_set_size (tokens, added + n_pieces);
    }
  return TRUE;
}

static gboolean
unigram_tokenize (const AutoTokenModel *self, const char *word, gsize length, GArray *tokens, GError **error)
{
  Place few[128], *places = length + 2 <= G_N_ELEMENTS (few) ? few : auto_huge_alloc ((length + 2) * sizeof (Place));
  guint32 n = set_places (places, word, length);

  make_trie (self, self->data);
  gboolean good = find_best (self, places, n);
  if (good)
    good = add_pieces (self, word, places, n, turn_round (places, n), tokens);
  if (places != few)
    free (places);
  if (!good)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                 "a character is not in the vocabulary, and there is no unknown token (\"unk_id\")");
  return good;
}

const AutoTokenModelClass auto_unigram_class = { "Unigram", unigram_prepare, unigram_tokenize, unigram_clear };
