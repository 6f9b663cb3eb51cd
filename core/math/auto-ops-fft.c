/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-fft.h"

#include "auto-fft.h"
#include "auto-ops-private.h"
#include "auto-pool.h"

/* Lines of @n numbers. */
typedef struct
{
  const AutoFft *fft;
  gint64 n, in, out; /* the transform's length, and numbers of a line of x and of y */
  gint64 inner;      /* lines of the second pass of two dimensions */
  const float *x;
  float *y;
  AutoComplex *middle;
} Transforms;

/* Memory of the thread for a line, and what the transform needs behind it. */
static AutoComplex *
line_memory (const Transforms *self)
{
  return (AutoComplex *) auto_scratch (AUTO_SCRATCH_TILE, (self->n + auto_fft_get_scratch (self->fft)) * (sizeof (AutoComplex) / sizeof (float)));
}

static void
load_real (const Transforms *self, gsize line, AutoComplex *to)
{
  for (gint64 k = 0; k < self->n; k++)
    to[k] = (AutoComplex) { k < self->in ? self->x[(gint64) line * self->in + k] : 0, 0 };
}

static void
rfft_line (gsize line, gpointer data)
{
  const Transforms *self = data;
  AutoComplex *memory = line_memory (self);
  float *y = self->y + (gint64) line * self->out * 2;

  load_real (self, line, memory);
  auto_fft_run (self->fft, FALSE, memory, memory + self->n);
  for (gint64 k = 0; k < self->out; k++)
    {
      y[2 * k] = (float) memory[k].re;
      y[2 * k + 1] = (float) memory[k].im;
    }
}

/* The second half of the spectrum mirrors the first; the ends are real. */
static void
irfft_line (gsize line, gpointer data)
{
  const Transforms *self = data;
  AutoComplex *memory = line_memory (self);
  const float *x = self->x + (gint64) line * self->in * 2;
  float *y = self->y + (gint64) line * self->n;

  for (gint64 k = 0; k < self->n; k++)
    {
      gint64 from = MIN (k, self->n - k);
      double re = from < self->in ? x[2 * from] : 0, im = from < self->in && 2 * from % self->n != 0 ? x[2 * from + 1] : 0;
      memory[k] = (AutoComplex) { re, k == from ? im : -im };
    }
  auto_fft_run (self->fft, TRUE, memory, memory + self->n);
  for (gint64 k = 0; k < self->n; k++)
    y[k] = (float) (memory[k].re / (double) self->n);
}

static void
row_line (gsize line, gpointer data)
{
  const Transforms *self = data;
  AutoComplex *memory = line_memory (self);

  load_real (self, line, memory);
  auto_fft_run (self->fft, FALSE, memory, memory + self->n);
  memcpy (self->middle + (gint64) line * self->n, memory, self->n * sizeof *memory);
}

static void
column_line (gsize line, gpointer data)
{
  const Transforms *self = data;
  AutoComplex *memory = line_memory (self);
  gint64 start = (gint64) line / self->inner * self->n * self->inner + (gint64) line % self->inner;

  for (gint64 k = 0; k < self->n; k++)
    memory[k] = self->middle[start + k * self->inner];
  auto_fft_run (self->fft, FALSE, memory, memory + self->n);
  for (gint64 k = 0; k < self->n; k++)
    self->y[start + k * self->inner] = (float) memory[k].re;
}

static AutoFft *
make_fft (AutoContext *cx, const char *op, AutoTensor *x, gint64 n)
{
  AutoFft *fft = auto_fft_new (n);

  if (!fft)
    auto_op_fail (cx, op, x, AUTO_TENSOR_ERROR_SHAPE, "it has no transform of the length %" G_GINT64_FORMAT, n);
  return fft;
}

/**
 * auto_rfft:
 * @cx: a context
 * @x: (nullable): a tensor (…, length)
 * @n: how many elements are transformed: @x is cut or filled up with zeros
 *
 * Returns: (transfer none) (nullable): a tensor (…, @n/2 + 1, 2): the first half of the discrete Fourier transform as real
 *   and imaginary parts
 */
AutoTensor *
auto_rfft (AutoContext *cx, AutoTensor *x, gint64 n)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS + 1];

  if (!(x = auto_op_floats (cx, "rfft", x)))
    return NULL;
  g_autoptr(AutoFft) fft = make_fft (cx, "rfft", x, x->n_dims ? n : 0);
  if (!fft)
    return NULL;
  memcpy (shape, x->shape, sizeof x->shape);
  shape[x->n_dims - 1] = n / 2 + 1;
  shape[x->n_dims] = 2;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, x->n_dims + 1);
  if (!y || cx->declaring)
    return y;
  Transforms self = { .fft = fft, .n = n, .in = auto_tensor_get_dim (x, -1), .out = n / 2 + 1, .x = auto_floats (x), .y = auto_floats (y) };
  auto_pool_run (auto_tensor_get_n_elements (y) / self.out / 2, rfft_line, &self);
  return y;
}

/**
 * auto_irfft:
 * @cx: a context
 * @x: (nullable): a tensor (…, bins, 2) of real and imaginary parts
 * @n: length of the result
 *
 * Returns: (transfer none) (nullable): a tensor (…, @n): the inverse of [func@rfft], divided by @n
 */
AutoTensor *
auto_irfft (AutoContext *cx, AutoTensor *x, gint64 n)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];

  if (!(x = auto_op_floats (cx, "irfft", x)))
    return NULL;
  g_autoptr(AutoFft) fft = make_fft (cx, "irfft", x, x->n_dims > 1 && auto_tensor_get_dim (x, -1) == 2 ? n : 0);
  if (!fft)
    return NULL;
  memcpy (shape, x->shape, sizeof x->shape);
  shape[x->n_dims - 2] = n;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, x->n_dims - 1);
  if (!y || cx->declaring)
    return y;
  Transforms self = { .fft = fft, .n = n, .in = auto_tensor_get_dim (x, -2), .x = auto_floats (x), .y = auto_floats (y) };
  auto_pool_run (auto_tensor_get_n_elements (y) / n, irfft_line, &self);
  return y;
}

/**
 * auto_fft2_real:
 * @cx: a context
 * @x: (nullable): a tensor (…, rows, columns)
 *
 * Returns: (transfer none) (nullable): the real part of the discrete Fourier transform over the last two dimensions
 */
AutoTensor *
auto_fft2_real (AutoContext *cx, AutoTensor *x)
{
  if (!(x = auto_op_floats (cx, "fft2_real", x)))
    return NULL;
  gint64 rows = auto_tensor_get_dim (x, -2), columns = auto_tensor_get_dim (x, -1), n = auto_tensor_get_n_elements (x);
  g_autoptr(AutoFft) along_rows = make_fft (cx, "fft2_real", x, x->n_dims > 1 ? columns : 0);
  g_autoptr(AutoFft) along_columns = along_rows ? make_fft (cx, "fft2_real", x, rows) : NULL;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, x->shape, x->n_dims);
  AutoTensor *middle = auto_context_tensor (cx, AUTO_DTYPE_F64, (const gint64[]) { n, 2 }, 2);
  if (!y || !middle || cx->declaring)
    return cx->error ? NULL : y;
  Transforms self = { .fft = along_rows, .n = columns, .in = columns, .x = auto_floats (x), .y = auto_floats (y) };
  self.middle = (AutoComplex *) middle->data;
  auto_pool_run (n / columns, row_line, &self);
  self.fft = along_columns;
  self.n = rows;
  self.inner = columns;
  auto_pool_run (n / rows, column_line, &self);
  return y;
}
