/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-search.h"

#include <string.h>

#include "../base/auto-errors.h"
#include "../math/auto-rows.h"

/* What all searches share. */

void
auto_search_clear (AutoSearch *self)
{
  auto_sequences_clear (&self->sequences);
  g_clear_pointer (&self->scores, g_ptr_array_unref);
  g_clear_pointer (&self->outputs, g_ptr_array_unref);
  g_clear_object (&self->encoder_output);
  g_clear_pointer (&self->result, auto_tensor_unref);
  g_clear_pointer (&self->result_scores, auto_tensor_unref);
  g_clear_pointer (&self->beam_indices, auto_tensor_unref);
}

/* Classifier-free guidance (Sanchez et al., arXiv:2306.17806): away from what the model says without the prompt. */
static gboolean
guide (AutoSearch *self, const AutoSequences *sequences, gsize n_wanted, float *logits, gsize vocabulary, GError **error)
{
  gsize n, rows = sequences->rows * n_wanted;
  float scale = (float) self->settings->guidance_scale;
  float *other = self->unguided->step (self->unguided, sequences, n_wanted, &n, self->cancellable, error);

  if (!other)
    return FALSE;
  auto_log_softmax_rows ((gint64) rows, (gint64) vocabulary, logits, logits);
  auto_log_softmax_rows ((gint64) rows, (gint64) vocabulary, other, other);
  for (gsize i = 0; i < rows * vocabulary; i++)
    logits[i] = scale * (logits[i] - other[i]) + other[i];
  return TRUE;
}

float *
auto_search_step (AutoSearch *self, gsize *vocabulary, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;
  float *logits = self->decoder->step (self->decoder, &self->sequences, 1, vocabulary, self->cancellable, error);
  if (logits)
    auto_search_keep_outputs (self);
  if (!logits || !auto_processors_set_vocabulary (self->processors, *vocabulary, error))
    return NULL;
  return logits;
}

gboolean
auto_search_process (AutoSearch *self, const AutoLogitsRow *row, GError **error)
{
  return auto_processors_apply (self->processors, row, error);
}

gboolean
auto_search_guide (AutoSearch *self, const AutoSequences *sequences, gsize n_wanted, float *logits, gsize vocabulary, GError **error)
{
  return !self->unguided || guide (self, sequences, n_wanted, logits, vocabulary, error);
}

void
auto_search_keep_scores (AutoSearch *self, const float *scores, gsize vocabulary)
{
  gint64 shape[2] = { (gint64) self->sequences.rows, (gint64) vocabulary };

  if (self->scores)
    g_ptr_array_add (self->scores, auto_tensor_new_float (shape, 2, scores, shape[0] * shape[1], NULL));
}

gboolean
auto_search_end_rows (AutoSearch *self, gboolean *ended, gint64 *tokens)
{
  gboolean all = TRUE;

  for (gsize i = 0; i < self->sequences.rows; i++)
    {
      if (ended[i])
        tokens[i] = self->settings->pad_token_id;
      ended[i] = ended[i] || auto_ids_contain (self->ends, tokens[i]);
      all = all && ended[i];
    }
  return all;
}

gboolean
auto_search_is_over (AutoSearch *self)
{
  gint64 length = (gint64) self->sequences.length;

  if (length >= self->settings->max_length || (self->streamer && auto_streamer_is_stopped (self->streamer)))
    return TRUE;
  if (self->max_positions && length >= self->max_positions)
    {
      g_ptr_array_add (self->warnings, g_strdup_printf ("the sequences become longer than the %" G_GINT64_FORMAT
                                                        " positions that the model was made for", self->max_positions));
      self->max_positions = 0;
    }
  return self->deadline && g_get_monotonic_time () > self->deadline;
}

void
auto_search_take_sequences (AutoSearch *self)
{
  gint64 shape[2] = { (gint64) self->sequences.rows, (gint64) self->sequences.length };

  self->result = auto_tensor_new_empty (AUTO_DTYPE_I64, shape, 2);
  for (gsize i = 0; i < self->sequences.rows; i++)
    memcpy ((gint64 *) self->result->data + i * self->sequences.length, auto_sequences_row (&self->sequences, i),
            self->sequences.length * sizeof (gint64));
}

gboolean
auto_search_no_number (AutoSearch *self, gsize row, GError **error)
{
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED,
               "the scores of row %" G_GSIZE_FORMAT " leave no token to choose after %" G_GSIZE_FORMAT
               " tokens: all are forbidden, or one is not a number (remove_invalid_values helps against the latter)",
               row, self->sequences.length);
  return FALSE;
}
