/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../math/auto-rows.h"
#include "auto-search.h"

/* Greedy search and multinomial sampling: one token a row and step. */

gint64
auto_search_choose (AutoSearch *self, const float *scores, gsize n)
{
  if (!self->settings->do_sample)
    return auto_logits_best (scores, n);
  auto_softmax_rows (1, (gint64) n, scores, self->processors->space.a);
  return auto_random_choose (&self->random, self->processors->space.a, n);
}

static gboolean
choose_tokens (AutoSearch *self, float *logits, gsize n, gint64 *tokens, GError **error)
{
  AutoSequences *sequences = &self->sequences;

  for (gsize i = 0; i < sequences->rows; i++)
    {
      AutoLogitsRow row = { auto_sequences_row (sequences, i), sequences->length, logits + i * n, i, sequences->rows, NULL, 0 };
      if (!auto_search_process (self, &row, error))
        return FALSE;
      if (self->settings->do_sample)
        auto_processors_warp (self->processors, &row);
    }
  auto_search_keep_scores (self, logits, n);
  for (gsize i = 0; i < sequences->rows; i++)
    {
      tokens[i] = auto_search_choose (self, logits + i * n, n);
      if (tokens[i] < 0)
        return auto_search_no_number (self, i, error);
    }
  return TRUE;
}

gboolean
auto_search_tokens (AutoSearch *self, GError **error)
{
  g_autofree gint64 *tokens = g_new (gint64, self->sequences.rows);
  g_autofree gboolean *ended = g_new0 (gboolean, self->sequences.rows);
  gboolean over = FALSE;

  while (!over)
    {
      gsize n;
      float *logits = auto_search_step (self, &n, error);
      if (!logits || !auto_search_guide (self, &self->sequences, 1, logits, n, error) || !choose_tokens (self, logits, n, tokens, error))
        return FALSE;
      over = auto_search_end_rows (self, ended, tokens);
      auto_sequences_append (&self->sequences, tokens);
      if (self->streamer)
        auto_streamer_put (self->streamer, tokens, self->sequences.rows, 1);
      over = auto_search_is_over (self) || over;
    }
  auto_search_take_sequences (self);
  return TRUE;
}
