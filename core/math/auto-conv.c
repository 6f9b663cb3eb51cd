/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-conv.h"
#include "auto-gemm.h"
#include "auto-pool.h"
#include "auto-product.h"

#include <stdlib.h>
#include <string.h>

/* Outputs of a single input channel up to which they are computed one by one. */
#define MAX_DEPTHWISE 4
/* Numbers of scratch memory that a thread may keep; more is given back. */
#define MAX_KEPT (4 << 20)

static gint64
volume (const gint64 size[3])
{
  return size[0] * size[1] * size[2];
}

/* How a channel is laid out so that every place of the kernel sees the outputs of a row side by side: with its padding,
 * and with the columns that a stride skips set apart. Often that is the input as it is. */
typedef struct
{
  const AutoConvShape *s;
  gboolean as_is;
  gint64 used[3];    /* input places with padding, as far as outputs need them */
  gint64 phase;      /* columns of one remainder by the stride */
  gint64 height, row; /* numbers of rows, and in a row */
  gint64 plane;      /* numbers of a channel */
  gint64 n_taps;
  gint64 *taps;      /* where each place of the kernel begins in a plane */
} Layout;

static void
layout_init (Layout *self, const AutoConvShape *s)
{
  gint64 *tap;

  self->s = s;
  self->as_is = s->stride[2] == 1;
  for (guint i = 0; i < 3; i++)
    {
      self->used[i] = (s->out[i] - 1) * s->stride[i] + s->dilation[i] * (s->kernel[i] - 1) + 1;
      self->as_is &= s->pad_begin[i] == 0 && self->used[i] <= s->in[i];
    }
  self->phase = self->as_is ? s->in[2] : (self->used[2] + s->stride[2] - 1) / s->stride[2];
  self->row = self->phase * s->stride[2];
  self->height = self->as_is ? s->in[1] : self->used[1];
  self->plane = self->as_is ? volume (s->in) : self->used[0] * self->height * self->row;
  self->n_taps = volume (s->kernel);
  self->taps = tap = g_new (gint64, self->n_taps);
  for (gint64 d = 0; d < s->kernel[0]; d++)
    for (gint64 h = 0; h < s->kernel[1]; h++)
      for (gint64 w = 0; w < s->kernel[2]; w++)
        {
          gint64 column = w * s->dilation[2];
          *tap++ = (d * s->dilation[0] * self->height + h * s->dilation[1]) * self->row + column % s->stride[2] * self->phase + column / s->stride[2];
        }
}

/* Where the output at the beginning of row @h of slice @d looks. */
static gint64
output_row (const Layout *self, gint64 d, gint64 h)
{
  return (d * self->s->stride[0] * self->height + h * self->s->stride[1]) * self->row;
}

static void
fill_row (const Layout *self, const float *x, float *to)
{
  const AutoConvShape *s = self->s;
  gint64 pad = s->pad_begin[2], stride = s->stride[2];

  if (stride == 1)
    {
      gint64 n = CLAMP (self->row - pad, 0, s->in[2]), before = MIN (pad, self->row);
      memset (to, 0, before * sizeof *to);
      memcpy (to + before, x, n * sizeof *to);
      memset (to + before + n, 0, (self->row - before - n) * sizeof *to);
      return;
    }
  for (gint64 p = 0; p < stride; p++)
    for (gint64 q = 0; q < self->phase; q++)
      {
        gint64 at = q * stride + p - pad;
        *to++ = at >= 0 && at < s->in[2] ? x[at] : 0.0f;
      }
}

static void
fill_plane (const Layout *self, const float *x, float *to)
{
  const AutoConvShape *s = self->s;

  for (gint64 d = 0; d < self->used[0]; d++)
    for (gint64 h = 0; h < self->used[1]; h++, to += self->row)
      {
        gint64 in_d = d - s->pad_begin[0], in_h = h - s->pad_begin[1];
        if (in_d < 0 || in_d >= s->in[0] || in_h < 0 || in_h >= s->in[1])
          memset (to, 0, self->row * sizeof *to);
        else
          fill_row (self, x + (in_d * s->in[1] + in_h) * s->in[2], to);
      }
}

typedef struct
{
  Layout layout;
  const float *x, *w, *bias;
  AutoActivation activation;
  float *y;
} Conv;

/* A group of one image: its planes are the right matrix [channels x taps, places of the output], made panel by panel. */
typedef struct
{
  const Layout *layout;
  const float *x;
  float *planes;
} Image;

static void
plane_task (gsize channel, gpointer data)
{
  const Image *image = data;
  gint64 plane = image->layout->plane;

  fill_plane (image->layout, image->x + channel * volume (image->layout->s->in), image->planes + channel * plane);
}

/* The outputs of a panel in stretches of a row; returns how many. */
static gint64
panel_runs (const Layout *layout, gint64 panel, gint64 width, AutoRun *runs)
{
  const AutoConvShape *s = layout->s;
  gint64 first = panel * width, left = MIN (width, volume (s->out) - first), n = 0;

  while (left > 0)
    {
      gint64 row = first / s->out[2], column = first % s->out[2], count = MIN (left, s->out[2] - column);
      runs[n++] = (AutoRun) { output_row (layout, row / s->out[1], row % s->out[1]) + column, count };
      first += count;
      left -= count;
    }
  return n;
}

static const void *
image_panel (gconstpointer data, gint64 panel, gint64 first, gint64 depth, float *room)
{
  const Image *image = data;
  const Layout *layout = image->layout;
  const AutoKernels *kernels = auto_kernels ();
  AutoRun runs[AUTO_MAX_PANEL_WIDTH];
  gint64 n_runs = panel_runs (layout, panel, kernels->width, runs);
  float *to = room;

  while (depth > 0)
    {
      gint64 channel = first / layout->n_taps, tap = first % layout->n_taps, count = MIN (depth, layout->n_taps - tap);
      kernels->gather (count, layout->taps + tap, n_runs, runs, image->planes + channel * layout->plane, to);
      to += count * kernels->width;
      first += count;
      depth -= count;
    }
  return room;
}

static void
conv_group (gsize task, gpointer data)
{
  const Conv *conv = data;
  const AutoConvShape *s = conv->layout.s;
  gint64 channels = s->channels / s->groups, out_channels = s->out_channels / s->groups, depth = channels * conv->layout.n_taps;
  gint64 group = task % s->groups, places = volume (s->out), numbers = channels * conv->layout.plane;
  const float *x = conv->x + task * channels * volume (s->in);
  float *room = NULL, *own = NULL;

  if (!conv->layout.as_is)
    room = numbers <= MAX_KEPT ? auto_scratch (AUTO_SCRATCH_MORE, numbers) : (own = g_malloc_n (numbers, sizeof *own));
  Image image = { &conv->layout, x, room ? room : (float *) x };
  if (room)
    auto_pool_run (channels, plane_task, &image);
  AutoProduct product = { .m = out_channels, .n = places, .k = depth, .a = conv->w + group * out_channels * depth, .a_rs = depth, .a_cs = 1,
                          .b_dtype = AUTO_DTYPE_F32, .panel = image_panel, .panel_data = &image, .makes_panels = TRUE,
                          .c = conv->y + task * out_channels * places, .c_rs = places };
  product.end = (AutoTileEnd) { .scale = 1.0f, .row_bias = conv->bias ? conv->bias + group * out_channels : NULL, .activation = conv->activation };
  auto_product_run (&product);
  g_free (own);
}

/* A channel that looks at one channel only. */
static void
depthwise_task (gsize task, gpointer data)
{
  const Conv *conv = data;
  const Layout *layout = &conv->layout;
  const AutoConvShape *s = layout->s;
  const AutoKernels *kernels = auto_kernels ();
  gint64 per_group = s->out_channels / s->groups, channel = task % s->out_channels, image = task / s->out_channels;
  const float *x = conv->x + (image * s->channels + channel / per_group) * volume (s->in), *w = conv->w + channel * layout->n_taps;
  float *y = conv->y + task * volume (s->out);

  if (!layout->as_is)
    {
      float *plane = auto_scratch (AUTO_SCRATCH_MORE, layout->plane);
      fill_plane (layout, x, plane);
      x = plane;
    }
  for (gint64 d = 0; d < s->out[0]; d++)
    for (gint64 h = 0; h < s->out[1]; h++)
      kernels->weigh_lines (s->out[2], layout->n_taps, layout->taps, w, x + output_row (layout, d, h), conv->bias ? conv->bias[channel] : 0.0f,
                            y + (d * s->out[1] + h) * s->out[2]);
  kernels->activate (conv->activation, y, y, volume (s->out));
}

void
auto_conv_raw (const AutoConvShape *s, const float *x, const float *w, const float *bias, AutoActivation activation, float *y)
{
  Conv conv = { .x = x, .w = w, .bias = bias, .activation = activation, .y = y };
  gint64 tasks = s->batch * s->groups;

  layout_init (&conv.layout, s);
  if (s->channels == s->groups && s->out_channels / s->groups <= MAX_DEPTHWISE)
    auto_pool_run (s->batch * s->out_channels, depthwise_task, &conv);
  else if (tasks >= 8) /* whole products side by side, else each is shared out; the sums are the same */
    auto_pool_run (tasks, conv_group, &conv);
  else
    for (gint64 i = 0; i < tasks; i++)
      conv_group (i, &conv);
  g_free (conv.layout.taps);
}

/* The products of one group of one image, [out channels x kernel, places of the input], added up where they belong. */
typedef struct
{
  const AutoConvShape *s;
  const float *products, *bias;
  float *y;
} Spread;

static void
spread_task (gsize channel, gpointer data)
{
  const Spread *spread = data;
  const AutoConvShape *s = spread->s;
  gint64 places = volume (s->in), k[3];
  const float *from = spread->products + channel * volume (s->kernel) * places;
  float *y = spread->y + channel * volume (s->out);

  for (gint64 i = 0; i < volume (s->out); i++)
    y[i] = spread->bias ? spread->bias[channel] : 0.0f;
  for (k[0] = 0; k[0] < s->kernel[0]; k[0]++)
    for (k[1] = 0; k[1] < s->kernel[1]; k[1]++)
      for (k[2] = 0; k[2] < s->kernel[2]; k[2]++, from += places)
        for (gint64 row = 0; row < s->in[0] * s->in[1]; row++)
          {
            gint64 d = row / s->in[1] * s->stride[0] + k[0] * s->dilation[0] - s->pad_begin[0];
            gint64 h = row % s->in[1] * s->stride[1] + k[1] * s->dilation[1] - s->pad_begin[1];
            gint64 offset = k[2] * s->dilation[2] - s->pad_begin[2], stride = s->stride[2];
            if (d < 0 || d >= s->out[0] || h < 0 || h >= s->out[1])
              continue;
            float *line = y + (d * s->out[1] + h) * s->out[2];
            for (gint64 j = 0; j < s->in[2]; j++)
              if (j * stride + offset >= 0 && j * stride + offset < s->out[2])
                line[j * stride + offset] += from[row * s->in[2] + j];
          }
}

void
auto_conv_transposed_raw (const AutoConvShape *s, const float *x, const float *w, const float *bias, float *y)
{
  gint64 channels = s->channels / s->groups, out_channels = s->out_channels / s->groups, rows = out_channels * volume (s->kernel);
  gint64 places = volume (s->in);
  float *own = rows * places > MAX_KEPT ? g_malloc_n (rows * places, sizeof *own) : NULL;
  float *products = own ? own : auto_scratch (AUTO_SCRATCH_MORE, rows * places);

  for (gint64 i = 0; i < s->batch * s->groups; i++)
    {
      gint64 group = i % s->groups;
      Spread spread = { s, products, bias ? bias + group * out_channels : NULL, y + i * out_channels * volume (s->out) };
      auto_gemm (rows, places, channels, 1.0f, w + group * channels * rows, 1, rows, x + i * channels * places, places, 1, 0.0f, products, places, 1);
      auto_pool_run (out_channels, spread_task, &spread);
    }
  g_free (own);
}
