/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "../base/auto-errors.h"
#include "../math/auto-rows.h"
#include "auto-search.h"

typedef struct
{
  AutoSearch *search;
  gsize k, width;
  AutoSequences candidates; /* k rows for each row */
  gint64 *picks;            /* rows of the decoder */
  AutoRanked *top;          /* k for each row */
  float *context;           /* (row, position, width): states of what was said, of length 1 */
  gsize n_context, room;    /* positions */
  gsize vocabulary;
  float *logits;            /* (row, vocabulary): of what follows the sequences */
} Contrast;

static void
contrast_clear (Contrast *self)
{
  auto_sequences_clear (&self->candidates);
  g_free (self->picks);
  g_free (self->top);
  g_free (self->context);
  g_free (self->logits);
}

static void
normalize (const float *x, gsize n, float *y)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i] * x[i];
  float norm = (float) sqrt (sum);
  for (gsize i = 0; i < n; i++)
    y[i] = x[i] / norm;
}

/* Adds @n positions to a context of @rows rows; those of row i are those of row rows_of[i] of @states. */
static void
remember (Contrast *self, AutoTensor *states, const gint64 *rows_of, gsize rows, gsize n)
{
  gsize width = self->width;

  if (self->n_context + n > self->room)
    {
      gsize room = 2 * (self->n_context + n);
      float *larger = g_new (float, rows * room * width);
      for (gsize i = 0; i < rows; i++)
        if (self->n_context)
          memcpy (larger + i * room * width, self->context + i * self->room * width, self->n_context * width * sizeof (float));
      g_free (self->context);
      self->context = larger;
      self->room = room;
    }
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < n; j++)
      normalize ((const float *) states->data + (rows_of[i] * n + j) * width, width, self->context + (i * self->room + self->n_context + j) * width);
  self->n_context += n;
}

/* The prompt, and the first logits; from then on the decoder has k rows for each row. */
static gboolean
begin (Contrast *self, GError **error)
{
  AutoSearch *search = self->search;
  AutoDecoder *decoder = search->decoder;
  gsize rows = search->sequences.rows;

  decoder->wants_states = TRUE;
  float *logits = auto_search_step (search, &self->vocabulary, error);
  if (!logits)
    return FALSE;
  self->k = MIN ((gsize) search->settings->top_k, self->vocabulary);
  self->width = decoder->states->shape[2];
  self->logits = g_memdup2 (logits, rows * self->vocabulary * sizeof *logits);
  self->top = g_new (AutoRanked, rows * self->k);
  self->picks = g_new (gint64, rows * self->k);
  for (gsize i = 0; i < rows; i++)
    self->picks[i] = (gint64) i;
  remember (self, decoder->states, self->picks, rows, decoder->states->shape[1]);
  for (gsize i = 0; i < rows * self->k; i++)
    self->picks[i] = (gint64) (i / self->k);
  decoder->reorder (decoder, self->picks, rows * self->k);
  auto_sequences_init (&self->candidates, rows * self->k, search->sequences.capacity + 1);
  return TRUE;
}

/* The k most likely tokens of each row, with their probabilities. */
static gboolean
choose_candidates (Contrast *self, GError **error)
{
  AutoSearch *search = self->search;
  AutoSequences *sequences = &search->sequences;
  gsize n = self->vocabulary;

  if (!auto_search_guide (search, sequences, 1, self->logits, n, error))
    return FALSE;
  for (gsize i = 0; i < sequences->rows; i++)
    {
      float *logits = self->logits + i * n;
      AutoLogitsRow row = { auto_sequences_row (sequences, i), sequences->length, logits, i, sequences->rows, NULL, 0 };
      if (!auto_search_process (search, &row, error))
        return FALSE;
      auto_softmax_rows (1, (gint64) n, logits, search->processors->space.a);
      auto_logits_top (search->processors->space.a, n, self->k, self->top + i * self->k);
      if (isnan (self->top[i * self->k].score))
        return auto_search_no_number (search, i, error);
    }
  auto_search_keep_scores (search, self->logits, n);
  return TRUE;
}

/* How much a candidate's state is like one of the context. */
static float
likeness (Contrast *self, gsize row, const float *state)
{
  float best = -INFINITY;
  g_autofree float *unit = g_new (float, self->width);

  normalize (state, self->width, unit);
  for (gsize i = 0; i < self->n_context; i++)
    {
      const float *past = self->context + (row * self->room + i) * self->width;
      float sum = 0;
      for (gsize j = 0; j < self->width; j++)
        sum += past[j] * unit[j];
      best = fmaxf (best, sum);
    }
  return best;
}

/* Runs all candidates and takes the one of each row that is likely and unlike what was said. */
static gboolean
choose_tokens (Contrast *self, gint64 *tokens, GError **error)
{
  AutoSearch *search = self->search;
  AutoDecoder *decoder = search->decoder;
  AutoSequences *sequences = &search->sequences;
  float alpha = (float) search->settings->penalty_alpha;
  gsize k = self->k, n;

  self->candidates.length = sequences->length + 1;
  for (gsize i = 0; i < self->candidates.rows; i++)
    {
      gint64 *ids = auto_sequences_row (&self->candidates, i);
      memcpy (ids, auto_sequences_row (sequences, i / k), sequences->length * sizeof *ids);
      ids[sequences->length] = self->top[i].place;
    }
  float *logits = decoder->step (decoder, &self->candidates, 1, &n, search->cancellable, error);
  if (!logits)
    return FALSE;
  for (gsize i = 0; i < sequences->rows; i++)
    {
      gsize chosen = 0;
      float best = -INFINITY;
      for (gsize j = 0; j < k; j++)
        {
          const float *state = (const float *) decoder->states->data + (i * k + j) * self->width;
          float score = (1 - alpha) * self->top[i * k + j].score - alpha * likeness (self, i, state);
          chosen = score > best ? j : chosen;
          best = fmaxf (best, score);
        }
      tokens[i] = self->top[i * k + chosen].place;
      self->picks[i] = (gint64) (i * k + chosen);
      memcpy (self->logits + i * n, logits + (i * k + chosen) * n, n * sizeof *logits);
    }
  remember (self, decoder->states, self->picks, sequences->rows, 1);
  auto_search_pick_outputs (search, self->picks, sequences->rows);
  for (gsize i = self->candidates.rows; i-- > 0;) /* from the end, since the picks of the rows stand at the start */
    self->picks[i] = self->picks[i / k];
  decoder->reorder (decoder, self->picks, self->candidates.rows);
  return TRUE;
}

gboolean
auto_search_contrastive (AutoSearch *search, GError **error)
{
  Contrast self = { .search = search };
  g_autofree gint64 *tokens = g_new (gint64, search->sequences.rows);
  g_autofree gboolean *ended = g_new0 (gboolean, search->sequences.rows);
  gboolean over = FALSE, fine = begin (&self, error);

  while (fine && !over)
    {
      fine = choose_candidates (&self, error) && choose_tokens (&self, tokens, error);
      if (!fine)
        break;
      over = auto_search_end_rows (search, ended, tokens);
      auto_sequences_append (&search->sequences, tokens);
      if (search->streamer)
        auto_streamer_put (search->streamer, tokens, search->sequences.rows, 1);
      over = auto_search_is_over (search) || over;
    }
  if (fine && search->outputs && search->outputs->len) /* the last token's own states belong to a step that isn't made */
    g_ptr_array_set_size (search->outputs, (int) search->outputs->len - 1);
  if (fine)
    auto_search_take_sequences (search);
  contrast_clear (&self);
  return fine;
}
