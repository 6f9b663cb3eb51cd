/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-attention.h"

#include <math.h>
#include <string.h>

#include "auto-masks.h"
#include "auto-relative.h"
#include "core/math/auto-cache.h"

static AutoTensor *
project (AutoContext *cx, const AutoAttention *how, const char *name, AutoTensor *x, gint64 width, gboolean no_bias, AutoTensor *residual)
{
  return auto_linear_full (cx, name, x, width, &(AutoLinear) {
    .no_bias = no_bias, .transposed = how->transposed, .residual = residual, .activation = AUTO_ACTIVATION_LINEAR });
}

static AutoTensor *
project_heads (AutoContext *cx, const AutoAttention *how, const char *name, AutoTensor *x, gint64 heads, gint64 head_dim, gboolean no_bias)
{
  return auto_split_heads (cx, project (cx, how, name, x, heads * head_dim, no_bias, NULL), heads);
}

/* The parts of x (batch, length, width), in which each key follows the @group queries that look at it. */
static void
split_by_head (AutoContext *cx, AutoTensor *x, gint64 group, gint64 kv_heads, gint64 head_dim, AutoTensor **parts)
{
  AutoTensor *all = auto_reshape (cx, x, AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1), kv_heads, group + 2, head_dim));
  AutoTensor *queries = auto_flatten (cx, auto_narrow (cx, all, 3, 0, group), 2, 3);

  parts[0] = auto_transpose (cx, queries, 1, 2);
  for (int i = 0; i < 2; i++)
    parts[1 + i] = auto_transpose (cx, auto_select (cx, all, 3, group + i), 1, 2);
}

/* Queries, keys and values (batch, heads, length, head_dim) of one projection. */
static void
split_fused (AutoContext *cx, AutoTensor *x, const AutoAttention *how, gint64 head_dim, AutoTensor **parts)
{
  gint64 heads = how->heads, kv_heads = how->kv_heads ? how->kv_heads : heads, starts[] = { 0, heads, heads + kv_heads, heads + 2 * kv_heads };
  AutoTensor *all = project (cx, how, how->qkv, x, starts[3] * head_dim, how->no_bias, NULL);

  if (how->fused == AUTO_FUSED_BY_HEAD)
    split_by_head (cx, all, heads / kv_heads, kv_heads, head_dim, parts);
  else
    for (int i = 0; i < 3; i++)
      {
        AutoTensor *part = auto_narrow (cx, all, 2, starts[i] * head_dim, (starts[i + 1] - starts[i]) * head_dim);
        parts[i] = auto_split_heads (cx, part, starts[i + 1] - starts[i]);
      }
}

/* Rows for queries, for keys and for values in one matrix. */
static void
project_packed (AutoContext *cx, AutoTensor *x, const AutoAttention *how, AutoTensor **parts)
{
  gint64 width = auto_dim (x, -1);
  AutoTensor *source = how->source ? how->source : x, *from[] = { x, source, how->values ? how->values : source };
  AutoTensor *weight = auto_parameter (cx, "in_proj_weight", AUTO_DIMS (3 * width, width)), *bias = auto_zeros_parameter (cx, "in_proj_bias", AUTO_DIMS (3 * width));

  for (int i = 0; i < 3; i++)
    {
      AutoTensor *y = auto_matmul_nt (cx, from[i], auto_narrow (cx, weight, 0, i * width, width));
      parts[i] = auto_split_heads (cx, auto_add (cx, y, auto_narrow (cx, bias, 0, i * width, width)), how->heads);
    }
}

/* Queries, keys and values before anything is done to them; keys and values stay NULL where the cache has them. */
static void
project_all (AutoContext *cx, AutoTensor *x, const AutoAttention *how, gint64 head_dim, AutoTensor **parts)
{
  gint64 kv_heads = how->kv_heads ? how->kv_heads : how->heads;
  AutoTensor *source = how->source ? how->source : x;

  if (how->parts)
    {
      memcpy (parts, how->parts, 3 * sizeof *parts);
      return;
    }
  if (how->qkv)
    {
      split_fused (cx, x, how, head_dim, parts);
      return;
    }
  if (how->packed)
    {
      project_packed (cx, x, how, parts);
      return;
    }
  parts[0] = project_heads (cx, how, how->q, x, how->heads, head_dim, how->no_bias);
  if (how->source && auto_cache_get (cx, "source", &parts[1], &parts[2]))
    return;
  AutoTensor *both = how->kv ? project (cx, how, how->kv, source, 2 * kv_heads * head_dim, how->no_bias, NULL) : NULL;
  if (how->kv)
    for (int i = 0; i < 2; i++)
      parts[1 + i] = auto_split_heads (cx, auto_chunk (cx, both, 2, -1, i), kv_heads);
  else
    {
      parts[1] = project_heads (cx, how, how->k, source, kv_heads, head_dim, how->no_bias || how->k_no_bias);
      parts[2] = project_heads (cx, how, how->v, how->values ? how->values : source, kv_heads, head_dim, how->no_bias);
    }
  if (how->source)
    auto_cache_put (cx, "source", parts[1], parts[2]);
}

/* Rows of the table by distance: (queries, keys, head_dim). */
static AutoTensor *
distance_rows (AutoContext *cx, const AutoAttention *how, gint64 n_queries, gint64 n_keys, gint64 head_dim, gint64 past)
{
  AutoTensor *away = auto_relative_positions (cx, past, n_queries, n_keys);
  gint64 before = how->distances_clamped ? how->keys_before : how->max_positions - 1;
  gint64 after = how->distances_clamped ? how->keys_after : how->max_positions - 1;

  away = how->distances_clamped ? auto_clamp (cx, away, (double) -before, (double) after) : auto_neg (cx, away);
  return auto_embedding (cx, how->distances, auto_add_scalar (cx, away, (double) before), before + after + 1, head_dim);
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
  return how->distances_unscaled ? bias : auto_scale (cx, bias, scale);
}

AutoTensor *
auto_head_mask (AutoContext *cx, AutoInputs *in, int i, int n_layers, int n_heads)
{
  return auto_named_head_mask (cx, in, "head_mask", i, n_layers, n_heads);
}

AutoTensor *
auto_named_head_mask (AutoContext *cx, AutoInputs *in, const char *name, int i, int n_layers, int n_heads)
{
  AutoTensor *mask = auto_inputs_get (in, name);
  guint n_dims = mask ? auto_tensor_get_n_dims (mask) : 0;

  if (!mask)
    return NULL;
  if (auto_dim (mask, -1) != n_heads || n_dims > 2 || (n_dims == 2 && auto_dim (mask, 0) != n_layers))
    {
      g_autofree char *text = auto_tensor_describe (mask);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: needs the shape (%d, %d) or (%d), not %s", name, n_layers, n_heads, n_heads,
                         text);
      return NULL;
    }
  return n_dims == 2 ? auto_select (cx, mask, 0, i) : mask;
}

AutoTensor *
auto_scale_heads (AutoContext *cx, AutoTensor *y, AutoTensor *head_mask, gint64 heads)
{
  AutoTensor *split = auto_reshape (cx, y, AUTO_DIMS (auto_dim (y, 0), auto_dim (y, 1), heads, -1));

  return auto_flatten (cx, auto_mul (cx, split, auto_unsqueeze (cx, head_mask, -1)), 2, 3);
}

gint64
auto_head_dim (AutoContext *cx, gint64 width, int heads)
{
  if (heads >= 1 && width % heads == 0)
    return width / heads;
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "a width of %" G_GINT64_FORMAT " can't be split among %d attention heads", width, heads);
  return 1;
}

AutoTensor *
auto_attention (AutoContext *cx, AutoTensor *x, const AutoMask *mask, const AutoAttention *how)
{
  gint64 width = auto_dim (x, -1), head_dim = how->head_dim ? how->head_dim : auto_head_dim (cx, width, how->heads);
  AutoMask all = mask ? *mask : (AutoMask) { 0 };
  AutoTensor *parts[3] = { NULL }, *probabilities = NULL;
  double scale = how->scale ? how->scale : 1 / sqrt ((double) head_dim);

  if (all.causal && how->window)
    all.window = how->window;
  if (how->kv_heads > 0 && how->heads % how->kv_heads)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%d attention heads can't share %d heads of keys and values", how->heads, how->kv_heads);
  project_all (cx, x, how, head_dim, parts);
  for (int i = 0; i < 2 && how->rotary; i++)
    parts[i] = auto_rotary (cx, parts[i], how->rotary, how->rotary_interleaved);
  if (!how->source && (all.causal || how->cached))
    {
      auto_cache_append (cx, &parts[1], &parts[2], how->window);
      auto_mask_fit (cx, &all, auto_dim (x, 1), auto_dim (parts[1], 2));
    }
  if (how->distances)
    all = auto_mask_with_bias (cx, all, distance_bias (cx, how, parts[0], parts[1], scale));
  AutoTensor *y = auto_scaled_attention_full (cx, parts[0], parts[1], parts[2], &all, scale, auto_context_wants_attentions (cx) ? &probabilities : NULL);
  if (how->head_mask)
    {
      y = auto_scale_heads (cx, y, how->head_mask, how->heads);
      probabilities = probabilities ? auto_mul (cx, probabilities, auto_reshape (cx, how->head_mask, AUTO_DIMS (how->heads, 1, 1))) : NULL;
    }
  if (how->mean_probabilities && probabilities)
    probabilities = auto_repeat_interleave (cx, auto_mean (cx, probabilities, 1, TRUE), how->heads, 1);
  auto_context_collect (cx, how->list ? how->list : how->source ? "cross_attentions" : "attentions", probabilities);
  return how->out ? project (cx, how, how->out, y, width, how->out_no_bias, how->residual) : y;
}
