/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-relative.h"

#include <math.h>

AutoTensor *
auto_relative_positions (AutoContext *cx, gint64 past, gint64 n_queries, gint64 n_keys)
{
  AutoTensor *queries = auto_unsqueeze (cx, auto_arange (cx, past, past + n_queries, 1), 1);

  return auto_sub (cx, auto_unsqueeze (cx, auto_arange (cx, 0, n_keys, 1), 0), queries);
}

AutoTensor *
auto_relative_buckets (AutoContext *cx, AutoTensor *positions, gboolean bidirectional, gint64 n_buckets, gint64 max_distance)
{
  AutoTensor *offset = NULL, *distance;

  if (bidirectional)
    {
      n_buckets /= 2;
      offset = auto_scale (cx, auto_cast (cx, auto_gt_scalar (cx, positions, 0), AUTO_DTYPE_I64), (double) n_buckets);
      distance = auto_abs (cx, positions);
    }
  else
    distance = auto_scale (cx, auto_minimum (cx, positions, auto_full_like (cx, positions, 0)), -1);

  /* In single precision and in this order, as the reference: places between two buckets are exact there. */
  gint64 exact = n_buckets / 2;
  AutoTensor *far = auto_log (cx, auto_scale (cx, auto_cast (cx, distance, AUTO_DTYPE_F32), 1.0 / (double) exact));
  far = auto_div (cx, far, auto_constant (cx, AUTO_VALUES (log ((double) max_distance / (double) exact))));
  far = auto_add_scalar (cx, auto_cast (cx, auto_scale (cx, far, (double) (n_buckets - exact)), AUTO_DTYPE_I64), (double) exact);
  far = auto_minimum (cx, far, auto_full_like (cx, far, (double) (n_buckets - 1)));
  AutoTensor *bucket = auto_where (cx, auto_lt_scalar (cx, distance, (double) exact), distance, far);
  return offset ? auto_add (cx, bucket, offset) : bucket;
}

AutoTensor *
auto_relative_bias (AutoContext *cx, AutoTensor *rows)
{
  return auto_unsqueeze (cx, auto_permute (cx, rows, AUTO_ORDER (2, 0, 1)), 0);
}

AutoTensor *
auto_relative_shift (AutoContext *cx, AutoTensor *scores, gint64 shift, gint64 n_keys)
{
  gint64 batch = auto_dim (scores, 0), heads = auto_dim (scores, 1), queries = auto_dim (scores, 2), n = auto_dim (scores, 3);

  /* Without its first places the whole is cut into rows that are @shift shorter, so that each begins as much before the one above. */
  scores = auto_slice (cx, auto_reshape (cx, scores, AUTO_DIMS (batch, heads, n, queries)), 2, shift, AUTO_END, 1);
  scores = auto_reshape (cx, auto_contiguous (cx, scores), AUTO_DIMS (batch, heads, queries, n - shift));
  return auto_slice (cx, scores, 3, 0, n_keys, 1);
}
