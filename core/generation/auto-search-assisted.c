/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "../base/auto-errors.h"
#include "../math/auto-rows.h"
#include "auto-search.h"

/* Assisted generation: a pass of the model over several likely tokens says how many of them it would have chosen itself, and one more.
 * What an assistant has drawn is kept with the probability that leaves the model's own distribution (Leviathan et al., arXiv:2211.17192). */

typedef struct
{
  AutoSearch *search;
  AutoProposal proposal;
  AutoSequences trial; /* the row, with the tokens that are tried */
  gsize n_tried;
  float *logits;       /* (n_tried + 1, vocabulary) */
  gsize vocabulary;
  GArray *valid;       /* of gint64: what the row goes on with */
} Assisted;

static void
assisted_init (Assisted *self, AutoSearch *search)
{
  *self = (Assisted) { .search = search, .valid = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  self->proposal.tokens = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->proposal.p = g_array_new (FALSE, FALSE, sizeof (float));
  auto_sequences_init (&self->trial, 1, search->sequences.capacity);
}

static void
assisted_clear (Assisted *self)
{
  g_array_unref (self->valid);
  g_array_unref (self->proposal.tokens);
  g_array_unref (self->proposal.p);
  auto_sequences_clear (&self->trial);
}

static gint64
proposed (const Assisted *self, gsize i)
{
  return g_array_index (self->proposal.tokens, gint64, i);
}

/* The scores after the row and @i of the tried tokens, processed. */
static gboolean
process (Assisted *self, gsize i, GError **error)
{
  AutoSearch *search = self->search;
  AutoLogitsRow row = { auto_sequences_row (&self->trial, 0), search->sequences.length + i, self->logits + i * self->vocabulary, 0, 1, NULL, 0 };

  if (!auto_search_process (search, &row, error))
    return FALSE;
  if (search->settings->do_sample)
    auto_processors_warp (search->processors, &row);
  return TRUE;
}

/* Chooses as if nothing were proposed, for as long as that is what was proposed. */
static gboolean
accept_chosen (Assisted *self, GError **error)
{
  for (gsize i = 0; i <= self->n_tried; i++)
    {
      if (!process (self, i, error))
        return FALSE;
      gint64 token = auto_search_choose (self->search, self->logits + i * self->vocabulary, self->vocabulary);
      if (token < 0)
        return auto_search_no_number (self->search, 0, error);
      g_array_append_val (self->valid, token);
      if (i < self->n_tried && token != proposed (self, i))
        break;
    }
  return TRUE;
}

/* Draws a token in place of one that was not accepted: with what the model's probabilities, in @p, are above the assistant's. */
static gint64
draw_other (Assisted *self, gsize i, float *p)
{
  const float *q = (const float *) self->proposal.p->data + i * self->vocabulary;
  float sum = 0;

  for (gsize j = 0; j < self->vocabulary; j++)
    {
      p[j] = MAX (p[j] - q[j], 0);
      sum += p[j];
    }
  if (!(sum > 0)) /* they are the same but for rounding */
    auto_softmax_rows (1, (gint64) self->vocabulary, self->logits + i * self->vocabulary, p);
  return auto_random_choose (&self->search->random, p, self->vocabulary);
}

static gboolean
accept_drawn (Assisted *self, GError **error)
{
  AutoSearch *search = self->search;
  float *p = search->processors->space.a;
  gint64 last = self->n_tried ? proposed (self, self->n_tried - 1) : -1;

  for (gsize i = 0; i <= self->n_tried; i++)
    {
      if (i && i == self->n_tried && auto_ids_contain (search->ends, last))
        break;
      if (!process (self, i, error))
        return FALSE;
      auto_softmax_rows (1, (gint64) self->vocabulary, self->logits + i * self->vocabulary, p);
      gint64 token = i < self->n_tried ? proposed (self, i) : auto_random_choose (&search->random, p, self->vocabulary);
      gboolean kept = i == self->n_tried ||
                      auto_random_uniform (&search->random) * ((const float *) self->proposal.p->data)[i * self->vocabulary + token] <= p[token];
      if (!kept)
        token = draw_other (self, i, p);
      if (token < 0)
        return auto_search_no_number (search, 0, error);
      g_array_append_val (self->valid, token);
      if (!kept)
        break;
    }
  return TRUE;
}

/* The row with the proposed tokens that there is room for and that the model knows. */
static void
try_tokens (Assisted *self, gint64 room)
{
  AutoSearch *search = self->search;
  gsize most = (gsize) MAX (room, 0);

  auto_sequences_fill (&self->trial, auto_sequences_row (&search->sequences, 0), search->sequences.length, 1);
  for (self->n_tried = 0; self->n_tried < MIN (self->proposal.tokens->len, most); self->n_tried++)
    {
      gint64 token = proposed (self, self->n_tried);
      if (search->known_tokens && token >= search->known_tokens)
        break;
      auto_sequences_append (&self->trial, &token);
    }
}

static gboolean
run_model (Assisted *self, GError **error)
{
  AutoSearch *search = self->search;
  AutoDecoder *decoder = search->decoder;
  gsize n_wanted = self->n_tried + 1;

  if (g_cancellable_set_error_if_cancelled (search->cancellable, error))
    return FALSE;
  self->logits = decoder->step (decoder, &self->trial, n_wanted, &self->vocabulary, search->cancellable, error);
  if (!self->logits || !auto_processors_set_vocabulary (search->processors, self->vocabulary, error))
    return FALSE;
  if (self->proposal.p->len && self->proposal.vocabulary != self->vocabulary)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "assistant model: its vocabulary of %" G_GSIZE_FORMAT
                   " tokens isn't the model's of %" G_GSIZE_FORMAT, self->proposal.vocabulary, self->vocabulary);
      return FALSE;
    }
  return auto_search_guide (search, &self->trial, n_wanted, self->logits, self->vocabulary, error);
}

/* What is valid becomes part of the row; the rest of what the passes have seen is taken back. */
static void
go_on (Assisted *self)
{
  AutoSearch *search = self->search;
  GArray *valid = self->valid;

  for (guint i = 0; i < valid->len; i++)
    {
      auto_search_keep_scores (search, self->logits + i * self->vocabulary, self->vocabulary);
      auto_sequences_append (&search->sequences, &g_array_index (valid, gint64, i));
    }
  auto_search_split_outputs (search, self->n_tried, valid->len);
  if (search->streamer && valid->len)
    auto_streamer_put (search->streamer, (const gint64 *) valid->data, 1, valid->len);
  if (search->decoder->crop)
    search->decoder->crop (search->decoder, search->sequences.length - 1);
  if (search->unguided && search->unguided->crop)
    search->unguided->crop (search->unguided, search->sequences.length - 1);
}

/* Nothing comes after an end that was proposed, or that stands last when nothing was, nor where the prompt itself is too long. */
static void
drop_beyond_end (Assisted *self, gint64 room)
{
  AutoSearch *search = self->search;
  guint n = self->proposal.tokens->len;
  gint64 last = n ? proposed (self, n - 1) : auto_sequences_row (&search->sequences, 0)[search->sequences.length - 1];

  if (self->valid->len == n + 1 && auto_ids_contain (search->ends, last))
    g_array_set_size (self->valid, n);
  if (room < 0 && !self->proposal.p->len)
    g_array_set_size (self->valid, 0);
}

static gboolean
assisted_step (Assisted *self, GError **error)
{
  AutoSearch *search = self->search;
  gint64 room = search->settings->max_length - (gint64) search->sequences.length - 1; /* the model adds a token of its own */

  g_array_set_size (self->valid, 0);
  if (!auto_candidates_propose (search->candidates, auto_sequences_row (&search->sequences, 0), search->sequences.length, room, &self->proposal,
                                search->cancellable, error))
    return FALSE;
  try_tokens (self, room);
  if (!run_model (self, error) || !(self->proposal.p->len ? accept_drawn (self, error) : accept_chosen (self, error)))
    return FALSE;
  drop_beyond_end (self, room);
  auto_candidates_learn (search->candidates, self->valid->len ? self->valid->len - 1 : 0);
  go_on (self);
  return TRUE;
}

gboolean
auto_search_assisted (AutoSearch *search, GError **error)
{
  Assisted self;
  gboolean fine, over = FALSE;

  assisted_init (&self, search);
  do
    {
      fine = assisted_step (&self, error);
      gint64 last = auto_sequences_row (&search->sequences, 0)[search->sequences.length - 1];
      over = fine && (auto_search_is_over (search) || auto_ids_contain (search->ends, last));
    }
  while (fine && !over);
  if (fine)
    auto_search_take_sequences (search);
  assisted_clear (&self);
  return fine;
}
