/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-logits.h"

/* The largest scores, with equals in the order in which the reference's selection leaves them: a heap of the largest so far when few are
 * wanted, otherwise quickselect and quicksort around medians of three. Where scores are equal (all but the forced token are minus infinity,
 * say) it decides which beams go on. */

#define SMALL 16

static gboolean
before (AutoRanked a, AutoRanked b)
{
  return a.score > b.score;
}

static void
swap (AutoRanked *a, AutoRanked *b)
{
  AutoRanked kept = *a;

  *a = *b;
  *b = kept;
}

/* Moves a hole down to a leaf, always along the child that is last in order, then @value up from there. */
static void
fill_hole (AutoRanked *heap, gsize n, gsize hole, AutoRanked value)
{
  gsize top = hole, child;

  while ((child = 2 * hole + 2) < n)
    {
      child -= before (heap[child], heap[child - 1]);
      heap[hole] = heap[child];
      hole = child;
    }
  if (child == n)
    {
      heap[hole] = heap[child - 1];
      hole = child - 1;
    }
  for (gsize parent; hole > top && before (heap[parent = (hole - 1) / 2], value); hole = parent)
    heap[hole] = heap[parent];
  heap[hole] = value;
}

static void
make_heap (AutoRanked *heap, gsize n)
{
  for (gsize i = n / 2; i-- > 0;)
    fill_hole (heap, n, i, heap[i]);
}

static void
sort_heap (AutoRanked *heap, gsize n)
{
  while (n-- > 1)
    {
      AutoRanked value = heap[n];
      heap[n] = heap[0];
      fill_hole (heap, n, 0, value);
    }
}

/* Puts the median of the second, the middle and the last one first, and divides the others by it: those before it stand below the result. */
static gsize
divide (AutoRanked *x, gsize n)
{
  AutoRanked *a = x + 1, *b = x + n / 2, *c = x + n - 1;
  AutoRanked *median = before (*a, *b) ? (before (*b, *c) ? b : before (*a, *c) ? c : a) : before (*a, *c) ? a : before (*b, *c) ? c : b;
  gsize low = 1, high = n;

  swap (x, median);
  for (;; low++)
    {
      while (low < n && before (x[low], x[0])) /* what is no number is before nothing: hence the bounds */
        low++;
      do
        high--;
      while (high > 0 && before (x[0], x[high]));
      if (low >= high)
        return low;
      swap (x + low, x + high);
    }
}

static void
insert (AutoRanked *x, gsize at)
{
  AutoRanked value = x[at];

  for (; at > 0 && before (value, x[at - 1]); at--)
    x[at] = x[at - 1];
  x[at] = value;
}

static void
insert_all (AutoRanked *x, gsize n)
{
  for (gsize i = 1; i < n; i++)
    insert (x, i);
}

static guint
depth_of (gsize n)
{
  return n ? 2 * (g_bit_storage (n) - 1) : 0;
}

/* The @k first, in any order, but that the last of them comes last. */
static void
select_first (AutoRanked *x, gsize n, gsize k)
{
  guint depth = depth_of (n);

  while (n > 3)
    {
      if (depth-- == 0)
        {
          make_heap (x, k);
          for (gsize i = k; i < n; i++)
            if (before (x[i], x[0]))
              {
                AutoRanked value = x[i];
                x[i] = x[0];
                fill_hole (x, k, 0, value);
              }
          swap (x, x + k - 1);
          return;
        }
      gsize cut = divide (x, n);
      if (cut <= k - 1)
        {
          x += cut;
          n -= cut;
          k -= cut;
        }
      else
        n = cut;
    }
  insert_all (x, n);
}

/* All but stretches of a few, which the insertions at the end bring in order. */
static void
sort_coarsely (AutoRanked *x, gsize n, guint depth)
{
  while (n > SMALL)
    {
      if (depth-- == 0)
        {
          make_heap (x, n);
          sort_heap (x, n);
          return;
        }
      gsize cut = divide (x, n);
      sort_coarsely (x + cut, n - cut, depth);
      n = cut;
    }
}

static void
top_by_heap (const float *scores, gsize n, gsize k, AutoRanked *top)
{
  for (gsize i = 0; i < k; i++)
    top[i] = (AutoRanked) { scores[i], (guint32) i };
  make_heap (top, k);
  for (gsize i = k; i < n; i++)
    if (scores[i] > top[0].score)
      fill_hole (top, k, 0, (AutoRanked) { scores[i], (guint32) i });
  sort_heap (top, k);
}

void
auto_logits_top (const float *scores, gsize n, gsize k, AutoRanked *top)
{
  if (!k)
    return;
  if (k * 64 <= n)
    {
      top_by_heap (scores, n, k, top);
      return;
    }
  g_autofree AutoRanked *all = g_new (AutoRanked, n);
  for (gsize i = 0; i < n; i++)
    all[i] = (AutoRanked) { scores[i], (guint32) i };
  select_first (all, n, k);
  sort_coarsely (all, k - 1, depth_of (k - 1));
  insert_all (all, k - 1);
  memcpy (top, all, k * sizeof *top);
}
