/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "pack.h"

static void
gather (gint64 n_taps, const gint64 *taps, gint64 n_runs, const AutoRun *runs, const float *src, float *panel)
{
  for (gint64 t = 0; t < n_taps; t++, panel += WIDTH)
    {
      float *to = panel;
      for (gint64 r = 0; r < n_runs; r++)
        {
          const float *from = src + taps[t] + runs[r].from;
          gint64 n = runs[r].count, i = 0;
          for (; i + VW <= n; i += VW)
            v_store (to + i, v_load (from + i));
          if (i < n) /* whole, with zeros: what comes next is written over them */
            v_store (to + i, v_load_n (from + i, n - i));
          to += n;
        }
      for (; to < panel + WIDTH; to += VW)
        v_store (to, (Vec) { 0 });
    }
}

#define LINE_VECS 4

static void
weigh_lines (gint64 n, gint64 n_taps, const gint64 *taps, const float *weights, const float *src, float start, float *y)
{
  gint64 i = 0;

  for (; i + LINE_VECS * VW <= n; i += LINE_VECS * VW)
    {
      Vec s[LINE_VECS];
#pragma GCC unroll 4
      for (int u = 0; u < LINE_VECS; u++)
        s[u] = v_set (start);
      for (gint64 t = 0; t < n_taps; t++)
        {
          Vec w = v_set (weights[t]);
#pragma GCC unroll 4
          for (int u = 0; u < LINE_VECS; u++)
            s[u] += w * v_load (src + taps[t] + i + u * VW);
        }
#pragma GCC unroll 4
      for (int u = 0; u < LINE_VECS; u++)
        v_store (y + i + u * VW, s[u]);
    }
  for (; i < n; i += VW)
    {
      gsize count = MIN (VW, n - i);
      Vec s = v_set (start);
      for (gint64 t = 0; t < n_taps; t++)
        s += weights[t] * v_load_n (src + taps[t] + i, count);
      v_store_n (y + i, s, count);
    }
}
