/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

/* Attention of raw matrices, block by block, so that no matrix of q_len x kv_len scores exists:
 *
 *   out = softmax (scale q·kᵀ + bias) v
 *
 * Strides are in elements: between batches (bs), heads (hs) and places in the sequence (ss); the numbers of a head are
 * contiguous. Query head h uses key head h / (heads / kv_heads).
 *
 * Masks: the bias may hold the lowest float, as the reference adds it: score + lowest = lowest. A key that `causal` or
 * `window` excludes has the score lowest as well, whatever its bias; with `masked_before_bias` it is lowest + bias, so
 * that a bias of lowest makes it -infinity (the reference's models differ in this). All this shows only in rows where
 * every key is masked: equal scores give the mean over all those keys. A row of nothing but -infinity, where the
 * reference has NaN, gives zeros.
 *
 * The first keys may be `shared`: position excludes them for no query, and counts from the first key behind them. With
 * `banded`, which needs a window, keys that position excludes have no score at all: a row whose keys are all masked gives
 * zeros. */
typedef struct
{
  gint64 batch, heads, kv_heads, q_len, kv_len, head_dim, v_dim;
  const float *q, *k, *v;
  gint64 q_bs, q_hs, q_ss;
  gint64 k_bs, k_hs, k_ss;
  gint64 v_bs, v_hs, v_ss;
  float scale;
  const float *bias; /* or NULL; stride 0 repeats */
  gint64 bias_bs, bias_hs, bias_qs, bias_ks;
  gboolean causal; /* query i sees the keys up to i + causal_offset */
  gint64 causal_offset;
  gint64 window; /* 0: none; else it sees keys beyond i + causal_offset - window */
  gboolean masked_before_bias;
  gint64 shared;
  gboolean banded;
  float *out;
  gint64 o_bs, o_hs, o_ss;
  /* NULL, or room for all probabilities [batch, heads, q_len, kv_len]; with banded [batch, heads, q_len, shared + window], of the
   * shared keys and those from i + causal_offset - window + 1 to i + causal_offset */
  float *probs;
} AutoFlash;

AUTO_INTERNAL void auto_flash (const AutoFlash *self);

G_END_DECLS
