/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-token-model.h"

#include <math.h>
#include <string.h>

#include "auto-character-trie.h"

#define UNKNOWN_PENALTY 10.0

typedef struct
{
  gsize ready; /* whether the trie is made: when a word is first looked up, so that loading is quick */
  AutoCharacterTrie trie;
  double least; /* score */
  gboolean byte_fallback;
  gint32 bytes[256]; /* ids of <0x00> … <0xFF>, or -1 */
} Unigram;

/* The best way to a position of the word. */
typedef struct
{
  double score;
  gint32 start; /* of its last piece; -1: no way */
  guint32 id;
} Best;

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
  data->byte_fallback = auto_json_bool (self->fields, "byte_fallback", FALSE);
  data->least = INFINITY;
  for (guint i = 0; self->scores && i < self->scores->len; i++)
    data->least = MIN (data->least, g_array_index (self->scores, double, i));
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
  auto_character_trie_init (&data->trie, self->vocabulary);
  g_once_init_leave (&data->ready, 1);
}

static inline void
offer (Best *target, double score, gsize start, guint32 id)
{
  if (target->start < 0 || score > target->score)
    *target = (Best){ score, start, id };
}

/* What a walk from @at on will look at second: most are to be fetched from memory, which takes as long as the walk before that. */
static inline void
prefetch (const AutoCharacterTrie *trie, const char *word, gsize at, gsize length)
{
  guint size, next_size;

  if (at >= length)
    return;
  gunichar c = auto_utf8_get (word + at, &size);
  if (at + size < length)
    auto_character_trie_prefetch (trie, c, auto_utf8_get (word + at + size, &next_size));
}

/* Viterbi from left to right. FALSE when a character is in no piece and there is no unknown token. */
static gboolean
find_best (const AutoTokenModel *self, const char *word, gsize length, Best *best)
{
  const Unigram *data = self->data;
  const double *scores = self->scores ? (const double *) self->scores->data : NULL;
  double unknown = data->least - UNKNOWN_PENALTY;
  guint size, step;

  for (gsize i = 0; i <= length; i++)
    best[i] = (Best){ 0, -1, 0 };
  for (gsize start = 0; start < length; start += size)
    {
      double here = best[start].score;
      gboolean single = FALSE;
      AutoCharacterWalk walk;
      gboolean on = auto_character_trie_begin (&data->trie, &walk, auto_utf8_get (word + start, &size));
      prefetch (&data->trie, word, start + size, length);
      for (gsize at = start + size; on; at += step)
        {
          if (walk.id >= 0)
            {
              offer (&best[at], scores[walk.id] + here, start, walk.id);
              single |= at - start == size;
            }
          on = at < length && auto_character_trie_step (&data->trie, &walk, auto_utf8_get (word + at, &step));
        }
      if (single)
        continue;
      if (best[start + size].start < 0 || unknown + here > best[start + size].score)
        {
          if (self->unk_id < 0)
            return FALSE;
          best[start + size] = (Best){ unknown + here, start, self->unk_id };
        }
    }
  return TRUE;
}

/* A piece that the vocabulary may not have: its id, or its bytes, or the unknown token. */
static gboolean
add_piece (const AutoTokenModel *self, const char *word, gsize from, gsize to, GArray *tokens)
{
  const Unigram *data = self->data;
  gboolean single = to - from == auto_utf8_size (word[from]); /* then no token is that, unless it is the unknown one */
  gint64 id = single && !data->byte_fallback ? -1 : auto_vocabulary_find (self->vocabulary, word + from, to - from);
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

static gboolean
unigram_tokenize (const AutoTokenModel *self, const char *word, gsize length, GArray *tokens, GError **error)
{
  Best few[128], *best = length < G_N_ELEMENTS (few) ? few : g_new (Best, length + 1);
  make_trie (self, self->data);
  gboolean good = find_best (self, word, length, best);
  gint32 path = -1; /* the way back, turned round: best[i].start becomes the next position */

  if (good)
    for (gint32 at = length, before; at > 0; at = before)
      {
        before = best[at].start;
        best[at].start = path;
        path = at;
      }
  for (gsize from = 0; good && path >= 0;)
    {
      gsize to = path;
      guint32 id = best[path].id;
      path = best[path].start;
      gboolean unknown = self->unk_id >= 0 && id == self->unk_id;
      for (; unknown && path >= 0 && best[path].id == id; path = best[path].start) /* a run of unknown pieces is one */
        to = path;
      if (unknown)
        good = add_piece (self, word, from, to, tokens);
      else
        g_array_append_val (tokens, ((AutoToken){ id, from, to }));
      from = to;
    }
  if (best != few)
    g_free (best);
  if (!good)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                 "a character is not in the vocabulary, and there is no unknown token (\"unk_id\")");
  return good;
}

const AutoTokenModelClass auto_unigram_class = { "Unigram", unigram_prepare, unigram_tokenize, unigram_clear };
