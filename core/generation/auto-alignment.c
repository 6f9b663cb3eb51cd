/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-alignment.h"

#include <math.h>
#include <string.h>

#include "../base/auto-errors.h"
#include "../tensor/auto-tensor-private.h"
#include "auto-generation-private.h"
#include "auto-generation-settings.h"

/* The attentions of all steps over a row's tokens and the encoder's positions. */
typedef struct
{
  AutoGeneration *generation;
  AutoIdLists heads;           /* pairs of a layer and a head */
  AutoIds frames;
  gsize n_tokens, n_positions; /* but the last token; what is looked at */
  gsize first;                 /* tokens of the first step */
} Looks;

static AutoTensor *
step_attentions (const Looks *self, guint step, gint64 layer)
{
  AutoModelOutput *output = auto_generation_get_output (self->generation, step);
  g_autofree char *name = g_strdup_printf ("cross_attentions.%" G_GINT64_FORMAT, layer);

  return output ? auto_model_output_get (output, name) : NULL;
}

/* The decoder's row that a step of a result's row was computed in. */
static gint64
source_row (const Looks *self, gint64 row, guint step)
{
  AutoTensor *beams = auto_generation_get_beam_indices (self->generation);

  if (!beams)
    return row;
  gint64 at = step < auto_tensor_get_dim (beams, 1) ? auto_tensor_get_int64 (beams, NULL)[row * auto_tensor_get_dim (beams, 1) + step] : -1;
  return MAX (at, 0);
}

/* Where a head looks with a row's tokens: (n_tokens, n_positions). */
static gboolean
read_head (const Looks *self, gint64 row, gint64 layer, gint64 head, float *looks)
{
  gsize width = self->n_positions;

  for (gsize i = 0; i < self->n_tokens; i++)
    {
      guint step = i < self->first ? 0 : (guint) (i - self->first + 1);
      gint64 place = i < self->first ? (gint64) i : 0, source = source_row (self, row, step);
      AutoTensor *x = step_attentions (self, step, layer);
      if (!x || x->n_dims != 4 || source >= x->shape[0] || head < 0 || head >= x->shape[1] || place >= x->shape[2] || (gint64) width > x->shape[3] ||
          x->dtype != AUTO_DTYPE_F32)
        return FALSE;
      const float *from = (const float *) x->data + source * x->strides[0] + head * x->strides[1] + place * x->strides[2];
      for (gsize j = 0; j < width; j++)
        looks[i * width + j] = from[j * x->strides[3]];
    }
  return TRUE;
}

/* For each position, in units of its deviation from the mean over tokens. */
static void
normalize (float *looks, gsize rows, gsize width)
{
  for (gsize j = 0; j < width; j++)
    {
      double mean = 0, square = 0;
      for (gsize i = 0; i < rows; i++)
        mean += looks[i * width + j] / (double) rows;
      for (gsize i = 0; i < rows; i++)
        square += (looks[i * width + j] - mean) * (looks[i * width + j] - mean);
      float deviation = (float) sqrt (square / (double) rows);
      for (gsize i = 0; i < rows; i++)
        looks[i * width + j] = (looks[i * width + j] - (float) mean) / deviation;
    }
}

/* What isn't a number comes last. */
static gboolean
comes_after (float a, float b)
{
  return isnan (a) ? !isnan (b) : a > b;
}

/* The median of a place and its neighbours; beyond an edge they are mirrored at it. */
static float
median_at (const float *row, gint64 width, gint64 at, gint64 reach, float *sorted)
{
  gsize n = 0;

  for (gint64 i = at - reach; i <= at + reach; i++)
    {
      gint64 place = i < 0 ? -i : i >= width ? 2 * (width - 1) - i : i;
      gsize to = n++;
      for (; to > 0 && comes_after (sorted[to - 1], row[place]); to--)
        sorted[to] = sorted[to - 1];
      sorted[to] = row[place];
    }
  return sorted[reach];
}

static void
smooth (float *looks, gsize rows, gsize width, gint64 median_width)
{
  gint64 reach = median_width / 2;

  if ((gint64) width <= reach)
    return;
  g_autofree float *row = g_new (float, width), *sorted = g_new (float, 2 * reach + 1);
  for (gsize i = 0; i < rows; i++)
    {
      memcpy (row, looks + i * width, width * sizeof *row);
      for (gsize j = 0; j < width; j++)
        looks[i * width + j] = median_at (row, (gint64) width, (gint64) j, reach, sorted);
    }
}

/* How each cell is reached: over both, from the row before, from the column before. */
enum { BOTH, ROW, COLUMN };

static void
fill_ways (const double *cost, gsize rows, gsize columns, guint8 *ways)
{
  g_autofree float *before = g_new (float, columns + 1), *now = g_new (float, columns + 1);
  float *above = before, *here = now;

  for (gsize j = 0; j <= columns; j++)
    above[j] = j ? INFINITY : 0;
  for (gsize i = 1; i <= rows; i++)
    {
      here[0] = INFINITY;
      for (gsize j = 1; j <= columns; j++)
        {
          float both = above[j - 1], row = above[j], column = here[j - 1];
          guint8 way = both < row && both < column ? BOTH : row < both && row < column ? ROW : COLUMN;
          ways[i * (columns + 1) + j] = way;
          here[j] = (float) (cost[(i - 1) * columns + j - 1] + (way == BOTH ? both : way == ROW ? row : column));
        }
      float *swap = above;
      above = here;
      here = swap;
    }
}

void
auto_alignment_warp (const double *cost, gsize rows, gsize columns, gint64 *begins)
{
  g_autofree guint8 *ways = g_new0 (guint8, (rows + 1) * (columns + 1));
  gsize i = rows, j = columns;

  fill_ways (cost, rows, columns, ways);
  while (i > 0)
    {
      begins[i - 1] = (gint64) j - 1; /* the last one that is written is where the row begins */
      guint8 way = j == 0 ? ROW : ways[i * (columns + 1) + j];
      i -= way != COLUMN;
      j -= way != ROW;
    }
}

/* The positions that count for a row. */
static gsize
positions_of (const AutoIds *all_frames, gsize row, gsize n_rows, gsize all)
{
  if (!all_frames->n)
    return all;
  gsize each = MAX (n_rows / all_frames->n, 1); /* several returned sequences of an item */
  gint64 frames = all_frames->values[MIN (row / each, all_frames->n - 1)];
  return MIN (all, (gsize) MAX (frames / 2, 0));
}

static gboolean
find_row (const Looks *self, const AutoAlignment *how, gsize row, gsize n_rows, float *times, GError **error)
{
  Looks cut = *self;
  cut.n_positions = positions_of (&self->frames, row, n_rows, self->n_positions);
  gsize n = cut.n_tokens * cut.n_positions;
  g_autofree float *looks = g_new (float, MAX (n, 1)), *sum = g_new0 (float, MAX (n, 1));
  g_autofree double *cost = g_new0 (double, MAX (n, 1));
  g_autofree gint64 *begins = g_new0 (gint64, MAX (cut.n_tokens, 1));

  for (gsize i = 0; i < self->heads.n; i++)
    {
      const AutoIds *pair = &self->heads.lists[i];
      if (pair->n != 2 || !read_head (&cut, (gint64) row, pair->values[0], pair->values[1], looks))
        {
          g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                               "alignment_heads: needs pairs of a layer and a head that the model's cross attentions have");
          return FALSE;
        }
      normalize (looks, cut.n_tokens, cut.n_positions);
      smooth (looks, cut.n_tokens, cut.n_positions, how->median_width);
      for (gsize j = 0; j < n; j++)
        sum[j] += looks[j];
    }
  for (gsize j = 0; j < n; j++)
    cost[j] = -(double) (sum[j] / (float) self->heads.n);
  auto_alignment_warp (cost, cut.n_tokens, cut.n_positions, begins);
  for (gsize i = 0; i < cut.n_tokens; i++)
    times[i + 1] = (float) ((double) begins[i] * how->precision);
  return TRUE;
}

static void
looks_clear (Looks *self)
{
  auto_id_lists_clear (&self->heads);
  g_clear_pointer (&self->frames.values, g_free);
}

static gboolean
looks_init (Looks *self, AutoGeneration *generation, const AutoAlignment *how, GError **error)
{
  guint steps = auto_generation_get_n_outputs (generation);
  AutoTensor *first = NULL;

  *self = (Looks) { .generation = generation };
  if (!auto_id_lists_init (&self->heads, "alignment_heads", how->heads, error) || !auto_ids_init (&self->frames, "num_frames", how->frames, error))
    return FALSE;
  if (self->heads.n && self->heads.lists[0].n)
    first = step_attentions (self, 0, self->heads.lists[0].values[0]);
  if (!first || first->n_dims != 4 || how->median_width < 1 || how->median_width % 2 == 0)
    {
      g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                           "times of tokens need the cross attentions of alignment_heads, and a median_filter_width that is odd");
      return FALSE;
    }
  self->first = first->shape[2];
  self->n_positions = first->shape[3];
  self->n_tokens = MIN (self->first + steps - 1, (gsize) MAX (auto_tensor_get_dim (auto_generation_get_sequences (generation), 1) - 1, 0));
  return TRUE;
}

gboolean
auto_generation_align (AutoGeneration *generation, const AutoAlignment *alignment, GError **error)
{
  AutoTensor *sequences = auto_generation_get_sequences (generation);
  gint64 shape[2] = { sequences->shape[0], sequences->shape[1] };
  Looks looks;
  gboolean fine = looks_init (&looks, generation, alignment, error);
  g_autoptr(AutoTensor) times = auto_tensor_new_empty (AUTO_DTYPE_F32, shape, 2);

  memset (times->data, 0, shape[0] * shape[1] * sizeof (float));
  for (gint64 i = 0; i < shape[0] && fine; i++)
    fine = find_row (&looks, alignment, i, shape[0], (float *) times->data + i * shape[1], error);
  if (fine)
    auto_generation_take_token_timestamps (generation, g_steal_pointer (&times));
  looks_clear (&looks);
  return fine;
}
