/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-beam-scorer.h"

#include <math.h>
#include <string.h>

#include "../base/auto-errors.h"

static gsize
n_hypotheses (const AutoBeamScorer *self)
{
  return self->batch * self->n_groups;
}

void
auto_beam_scorer_init (AutoBeamScorer *self)
{
  self->hypotheses = g_new0 (AutoHypotheses, n_hypotheses (self));
  for (gsize i = 0; i < n_hypotheses (self); i++)
    {
      AutoHypotheses *hypotheses = &self->hypotheses[i];
      hypotheses->beams = g_new0 (AutoHypothesis, self->group_size + 1);
      hypotheses->worst = 1e9;
    }
}

void
auto_beam_scorer_clear (AutoBeamScorer *self)
{
  for (gsize i = 0; self->hypotheses && i < n_hypotheses (self); i++)
    {
      for (gsize j = 0; j <= self->group_size; j++)
        {
          g_free (self->hypotheses[i].beams[j].ids);
          g_free (self->hypotheses[i].beams[j].origins);
        }
      g_free (self->hypotheses[i].beams);
    }
  g_clear_pointer (&self->hypotheses, g_free);
}

gboolean
auto_beam_scorer_is_done (const AutoBeamScorer *self)
{
  for (gsize i = 0; i < n_hypotheses (self); i++)
    if (!self->hypotheses[i].done)
      return FALSE;
  return TRUE;
}

/* Removes the worst beam, the first of equals, keeping the order of the others. */
static void
drop_worst (AutoHypotheses *self)
{
  gsize worst = 0;

  for (gsize i = 1; i < self->n; i++)
    if (self->beams[i].score < self->beams[worst].score)
      worst = i;
  AutoHypothesis dropped = self->beams[worst];
  memmove (self->beams + worst, self->beams + worst + 1, (self->n - worst - 1) * sizeof *self->beams);
  self->beams[--self->n] = dropped; /* its memory serves the next one */
  self->worst = self->beams[0].score;
  for (gsize i = 1; i < self->n; i++)
    self->worst = MIN (self->worst, self->beams[i].score);
}

static void
make_room (AutoHypothesis *self, gsize length, gboolean with_origins)
{
  if (self->room > length)
    return;
  self->room = 2 * length;
  self->ids = g_renew (gint64, self->ids, self->room);
  if (with_origins)
    self->origins = g_renew (gint64, self->origins, self->room);
}

static void
add_hypothesis (AutoBeamScorer *self, AutoHypotheses *hypotheses, const AutoSequences *sequences, const AutoSequences *origins, gsize row,
                gboolean ended, double sum)
{
  gsize generated = sequences->length + ended - self->prompt_length;
  double score = sum / pow ((double) generated, self->length_penalty);

  if (hypotheses->n >= self->group_size && !(score > hypotheses->worst))
    return;
  AutoHypothesis *fresh = &hypotheses->beams[hypotheses->n++];
  make_room (fresh, sequences->length, origins != NULL);
  fresh->score = score;
  fresh->length = sequences->length;
  memcpy (fresh->ids, auto_sequences_row (sequences, row), sequences->length * sizeof *fresh->ids);
  if (origins)
    {
      fresh->n_origins = origins->length;
      memcpy (fresh->origins, auto_sequences_row (origins, row), origins->length * sizeof *fresh->origins);
      if (ended)
        fresh->origins[fresh->n_origins++] = (gint64) row;
    }
  if (hypotheses->n > self->group_size)
    drop_worst (hypotheses);
  else
    hypotheses->worst = MIN (hypotheses->worst, score);
}

/* Whether no beam that goes on can become better than those that are finished. */
static gboolean
can_stop (const AutoBeamScorer *self, const AutoHypotheses *hypotheses, double best, gsize length)
{
  if (hypotheses->n < self->group_size)
    return FALSE;
  if (self->early_stopping == AUTO_STOP_EARLY)
    return TRUE;
  if (self->early_stopping == AUTO_STOP_NEVER && self->length_penalty > 0)
    length = MAX ((gsize) MAX (self->max_length, 0), self->prompt_length + 1);
  return hypotheses->worst >= best / pow ((double) (length - self->prompt_length), self->length_penalty);
}

static void
choose_nothing (const AutoBeamScorer *self, gsize first, const AutoBeamChoice *choice)
{
  for (gsize i = 0; i < self->group_size; i++)
    {
      choice->scores[first + i] = 0;
      choice->tokens[first + i] = self->pad_token_id;
      choice->rows[first + i] = (gint64) first;
    }
}

static gboolean
may_end (const AutoBeamScorer *self, const AutoSequences *sequences, gsize row)
{
  return !self->constraints || auto_constraints_are_met (self->constraints, auto_sequences_row (sequences, row), sequences->length);
}

/* Chooses the beams of one item; returns how many go on. */
static gsize
process_item (AutoBeamScorer *self, const AutoSequences *sequences, const AutoSequences *origins, const AutoBeamCandidates *candidates, gsize item,
              gsize first, AutoHypotheses *hypotheses, const AutoBeamChoice *choice)
{
  const AutoRanked *ranked = candidates->best + item * candidates->n_best;
  gsize n = 0;

  for (gsize rank = 0; rank < candidates->n_best && n < self->group_size; rank++)
    {
      gsize row = first + ranked[rank].place / candidates->vocabulary;
      gint64 token = ranked[rank].place % candidates->vocabulary;
      if (auto_ids_contain (self->eos_token_id, token))
        {
          if (rank < self->group_size && may_end (self, sequences, row))
            add_hypothesis (self, hypotheses, sequences, origins, row, TRUE, ranked[rank].score);
          continue;
        }
      choice->scores[first + n] = ranked[rank].score;
      choice->tokens[first + n] = token;
      choice->rows[first + n++] = (gint64) row;
    }
  if (self->constraints && n == self->group_size)
    auto_constraints_step (self->constraints, sequences, first, candidates->totals + item * self->group_size * candidates->vocabulary,
                           candidates->vocabulary, n, choice->scores + first, choice->tokens + first, choice->rows + first);
  return n;
}

gboolean
auto_beam_scorer_process (AutoBeamScorer *self, const AutoSequences *sequences, const AutoSequences *origins, const AutoBeamCandidates *candidates,
                          gsize group, const AutoBeamChoice *choice, GError **error)
{
  for (gsize item = 0; item < self->batch; item++)
    {
      AutoHypotheses *hypotheses = &self->hypotheses[item * self->n_groups + group];
      gsize first = item * self->n_beams + group * self->group_size;
      if (hypotheses->done)
        {
          choose_nothing (self, first, choice);
          continue;
        }
      gsize n = process_item (self, sequences, origins, candidates, item, first, hypotheses, choice);
      if (n < self->group_size)
        {
          g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "beam search finds only %" G_GSIZE_FORMAT " tokens to go on with for %" G_GSIZE_FORMAT " beams; use fewer beams", n,
                       self->group_size);
          return FALSE;
        }
      hypotheses->done = can_stop (self, hypotheses, candidates->best[item * candidates->n_best].score, sequences->length + 1);
    }
  return TRUE;
}

/* Of beams with words to come, those that lack some compete only when too few have all. */
static void
close_item (AutoBeamScorer *self, AutoHypotheses *hypotheses, const AutoSequences *sequences, const AutoSequences *origins, gsize first,
            const float *scores)
{
  gsize met = 0;

  for (gsize i = first; i < first + self->group_size; i++)
    if (may_end (self, sequences, i))
      {
        add_hypothesis (self, hypotheses, sequences, origins, i, FALSE, scores[i]);
        met++;
      }
  for (gsize i = first; i < first + self->group_size && met < self->n_kept && self->constraints; i++)
    if (!may_end (self, sequences, i))
      add_hypothesis (self, hypotheses, sequences, origins, i, FALSE, scores[i]);
}

void
auto_beam_scorer_close (AutoBeamScorer *self, const AutoSequences *sequences, const AutoSequences *origins, const float *scores)
{
  for (gsize i = 0; i < n_hypotheses (self); i++)
    if (!self->hypotheses[i].done)
      close_item (self, &self->hypotheses[i], sequences, origins, i * self->group_size, scores);
}

const AutoHypothesis *
auto_beam_scorer_get (const AutoBeamScorer *self, gsize item, gsize rank)
{
  const AutoHypotheses *groups = &self->hypotheses[item * self->n_groups];

  /* the reference sorts stably by score and takes from the end: of equals the last one comes first */
  for (gsize i = 0; i < self->n_groups; i++)
    for (gsize j = 0; j < groups[i].n; j++)
      {
        const AutoHypothesis *beam = &groups[i].beams[j];
        gsize better = 0;
        for (gsize k = 0; k < self->n_groups; k++)
          for (gsize l = 0; l < groups[k].n; l++)
            {
              const AutoHypothesis *other = &groups[k].beams[l];
              gboolean later = k > i || (k == i && l > j);
              better += other->score > beam->score || (other->score == beam->score && later);
            }
        if (better == rank)
          return beam;
      }
  return NULL;
}
