/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-image.h"

#include <math.h>

#include "auto-bilinear.h"
#include "auto-ops-private.h"
#include "auto-ops-shape.h"
#include "auto-pool.h"

#define MAX_TAPS 4

/* What one place of the result is made of, along one dimension. */
typedef struct
{
  gint64 source[MAX_TAPS];
  float weight[MAX_TAPS];
} Taps;

/* a = -0.75: the first polynomial up to a distance of 1, the second up to 2 */
static float
cubic_near (float x)
{
  return ((-0.75f + 2) * x - (-0.75f + 3)) * x * x + 1;
}

static float
cubic_far (float x)
{
  return ((-0.75f * x + 5 * 0.75f) * x - 8 * 0.75f) * x + 4 * 0.75f;
}

/* @scale is the distance of two places in the input; all in single precision, as the reference rounds. */
static void
find_taps (gint64 in, gint64 place, float scale, AutoInterpolation mode, gboolean align_corners, Taps *taps)
{
  float at = align_corners ? scale * (float) place : scale * ((float) place + 0.5f) - 0.5f;

  if (mode == AUTO_INTERPOLATION_NEAREST)
    {
      taps->source[0] = MIN ((gint64) floorf ((float) place * scale), in - 1);
      taps->weight[0] = 1;
      return;
    }
  if (mode == AUTO_INTERPOLATION_LINEAR)
    at = MAX (at, 0);
  gint64 base = MIN ((gint64) floorf (at), in - 1);
  float t = CLAMP (at - (float) base, 0.0f, 1.0f);
  if (mode == AUTO_INTERPOLATION_LINEAR)
    {
      taps->source[0] = base;
      taps->source[1] = MIN (base + 1, in - 1);
      taps->weight[0] = 1 - t;
      taps->weight[1] = t;
      return;
    }
  for (gint64 i = 0; i < 4; i++)
    taps->source[i] = CLAMP (base - 1 + i, 0, in - 1);
  taps->weight[0] = cubic_far (t + 1);
  taps->weight[1] = cubic_near (t);
  taps->weight[2] = cubic_near (1 - t);
  taps->weight[3] = cubic_far (2 - t);
}

typedef struct
{
  const float *x;
  float *y;
  const Taps *taps;
  guint n_taps;
  gint64 in, out, inner;
  gint64 n_blocks, blocks_a_task;
} Resampling;

static void
resample_line (const Resampling *self, const float *x, float *restrict y)
{
  for (gint64 j = 0; j < self->out; j++)
    {
      const Taps *taps = &self->taps[j];
      float sum = x[taps->source[0]] * taps->weight[0];
      for (guint t = 1; t < self->n_taps; t++)
        sum += x[taps->source[t]] * taps->weight[t];
      y[j] = sum;
    }
}

static void
resample_rows (const Resampling *self, const float *x, float *y)
{
  for (gint64 j = 0; j < self->out; j++)
    {
      const Taps *taps = &self->taps[j];
      float *restrict to = y + j * self->inner;
      for (gint64 i = 0; i < self->inner; i++)
        to[i] = x[taps->source[0] * self->inner + i] * taps->weight[0];
      for (guint t = 1; t < self->n_taps; t++)
        for (gint64 i = 0; i < self->inner; i++)
          to[i] += x[taps->source[t] * self->inner + i] * taps->weight[t];
    }
}

/* Blocks of the dimensions before the one that is resampled. */
static void
resample_blocks (gsize task, gpointer data)
{
  const Resampling *self = data;
  gint64 first = (gint64) task * self->blocks_a_task, end = MIN (first + self->blocks_a_task, self->n_blocks);

  for (gint64 block = first; block < end; block++)
    (self->inner == 1 ? resample_line : resample_rows) (self, self->x + block * self->in * self->inner, self->y + block * self->out * self->inner);
}

/* @scale as for find_taps(). */
static AutoTensor *
resample (AutoContext *cx, AutoTensor *x, guint d, gint64 out, float scale, AutoInterpolation mode, gboolean align_corners)
{
  static const guint n_taps[] = { 1, 2, 4 };
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  Resampling self = { .n_taps = n_taps[mode], .in = x->shape[d], .out = out, .inner = 1, .n_blocks = 1 };

  memcpy (shape, x->shape, sizeof shape);
  shape[d] = out;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, x->n_dims);
  if (!y || cx->declaring)
    return y;
  for (guint i = 0; i < x->n_dims; i++)
    *(i < d ? &self.n_blocks : &self.inner) *= i == d ? 1 : x->shape[i];
  g_autofree Taps *taps = g_new (Taps, out);
  for (gint64 i = 0; i < out; i++)
    find_taps (self.in, i, scale, mode, align_corners, &taps[i]);
  self.taps = taps;
  self.x = auto_floats (x);
  self.y = auto_floats (y);
  self.blocks_a_task = MAX (16384 / (out * self.inner), 1);
  auto_pool_run ((self.n_blocks + self.blocks_a_task - 1) / self.blocks_a_task, resample_blocks, &self);
  return y;
}

/* @scale: of the caller, or NULL when sizes decide. */
static AutoTensor *
interpolate (AutoContext *cx, AutoTensor *x, const gint64 *size, const double *scale, gsize n, AutoInterpolation mode, gboolean align_corners)
{
  if (!(x = auto_op_floats (cx, "interpolate", x)))
    return NULL;
  if (n < 1 || n > 3 || x->n_dims != n + 2 || mode > AUTO_INTERPOLATION_BICUBIC || (mode == AUTO_INTERPOLATION_NEAREST && align_corners))
    {
      auto_op_fail (cx, "interpolate", x, AUTO_TENSOR_ERROR_SHAPE, "it can't be resized in %" G_GSIZE_FORMAT " dimensions in the mode asked for", n);
      return NULL;
    }
  for (int i = (int) n - 1; i >= 0 && x; i--)
    {
      gint64 in = x->shape[i + 2], out = size[i];
      float step = scale ? (float) (1 / scale[i]) : (float) in / (float) out;
      if (out < 1 || in < 1 || out > G_MAXINT32)
        {
          auto_op_fail (cx, "interpolate", x, AUTO_TENSOR_ERROR_SHAPE, "dimension %d can't become %" G_GINT64_FORMAT, i + 2, out);
          return NULL;
        }
      if (align_corners)
        step = out > 1 ? (float) (in - 1) / (float) (out - 1) : 0;
      if (in != out || (step != 1 && in > 1))
        x = resample (cx, x, i + 2, out, step, mode, align_corners);
    }
  return x;
}

/**
 * auto_interpolate:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, …) with one to three dimensions of space
 * @size: (array length=n_size): their sizes in the result
 * @n_size: how many there are
 * @mode: how values between elements are found
 * @align_corners: whether the first and last elements stay where they are
 *
 * Returns: (transfer none) (nullable): @x resized
 */
AutoTensor *
auto_interpolate (AutoContext *cx, AutoTensor *x, const gint64 *size, gsize n_size, AutoInterpolation mode, gboolean align_corners)
{
  return interpolate (cx, x, size, NULL, n_size, mode, align_corners);
}

/**
 * auto_interpolate_scale:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, …) with one to three dimensions of space
 * @scale: (array length=n_scale): factors of their sizes; the results are rounded down
 * @n_scale: how many there are
 * @mode: how values between elements are found
 * @align_corners: whether the first and last elements stay where they are
 *
 * Places in the input follow from the factors as they are given, not from the rounded sizes.
 *
 * Returns: (transfer none) (nullable): @x resized
 */
AutoTensor *
auto_interpolate_scale (AutoContext *cx, AutoTensor *x, const double *scale, gsize n_scale, AutoInterpolation mode, gboolean align_corners)
{
  gint64 size[3] = { 0 };

  if (!auto_op_begin (cx, "interpolate", x))
    return NULL;
  for (gsize i = 0; i < MIN (n_scale, 3); i++)
    {
      double out = floor ((double) auto_tensor_get_dim (x, (int) i + 2) * scale[i]);
      size[i] = out >= 1 && out <= G_MAXINT32 ? (gint64) out : 0;
    }
  return interpolate (cx, x, size, scale, n_scale, mode, align_corners);
}

typedef struct
{
  AutoTensor *x, *grid, *y;
  gboolean align_corners;
} Sampling;

static float
unnormalize (float at, gint64 size, gboolean align_corners)
{
  return align_corners ? (at + 1) / 2 * (float) (size - 1) : ((at + 1) * (float) size - 1) / 2;
}

/* One point of the grid, for all channels. */
static void
sample_point (const Sampling *self, const float *x, const float *point, float *y, gint64 y_step)
{
  gint64 channels = self->x->shape[1], height = self->x->shape[2], width = self->x->shape[3], elements[4];
  float column = unnormalize (point[0], width, self->align_corners), row = unnormalize (point[1], height, self->align_corners), weights[4];
  guint n = auto_bilinear (column, row, height, width, elements, weights);

  for (gint64 c = 0; c < channels; c++)
    {
      float sum = 0;
      for (guint i = 0; i < n; i++)
        sum += x[c * height * width + elements[i]] * weights[i];
      y[c * y_step] = sum;
    }
}

static void
sample_row (gsize task, gpointer data)
{
  const Sampling *self = data;
  gint64 height = self->grid->shape[1], width = self->grid->shape[2], batch = (gint64) task / height, row = (gint64) task % height;
  gint64 channels = self->x->shape[1], plane = self->x->shape[2] * self->x->shape[3];
  const float *x = auto_floats (self->x) + batch * channels * plane, *points = auto_floats (self->grid) + (gint64) task * width * 2;
  float *y = auto_floats (self->y) + (batch * channels * height + row) * width;

  for (gint64 i = 0; i < width; i++)
    sample_point (self, x, points + 2 * i, y + i, height * width);
}

/**
 * auto_grid_sample:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, height, width)
 * @grid: (nullable): a tensor (batch, rows, columns, 2) of places as (across, down), -1 to 1 from edge to edge
 * @align_corners: whether the edges are the middles of the outermost elements
 *
 * Returns: (transfer none) (nullable): a tensor (batch, channels, rows, columns) of bilinear samples; what lies outside is 0
 */
AutoTensor *
auto_grid_sample (AutoContext *cx, AutoTensor *x, AutoTensor *grid, gboolean align_corners)
{
  Sampling self = { .align_corners = align_corners };

  if (!(self.x = auto_op_floats (cx, "grid_sample", x)) || !(self.grid = auto_op_floats (cx, "grid_sample", grid)))
    return NULL;
  if (x->n_dims != 4 || grid->n_dims != 4 || grid->shape[3] != 2 || x->shape[0] != grid->shape[0])
    {
      auto_op_fail_shapes (cx, "grid_sample", x, grid);
      return NULL;
    }
  self.y = auto_context_tensor (cx, AUTO_DTYPE_F32, (const gint64[]) { x->shape[0], x->shape[1], grid->shape[1], grid->shape[2] }, 4);
  if (self.y && !cx->declaring)
    auto_pool_run (grid->shape[0] * grid->shape[1], sample_row, &self);
  return self.y;
}

/**
 * auto_pixel_shuffle:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels · @factor², height, width)
 * @factor: how much height and width grow
 *
 * Returns: (transfer none) (nullable): a tensor (batch, channels, height · @factor, width · @factor)
 */
AutoTensor *
auto_pixel_shuffle (AutoContext *cx, AutoTensor *x, gint64 factor)
{
  if (!auto_op_begin (cx, "pixel_shuffle", x))
    return NULL;
  if (x->n_dims != 4 || factor < 1 || factor > G_MAXINT16 || x->shape[1] % (factor * factor) != 0)
    {
      auto_op_fail (cx, "pixel_shuffle", x, AUTO_TENSOR_ERROR_SHAPE, "its channels are not %" G_GINT64_FORMAT "² times a number", factor);
      return NULL;
    }
  gint64 batch = x->shape[0], channels = x->shape[1] / (factor * factor), height = x->shape[2], width = x->shape[3];
  x = auto_unflatten (cx, x, 1, AUTO_DIMS (channels, factor, factor));
  x = auto_permute (cx, x, AUTO_ORDER (0, 1, 4, 2, 5, 3));
  return auto_reshape (cx, x, AUTO_DIMS (batch, channels, height * factor, width * factor));
}

/* How many windows fit into @size; 0 for none. */
static gint64
count_windows (gint64 size, gint64 kernel, gint64 stride, gint64 padding, gint64 dilation)
{
  if (kernel < 1 || stride < 1 || padding < 0 || dilation < 1 || MAX (MAX (kernel, dilation), MAX (size, padding)) > G_MAXINT32 || size < 1)
    return 0;
  gint64 room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

/**
 * auto_im2col:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels, height, width)
 * @kernel: height and width of a window
 * @stride: distance of two windows
 * @padding: zeros on all sides
 * @dilation: distance of two elements in a window
 *
 * Returns: (transfer none) (nullable): a tensor (batch, channels · @kernel², windows) of what the windows hold
 */
AutoTensor *
auto_im2col (AutoContext *cx, AutoTensor *x, gint64 kernel, gint64 stride, gint64 padding, gint64 dilation)
{
  if (!auto_op_begin (cx, "im2col", x))
    return NULL;
  gint64 rows = x->n_dims == 4 ? count_windows (x->shape[2], kernel, stride, padding, dilation) : 0;
  gint64 columns = x->n_dims == 4 ? count_windows (x->shape[3], kernel, stride, padding, dilation) : 0;
  if (rows == 0 || columns == 0)
    {
      auto_op_fail (cx, "im2col", x, AUTO_TENSOR_ERROR_SHAPE, "no windows of %" G_GINT64_FORMAT " fit into it", kernel);
      return NULL;
    }
  gint64 batch = x->shape[0], channels = x->shape[1];
  if (padding > 0 && !(x = auto_pad (cx, x, AUTO_DIMS (padding, padding, padding, padding), AUTO_PAD_CONSTANT, 0)))
    return NULL;
  gint64 shape[] = { batch, channels, kernel, kernel, rows, columns }, *s = x->strides;
  gint64 strides[] = { s[0], s[1], s[2] * dilation, s[3] * dilation, s[2] * stride, s[3] * stride };
  x = auto_context_adopt (cx, auto_tensor_new_view (x, shape, strides, 6, 0));
  return auto_reshape (cx, x, AUTO_DIMS (batch, channels * kernel * kernel, rows * columns));
}

typedef struct
{
  AutoTensor *x, *y;
  gint64 kernel, stride, padding, dilation, rows, columns;
} Folding;

/* One channel of one image. */
static void
fold_plane (gsize plane, gpointer data)
{
  const Folding *self = data;
  gint64 height = self->y->shape[2], width = self->y->shape[3];
  const float *x = auto_floats (self->x) + (gint64) plane * self->kernel * self->kernel * self->rows * self->columns;
  float *y = auto_floats (self->y) + (gint64) plane * height * width;

  memset (y, 0, height * width * sizeof *y);
  for (gint64 k = 0; k < self->kernel * self->kernel; k++)
    for (gint64 r = 0; r < self->rows; r++)
      for (gint64 c = 0; c < self->columns; c++, x++)
        {
          gint64 i = r * self->stride + k / self->kernel * self->dilation - self->padding;
          gint64 j = c * self->stride + k % self->kernel * self->dilation - self->padding;
          if (i >= 0 && i < height && j >= 0 && j < width)
            y[i * width + j] += *x;
        }
}

/**
 * auto_col2im:
 * @cx: a context
 * @x: (nullable): a tensor (batch, channels · @kernel², windows)
 * @height: height of the result
 * @width: width of the result
 * @kernel: height and width of a window
 * @stride: distance of two windows
 * @padding: what was padded on all sides
 * @dilation: distance of two elements in a window
 *
 * The inverse of [func@im2col], but that where windows overlap their elements are added.
 *
 * Returns: (transfer none) (nullable): a tensor (batch, channels, @height, @width)
 */
AutoTensor *
auto_col2im (AutoContext *cx, AutoTensor *x, gint64 height, gint64 width, gint64 kernel, gint64 stride, gint64 padding, gint64 dilation)
{
  Folding self = { .kernel = kernel, .stride = stride, .padding = padding, .dilation = dilation };

  if (!(self.x = auto_op_floats (cx, "col2im", x)))
    return NULL;
  self.rows = count_windows (height, kernel, stride, padding, dilation);
  self.columns = count_windows (width, kernel, stride, padding, dilation);
  if (x->n_dims != 3 || self.rows == 0 || self.columns == 0 || x->shape[1] % (kernel * kernel) != 0 || x->shape[2] / self.rows != self.columns ||
      x->shape[2] % self.rows != 0)
    {
      auto_op_fail (cx, "col2im", x, AUTO_TENSOR_ERROR_SHAPE, "these are no windows of an image of %" G_GINT64_FORMAT " by %" G_GINT64_FORMAT, height, width);
      return NULL;
    }
  self.y = auto_context_tensor (cx, AUTO_DTYPE_F32, (const gint64[]) { x->shape[0], x->shape[1] / (kernel * kernel), height, width }, 4);
  if (self.y && !cx->declaring)
    auto_pool_run (x->shape[0] * self.y->shape[1], fold_plane, &self);
  return self.y;
}
