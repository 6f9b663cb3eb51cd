/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "auto-processors.h"

/* Processors that look at sequences of tokens. */

/* Forbids what followed the last @size - 1 tokens of a row wherever they stand in @past. */
static void
ban_followers (const AutoLogitsRow *row, const gint64 *past, gsize length, gsize size, gsize vocabulary)
{
  gsize prefix = size - 1;

  if (row->n_ids < prefix || length < size)
    return;
  const gint64 *last = row->ids + row->n_ids - prefix;
  for (gsize i = 0; i + size <= length; i++)
    if (memcmp (past + i, last, prefix * sizeof *last) == 0 && past[i + prefix] >= 0 && past[i + prefix] < (gint64) vocabulary)
      row->scores[past[i + prefix]] = -INFINITY;
}

void
auto_process_ngrams (AutoProcessors *self, const AutoLogitsRow *row)
{
  ban_followers (row, row->ids, row->n_ids, self->settings->no_repeat_ngram_size, self->vocabulary);
}

void
auto_process_encoder_ngrams (AutoProcessors *self, const AutoLogitsRow *row)
{
  gsize each = row->n_rows / self->n_encoder_rows, source = row->row / MAX (each, 1);

  ban_followers (row, self->encoder_ids + source * self->encoder_length, self->encoder_length, self->settings->encoder_no_repeat_ngram_size,
                 self->vocabulary);
}

/* The biases of tokens whose earlier tokens match are summed in zeroed space, then added once, as the reference does. */
static void
add_biases (AutoProcessors *self, const AutoLogitsRow *row, const AutoIds *sequences, gsize n, const double *biases)
{
  float *sums = self->space.a;

  for (gsize i = 0; i < n; i++)
    {
      gsize prefix = sequences[i].n - 1;
      gboolean fits = prefix == 0 || (row->n_ids > prefix &&
                      memcmp (row->ids + row->n_ids - prefix, sequences[i].values, prefix * sizeof *row->ids) == 0);
      if (fits)
        sums[sequences[i].values[prefix]] += biases ? (float) biases[i] : -INFINITY;
    }
  for (gsize i = 0; i < n; i++)
    {
      gsize token = sequences[i].values[sequences[i].n - 1];
      row->scores[token] += sums[token];
      sums[token] = 0;
    }
}

void
auto_process_bad_words (AutoProcessors *self, const AutoLogitsRow *row)
{
  memset (self->space.a, 0, self->vocabulary * sizeof *self->space.a);
  add_biases (self, row, self->bad_words.lists, self->bad_words.n, NULL);
}

void
auto_process_sequence_bias (AutoProcessors *self, const AutoLogitsRow *row)
{
  const AutoBiases *biases = &self->settings->sequence_bias;

  memset (self->space.a, 0, self->vocabulary * sizeof *self->space.a);
  add_biases (self, row, biases->sequences, biases->n, biases->biases);
}
