/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-global-attention.h"

#include <float.h>
#include <math.h>

#include "auto-attention.h"
#include "auto-masks.h"
#include "core/auto/auto-model.h"

/* The lowest number where @masked, 0 elsewhere: (batch, 1, 1, n). */
static AutoTensor *
mask_bias (AutoContext *cx, AutoTensor *masked)
{
  AutoTensor *bias = auto_masked_fill (cx, auto_zeros (cx, AUTO_DIMS (1)), masked, -FLT_MAX);

  return auto_reshape (cx, bias, AUTO_DIMS (auto_dim (masked, 0), 1, 1, auto_dim (masked, 1)));
}

AutoGlobalMask
auto_global_mask (AutoContext *cx, AutoTensor *x, AutoTensor *attention_mask, AutoTensor *global_mask)
{
  AutoTensor *seen = attention_mask ? attention_mask : auto_full (cx, AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1)), 1, AUTO_DTYPE_I64);
  AutoGlobalMask mask;
  gint64 n;

  if (global_mask)
    seen = auto_mul (cx, seen, auto_add_scalar (cx, global_mask, 1));
  mask.hidden = auto_lt_scalar (cx, seen, 1);
  mask.global = auto_gt_scalar (cx, seen, 1);
  mask.far_bias = mask_bias (cx, mask.hidden);
  mask.near_bias = mask_bias (cx, auto_logical_or (cx, mask.hidden, mask.global));
  mask.places = mask.live = NULL;
  AutoTensor *global = auto_cast (cx, mask.global, AUTO_DTYPE_I64);
  auto_read_int (cx, auto_max (cx, auto_sum (cx, global, 1, FALSE), 0, FALSE), 0, &n);
  if (auto_context_is_declaring (cx))
    n = 1;
  if (n > 0)
    {
      mask.places = auto_narrow (cx, auto_argsort (cx, global, 1, TRUE), 1, 0, n);
      mask.live = auto_gather (cx, mask.global, 1, mask.places);
      AutoTensor *bias = mask_bias (cx, auto_logical_not (cx, mask.live));
      mask.near_bias = auto_concat (cx, AUTO_TENSORS (bias, mask.near_bias), -1);
    }
  return mask;
}

static AutoTensor *
project (AutoContext *cx, const char *name, AutoTensor *x, AutoTensor *first)
{
  x = auto_linear (cx, name, x, auto_dim (x, -1));
  return first ? auto_concat (cx, AUTO_TENSORS (auto_pick_tokens (cx, x, first), x), 1) : x;
}

static AutoTensor *
scale_probabilities (AutoContext *cx, AutoTensor *probabilities, const AutoGlobalAttention *how)
{
  return how->head_mask ? auto_mul (cx, probabilities, auto_reshape (cx, how->head_mask, AUTO_DIMS (how->heads, 1, 1))) : probabilities;
}

/* What all tokens see of those near them and of the global ones; padding sees nothing. */
static AutoTensor *
attend_near (AutoContext *cx, AutoTensor *x, const AutoGlobalMask *mask, const AutoGlobalAttention *how, double scale)
{
  AutoTensor *q = auto_split_heads (cx, project (cx, "query", x, NULL), how->heads), *probabilities = NULL;
  AutoTensor *k = auto_split_heads (cx, project (cx, "key", x, mask->places), how->heads);
  AutoTensor *v = auto_split_heads (cx, project (cx, "value", x, mask->places), how->heads);
  AutoTensor *y = auto_sliding_attention_full (cx, q, k, v, mask->near_bias, how->window / 2, scale,
                                               auto_context_wants_attentions (cx) ? &probabilities : NULL);

  if (probabilities)
    {
      AutoTensor *blind = auto_logical_or (cx, mask->hidden, mask->global);
      AutoTensor *rows = auto_reshape (cx, blind, AUTO_DIMS (auto_dim (x, 0), 1, auto_dim (x, 1), 1));
      auto_context_collect (cx, "attentions", auto_masked_fill (cx, scale_probabilities (cx, probabilities, how), rows, 0));
    }
  return auto_masked_fill (cx, y, auto_unsqueeze (cx, mask->hidden, 2), 0);
}

/* An empty place has nothing but masked keys: the mean of all. */
static void
collect_far (AutoContext *cx, AutoTensor *probabilities, const AutoGlobalMask *mask, const AutoGlobalAttention *how)
{
  gint64 length = auto_dim (probabilities, -1), padded = MAX (how->padded, length);
  AutoTensor *live = auto_reshape (cx, mask->live, AUTO_DIMS (auto_dim (mask->live, 0), 1, auto_dim (mask->live, 1), 1));

  probabilities = auto_pad (cx, probabilities, AUTO_DIMS (0, padded - length), AUTO_PAD_CONSTANT, 0);
  probabilities = auto_masked_fill (cx, probabilities, auto_logical_not (cx, live), 1.0 / (double) MAX (padded, 1));
  auto_context_collect (cx, "global_attentions", auto_transpose (cx, scale_probabilities (cx, probabilities, how), 2, 3));
}

/* What the global tokens see: (batch, n, width). */
static AutoTensor *
attend_far (AutoContext *cx, AutoTensor *x, const AutoGlobalMask *mask, const AutoGlobalAttention *how, double scale)
{
  AutoTensor *probabilities = NULL;
  AutoTensor *q = auto_split_heads (cx, project (cx, "query_global", auto_pick_tokens (cx, x, mask->places), NULL), how->heads);
  AutoTensor *k = auto_split_heads (cx, project (cx, "key_global", x, NULL), how->heads);
  AutoTensor *v = auto_split_heads (cx, project (cx, "value_global", x, NULL), how->heads);
  AutoTensor *y = auto_scaled_attention_full (cx, q, k, v, &(AutoMask) { .bias = mask->far_bias }, scale,
                                              auto_context_wants_attentions (cx) ? &probabilities : NULL);

  if (probabilities)
    collect_far (cx, probabilities, mask, how);
  return y;
}

AutoTensor *
auto_global_attention (AutoContext *cx, AutoTensor *x, const AutoGlobalMask *mask, const AutoGlobalAttention *how)
{
  gint64 width = auto_dim (x, -1);

  if (how->heads < 1 || width % how->heads || how->window < 2 || how->window % 2)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "a width of %" G_GINT64_FORMAT " with %d attention heads and a window of %"
                         G_GINT64_FORMAT " tokens: the heads must divide the width, and the window must be even and positive", width, how->heads,
                         how->window);
      return NULL;
    }
  double scale = 1 / sqrt ((double) (width / how->heads));
  AutoTensor *y = attend_near (cx, x, mask, how, scale);
  if (mask->places)
    {
      AutoTensor *far = attend_far (cx, x, mask, how, scale);
      AutoTensor *rows = auto_where (cx, auto_unsqueeze (cx, mask->live, 2), far, auto_pick_tokens (cx, y, mask->places));
      AutoTensor *places = auto_expand (cx, auto_unsqueeze (cx, mask->places, 2), AUTO_DIMS (auto_dim (rows, 0), auto_dim (rows, 1), width));
      y = auto_scatter (cx, y, 1, places, rows);
    }
  return how->head_mask ? auto_scale_heads (cx, y, how->head_mask, how->heads) : y;
}
