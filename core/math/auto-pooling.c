/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-conv.h"
#include "auto-pool.h"

#include <math.h>

typedef struct
{
  const AutoConvShape *s;
  const float *x;
  float *y;
  gboolean mean, count_include_pad;
  gint64 divisor;
} Pooling;

/* The window of output @o along one dimension: the places inside the input, and how many there are with the padding. */
typedef struct
{
  gint64 begin, end, step, padded;
} Window;

static Window
window_at (const AutoConvShape *s, guint i, gint64 o)
{
  gint64 begin = o * s->stride[i] - s->pad_begin[i], step = s->dilation[i], extent = step * (s->kernel[i] - 1) + 1;
  Window w = { begin, MIN (begin + extent, s->in[i]), step, MIN (begin + extent, s->in[i] + s->pad_end[i]) - begin };

  if (begin < 0)
    w.begin = begin + (-begin + step - 1) / step * step;
  return w;
}

static float
pool_window (const Pooling *p, const float *x, const Window w[3])
{
  const AutoConvShape *s = p->s;
  float top = -INFINITY, sum = 0.0f;
  gint64 count = 0;

  for (gint64 d = w[0].begin; d < w[0].end; d += w[0].step)
    for (gint64 h = w[1].begin; h < w[1].end; h += w[1].step)
      for (gint64 c = w[2].begin; c < w[2].end; c += w[2].step, count++)
        {
          float v = x[(d * s->in[1] + h) * s->in[2] + c];
          sum += v;
          top = v > top || isnan (v) ? v : top;
        }
  if (!p->mean)
    return top;
  if (p->divisor)
    count = p->divisor;
  else if (p->count_include_pad)
    count = w[0].padded * w[1].padded * w[2].padded;
  return sum / (float) count;
}

static void
pool_task (gsize task, gpointer data)
{
  const Pooling *p = data;
  const AutoConvShape *s = p->s;
  const float *x = p->x + task * s->in[0] * s->in[1] * s->in[2];
  float *y = p->y + task * s->out[0] * s->out[1] * s->out[2];
  Window w[3];

  for (gint64 d = 0; d < s->out[0]; d++)
    for (gint64 h = 0; h < s->out[1]; h++)
      for (gint64 c = 0; c < s->out[2]; c++)
        {
          w[0] = window_at (s, 0, d);
          w[1] = window_at (s, 1, h);
          w[2] = window_at (s, 2, c);
          *y++ = pool_window (p, x, w);
        }
}

void
auto_max_pool_raw (const AutoConvShape *s, const float *x, float *y)
{
  Pooling p = { s, x, y, FALSE, FALSE, 0 };

  auto_pool_run (s->batch * s->channels, pool_task, &p);
}

void
auto_avg_pool_raw (const AutoConvShape *s, gboolean count_include_pad, gint64 divisor, const float *x, float *y)
{
  Pooling p = { s, x, y, TRUE, count_include_pad, divisor };

  auto_pool_run (s->batch * s->channels, pool_task, &p);
}
