/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "../base/auto-errors.h"
#include "../math/auto-rows.h"
#include "auto-beam-scorer.h"
#include "auto-search.h"

/* Beam search, beam sampling and diverse beam search (Vijayakumar et al., arXiv:1610.02424): groups of beams that go on one after
 * another in each step. */

typedef struct
{
  AutoSearch *search;
  AutoBeamScorer scorer;
  AutoSequences guided;  /* of a group's rows: what the unguided decoder has seen */
  AutoSequences origins; /* the row that each step of a row came from, when scores are asked for */
  gboolean with_origins;
  float *scores;   /* of the beams, sums of log probabilities */
  float *totals;   /* of the continuations of a group: (item, beam of the group, token) */
  float *draws;    /* their probabilities, when drawn */
  AutoRanked *candidates;
  gsize n_candidates; /* an item */
  gint64 *tokens, *rows, *taken;
  float *chosen;
} Beams;

static void
beams_init (Beams *self, AutoSearch *search)
{
  const AutoGenerationSettings *s = search->settings;
  gsize rows = search->sequences.rows, ends = search->ends->n;

  *self = (Beams) { .search = search, .with_origins = search->scores != NULL };
  self->scorer = (AutoBeamScorer) {
    .batch = search->batch, .n_beams = s->num_beams, .n_groups = s->num_beam_groups, .group_size = s->num_beams / s->num_beam_groups,
    .n_kept = s->num_return_sequences, .length_penalty = s->length_penalty, .early_stopping = s->early_stopping, .max_length = s->max_length,
    .pad_token_id = s->pad_token_id, .eos_token_id = search->ends, .prompt_length = search->sequences.length,
    .constraints = search->constraints,
  };
  auto_beam_scorer_init (&self->scorer);
  self->n_candidates = (s->do_sample ? 2 : MAX (2, 1 + ends)) * self->scorer.group_size;
  self->candidates = g_new (AutoRanked, (search->batch + 1) * self->n_candidates); /* and space to sort an item's */
  self->scores = g_new0 (float, rows);
  self->chosen = g_new0 (float, rows);
  self->tokens = g_new0 (gint64, rows);
  self->rows = g_new0 (gint64, rows);
  self->taken = g_new0 (gint64, rows);
  if (self->with_origins)
    auto_sequences_init (&self->origins, rows, search->sequences.capacity);
  /* the first step goes on from one beam of each group: the others would say the same */
  for (gsize i = 0; i < rows && !s->do_sample; i++)
    self->scores[i] = i % self->scorer.group_size ? -1e9f : 0;
}

static void
beams_clear (Beams *self)
{
  auto_beam_scorer_clear (&self->scorer);
  auto_sequences_clear (&self->origins);
  auto_sequences_clear (&self->guided);
  g_free (self->candidates);
  g_free (self->scores);
  g_free (self->chosen);
  g_free (self->tokens);
  g_free (self->rows);
  g_free (self->taken);
  g_free (self->totals);
  g_free (self->draws);
}

/* Guides a group's log probabilities. As in the reference, what is said without the prompt goes on with the last tokens of the rows as they
 * come, beam after beam and group after group, and changes no places with them. */
static gboolean
guide_group (Beams *self, float *log_p, gsize n, gsize group, GError **error)
{
  AutoSearch *search = self->search;
  const AutoBeamScorer *scorer = &self->scorer;
  gsize size = scorer->group_size, rows = scorer->batch * size, length = search->sequences.length;

  if (!search->unguided)
    return TRUE;
  g_autofree float *scores = g_new (float, rows * n);
  g_autofree gint64 *last = g_new (gint64, rows);
  if (!self->guided.ids)
    auto_sequences_init (&self->guided, rows, length + 64);
  for (gsize i = 0; i < rows; i++)
    {
      gsize at = i / size * scorer->n_beams + group * size + i % size;
      memcpy (scores + i * n, log_p + at * n, n * sizeof *scores);
      last[i] = auto_sequences_row (&search->sequences, at)[length - 1];
      if (!self->guided.length)
        memcpy (auto_sequences_row (&self->guided, i), auto_sequences_row (&search->sequences, at), (length - 1) * sizeof *last);
    }
  self->guided.length = MAX (self->guided.length, length - 1);
  auto_sequences_append (&self->guided, last);
  if (!auto_search_guide (search, &self->guided, 1, scores, n, error))
    return FALSE;
  for (gsize i = 0; i < rows; i++)
    memcpy (log_p + (i / size * scorer->n_beams + group * size + i % size) * n, scores + i * n, n * sizeof *scores);
  return TRUE;
}

/* Processes the log probabilities of a group's rows, and adds to them the scores of their beams. */
static gboolean
score_group (Beams *self, float *log_p, gsize n, gsize group, GError **error)
{
  AutoSearch *search = self->search;
  const AutoBeamScorer *scorer = &self->scorer;
  gsize size = scorer->group_size;

  for (gsize item = 0; item < scorer->batch; item++)
    for (gsize i = 0; i < size; i++)
      {
        gsize at = item * scorer->n_beams + group * size + i;
        float *total = self->totals + (item * size + i) * n, *scores = log_p + at * n;
        AutoLogitsRow row = { auto_sequences_row (&search->sequences, at), search->sequences.length, scores, item * size + i, scorer->batch * size,
                              self->taken + item * scorer->n_beams, group * size };
        if (!auto_search_process (search, &row, error))
          return FALSE;
        if (search->settings->do_sample)
          auto_processors_warp (search->processors, &row);
        for (gsize j = 0; j < n; j++)
          {
            total[j] = scores[j] + self->scores[at];
            if (isnan (total[j]))
              return auto_search_no_number (search, at, error);
          }
      }
  return TRUE;
}

static gboolean
was_drawn (const AutoRanked *candidates, gsize n, gsize place)
{
  for (gsize i = 0; i < n; i++)
    if (candidates[i].place == place)
      return TRUE;
  return FALSE;
}

/* Draws continuations without putting them back, and ranks them. */
static gboolean
draw_candidates (Beams *self, const float *totals, gsize n, AutoRanked *candidates)
{
  gsize m = self->n_candidates;

  auto_softmax_rows (1, (gint64) n, totals, self->draws);
  for (gsize i = 0; i < m; i++)
    {
      gint64 place = auto_random_choose (&self->search->random, self->draws, n);
      if (place < 0 && i == 0)
        return FALSE;
      for (gsize j = 0; place < 0; j++) /* nothing likely is left: the first that wasn't drawn */
        if (!was_drawn (candidates, i, j))
          place = (gint64) j;
      self->draws[place] = 0;
      candidates[i] = (AutoRanked) { -totals[place], (guint32) place };
    }
  auto_logits_sort (candidates, m, self->candidates + self->scorer.batch * m);
  for (gsize i = 0; i < m; i++)
    candidates[i].score = -candidates[i].score;
  return TRUE;
}

static gboolean
choose_candidates (Beams *self, gsize n, GError **error)
{
  gsize each = self->scorer.group_size * n;

  if (self->n_candidates > each || each > G_MAXUINT32)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "num_beams: a vocabulary of %" G_GSIZE_FORMAT
                   " tokens doesn't fit so many beams", n);
      return FALSE;
    }
  for (gsize item = 0; item < self->scorer.batch; item++)
    {
      AutoRanked *candidates = self->candidates + item * self->n_candidates;
      if (!self->search->settings->do_sample)
        auto_logits_top (self->totals + item * each, each, self->n_candidates, candidates);
      else if (!draw_candidates (self, self->totals + item * each, each, candidates))
        return auto_search_no_number (self->search, item * self->scorer.n_beams, error);
    }
  return TRUE;
}

static void
record_group (Beams *self, gsize group)
{
  const AutoBeamScorer *scorer = &self->scorer;

  for (gsize item = 0; item < scorer->batch; item++)
    for (gsize i = 0; i < scorer->group_size; i++)
      {
        gsize at = item * scorer->n_beams + group * scorer->group_size + i;
        self->scores[at] = self->chosen[at];
        self->taken[at] = self->tokens[at];
      }
}

static gboolean
beams_step (Beams *self, GError **error)
{
  AutoSearch *search = self->search;
  gsize n, rows = search->sequences.rows;
  float *log_p = auto_search_step (search, &n, error);

  if (!log_p)
    return FALSE;
  auto_log_softmax_rows ((gint64) rows, (gint64) n, log_p, log_p);
  if (!self->totals)
    self->totals = g_new (float, search->batch * self->scorer.group_size * n);
  if (!self->draws && search->settings->do_sample)
    self->draws = g_new (float, self->scorer.group_size * n);
  for (gsize group = 0; group < self->scorer.n_groups; group++)
    {
      AutoBeamChoice choice = { self->chosen, self->tokens, self->rows };
      if (!guide_group (self, log_p, n, group, error) || !score_group (self, log_p, n, group, error) || !choose_candidates (self, n, error) ||
          !auto_beam_scorer_process (&self->scorer, &search->sequences, self->with_origins ? &self->origins : NULL,
                                     &(AutoBeamCandidates) { self->candidates, self->n_candidates, n, self->totals }, group, &choice, error))
        return FALSE;
      record_group (self, group);
    }
  auto_search_keep_scores (search, self->scorer.constraints ? self->totals : log_p, n);
  return TRUE;
}

static void
go_on (Beams *self)
{
  AutoSearch *search = self->search;

  auto_sequences_reorder (&search->sequences, self->rows);
  auto_sequences_append (&search->sequences, self->tokens);
  if (self->with_origins)
    {
      auto_sequences_reorder (&self->origins, self->rows);
      auto_sequences_append (&self->origins, self->rows);
    }
  if (search->decoder->reorder)
    search->decoder->reorder (search->decoder, self->rows, search->sequences.rows);
}

static void
write_beam (Beams *self, const AutoHypothesis *beam, gsize at, gsize length)
{
  AutoSearch *search = self->search;
  gint64 *ids = (gint64 *) search->result->data + at * length;

  ((float *) search->result_scores->data)[at] = (float) beam->score;
  memcpy (ids, beam->ids, beam->length * sizeof *ids);
  for (gsize i = beam->length; i < length; i++)
    ids[i] = i == beam->length && search->ends->n ? search->ends->values[0] : search->settings->pad_token_id;
  if (!search->beam_indices)
    return;
  gint64 *origins = (gint64 *) search->beam_indices->data + at * length;
  for (gsize i = 0; i < length; i++)
    origins[i] = i < beam->n_origins ? beam->origins[i] : -1;
}

/* The best beams of every item, padded to a common length. */
static gboolean
take_best (Beams *self, GError **error)
{
  AutoSearch *search = self->search;
  gsize kept = self->scorer.n_kept, n = search->batch * kept, longest = 0;

  for (gsize i = 0; i < n; i++)
    {
      const AutoHypothesis *beam = auto_beam_scorer_get (&self->scorer, i / kept, i % kept);
      if (!beam)
        {
          g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "beam search has found fewer sequences than num_return_sequences");
          return FALSE;
        }
      longest = MAX (longest, beam->length);
    }
  gsize length = search->ends->n ? longest + 1 : longest;
  length = MAX (MIN (length, (gsize) search->settings->max_length), longest);
  gint64 shape[2] = { (gint64) n, (gint64) length };
  search->result = auto_tensor_new_empty (AUTO_DTYPE_I64, shape, 2);
  search->result_scores = auto_tensor_new_empty (AUTO_DTYPE_F32, shape, 1);
  search->beam_indices = self->with_origins ? auto_tensor_new_empty (AUTO_DTYPE_I64, shape, 2) : NULL;
  for (gsize i = 0; i < n; i++)
    write_beam (self, auto_beam_scorer_get (&self->scorer, i / kept, i % kept), i, length);
  return TRUE;
}

gboolean
auto_search_beams (AutoSearch *search, GError **error)
{
  Beams self;
  gboolean fine;

  beams_init (&self, search);
  do
    {
      fine = beams_step (&self, error);
      if (fine)
        go_on (&self);
    }
  while (fine && !auto_beam_scorer_is_done (&self.scorer) && !auto_search_is_over (search));
  if (fine)
    {
      auto_beam_scorer_close (&self.scorer, &search->sequences, self.with_origins ? &self.origins : NULL, self.scores);
      fine = take_best (&self, error);
    }
  beams_clear (&self);
  return fine;
}
