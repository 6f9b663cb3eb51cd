/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-conv.h"

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
