/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-windows.h"

AutoTensor *
auto_window_pad (AutoContext *cx, AutoTensor *x, gint64 window)
{
  gint64 below = (window - auto_dim (x, 1) % window) % window, right = (window - auto_dim (x, 2) % window) % window;

  if (!below && !right)
    return x;
  return auto_pad (cx, x, (const gint64[]) { 0, 0, 0, right, 0, below }, 6, AUTO_PAD_CONSTANT, 0);
}

AutoTensor *
auto_window_partition (AutoContext *cx, AutoTensor *x, gint64 window)
{
  gint64 channels = auto_dim (x, 3);
  AutoTensor *grid = auto_reshape (cx, x, AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1) / window, window, auto_dim (x, 2) / window, window, channels));

  return auto_reshape (cx, auto_permute (cx, grid, AUTO_ORDER (0, 1, 3, 2, 4, 5)), AUTO_DIMS (-1, window * window, channels));
}

AutoTensor *
auto_window_reverse (AutoContext *cx, AutoTensor *windows, gint64 window, gint64 height, gint64 width)
{
  gint64 channels = auto_dim (windows, 2);
  AutoTensor *grid = auto_reshape (cx, windows, AUTO_DIMS (-1, height / window, width / window, window, window, channels));

  return auto_reshape (cx, auto_permute (cx, grid, AUTO_ORDER (0, 1, 3, 2, 4, 5)), AUTO_DIMS (-1, height, width, channels));
}

/* Which of the three parts along one side each place comes from. */
static AutoTensor *
parts_of_side (AutoContext *cx, gint64 length, gint64 window, gint64 shift)
{
  AutoTensor *places = auto_arange (cx, 0, length, 1);
  AutoTensor *late = auto_cast (cx, auto_ge_scalar (cx, places, (double) (length - window)), AUTO_DTYPE_I64);

  return auto_add (cx, late, auto_cast (cx, auto_ge_scalar (cx, places, (double) (length - shift)), AUTO_DTYPE_I64));
}

AutoTensor *
auto_window_mask (AutoContext *cx, gint64 height, gint64 width, gint64 window, gint64 shift)
{
  AutoTensor *rows = auto_unsqueeze (cx, auto_scale (cx, parts_of_side (cx, height, window, shift), 3), 1);
  AutoTensor *parts = auto_add (cx, rows, auto_unsqueeze (cx, parts_of_side (cx, width, window, shift), 0));

  parts = auto_window_partition (cx, auto_reshape (cx, parts, AUTO_DIMS (1, height, width, 1)), window);
  AutoTensor *apart = auto_ne (cx, parts, auto_transpose (cx, parts, 1, 2));
  return auto_unsqueeze (cx, auto_scale (cx, auto_cast (cx, apart, AUTO_DTYPE_F32), -100), 1);
}

AutoTensor *
auto_window_distances (AutoContext *cx, gint64 window)
{
  AutoTensor *places = auto_arange (cx, 0, window * window, 1);
  AutoTensor *rows = auto_floor_divide_scalar (cx, places, (double) window), *columns = auto_remainder_scalar (cx, places, (double) window);
  AutoTensor *down = auto_sub (cx, auto_unsqueeze (cx, rows, 1), auto_unsqueeze (cx, rows, 0));
  AutoTensor *right = auto_sub (cx, auto_unsqueeze (cx, columns, 1), auto_unsqueeze (cx, columns, 0));

  down = auto_scale (cx, auto_add_scalar (cx, down, (double) window - 1), (double) (2 * window - 1));
  return auto_flatten (cx, auto_add (cx, down, auto_add_scalar (cx, right, (double) window - 1)), 0, 1);
}
