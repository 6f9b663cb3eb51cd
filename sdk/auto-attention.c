/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-attention.h"

#include <math.h>

#include "auto-masks.h"
#include "core/math/auto-cache.h"

static AutoTensor *
project (AutoContext *cx, const char *name, AutoTensor *x, gint64 heads, gint64 head_dim, gboolean no_bias)
{
  AutoTensor *y = no_bias ? auto_linear_no_bias (cx, name, x, heads * head_dim) : auto_linear (cx, name, x, heads * head_dim);

  return auto_split_heads (cx, y, heads);
}

/* Keys and values, with those of earlier passes; the mask is fitted to them. */
static void
keys_and_values (AutoContext *cx, AutoTensor *x, const AutoAttention *how, gint64 head_dim, AutoMask *mask, AutoTensor **k, AutoTensor **v)
{
  gint64 heads = how->kv_heads ? how->kv_heads : how->heads;

  if (how->source && auto_cache_get (cx, "source", k, v))
    return;
  *k = project (cx, how->k, how->source ? how->source : x, heads, head_dim, how->no_bias || how->k_no_bias);
  *v = project (cx, how->v, how->source ? how->source : x, heads, head_dim, how->no_bias);
  if (how->rotary)
    *k = auto_rotary (cx, *k, how->rotary, how->rotary_interleaved);
  if (how->source)
    auto_cache_put (cx, "source", *k, *v);
  else if (mask->causal || how->cached)
    {
      auto_cache_append (cx, k, v, how->window);
      auto_mask_fit (cx, mask, auto_dim (x, 1), auto_dim (*k, 2));
    }
}

/* Rows of the table by query minus key: (queries, keys, head_dim). */
static AutoTensor *
distance_rows (AutoContext *cx, const AutoAttention *how, gint64 n_queries, gint64 n_keys, gint64 head_dim, gint64 past)
{
  AutoTensor *queries = auto_unsqueeze (cx, auto_arange (cx, past, past + n_queries, 1), 1);
  AutoTensor *keys = auto_unsqueeze (cx, auto_arange (cx, 0, n_keys, 1), 0);
  AutoTensor *places = auto_add_scalar (cx, auto_sub (cx, queries, keys), how->max_positions - 1);

  return auto_embedding (cx, how->distances, places, 2 * how->max_positions - 1, head_dim);
}

/* x (batch, heads, n, d) against rows (n, m, d) of each of the n: (batch, heads, n, m). */
static AutoTensor *
against_rows (AutoContext *cx, AutoTensor *x, AutoTensor *rows)
{
  gint64 batch = auto_dim (x, 0), heads = auto_dim (x, 1), n = auto_dim (x, 2), d = auto_dim (x, 3), m = auto_dim (rows, 1);
  AutoTensor *flat = auto_reshape (cx, auto_permute (cx, x, AUTO_ORDER (2, 0, 1, 3)), AUTO_DIMS (n, batch * heads, d));
  AutoTensor *scores = auto_matmul_nt (cx, flat, rows);

  return auto_permute (cx, auto_reshape (cx, scores, AUTO_DIMS (n, batch, heads, m)), AUTO_ORDER (1, 2, 0, 3));
}

static AutoTensor *
distance_bias (AutoContext *cx, const AutoAttention *how, AutoTensor *q, AutoTensor *k, double scale)
{
  gint64 past = how->source ? 0 : auto_context_get_past (cx);
  AutoTensor *rows = distance_rows (cx, how, auto_dim (q, 2), auto_dim (k, 2), auto_dim (q, 3), past);
  AutoTensor *bias = against_rows (cx, q, rows);

  if (how->distances_of_keys)
    {
      AutoTensor *of_keys = against_rows (cx, k, auto_transpose (cx, rows, 0, 1));
      bias = auto_add (cx, bias, auto_transpose (cx, of_keys, 2, 3));
    }
  return auto_scale (cx, bias, scale);
}

AutoTensor *
auto_attention (AutoContext *cx, AutoTensor *x, const AutoMask *mask, const AutoAttention *how)
{
  gint64 width = auto_dim (x, -1), head_dim = how->head_dim;
  AutoMask all = mask ? *mask : (AutoMask) { 0 };
  AutoTensor *k, *v, *probabilities = NULL;

  if (!head_dim && (how->heads < 1 || width % how->heads))
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "a width of %" G_GINT64_FORMAT " can't be split among %d attention heads",
                         width, how->heads);
      return NULL;
    }
  head_dim = head_dim ? head_dim : width / how->heads;
  double scale = how->scale ? how->scale : 1 / sqrt ((double) head_dim);
  AutoTensor *q = project (cx, how->q, x, how->heads, head_dim, how->no_bias);
  if (how->rotary)
    q = auto_rotary (cx, q, how->rotary, how->rotary_interleaved);
  if (all.causal && how->window)
    all.window = how->window;
  keys_and_values (cx, x, how, head_dim, &all, &k, &v);
  if (how->distances)
    all = auto_mask_with_bias (cx, all, distance_bias (cx, how, q, k, scale));
  AutoTensor *y = auto_scaled_attention_full (cx, q, k, v, &all, scale, auto_context_wants_attentions (cx) ? &probabilities : NULL);
  auto_context_collect (cx, how->source ? "cross_attentions" : "attentions", probabilities);
  if (!how->out)
    return y;
  return auto_linear_full (cx, how->out, y, width, &(AutoLinear) { .no_bias = how->out_no_bias, .residual = how->residual, .activation = AUTO_ACTIVATION_LINEAR });
}
