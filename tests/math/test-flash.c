/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check.h"
#include "core/math/auto-flash.h"

static void
run_flash (float *out, gconstpointer data)
{
  AutoFlash f = *(const AutoFlash *) data;

  f.out = out;
  auto_flash (&f);
}

static gboolean
is_visible (const AutoFlash *f, gint64 i, gint64 j)
{
  gint64 last = f->shared + i + f->causal_offset;

  return j < f->shared || ((!f->causal || j <= last) && (!f->window || j > last - f->window));
}

/* The scores of a row as the reference has them, in single precision where masks are added. */
static void
plain_scores (const AutoFlash *f, gint64 b, gint64 h, gint64 i, double *scores)
{
  gint64 kv = h / (f->heads / f->kv_heads);

  for (gint64 j = 0; j < f->kv_len; j++)
    {
      double s = 0;
      float bias = f->bias ? f->bias[b * f->bias_bs + h * f->bias_hs + i * f->bias_qs + j * f->bias_ks] : 0.0f;
      for (gint64 d = 0; d < f->head_dim; d++)
        s += (double) f->q[b * f->q_bs + h * f->q_hs + i * f->q_ss + d] * f->k[b * f->k_bs + kv * f->k_hs + j * f->k_ss + d];
      if (is_visible (f, i, j))
        scores[j] = bias < -1e30f ? (float) (s * f->scale) + bias : s * f->scale + bias;
      else if (f->banded)
        scores[j] = -INFINITY;
      else
        scores[j] = f->masked_before_bias ? -FLT_MAX + bias : -FLT_MAX;
    }
}

/* A row's probability of a key; NULL for a key that the row has no place for. */
static const float *
find_prob (const AutoFlash *f, const float *probs, gint64 b, gint64 h, gint64 i, gint64 j)
{
  gint64 row = (b * f->heads + h) * f->q_len + i;

  if (!f->banded)
    return probs + row * f->kv_len + j;
  return is_visible (f, i, j) ? probs + row * (f->shared + f->window) + (j < f->shared ? j : j - i - f->causal_offset + f->window - 1) : NULL;
}

static void
check_row (const AutoFlash *f, gint64 b, gint64 h, gint64 i, const double *scores, const float *out, const float *probs)
{
  gint64 kv = h / (f->heads / f->kv_heads);
  double top = -INFINITY, sum = 0;

  for (gint64 j = 0; j < f->kv_len; j++)
    top = fmax (top, scores[j]);
  for (gint64 j = 0; j < f->kv_len; j++)
    sum += top == -INFINITY || (f->banded && top <= -FLT_MAX) ? 0 : exp (scores[j] - top);
  for (gint64 d = 0; d < f->v_dim; d++)
    {
      double want = 0;
      for (gint64 j = 0; j < f->kv_len && sum > 0; j++)
        want += exp (scores[j] - top) / sum * f->v[b * f->v_bs + kv * f->v_hs + j * f->v_ss + d];
      check_close ("attention", d, out[b * f->o_bs + h * f->o_hs + i * f->o_ss + d], want, 1, 2e-6);
    }
  for (gint64 j = 0; probs && j < f->kv_len; j++)
    {
      const float *prob = find_prob (f, probs, b, h, i, j);
      if (prob)
        check_close ("probability", j, *prob, sum > 0 ? exp (scores[j] - top) / sum : 0, 0.1, 2e-6);
    }
}

static void
check_flash (AutoFlash *f)
{
  gint64 n = f->batch * f->q_len * f->heads * f->v_dim;
  float *probs = f->probs, *out = check_threads (n, run_flash, f);
  double *scores = malloc (MAX (f->kv_len, 1) * sizeof *scores);

  for (gint64 b = 0; b < f->batch; b++)
    for (gint64 h = 0; h < f->heads; h++)
      for (gint64 i = 0; i < f->q_len; i++)
        {
          plain_scores (f, b, h, i, scores);
          check_row (f, b, h, i, scores, out, probs);
        }
  free (scores);
  free (out);
}

/* [batch, length, heads, dim] for all of q, k, v and out, as projections leave them */
static AutoFlash
make_flash (gint64 batch, gint64 heads, gint64 kv_heads, gint64 q_len, gint64 kv_len, gint64 head_dim, gint64 v_dim)
{
  AutoFlash f = { .batch = batch, .heads = heads, .kv_heads = kv_heads, .q_len = q_len, .kv_len = kv_len, .head_dim = head_dim, .v_dim = v_dim };

  f.q = check_numbers (batch * q_len * heads * head_dim);
  f.k = check_numbers (batch * kv_len * kv_heads * head_dim);
  f.v = check_numbers (batch * kv_len * kv_heads * v_dim);
  f.q_bs = q_len * heads * head_dim;
  f.q_ss = heads * head_dim;
  f.q_hs = head_dim;
  f.k_bs = kv_len * kv_heads * head_dim;
  f.k_ss = kv_heads * head_dim;
  f.k_hs = head_dim;
  f.v_bs = kv_len * kv_heads * v_dim;
  f.v_ss = kv_heads * v_dim;
  f.v_hs = v_dim;
  f.o_bs = q_len * heads * v_dim;
  f.o_ss = heads * v_dim;
  f.o_hs = v_dim;
  f.scale = 1.0f / sqrtf (MAX (head_dim, 1));
  return f;
}

static void
clear_flash (AutoFlash *f)
{
  free ((float *) f->q);
  free ((float *) f->k);
  free ((float *) f->v);
}

static const gint64 shapes[][7] = { { 1, 1, 1, 1, 1, 1, 1 },    { 2, 3, 3, 5, 7, 8, 8 },       { 1, 2, 1, 1, 300, 64, 64 },  { 2, 8, 2, 1, 129, 20, 36 }, { 1, 8, 2, 3, 40, 64, 64 },
                                    { 1, 2, 2, 40, 40, 64, 64 }, { 2, 4, 4, 33, 131, 33, 17 }, { 1, 2, 1, 130, 257, 16, 80 }, { 1, 1, 1, 9, 0, 4, 4 } };

static void
for_all_shapes (void (*prepare) (AutoFlash *f), gboolean probs)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      AutoFlash f = make_flash (shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3], shapes[i][4], shapes[i][5], shapes[i][6]);
      prepare (&f);
      f.probs = probs ? check_filled (f.batch * f.heads * f.q_len * (f.banded ? f.shared + f.window : f.kv_len), 5) : NULL;
      check_flash (&f);
      free (f.probs);
      free ((float *) f.bias);
      clear_flash (&f);
    }
}

static void
nothing (AutoFlash *f)
{
}

static void
causal (AutoFlash *f)
{
  f->causal = TRUE;
  f->causal_offset = f->kv_len - f->q_len;
}

static void
window (AutoFlash *f)
{
  causal (f);
  f->window = 9;
}

/* The mask of padding on the left: rows of padding see nothing at all. */
static void
left_padding (AutoFlash *f)
{
  float *bias = check_filled (f->batch * f->kv_len, 0);

  causal (f);
  for (gint64 b = 0; b < f->batch; b++)
    for (gint64 j = 0; j < f->kv_len / (2 + b); j++)
      bias[b * f->kv_len + j] = -FLT_MAX;
  f->bias = bias;
  f->bias_bs = f->kv_len;
  f->bias_ks = 1;
}

static void
left_padding_twice (AutoFlash *f)
{
  left_padding (f);
  f->masked_before_bias = TRUE;
}

/* A bias for every head and pair, with some keys masked by -infinity and one row wholly. */
static void
full_bias (AutoFlash *f)
{
  gint64 n = f->batch * f->heads * f->q_len * f->kv_len;
  float *bias = check_numbers (n);

  for (gint64 i = 0; i < n; i += 11)
    bias[i] = -INFINITY;
  for (gint64 i = 0; i < f->kv_len; i++)
    bias[i] = -INFINITY;
  f->bias = bias;
  f->bias_bs = f->heads * f->q_len * f->kv_len;
  f->bias_hs = f->q_len * f->kv_len;
  f->bias_qs = f->kv_len;
  f->bias_ks = 1;
}

/* [heads, kv_len, q_len]: a bias that runs the other way */
static void
strided_bias (AutoFlash *f)
{
  f->bias = check_numbers (f->heads * f->q_len * f->kv_len);
  f->bias_hs = f->q_len * f->kv_len;
  f->bias_ks = f->q_len;
  f->bias_qs = 1;
}

static void
all_masked (AutoFlash *f)
{
  f->bias = check_filled (MAX (f->kv_len, 1), -FLT_MAX);
  f->bias_ks = 1;
}

/* Each query sees the first keys and those near it. */
static void
band (AutoFlash *f)
{
  f->causal = f->banded = TRUE;
  f->shared = MAX (f->kv_len - f->q_len, 0);
  f->causal_offset = 4;
  f->window = 9;
}

static void
wide_band (AutoFlash *f)
{
  band (f);
  f->causal_offset = 500;
  f->window = 1001;
}

/* Runs of masked keys that are longer than what a query sees, and blocks of nothing else. */
static void
masked_band (AutoFlash *f)
{
  float *bias = check_filled (f->batch * f->kv_len, 0);

  band (f);
  for (gint64 i = 0; i < f->batch * f->kv_len; i++)
    bias[i] = i % 3 && i % 40 > 8 ? 0 : -FLT_MAX;
  for (gint64 j = 0; j < f->kv_len * 3 / 4; j++)
    bias[j] = -FLT_MAX;
  f->bias = bias;
  f->bias_bs = f->kv_len;
  f->bias_ks = 1;
}

/* What a row has no place for is zero: no key is before the first or behind the last. */
static void
test_band_edges (void)
{
  AutoFlash f = make_flash (1, 1, 1, 6, 8, 4, 4);
  float probs[6 * 11], out[6 * 4];

  band (&f);
  f.probs = probs;
  f.out = out;
  for (guint i = 0; i < G_N_ELEMENTS (probs); i++)
    probs[i] = 7;
  auto_flash (&f);
  for (gint64 i = 0; i < 6; i++)
    for (gint64 place = 2; place < 11; place++)
      {
        gint64 key = i - 4 + place - 2;
        if (key < 0 || key >= 6)
          g_assert_cmpfloat (probs[i * 11 + place], ==, 0);
      }
  clear_flash (&f);
}

static void
test_masks (void)
{
  static void (*const masks[]) (AutoFlash *f) = { nothing, causal, window, left_padding, left_padding_twice, full_bias, strided_bias, all_masked,
                                                      band, wide_band, masked_band };

  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      for_all_shapes (masks[i], FALSE);
      for_all_shapes (masks[i], TRUE);
    }
}

/* [batch, heads, length, dim], and scores far apart */
static void
test_head_major (void)
{
  AutoFlash f = make_flash (2, 3, 3, 50, 70, 24, 24);

  f.q_hs = 50 * 24;
  f.q_ss = 24;
  f.k_hs = f.v_hs = 70 * 24;
  f.k_ss = f.v_ss = 24;
  f.o_hs = 50 * 24;
  f.o_ss = 24;
  f.scale = 40;
  for (gint64 i = 0; i < 2 * 3 * 50 * 24; i++)
    ((float *) f.q)[i] = rintf (f.q[i] * 8) / 8;
  for (gint64 i = 0; i < 2 * 3 * 70 * 24; i++)
    ((float *) f.k)[i] = rintf (f.k[i] * 8) / 8;
  check_flash (&f);
  clear_flash (&f);
}

#include "attention-values.h"

/* Padding on the left in a causal model, as PyTorch computes it: rows of padding are the mean over all keys, or over all
 * keys whose mask was added only once. */
static void
test_reference (void)
{
  float out[G_N_ELEMENTS (attention_q)], probs[G_N_ELEMENTS (attention_probs_twice)];
  AutoFlash f = { .batch = 2, .heads = 2, .kv_heads = 2, .q_len = 5, .kv_len = 5, .head_dim = 4, .v_dim = 4, .q = attention_q, .k = attention_k,
                  .v = attention_v, .q_bs = 40, .q_hs = 20, .q_ss = 4, .k_bs = 40, .k_hs = 20, .k_ss = 4, .v_bs = 40, .v_hs = 20, .v_ss = 4,
                  .scale = 0.5f, .bias = attention_padding, .bias_bs = 5, .bias_ks = 1, .causal = TRUE, .out = out, .o_bs = 40, .o_hs = 20, .o_ss = 4 };

  for (guint form = 0; form < 4; form++)
    {
      f.masked_before_bias = form & 1;
      f.probs = form & 2 ? probs : NULL;
      auto_flash (&f);
      for (guint i = 0; i < G_N_ELEMENTS (out); i++)
        check_close ("attention of the reference", i, out[i], form & 1 ? attention_out_twice[i] : attention_out_combined[i], 1, 1e-6);
      for (guint i = 0; f.probs && i < G_N_ELEMENTS (probs); i++)
        check_close ("probabilities of the reference", i, probs[i], form & 1 ? attention_probs_twice[i] : attention_probs_combined[i], 1, 1e-6);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flash/masks", test_masks);
  g_test_add_func ("/flash/band-edges", test_band_edges);
  g_test_add_func ("/flash/head-major", test_head_major);
  g_test_add_func ("/flash/reference", test_reference);
  return g_test_run ();
}
