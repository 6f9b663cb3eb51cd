/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-json-vocabulary.h"

#include "../base/auto-huge.h"
#include "auto-json-gap.h"

static gboolean
add_token (AutoJsonReader *reader, AutoVocabulary *vocabulary, const char *text, gsize length, gint64 id)
{
  AutoKey key = auto_json_lasts (reader, text) ? auto_key_within (text, length, reader->end) : auto_key (text, length);

  if (auto_vocabulary_append (vocabulary, &key, id))
    return TRUE;
  auto_json_reader_fail (reader, "an id of the vocabulary is negative or far too large, or there are far too many");
  return FALSE;
}

/* Tokens behind one that was read, as long as they look like it. */
static void
read_like_tokens (AutoJsonReader *reader, AutoVocabulary *vocabulary, const AutoJsonGap *comma, const AutoJsonGap *colon)
{
  const char *start = reader->at, *text;
  gsize length;
  guint32 id;

  while (auto_json_has_room (reader) && auto_json_gap_skip (comma, reader) && auto_json_quick_string (reader, &text, &length)
         && auto_json_gap_skip (colon, reader) && auto_json_quick_uint (reader, &id))
    {
      if (!add_token (reader, vocabulary, text, length, id))
        return;
      start = reader->at;
    }
  reader->at = start;
}

void
auto_json_read_vocabulary (AutoJsonReader *reader, AutoVocabulary *vocabulary)
{
  AutoJsonGap comma = { .length = 0 }, colon;
  const char *text, *behind = NULL;
  gsize length;
  gint64 id;

  auto_vocabulary_expect (vocabulary, auto_json_guess_number (reader));
  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &text, &length);)
    {
      gboolean stays = auto_json_lasts (reader, text);
      auto_json_reader_peek (reader);
      if (stays && behind)
        auto_json_gap_learn (&comma, behind, text);
      if (stays)
        auto_json_gap_learn (&colon, text + length, reader->at);
      if (!auto_json_reader_int (reader, &id) || !add_token (reader, vocabulary, text, length, id))
        break;
      if (stays)
        read_like_tokens (reader, vocabulary, &comma, &colon);
      behind = reader->at;
    }
  auto_vocabulary_index (vocabulary);
}

typedef struct
{
  AutoJsonReader *reader;
  AutoVocabulary *vocabulary;
  GArray *scores;
  AutoJsonGap inside, between; /* between a token and its score, and between a score and a token */
  const char *behind;          /* where the score before ended */
} ScoreReader;

#define SCORES_AT_ONCE 64

/* Pairs behind one whose score was just read, as long as they look like it. */
static void
read_like_scores (ScoreReader *self)
{
  AutoJsonReader *reader = self->reader;
  GArray *scores = self->scores;
  double some[SCORES_AT_ONCE];
  const char *start = reader->at, *text;
  gsize length;
  guint n = 0;

  while (auto_json_has_room (reader) && auto_json_gap_skip (&self->between, reader) && auto_json_quick_string (reader, &text, &length)
         && auto_json_gap_skip (&self->inside, reader) && auto_json_reader_double (reader, &some[n])
         && add_token (reader, self->vocabulary, text, length, scores->len + n))
    {
      start = reader->at;
      if (++n == SCORES_AT_ONCE)
        {
          g_array_append_vals (scores, some, n);
          n = 0;
        }
    }
  g_array_append_vals (scores, some, n);
  if (!reader->error)
    reader->at = start;
}

/* A token's score. @text: the token, or NULL when it doesn't last. */
static void
read_score (ScoreReader *self, const char *text, gsize length)
{
  AutoJsonReader *reader = self->reader;
  double score;

  auto_json_reader_peek (reader);
  const char *start = reader->at;
  if (!auto_json_reader_double (reader, &score))
    return;
  g_array_append_val (self->scores, score);
  if (text && self->behind)
    auto_json_gap_learn (&self->between, self->behind, text);
  if (text)
    {
      auto_json_gap_learn (&self->inside, text + length, start);
      read_like_scores (self);
    }
  self->behind = reader->at;
}

GArray *
auto_json_read_scores (AutoJsonReader *reader, AutoVocabulary *vocabulary)
{
  guint room = auto_json_guess_number (reader);
  ScoreReader self = { .reader = reader, .vocabulary = vocabulary, .scores = g_array_sized_new (FALSE, FALSE, sizeof (double), room) };
  const char *text;
  gsize length;

  auto_vocabulary_expect (vocabulary, room);
  auto_huge_advise (self.scores->data, room * sizeof (double));
  for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
    {
      gboolean good = auto_json_reader_enter_array (reader) && auto_json_reader_next (reader) && auto_json_reader_string (reader, &text, &length)
                      && add_token (reader, vocabulary, text, length, self.scores->len) && auto_json_reader_next (reader);
      if (good)
        read_score (&self, auto_json_lasts (reader, text) ? text : NULL, length);
      if (!good || auto_json_reader_next (reader))
        auto_json_reader_fail (reader, "model: an entry of \"vocab\" must be a token and its score");
    }
  auto_vocabulary_index (vocabulary);
  return self.scores;
}
