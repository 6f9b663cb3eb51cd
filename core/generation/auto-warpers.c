/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "../math/auto-rows.h"
#include "auto-processors.h"

/* What sampling does to scores: each leaves the tokens that may be drawn, and makes the others minus infinity. */

/* How many tokens beams need to go on when one of them is an end. */
static gsize
tokens_to_keep (AutoProcessors *self)
{
  const AutoGenerationSettings *s = self->settings;

  return s->num_beams > 1 ? MAX (s->eos_token_id.n, 1) + 1 : 1;
}

static void
warp_temperature (AutoProcessors *self, const AutoLogitsRow *row)
{
  float temperature = (float) self->settings->temperature;

  for (gsize i = 0; i < self->vocabulary; i++)
    row->scores[i] /= temperature;
}

/* The @k-th largest score. */
static float
kth_score (AutoProcessors *self, const AutoLogitsRow *row, gsize k)
{
  k = MIN (k, self->vocabulary);
  auto_logits_top (row->scores, self->vocabulary, k, self->space.ranked);
  return self->space.ranked[k - 1].score;
}

static void
warp_top_k (AutoProcessors *self, const AutoLogitsRow *row)
{
  float least = kth_score (self, row, MAX ((gsize) self->settings->top_k, tokens_to_keep (self)));

  for (gsize i = 0; i < self->vocabulary; i++)
    if (row->scores[i] < least)
      row->scores[i] = -INFINITY;
}

/* Ranks the tokens that can be drawn by @scores, least first; returns how many there are. */
static gsize
rank_possible (AutoProcessors *self, const AutoLogitsRow *row, const float *scores)
{
  gsize n = 0;

  for (gsize i = 0; i < self->vocabulary; i++)
    if (row->scores[i] > -INFINITY)
      self->space.ranked[n++] = (AutoRanked) { scores[i], (guint32) i };
  auto_logits_sort (self->space.ranked, n, self->space.spare);
  return n;
}

static void
warp_top_p (AutoProcessors *self, const AutoLogitsRow *row)
{
  float *p = self->space.a, limit = (float) (1 - self->settings->top_p);
  gsize keep = tokens_to_keep (self);
  double sum = 0;

  auto_softmax_rows (1, (gint64) self->vocabulary, row->scores, p);
  gsize n = rank_possible (self, row, row->scores);
  for (gsize i = 0; i + keep < n; i++)
    {
      guint32 place = self->space.ranked[i].place;
      sum += p[place];
      if ((float) sum <= limit)
        row->scores[place] = -INFINITY;
    }
}

/* The tokens whose information is nearest to what is to be expected (Meister et al., arXiv:2202.00666). */
static void
warp_typical (AutoProcessors *self, const AutoLogitsRow *row)
{
  float *log_p = self->space.a, *shift = self->space.b, entropy = 0;
  gsize keep = tokens_to_keep (self), last = 0;
  double sum = 0;

  auto_log_softmax_rows (1, (gint64) self->vocabulary, row->scores, log_p);
  for (gsize i = 0; i < self->vocabulary; i++)
    if (log_p[i] > -INFINITY)
      entropy -= log_p[i] * expf (log_p[i]);
  for (gsize i = 0; i < self->vocabulary; i++)
    shift[i] = fabsf (-log_p[i] - entropy);
  gsize n = rank_possible (self, row, shift);
  for (; last < n; last++)
    {
      sum += expf (log_p[self->space.ranked[last].place]);
      if (!((float) sum < (float) self->settings->typical_p))
        break;
    }
  if (last >= n)
    return;
  float limit = self->space.ranked[last].score;
  for (gsize i = keep; i < n; i++)
    if (self->space.ranked[i].score > limit)
      row->scores[self->space.ranked[i].place] = -INFINITY;
}

static void
drop_below (AutoProcessors *self, const AutoLogitsRow *row, const float *p, float limit)
{
  float least = kth_score (self, row, tokens_to_keep (self));

  for (gsize i = 0; i < self->vocabulary; i++)
    if (p[i] < limit && row->scores[i] < least)
      row->scores[i] = -INFINITY;
}

static void
warp_epsilon (AutoProcessors *self, const AutoLogitsRow *row)
{
  auto_softmax_rows (1, (gint64) self->vocabulary, row->scores, self->space.a);
  drop_below (self, row, self->space.a, (float) self->settings->epsilon_cutoff);
}

static void
warp_eta (AutoProcessors *self, const AutoLogitsRow *row)
{
  float *p = self->space.a, epsilon = (float) self->settings->eta_cutoff, entropy = 0;

  auto_softmax_rows (1, (gint64) self->vocabulary, row->scores, p);
  auto_log_softmax_rows (1, (gint64) self->vocabulary, row->scores, self->space.b);
  for (gsize i = 0; i < self->vocabulary; i++)
    if (p[i] > 0)
      entropy -= p[i] * self->space.b[i];
  drop_below (self, row, p, fminf (epsilon, sqrtf (epsilon) * expf (-entropy)));
}

static void
warp_renormalize (AutoProcessors *self, const AutoLogitsRow *row)
{
  auto_log_softmax_rows (1, (gint64) self->vocabulary, row->scores, row->scores);
}

static void
add (AutoProcessors *self, gboolean wanted, AutoProcess warp)
{
  if (wanted)
    self->warpers[self->n_warpers++] = warp;
}

/* The order of the reference's _get_logits_warper. */
void
auto_warpers_init (AutoProcessors *self)
{
  const AutoGenerationSettings *s = self->settings;

  add (self, !isnan (s->temperature) && s->temperature != 1, warp_temperature);
  add (self, s->top_k != AUTO_UNSET && s->top_k != 0, warp_top_k);
  add (self, s->top_p < 1, warp_top_p);
  add (self, s->typical_p < 1, warp_typical);
  add (self, s->epsilon_cutoff > 0 && s->epsilon_cutoff < 1, warp_epsilon);
  add (self, s->eta_cutoff > 0 && s->eta_cutoff < 1, warp_eta);
  add (self, s->renormalize_logits, warp_renormalize);
}
