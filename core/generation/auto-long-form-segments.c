/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-long-form-private.h"

/* From the tokens of a window to segments. */

static gint64
token_at (const AutoAttempt *attempt, gsize i)
{
  return g_array_index (attempt->tokens, gint64, i);
}

static void
add_segment (const AutoAttempt *attempt, gsize from, gsize to, double begin, double start, double end, GPtrArray *segments)
{
  const gint64 shape[1] = { (gint64) (to - from) };
  g_autoptr(AutoTensor) tokens = auto_tensor_new_int64 (shape, 1, (const gint64 *) attempt->tokens->data + from, to - from, NULL);
  g_autoptr(AutoTensor) times = NULL;

  if (attempt->times->len >= to)
    {
      g_autofree float *moved = g_new (float, MAX (to - from, 1));
      for (gsize i = from; i < to; i++)
        moved[i - from] = (float) (begin + g_array_index (attempt->times, float, i));
      times = auto_tensor_new_float (shape, 1, moved, to - from, NULL);
    }
  g_ptr_array_add (segments, auto_generation_segment_new (start, end, tokens, times));
}

/* Where two time tokens meet, one segment ends and another begins. */
static GArray *
find_cuts (const AutoLongForm *self, const AutoAttempt *attempt)
{
  GArray *cuts = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (gsize i = 1; i < attempt->tokens->len; i++)
    if (token_at (attempt, i - 1) >= self->first_time && token_at (attempt, i) >= self->first_time)
      g_array_append_val (cuts, i);
  return cuts;
}

/* Without such a place all is one segment, which ends at its last time. */
static gint64
take_whole (const AutoLongForm *self, const AutoAttempt *attempt, double start, gint64 frames, GPtrArray *segments)
{
  gint64 last = frames, latest = -1;

  for (gsize i = 0; i < attempt->tokens->len; i++)
    if (token_at (attempt, i) >= self->first_time)
      latest = token_at (attempt, i);
  if (latest > self->first_time)
    last = latest - self->first_time;
  add_segment (attempt, 0, attempt->tokens->len, start, start, start + (double) last * self->precision, segments);
  return frames;
}

gint64
auto_long_form_cut (const AutoLongForm *self, const AutoAttempt *attempt, double start, gint64 frames, GPtrArray *segments)
{
  g_autoptr(GArray) cuts = find_cuts (self, attempt);
  gsize n = attempt->tokens->len, from = 0;
  /* one time at the end: nothing is said after it */
  gboolean complete = n >= 2 && token_at (attempt, n - 2) < self->first_time && token_at (attempt, n - 1) >= self->first_time;

  if (!cuts->len)
    return take_whole (self, attempt, start, frames, segments);
  if (complete)
    g_array_append_val (cuts, n);
  for (guint i = 0; i < cuts->len; i++)
    {
      gsize to = g_array_index (cuts, gsize, i);
      gint64 first = token_at (attempt, from) - self->first_time, last = token_at (attempt, to - 1) - self->first_time;
      add_segment (attempt, from, to, start, start + (double) first * self->precision, start + (double) last * self->precision, segments);
      from = to;
    }
  /* what comes after the last complete segment is said again by the next window */
  return complete ? frames : (token_at (attempt, from - 1) - self->first_time) * self->stride;
}
