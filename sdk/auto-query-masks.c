/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-query-masks.h"

AutoTensor *
auto_query_masks (AutoContext *cx, AutoTensor *x, AutoTensor *pixels)
{
  gint64 batch = auto_dim (x, 0), queries = auto_dim (x, 1), width = auto_dim (x, 2);

  x = auto_linear_act (cx, "mask_embedder.0.0", x, width, AUTO_ACTIVATION_RELU);
  x = auto_linear_act (cx, "mask_embedder.1.0", x, width, AUTO_ACTIVATION_RELU);
  x = auto_matmul (cx, auto_linear (cx, "mask_embedder.2.0", x, auto_dim (pixels, 1)), auto_flatten (cx, pixels, 2, 3));
  return auto_reshape (cx, x, AUTO_DIMS (batch, queries, auto_dim (pixels, 2), auto_dim (pixels, 3)));
}
