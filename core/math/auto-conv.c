/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-conv.h"
#include "auto-gemm.h"
#include "auto-pool.h"
#include "auto-product.h"

#include <string.h>

/* Outputs of a single input channel up to which they are computed one by one. */
#define MAX_DEPTHWISE 4

void
auto_conv_init (AutoConvShape *self)
{
  *self = (AutoConvShape) { .batch = 1, .channels = 1, .out_channels = 1, .groups = 1 };
  for (guint i = 0; i < 3; i++)
    self->in[i] = self->out[i] = self->kernel[i] = self->stride[i] = self->dilation[i] = 1;
}

static gboolean
is_sane (const AutoConvShape *self)
{
  if (self->batch < 0 || self->channels <= 0 || self->out_channels <= 0 || self->groups <= 0 || self->channels % self->groups != 0
      || self->out_channels % self->groups != 0)
    return FALSE;
  for (guint i = 0; i < 3; i++)
    if (self->in[i] <= 0 || self->kernel[i] <= 0 || self->stride[i] <= 0 || self->dilation[i] <= 0 || self->pad_begin[i] < 0 || self->pad_end[i] < 0
        || self->out_pad[i] < 0 || MAX (self->in[i], MAX (self->kernel[i], self->stride[i])) > G_MAXINT32
        || MAX (self->dilation[i], MAX (self->pad_begin[i], self->pad_end[i])) > G_MAXINT32 || self->out_pad[i] > G_MAXINT32)
      return FALSE;
  return TRUE;
}

static gint64
kernel_extent (const AutoConvShape *self, guint i)
{
  return self->dilation[i] * (self->kernel[i] - 1) + 1;
}

gboolean
auto_conv_set_out (AutoConvShape *self)
{
  if (!is_sane (self))
    return FALSE;
  for (guint i = 0; i < 3; i++)
    {
      gint64 room = self->in[i] + self->pad_begin[i] + self->pad_end[i] - kernel_extent (self, i);
      if (room < 0)
        return FALSE;
      self->out[i] = room / self->stride[i] + 1;
    }
  return TRUE;
}

gboolean
auto_conv_set_out_transposed (AutoConvShape *self)
{
  if (!is_sane (self))
    return FALSE;
  for (guint i = 0; i < 3; i++)
    {
      self->out[i] = (self->in[i] - 1) * self->stride[i] - self->pad_begin[i] - self->pad_end[i] + kernel_extent (self, i) + self->out_pad[i];
      if (self->out[i] <= 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
auto_conv_set_out_pool (AutoConvShape *self, gboolean ceil_mode)
{
  if (!auto_conv_set_out (self))
    return FALSE;
  for (guint i = 0; ceil_mode && i < 3; i++)
    {
      gint64 room = self->in[i] + self->pad_begin[i] + self->pad_end[i] - kernel_extent (self, i);
      self->out[i] = (room + self->stride[i] - 1) / self->stride[i] + 1;
      /* the last window has to begin inside the input or the padding before it */
      if ((self->out[i] - 1) * self->stride[i] >= self->in[i] + self->pad_begin[i])
        self->out[i]--;
    }
  return TRUE;
}

static gint64
volume (const gint64 size[3])
{
  return size[0] * size[1] * size[2];
}

/* The outputs [*first, *end) along dimension @i whose kernel place @k falls inside the input. */
static void
inside (const AutoConvShape *s, guint i, gint64 k, gint64 *first, gint64 *end)
{
  gint64 offset = k * s->dilation[i] - s->pad_begin[i], stride = s->stride[i];

  *first = offset >= 0 ? 0 : MIN ((-offset + stride - 1) / stride, s->out[i]);
  *end = offset >= s->in[i] ? *first : CLAMP ((s->in[i] - 1 - offset) / stride + 1, *first, s->out[i]);
}

/* A group of one image: its input is the right matrix [channels x kernel, places of the output], made panel by panel. */
typedef struct
{
  const AutoConvShape *s;
  const float *x;
  gint64 channels, places;
  gint64 width; /* of a panel */
} Image;

/* One kernel place of one channel for the outputs [first, first + n), which may span several rows. */
static void
gather_places (const AutoConvShape *s, const float *x, const gint64 k[3], gint64 first, gint64 n, float *to)
{
  while (n > 0)
    {
      gint64 row = first / s->out[2], col = first % s->out[2], count = MIN (n, s->out[2] - col);
      gint64 h = row % s->out[1] * s->stride[1] + k[1] * s->dilation[1] - s->pad_begin[1];
      gint64 d = row / s->out[1] * s->stride[0] + k[0] * s->dilation[0] - s->pad_begin[0];
      gint64 from, end, offset = k[2] * s->dilation[2] - s->pad_begin[2];

      inside (s, 2, k[2], &from, &end);
      if (h < 0 || h >= s->in[1] || d < 0 || d >= s->in[0])
        from = end = 0;
      const float *line = x + (d * s->in[1] + h) * s->in[2] + offset;
      for (gint64 j = 0; j < count; j++)
        to[j] = col + j >= from && col + j < end ? line[(col + j) * s->stride[2]] : 0.0f;
      to += count;
      first += count;
      n -= count;
    }
}

static const void *
image_panel (gconstpointer data, gint64 panel, float *room)
{
  const Image *image = data;
  const AutoConvShape *s = image->s;
  gint64 first = panel * image->width, n = MIN (image->width, image->places - first), k[3];
  float *to = room;

  for (gint64 c = 0; c < image->channels; c++)
    for (k[0] = 0; k[0] < s->kernel[0]; k[0]++)
      for (k[1] = 0; k[1] < s->kernel[1]; k[1]++)
        for (k[2] = 0; k[2] < s->kernel[2]; k[2]++, to += image->width)
          {
            gather_places (s, image->x + c * volume (s->in), k, first, n, to);
            memset (to + n, 0, (image->width - n) * sizeof *to);
          }
  return room;
}

typedef struct
{
  const AutoConvShape *s;
  const float *x, *w, *bias;
  AutoActivation activation;
  float *y;
} Conv;

/* A channel that looks at one channel only. */
static void
depthwise_task (gsize task, gpointer data)
{
  const Conv *conv = data;
  const AutoConvShape *s = conv->s;
  const AutoKernels *kernels = auto_kernels ();
  gint64 per_group = s->out_channels / s->groups, channel = task % s->out_channels, image = task / s->out_channels;
  const float *x = conv->x + (image * s->channels + channel / per_group) * volume (s->in), *w = conv->w + channel * volume (s->kernel);
  float *y = conv->y + task * volume (s->out), bias = conv->bias ? conv->bias[channel] : 0.0f;
  gint64 rows = s->out[0] * s->out[1], from[3], end[3], k[3];

  for (gint64 i = 0; i < rows * s->out[2]; i++)
    y[i] = bias;
  for (k[0] = 0; k[0] < s->kernel[0]; k[0]++)
    for (k[1] = 0; k[1] < s->kernel[1]; k[1]++)
      for (k[2] = 0; k[2] < s->kernel[2]; k[2]++, w++)
        {
          for (guint i = 0; i < 3; i++)
            inside (s, i, k[i], &from[i], &end[i]);
          for (gint64 d = from[0]; d < end[0]; d++)
            for (gint64 h = from[1]; h < end[1]; h++)
              {
                gint64 in_d = d * s->stride[0] + k[0] * s->dilation[0] - s->pad_begin[0];
                gint64 in_h = h * s->stride[1] + k[1] * s->dilation[1] - s->pad_begin[1];
                const float *line = x + (in_d * s->in[1] + in_h) * s->in[2] + k[2] * s->dilation[2] - s->pad_begin[2];
                float *to = y + (d * s->out[1] + h) * s->out[2];
                if (s->stride[2] == 1)
                  kernels->axpy (end[2] - from[2], *w, line + from[2], to + from[2]);
                else
                  for (gint64 j = from[2]; j < end[2]; j++)
                    to[j] += *w * line[j * s->stride[2]];
              }
        }
  kernels->activate (conv->activation, y, y, rows * s->out[2]);
}

static void
conv_group (const Conv *conv, gint64 image, gint64 group)
{
  const AutoConvShape *s = conv->s;
  gint64 channels = s->channels / s->groups, out_channels = s->out_channels / s->groups, depth = channels * volume (s->kernel);
  Image right = { s, conv->x + (image * s->channels + group * channels) * volume (s->in), channels, volume (s->out), auto_kernels ()->width };
  AutoProduct product = { .m = out_channels, .n = volume (s->out), .k = depth, .a = conv->w + group * out_channels * depth, .a_rs = depth, .a_cs = 1,
                          .b_dtype = AUTO_DTYPE_F32, .panel = image_panel, .panel_data = &right, .makes_panels = TRUE,
                          .c = conv->y + (image * s->out_channels + group * out_channels) * volume (s->out), .c_rs = volume (s->out) };

  product.end = (AutoTileEnd) { .scale = 1.0f, .row_bias = conv->bias ? conv->bias + group * out_channels : NULL, .activation = conv->activation };
  auto_product_run (&product);
}

static void
conv_task (gsize task, gpointer data)
{
  const Conv *conv = data;

  conv_group (conv, task / conv->s->groups, task % conv->s->groups);
}

void
auto_conv_raw (const AutoConvShape *s, const float *x, const float *w, const float *bias, AutoActivation activation, float *y)
{
  Conv conv = { s, x, w, bias, activation, y };
  gint64 tasks = s->batch * s->groups;

  if (s->channels == s->groups && s->out_channels / s->groups <= MAX_DEPTHWISE)
    auto_pool_run (s->batch * s->out_channels, depthwise_task, &conv);
  else if (tasks >= 8) /* whole products side by side, else each is shared out; the sums are the same */
    auto_pool_run (tasks, conv_task, &conv);
  else
    for (gint64 i = 0; i < tasks; i++)
      conv_task (i, &conv);
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
  float *products = auto_scratch (AUTO_SCRATCH_MORE, rows * places);

  for (gint64 i = 0; i < s->batch * s->groups; i++)
    {
      gint64 group = i % s->groups;
      Spread spread = { s, products, bias ? bias + group * out_channels : NULL, y + i * out_channels * volume (s->out) };
      auto_gemm (rows, places, channels, 1.0f, w + group * channels * rows, 1, rows, x + i * channels * places, places, 1, 0.0f, products, places, 1);
      auto_pool_run (out_channels, spread_task, &spread);
    }
}
