/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rotary position embedding (Su et al., arXiv:2104.09864). */
#include "auto-ops-rotary.h"

#include <math.h>
#include <string.h>

#include "auto-ops-private.h"
#include "auto-pool.h"

/**
 * auto_rotary_table:
 * @cx: a context
 * @positions: (nullable): integers (batch or 1, length)
 * @dims: dimensions of a head that are rotated, an even number
 * @base: θ: the longest wavelength is 2π times it
 * @factor: what positions are divided by
 *
 * Cosines and sines of the angles position / factor · base^(-2i / dims), computed in single precision as the reference does.
 *
 * Returns: (transfer none) (nullable): a tensor (batch or 1, length, @dims): first half cosines, second half sines
 */
AutoTensor *
auto_rotary_table (AutoContext *cx, AutoTensor *positions, gint64 dims, double base, double factor)
{
  const char *argument = auto_context_find_name (cx, positions);
  AutoTensor *whole = auto_op_ints (cx, argument ? argument : "rotary_table", positions);

  if (!whole)
    return NULL;
  if (whole->n_dims != 2 || dims < 2 || dims % 2)
    {
      g_autofree char *text = auto_tensor_describe (whole);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "rotary: can't rotate %" G_GINT64_FORMAT " dimensions for positions of %s", dims, text);
      return NULL;
    }
  AutoTensor *table = auto_context_tensor (cx, AUTO_DTYPE_F32, (gint64[]) { whole->shape[0], whole->shape[1], dims }, 3);
  if (!table || cx->declaring)
    return table;
  if (argument)
    auto_context_name_tensor (cx, table, argument);
  gint64 n = whole->shape[0] * whole->shape[1], half = dims / 2;
  for (gint64 j = 0; j < half; j++)
    {
      float frequency = 1.0f / powf ((float) base, (float) (2 * j) / (float) dims);
      for (gint64 i = 0; i < n; i++)
        {
          float angle = (float) auto_ints (whole)[i] / (float) factor * frequency;
          auto_floats (table)[i * dims + j] = cosf (angle);
          auto_floats (table)[i * dims + half + j] = sinf (angle);
        }
    }
  return table;
}

typedef struct
{
  AutoTensor *x, *table, *y;
  gboolean interleaved;
} Rotation;

static void
rotate_head (const Rotation *self, const float *x, const float *cosines, float *y)
{
  gint64 dims = self->table->shape[2], half = dims / 2, width = self->x->shape[3];
  gint64 step = self->interleaved ? 2 : 1, apart = self->interleaved ? 1 : half;
  const float *sines = cosines + half;

  for (gint64 j = 0; j < half; j++)
    {
      float a = x[j * step], b = x[j * step + apart];
      y[j * step] = a * cosines[j] - b * sines[j];
      y[j * step + apart] = b * cosines[j] + a * sines[j];
    }
  memcpy (y + dims, x + dims, (width - dims) * sizeof *y);
}

/* One task is one (batch, position): all its heads. */
static void
rotate_position (gsize task, gpointer data)
{
  const Rotation *self = data;
  const AutoTensor *x = self->x, *y = self->y, *table = self->table;
  gint64 length = x->shape[2], b = task / length, s = task % length;
  const float *row = auto_floats (self->table) + ((table->shape[0] == 1 ? 0 : b) * length + s) * table->shape[2];

  for (gint64 h = 0; h < x->shape[1]; h++)
    rotate_head (self, (const float *) x->data + b * x->strides[0] + h * x->strides[1] + s * x->strides[2], row,
                 (float *) y->data + b * y->strides[0] + h * y->strides[1] + s * y->strides[2]);
}

/**
 * auto_rotary:
 * @cx: a context
 * @x: (nullable): queries or keys (batch, heads, length, width)
 * @table: (nullable): what auto_rotary_table() made for the same positions
 * @interleaved: whether neighbours are a pair, rather than one of the first half with one of the second
 *
 * Rotates the first dimensions of every head; those beyond the table's are kept.
 *
 * Returns: (transfer none) (nullable): a tensor of the shape of @x
 */
AutoTensor *
auto_rotary (AutoContext *cx, AutoTensor *x, AutoTensor *table, gboolean interleaved)
{
  if (!auto_op_begin (cx, "rotary", x) || !auto_op_begin (cx, "rotary", table))
    return NULL;
  gboolean fits = x->n_dims == 4 && table->n_dims == 3 && x->dtype == AUTO_DTYPE_F32 && (table->shape[0] == 1 || table->shape[0] == x->shape[0]) &&
                  table->shape[1] == x->shape[2] && table->shape[2] <= x->shape[3];
  if (!fits)
    {
      g_autofree char *a = auto_tensor_describe (x), *b = auto_tensor_describe (table);
      const char *argument = auto_context_find_name (cx, table);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "%s: %s can't be rotated by a table of %s", argument ? argument : "rotary", a, b);
      return NULL;
    }
  if (x->strides[3] != 1)
    x = auto_op_contiguous (cx, x);
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, x->shape, 4);
  if (!y || cx->declaring)
    return y;
  Rotation rotation = { x, table, y, interleaved };
  auto_pool_run (x->shape[0] * x->shape[2], rotate_position, &rotation);
  return y;
}
