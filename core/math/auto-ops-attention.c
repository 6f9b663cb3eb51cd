/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-attention.h"

#include <float.h>
#include <math.h>

#include "auto-flash.h"
#include "auto-ops-private.h"

static gboolean
check_attention (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v)
{
  gboolean fits = q->n_dims == 4 && k->n_dims == 4 && v->n_dims == 4 && q->shape[0] == k->shape[0] && k->shape[0] == v->shape[0] &&
                  k->shape[1] == v->shape[1] && k->shape[1] > 0 && q->shape[1] % k->shape[1] == 0 && k->shape[2] == v->shape[2] &&
                  q->shape[3] == k->shape[3];

  if (!fits)
    {
      g_autofree char *a = auto_tensor_describe (q), *b = auto_tensor_describe (k), *c = auto_tensor_describe (v);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "attention: queries %s, keys %s and values %s don't fit together", a, b, c);
    }
  return fits;
}

/* Strides of a bias that broadcasts to (b, h, q, k). */
static gboolean
bias_strides (AutoContext *cx, AutoTensor *bias, const gint64 *scores, gint64 *strides)
{
  gint64 first = (gint64) bias->n_dims - 4;

  for (int i = 0; i < 4; i++)
    {
      gint64 dim = first + i, size = dim < 0 ? 1 : bias->shape[dim];
      if (size != 1 && size != scores[i])
        first = 1;
      strides[i] = size == 1 ? 0 : bias->strides[dim];
    }
  if (first <= 0)
    return TRUE;
  g_autofree char *a = auto_tensor_describe (bias), *b = auto_shape_to_string (scores, 4);
  const char *argument = auto_context_find_name (cx, bias);
  auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "%s: a mask of %s doesn't broadcast to scores of %s",
                     argument ? argument : "attention", a, b);
  return FALSE;
}

/* Any strides will do but for the innermost, which has to be 1. */
static AutoTensor *
rows (AutoContext *cx, AutoTensor *x)
{
  gboolean fits = x && x->dtype == AUTO_DTYPE_F32 && x->n_dims == 4 && (x->strides[3] == 1 || x->shape[3] == 1);

  return fits ? x : auto_op_floats (cx, "attention", x);
}

/* Fills in what is known of the operands alone; FALSE, with an error, when they don't fit together. */
static gboolean
flash_operands (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, AutoTensor *bias, double scale, AutoFlash *flash)
{
  gint64 strides[4] = { 0 };

  q = rows (cx, q);
  k = rows (cx, k);
  v = rows (cx, v);
  if (cx->error || !check_attention (cx, q, k, v))
    return FALSE;
  if (bias)
    {
      bias = bias->dtype == AUTO_DTYPE_F32 ? bias : auto_op_floats (cx, "attention", bias);
      if (!bias || !bias_strides (cx, bias, (const gint64[]) { q->shape[0], q->shape[1], q->shape[2], k->shape[2] }, strides))
        return FALSE;
    }
  *flash = (AutoFlash) {
    .batch = q->shape[0], .heads = q->shape[1], .kv_heads = k->shape[1], .q_len = q->shape[2], .kv_len = k->shape[2], .head_dim = q->shape[3],
    .v_dim = v->shape[3], .q = auto_floats (q), .k = auto_floats (k), .v = auto_floats (v), .q_bs = q->strides[0], .q_hs = q->strides[1],
    .q_ss = q->strides[2], .k_bs = k->strides[0], .k_hs = k->strides[1], .k_ss = k->strides[2], .v_bs = v->strides[0], .v_hs = v->strides[1],
    .v_ss = v->strides[2], .scale = (float) scale, .bias = bias ? auto_floats (bias) : NULL, .bias_bs = strides[0], .bias_hs = strides[1],
    .bias_qs = strides[2], .bias_ks = strides[3],
  };
  return TRUE;
}

/* Makes room for the result, and for the probabilities of @n_keys a query when @probabilities is not NULL, and computes them. */
static AutoTensor *
run_flash (AutoContext *cx, AutoFlash *flash, gint64 n_keys, AutoTensor **probabilities)
{
  gint64 width = flash->heads * flash->v_dim;
  AutoTensor *out = auto_context_tensor (cx, AUTO_DTYPE_F32, (const gint64[]) { flash->batch, flash->q_len, width }, 3);

  if (probabilities)
    *probabilities = auto_context_tensor (cx, AUTO_DTYPE_F32, (const gint64[]) { flash->batch, flash->heads, flash->q_len, n_keys }, 4);
  if (!out || (probabilities && !*probabilities) || cx->declaring)
    return out;
  flash->out = auto_floats (out);
  flash->o_bs = flash->q_len * width;
  flash->o_hs = flash->v_dim;
  flash->o_ss = width;
  flash->probs = probabilities ? auto_floats (*probabilities) : NULL;
  auto_flash (flash);
  return out;
}

AutoTensor *
auto_scaled_attention_full (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, const AutoMask *mask, double scale,
                            AutoTensor **probabilities)
{
  AutoFlash flash;

  if (!flash_operands (cx, q, k, v, mask ? mask->bias : NULL, scale, &flash))
    return NULL;
  flash.causal = mask && mask->causal;
  flash.causal_offset = mask ? mask->offset : 0;
  flash.window = mask ? mask->window : 0;
  flash.masked_before_bias = mask && mask->causal_first;
  return run_flash (cx, &flash, flash.kv_len, probabilities);
}

/**
 * auto_scaled_attention:
 * @cx: a context
 * @q: (nullable): queries (batch, heads, queries, width)
 * @k: (nullable): keys (batch, heads or a divisor of it, keys, width)
 * @v: (nullable): values (batch, as many heads as @k, keys, width of a value)
 * @mask: (nullable): which keys a query sees; %NULL for all
 * @scale: factor of the scores, usually 1 / √width
 *
 * softmax (scale · q · kᵀ + mask) · v (Vaswani et al., arXiv:1706.03762), without keeping the scores.
 *
 * Returns: (transfer none) (nullable): a tensor (batch, queries, heads · width of a value)
 */
AutoTensor *
auto_scaled_attention (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, const AutoMask *mask, double scale)
{
  return auto_scaled_attention_full (cx, q, k, v, mask, scale, NULL);
}

AutoTensor *
auto_sliding_attention_full (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, AutoTensor *bias, gint64 reach, double scale,
                             AutoTensor **probabilities)
{
  AutoFlash flash;

  if (!flash_operands (cx, q, k, v, bias, scale, &flash))
    return NULL;
  if (reach < 0 || reach > G_MAXINT || flash.kv_len < flash.q_len)
    {
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_RANGE, "sliding_attention: %" G_GINT64_FORMAT " queries can't reach %" G_GINT64_FORMAT
                         " before and behind themselves among %" G_GINT64_FORMAT " keys", flash.q_len, reach, flash.kv_len);
      return NULL;
    }
  flash.banded = flash.causal = TRUE;
  flash.causal_offset = reach;
  flash.window = 2 * reach + 1;
  flash.shared = flash.kv_len - flash.q_len;
  return run_flash (cx, &flash, flash.shared + flash.window, probabilities);
}

/**
 * auto_sliding_attention:
 * @cx: a context
 * @q: (nullable): queries (batch, heads, queries, width)
 * @k: (nullable): keys (batch, heads or a divisor of it, keys, width), of which there are as many as queries or more
 * @v: (nullable): values (batch, as many heads as @k, keys, width of a value)
 * @bias: (nullable): a tensor that broadcasts to (batch, heads, queries, keys) and is added to the scores: the lowest 32-bit
 *   float where a key is not seen
 * @reach: how many places before and behind itself a query sees
 * @scale: factor of the scores, usually 1 / √width
 *
 * Attention of each query to the keys near it: the last keys are those of the queries' places. Keys that are there before them
 * are seen by every query. A query that sees nothing gives zeros. Time and memory grow with the length, not with its square.
 * See Beltagy et al., arXiv:2004.05150.
 *
 * Returns: (transfer none) (nullable): a tensor (batch, queries, heads · width of a value)
 */
AutoTensor *
auto_sliding_attention (AutoContext *cx, AutoTensor *q, AutoTensor *k, AutoTensor *v, AutoTensor *bias, gint64 reach, double scale)
{
  return auto_sliding_attention_full (cx, q, k, v, bias, reach, scale, NULL);
}

/* A number that is no mask would make all scores infinite or no numbers. */
static void
fill_bias (AutoContext *cx, const char *argument, const float *mask, float *bias, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    {
      bias[i] = (1 - mask[i]) * -FLT_MAX;
      if (isnan (bias[i]) || bias[i] > FLT_MAX)
        {
          auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                             "%s: %g at place %" G_GINT64_FORMAT " is no mask: 1 shows a place, 0 hides it", argument, mask[i], i);
          return;
        }
    }
}

/**
 * auto_attention_bias:
 * @cx: a context
 * @mask: (nullable): a tensor of any type and two dimensions (batch, keys) or three (batch, queries, keys) or four; nonzero
 *   where a key is seen
 *
 * The bias of #AutoMask: (1 − mask) times the lowest number.
 *
 * Returns: (transfer none) (nullable): a tensor (batch, 1, 1 or queries, keys)
 */
AutoTensor *
auto_attention_bias (AutoContext *cx, AutoTensor *mask)
{
  gint64 shape[4];

  if (!auto_op_begin (cx, "attention mask", mask))
    return NULL;
  const char *found = auto_context_find_name (cx, mask), *argument = found ? found : "attention_mask";
  if (mask->n_dims < 2 || mask->n_dims > 4)
    {
      g_autofree char *text = auto_tensor_describe (mask);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: needs 2 to 4 dimensions, not %s", argument, text);
      return NULL;
    }
  shape[0] = mask->shape[0];
  shape[1] = mask->n_dims == 4 ? mask->shape[1] : 1;
  shape[2] = mask->n_dims == 2 ? 1 : mask->shape[mask->n_dims - 2];
  shape[3] = mask->shape[mask->n_dims - 1];
  AutoTensor *bias = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, 4);
  if (!bias || cx->declaring)
    return bias;
  auto_context_name_tensor (cx, bias, argument);
  g_autoptr(AutoTensor) floats = auto_tensor_convert (mask, AUTO_DTYPE_F32);
  fill_bias (cx, argument, auto_floats (floats), auto_floats (bias), auto_tensor_get_n_elements (bias));
  return cx->error ? NULL : bias;
}
