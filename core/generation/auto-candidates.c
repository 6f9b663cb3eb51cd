/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-candidates.h"

#include <string.h>

#include "../base/auto-errors.h"
#include "../math/auto-rows.h"

#define LONGEST_MATCH 2 /* tokens that a lookup compares, as in the reference */

struct _AutoCandidates
{
  double n_tokens;
  gboolean constant; /* whether n_tokens stays as it is */

  AutoModelDecoder *decoder; /* of the assistant; NULL: tokens are looked up */
  AutoProcessors processors;
  const AutoIds *ends;
  AutoRandom *random;
  AutoSequences said; /* what the assistant has seen, with its last proposal */
};

AutoCandidates *
auto_candidates_new_lookup (gsize n_tokens)
{
  AutoCandidates *self = g_new0 (AutoCandidates, 1);

  self->n_tokens = (double) n_tokens;
  self->constant = TRUE;
  return self;
}

AutoCandidates *
auto_candidates_new_assistant (AutoModelDecoder *decoder, const AutoProcessors *like, const AutoIds *ends, AutoRandom *random, gsize n_tokens,
                               gboolean constant, GError **error)
{
  AutoCandidates *self = auto_candidates_new_lookup (n_tokens);

  self->constant = constant;
  self->decoder = decoder;
  self->ends = ends;
  self->random = random;
  self->processors = *like;
  auto_sequences_init (&self->said, 1, like->prompt_length + 64);
  if (auto_processors_init (&self->processors, error))
    return self;
  auto_candidates_free (self);
  return NULL;
}

void
auto_candidates_free (AutoCandidates *self)
{
  g_clear_pointer (&self->decoder, auto_model_decoder_free);
  auto_processors_clear (&self->processors);
  auto_sequences_clear (&self->said);
  g_free (self);
}

/* Where what follows begins after the first place, but the last, at which the last @size tokens stand; 0 when they stand nowhere else. */
static gsize
find_match (const gint64 *ids, gsize n, gsize size)
{
  for (gsize i = 0; i + size < n; i++)
    if (memcmp (ids + i, ids + n - size, size * sizeof *ids) == 0)
      return i + size;
  return 0;
}

static void
look_up (AutoCandidates *self, const gint64 *ids, gsize n, GArray *tokens)
{
  const gint64 nothing = 0; /* the reference tries token 0 where there is nothing to try */
  gsize at = 0;

  for (gsize size = MIN (LONGEST_MATCH, n - 1); size > 0 && !at; size--)
    at = find_match (ids, n, size);
  if (at)
    g_array_append_vals (tokens, ids + at, (guint) MIN ((gsize) self->n_tokens, n - at));
  else
    g_array_append_val (tokens, nothing);
}

/* The assistant's next token; -1 when there is none to choose. */
static gint64
choose (AutoCandidates *self, float *scores, gsize n, GArray *p)
{
  if (!self->processors.settings->do_sample)
    return auto_logits_best (scores, n);
  auto_softmax_rows (1, (gint64) n, scores, self->processors.space.a);
  g_array_append_vals (p, self->processors.space.a, (guint) n);
  return auto_random_choose (self->random, self->processors.space.a, n);
}

/* Takes back what the assistant was wrong with. */
static void
follow (AutoCandidates *self, AutoDecoder *decoder, const gint64 *ids, gsize n)
{
  const gint64 *said = auto_sequences_row (&self->said, 0);
  gsize same = 0, most = MIN (self->said.length, n - 1); /* the last token is always given again, for its scores */

  while (same < most && said[same] == ids[same])
    same++;
  decoder->crop (decoder, same);
  auto_sequences_fill (&self->said, ids, n, 1);
}

static gboolean
ask_assistant (AutoCandidates *self, const gint64 *ids, gsize n_ids, gsize most, AutoProposal *proposal, GCancellable *cancellable, GError **error)
{
  AutoDecoder *decoder = auto_model_decoder_get (self->decoder);
  const AutoGenerationSettings *settings = self->processors.settings;

  follow (self, decoder, ids, n_ids);
  while (proposal->tokens->len < most)
    {
      float *logits = decoder->step (decoder, &self->said, 1, &proposal->vocabulary, cancellable, error);
      if (!logits || !auto_processors_set_vocabulary (&self->processors, proposal->vocabulary, error))
        return FALSE;
      AutoLogitsRow row = { auto_sequences_row (&self->said, 0), self->said.length, logits, 0, 1, NULL, 0 };
      if (!auto_processors_apply (&self->processors, &row, error))
        return FALSE;
      if (settings->do_sample)
        auto_processors_warp (&self->processors, &row);
      gint64 token = choose (self, logits, proposal->vocabulary, proposal->p);
      if (token < 0)
        break; /* the model itself says what is wrong with it, or goes on */
      g_array_append_val (proposal->tokens, token);
      auto_sequences_append (&self->said, &token);
      if (auto_ids_contain (self->ends, token))
        break;
    }
  return TRUE;
}

gboolean
auto_candidates_propose (AutoCandidates *self, const gint64 *ids, gsize n_ids, gint64 most, AutoProposal *proposal, GCancellable *cancellable,
                         GError **error)
{
  g_array_set_size (proposal->tokens, 0);
  g_array_set_size (proposal->p, 0);
  if (!self->decoder)
    {
      look_up (self, ids, n_ids, proposal->tokens);
      return TRUE;
    }
  if (ask_assistant (self, ids, n_ids, (gsize) CLAMP (most, 0, (gint64) self->n_tokens), proposal, cancellable, error))
    return TRUE;
  g_prefix_error (error, "assistant model: ");
  return FALSE;
}

void
auto_candidates_learn (AutoCandidates *self, gsize n_matches)
{
  if (self->constant)
    return;
  self->n_tokens = n_matches == (gsize) self->n_tokens ? self->n_tokens + 2 : MAX (self->n_tokens - 1, 1);
}
