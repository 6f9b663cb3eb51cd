/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-logits.h"

#include <math.h>
#include <string.h>

void
auto_logits_space_init (AutoLogitsSpace *self, gsize n)
{
  *self = (AutoLogitsSpace) { n, g_new0 (float, n), g_new0 (float, n), g_new0 (AutoRanked, n), g_new0 (AutoRanked, n) };
}

void
auto_logits_space_clear (AutoLogitsSpace *self)
{
  g_clear_pointer (&self->a, g_free);
  g_clear_pointer (&self->b, g_free);
  g_clear_pointer (&self->ranked, g_free);
  g_clear_pointer (&self->spare, g_free);
}

gint64
auto_logits_best (const float *scores, gsize n)
{
  gsize best = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (isnan (scores[i]))
        return -1;
      if (scores[i] > scores[best])
        best = i;
    }
  return (gint64) best;
}

static void
merge (const AutoRanked *from, AutoRanked *to, gsize first, gsize middle, gsize end)
{
  gsize a = first, b = middle;

  for (gsize i = first; i < end; i++)
    to[i] = a < middle && (b >= end || !(from[b].score < from[a].score)) ? from[a++] : from[b++];
}

void
auto_logits_sort (AutoRanked *ranked, gsize n, AutoRanked *spare)
{
  AutoRanked *from = ranked, *to = spare;

  for (gsize width = 1; width < n; width *= 2)
    {
      for (gsize first = 0; first < n; first += 2 * width)
        merge (from, to, first, MIN (first + width, n), MIN (first + 2 * width, n));
      AutoRanked *swap = from;
      from = to;
      to = swap;
    }
  if (from != ranked)
    memcpy (ranked, from, n * sizeof *ranked);
}
