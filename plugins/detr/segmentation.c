/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "segmentation.h"

#include <float.h>

#define QUERIES_AT_ONCE 10 /* masks are large while they are made */

/* Where each query looks, by head: (batch, queries, heads, rows, columns); a softmax over heads and places together. */
static AutoTensor *
attention_maps (AutoContext *cx, const DetrMasks *from)
{
  gint64 batch = auto_dim (from->x, 0), n = auto_dim (from->x, 1), width = auto_dim (from->x, 2), places = auto_dim (from->memory, 1);
  gint64 heads = from->heads;
  AUTO_SCOPE (cx, "bbox_attention");
  AutoTensor *q = auto_split_heads (cx, auto_linear (cx, "q_linear", from->x, width), heads);
  AutoTensor *k = auto_split_heads (cx, auto_linear (cx, "k_linear", from->memory, width), heads);

  q = auto_scale (cx, q, 1 / sqrt ((double) width / (double) heads));
  AutoTensor *scores = auto_permute (cx, auto_matmul_nt (cx, q, k), AUTO_ORDER (0, 2, 1, 3));
  if (from->mask)
    {
      AutoTensor *hidden = auto_eq_scalar (cx, auto_reshape (cx, from->mask, AUTO_DIMS (batch, 1, 1, places)), 0);
      scores = auto_masked_fill (cx, scores, hidden, -FLT_MAX);
    }
  scores = auto_softmax (cx, auto_flatten (cx, scores, 2, 3), -1);
  return auto_reshape (cx, scores, AUTO_DIMS (batch, n, heads, auto_dim (from->map, 2), auto_dim (from->map, 3)));
}

/* The map for each query: (batch · queries, …). */
static AutoTensor *
for_queries (AutoContext *cx, AutoTensor *map, gint64 n)
{
  gint64 batch = auto_dim (map, 0), channels = auto_dim (map, 1), rows = auto_dim (map, 2), columns = auto_dim (map, 3);

  map = auto_expand (cx, auto_unsqueeze (cx, map, 1), AUTO_DIMS (batch, n, channels, rows, columns));
  return auto_reshape (cx, map, AUTO_DIMS (batch * n, channels, rows, columns));
}

/* x stretched to a finer map of the network, plus that map. */
static AutoTensor *
refine (AutoContext *cx, AutoTensor *x, const char *adapter, AutoTensor *finer)
{
  gint64 batch = auto_dim (finer, 0), channels = auto_dim (x, 1), rows = auto_dim (finer, 2), columns = auto_dim (finer, 3);

  finer = auto_conv2d (cx, adapter, finer, channels, &(AutoConv) { .kernel = { 1 } });
  x = auto_interpolate (cx, x, AUTO_DIMS (rows, columns), AUTO_INTERPOLATION_NEAREST, FALSE);
  x = auto_reshape (cx, x, AUTO_DIMS (batch, -1, channels, rows, columns));
  return auto_flatten (cx, auto_add (cx, x, auto_unsqueeze (cx, finer, 1)), 0, 1);
}

static AutoTensor *
convolve (AutoContext *cx, AutoTensor *x, int i, gint64 n_out)
{
  g_autofree char *conv = g_strdup_printf ("lay%d", i), *norm = g_strdup_printf ("gn%d", i);

  x = auto_conv2d (cx, conv, x, n_out, &(AutoConv) { .kernel = { 3 }, .padding = { 1 } });
  return auto_activation (cx, auto_group_norm (cx, norm, x, MIN (8, n_out), 1e-5), AUTO_ACTIVATION_RELU);
}

/* Masks (batch, n, rows, columns) of queries whose attention is given. */
static AutoTensor *
mask_head (AutoContext *cx, const DetrMasks *from, AutoTensor *attention)
{
  static const char *const adapters[] = { "adapter1", "adapter2", "adapter3" };
  gint64 width = auto_dim (from->x, 2), batch = auto_dim (attention, 0), n = auto_dim (attention, 1);
  AutoTensor *x = auto_concat (cx, AUTO_TENSORS (for_queries (cx, from->map, n), auto_flatten (cx, attention, 0, 1)), 1);

  for (int i = 1; i <= 5; i++)
    {
      AUTO_LAYER (cx, &x, "mask_head");
      if (i > 2)
        x = refine (cx, x, adapters[i - 3], from->finer[5 - i]);
      x = convolve (cx, x, i, i == 1 ? width + from->heads : width >> (i - 1));
    }
  AUTO_SCOPE (cx, "mask_head");
  x = auto_conv2d (cx, "out_lay", x, 1, &(AutoConv) { .kernel = { 3 }, .padding = { 1 } });
  return auto_reshape (cx, x, AUTO_DIMS (batch, n, auto_dim (x, 2), auto_dim (x, 3)));
}

AutoTensor *
detr_masks (AutoContext *cx, const DetrMasks *from)
{
  gint64 width = auto_dim (from->x, 2), n = auto_dim (from->x, 1);

  if (!auto_context_has_failed (cx) && (from->n_finer < 3 || width < 16 || (width + from->heads) % 8))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "masks need three stages of the backbone or more, a d_model of 16 or more and "
                       "d_model + encoder_attention_heads that 8 divides");
  if (auto_context_has_failed (cx))
    return NULL;
  AutoTensor *attention = attention_maps (cx, from), *masks = NULL;
  for (gint64 i = 0; i < n; i += QUERIES_AT_ONCE)
    {
      AUTO_LAYER (cx, &masks, "%s", "");
      AutoTensor *some = mask_head (cx, from, auto_narrow (cx, attention, 1, i, MIN (QUERIES_AT_ONCE, n - i)));
      masks = masks ? auto_concat (cx, AUTO_TENSORS (masks, some), 1) : some;
    }
  return masks;
}
