/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-image-positions.h"

#define TABLE_ROWS 50

AutoTensor *
auto_downsample_mask (AutoContext *cx, AutoTensor *pixel_mask, AutoTensor *map)
{
  gint64 batch = auto_dim (map, 0), rows = auto_dim (map, 2), columns = auto_dim (map, 3);

  if (!pixel_mask)
    return auto_ones (cx, AUTO_DIMS (batch, rows, columns));
  AutoTensor *mask = auto_cast (cx, auto_unsqueeze (cx, pixel_mask, 1), AUTO_DTYPE_F32);
  mask = auto_interpolate (cx, mask, AUTO_DIMS (rows, columns), AUTO_INTERPOLATION_NEAREST, FALSE);
  return auto_cast (cx, auto_ne_scalar (cx, auto_squeeze (cx, mask, 1), 0), AUTO_DTYPE_F32);
}

/* Numbers of the places along @dim that are no padding, from 0 to a whole turn at the last one. */
static AutoTensor *
turns (AutoContext *cx, AutoTensor *mask, int dim, double offset)
{
  AutoTensor *count = auto_cumsum (cx, mask, dim), *last = auto_narrow (cx, count, dim, auto_dim (count, dim) - 1, 1);

  return auto_scale (cx, auto_div (cx, auto_add_scalar (cx, count, offset), auto_add_scalar (cx, last, 1e-6)), 2 * G_PI);
}

AutoTensor *
auto_sine_waves (AutoContext *cx, AutoTensor *angle, gint64 width)
{
  AutoTensor *exponents = auto_scale (cx, auto_arange_float (cx, 0, (double) (width / 2), 1), 2.0 / (double) width);
  AutoTensor *periods = auto_pow (cx, auto_full (cx, AUTO_DIMS (1), 10000, AUTO_DTYPE_F32), exponents);

  angle = auto_div (cx, auto_unsqueeze (cx, angle, -1), periods);
  return auto_flatten (cx, auto_stack (cx, AUTO_TENSORS (auto_sin (cx, angle), auto_cos (cx, angle)), -1), -2, -1);
}

static void
check_width (AutoContext *cx, gint64 width)
{
  if (width % 2)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "sine positions: the width of the states must be a multiple of 4, and it is %" G_GINT64_FORMAT, 2 * width);
}

AutoTensor *
auto_sine_positions (AutoContext *cx, AutoTensor *mask, gint64 width, double offset)
{
  check_width (cx, width);
  AutoTensor *y = auto_sine_waves (cx, turns (cx, mask, 1, offset), width), *x = auto_sine_waves (cx, turns (cx, mask, 2, offset), width);
  return auto_flatten (cx, auto_concat (cx, AUTO_TENSORS (y, x), 3), 1, 2);
}

AutoTensor *
auto_sine_points (AutoContext *cx, AutoTensor *points, gint64 width)
{
  AutoTensor *angles = auto_scale (cx, points, 2 * G_PI);

  check_width (cx, width);
  AutoTensor *y = auto_sine_waves (cx, auto_select (cx, angles, -1, 1), width), *x = auto_sine_waves (cx, auto_select (cx, angles, -1, 0), width);
  return auto_concat (cx, AUTO_TENSORS (y, x), -1);
}

static AutoTensor *
table (AutoContext *cx, const char *name, gint64 n, gint64 width)
{
  AutoTensor *rows = auto_parameter (cx, name, AUTO_DIMS (TABLE_ROWS, width));

  if (n > TABLE_ROWS)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "pixel_values: the image has %" G_GINT64_FORMAT " places on a side, and there are positions for %d; use a smaller one", n, TABLE_ROWS);
  return auto_narrow (cx, rows, 0, 0, n);
}

AutoTensor *
auto_learned_positions (AutoContext *cx, gint64 batch, gint64 rows, gint64 columns, gint64 width)
{
  AutoTensor *x = auto_unsqueeze (cx, table (cx, "column_embeddings.weight", columns, width), 0);
  AutoTensor *y = auto_unsqueeze (cx, table (cx, "row_embeddings.weight", rows, width), 1);
  AutoTensor *both[] = { auto_expand (cx, x, AUTO_DIMS (rows, columns, width)), auto_expand (cx, y, AUTO_DIMS (rows, columns, width)) };
  AutoTensor *positions = auto_reshape (cx, auto_concat (cx, both, 2, 2), AUTO_DIMS (1, rows * columns, 2 * width));

  return auto_expand (cx, positions, AUTO_DIMS (batch, rows * columns, 2 * width));
}
