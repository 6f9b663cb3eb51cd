/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Speed of attention, of rows and of convolutions, best of several samples. `bench-kernels [THREADS]`. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/math/auto-blis.h"
#include "core/math/auto-conv.h"
#include "core/math/auto-flash.h"
#include "core/math/auto-pool.h"
#include "core/math/auto-rows.h"

#define SAMPLES 15
#define SAMPLE_SECONDS 0.004

/* With one thread the processor's time, which other processes disturb less. */
static double
now (void)
{
  struct timespec t;

  clock_gettime (auto_get_n_threads () == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static double
best_time (void (*work) (gconstpointer data), gconstpointer data)
{
  double best = G_MAXDOUBLE;

  for (guint s = 0; s < SAMPLES; s++)
    {
      double start = now (), end;
      guint n = 0;
      do
        {
          work (data);
          n++;
        }
      while ((end = now ()) - start < SAMPLE_SECONDS);
      best = MIN (best, (end - start) / n);
    }
  return best;
}

static float *
numbers (gint64 n)
{
  float *x = aligned_alloc (64, (n * 4 + 63) / 64 * 64);

  for (gint64 i = 0; i < n; i++)
    x[i] = (float) (i * 7919 % 1000) / 1000 - 0.5f;
  return x;
}

static void
attend (gconstpointer data)
{
  auto_flash (data);
}

static void
bench_attention (const char *name, gint64 batch, gint64 heads, gint64 kv_heads, gint64 q_len, gint64 kv_len, gint64 dim, gboolean causal, gboolean biased)
{
  float *q = numbers (batch * heads * q_len * dim), *k = numbers (batch * kv_heads * kv_len * dim), *v = numbers (batch * kv_heads * kv_len * dim);
  float *out = numbers (batch * heads * q_len * dim), *bias = numbers (batch * kv_len);
  AutoFlash f = { .batch = batch, .heads = heads, .kv_heads = kv_heads, .q_len = q_len, .kv_len = kv_len, .head_dim = dim, .v_dim = dim,
                  .q = q, .k = k, .v = v, .q_bs = q_len * heads * dim, .q_hs = dim, .q_ss = heads * dim, .k_bs = kv_len * kv_heads * dim, .k_hs = dim,
                  .k_ss = kv_heads * dim, .v_bs = kv_len * kv_heads * dim, .v_hs = dim, .v_ss = kv_heads * dim, .scale = 1.0f / sqrtf (dim),
                  .bias = biased ? bias : NULL, .bias_bs = kv_len, .bias_ks = 1, .causal = causal, .causal_offset = kv_len - q_len, .out = out,
                  .o_bs = q_len * heads * dim, .o_hs = dim, .o_ss = heads * dim };
  double t = best_time (attend, &f), work = 4.0 * batch * heads * q_len * kv_len * dim * (causal && q_len > 1 ? 0.5 : 1);

  printf ("attention %-12s %2d x %2d/%2d heads x %4d x %4d x %3d: %9.1f us %6.1f GFLOP/s %6.1f GB/s of keys and values\n", name, (int) batch, (int) heads,
          (int) kv_heads, (int) q_len, (int) kv_len, (int) dim, t * 1e6, work / t * 1e-9, 8.0 * batch * kv_heads * kv_len * dim / t * 1e-9);
  free (q);
  free (k);
  free (v);
  free (out);
  free (bias);
}

typedef struct
{
  gint64 rows, n;
  const float *x;
  float *y;
  AutoActivation activation;
} Rows;

static void
layer_norm (gconstpointer data)
{
  const Rows *t = data;

  auto_layer_norm_rows (t->rows, t->n, t->x, t->x, t->x, 1e-5f, t->y);
}

static void
softmax (gconstpointer data)
{
  const Rows *t = data;

  auto_softmax_rows (t->rows, t->n, t->x, t->y);
}

static void
add (gconstpointer data)
{
  const Rows *t = data;

  auto_vec_add (t->rows * t->n, t->x, t->x, t->y);
}

static void
activate (gconstpointer data)
{
  const Rows *t = data;

  auto_vec_activate (t->activation, t->rows * t->n, t->x, t->y);
}

static void
bench_rows (void)
{
  Rows t = { 128, 768, numbers (128 * 768), numbers (128 * 768) };
  double count = (double) t.rows * t.n;
  static const AutoActivation activations[] = { AUTO_ACTIVATION_GELU, AUTO_ACTIVATION_GELU_NEW, AUTO_ACTIVATION_SILU, AUTO_ACTIVATION_TANH, AUTO_ACTIVATION_RELU };

  printf ("layer norm 128 x 768: %.2f numbers/ns\n", count / best_time (layer_norm, &t) * 1e-9);
  printf ("softmax    128 x 768: %.2f numbers/ns\n", count / best_time (softmax, &t) * 1e-9);
  printf ("add        128 x 768: %.2f numbers/ns\n", count / best_time (add, &t) * 1e-9);
  for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
    {
      t.activation = activations[i];
      printf ("%-10s 128 x 768: %.2f numbers/ns\n", auto_activation_get_name (t.activation), count / best_time (activate, &t) * 1e-9);
    }
  free ((float *) t.x);
  free (t.y);
}

typedef struct
{
  AutoConvShape shape;
  const float *x, *w;
  float *y;
  gboolean transposed;
} Conv;

static void
convolve (gconstpointer data)
{
  const Conv *c = data;

  if (c->transposed)
    auto_conv_transposed_raw (&c->shape, c->x, c->w, NULL, c->y);
  else
    auto_conv_raw (&c->shape, c->x, c->w, NULL, AUTO_ACTIVATION_NONE, c->y);
}

static void
bench_conv (const char *name, gint64 channels, gint64 out_channels, gint64 groups, gint64 height, gint64 width, gint64 kernel, gint64 stride, gint64 pad,
            gboolean transposed)
{
  Conv c = { .transposed = transposed };
  AutoConvShape *s = &c.shape;

  auto_conv_init (s);
  s->channels = channels;
  s->out_channels = out_channels;
  s->groups = groups;
  s->in[1] = height;
  s->in[2] = width;
  s->kernel[1] = height > 1 ? kernel : 1;
  s->kernel[2] = kernel;
  s->stride[1] = height > 1 ? stride : 1;
  s->stride[2] = stride;
  s->pad_begin[1] = s->pad_end[1] = height > 1 ? pad : 0;
  s->pad_begin[2] = s->pad_end[2] = pad;
  if (!(transposed ? auto_conv_set_out_transposed (s) : auto_conv_set_out (s)))
    exit (1);
  gint64 places = transposed ? height * width : s->out[1] * s->out[2];
  c.x = numbers (channels * height * width);
  c.w = numbers (channels * out_channels / groups * s->kernel[1] * kernel);
  c.y = numbers (out_channels * s->out[1] * s->out[2]);
  double t = best_time (convolve, &c);
  printf ("conv %-20s %4d -> %4d / %3d, %4d x %5d, kernel %2d, stride %2d: %9.1f us %6.1f GFLOP/s\n", name, (int) channels, (int) out_channels, (int) groups,
          (int) height, (int) width, (int) kernel, (int) stride, t * 1e6, 2.0 * places * channels * out_channels / groups * s->kernel[1] * kernel / t * 1e-9);
  free ((float *) c.x);
  free ((float *) c.w);
  free (c.y);
}

int
main (int argc, char **argv)
{
  auto_set_n_threads (argc > 1 ? atoi (argv[1]) : 1);
  printf ("# %s, %u threads\n", auto_math_get_kernels (), auto_get_n_threads ());
  bench_attention ("encoder", 1, 12, 12, 128, 128, 64, FALSE, TRUE);
  bench_attention ("encoder", 1, 12, 12, 512, 512, 64, FALSE, TRUE);
  bench_attention ("short", 8, 12, 12, 16, 16, 64, FALSE, TRUE);
  bench_attention ("prefill", 1, 32, 8, 1024, 1024, 64, TRUE, FALSE);
  bench_attention ("prefill", 1, 8, 8, 512, 512, 128, TRUE, FALSE);
  bench_attention ("decode", 1, 32, 8, 1, 1024, 64, TRUE, FALSE);
  bench_attention ("decode", 1, 12, 12, 1, 4096, 64, TRUE, FALSE);
  bench_rows ();
  bench_conv ("patches", 3, 768, 1, 224, 224, 16, 16, 0, FALSE);
  bench_conv ("3x3", 64, 64, 1, 56, 56, 3, 1, 1, FALSE);
  bench_conv ("3x3 stride 2", 128, 256, 1, 56, 56, 3, 2, 1, FALSE);
  bench_conv ("1x1", 256, 64, 1, 56, 56, 1, 1, 0, FALSE);
  bench_conv ("depthwise 7x7", 96, 96, 96, 56, 56, 7, 1, 3, FALSE);
  bench_conv ("depthwise 3x3 s2", 96, 96, 96, 56, 56, 3, 2, 1, FALSE);
  bench_conv ("waveform", 1, 512, 1, 1, 16000, 10, 5, 0, FALSE);
  bench_conv ("waveform next", 512, 512, 1, 1, 3199, 3, 2, 0, FALSE);
  bench_conv ("positional", 768, 768, 16, 1, 150, 128, 1, 64, FALSE);
  bench_conv ("transposed 2x2", 256, 256, 1, 32, 32, 2, 2, 0, TRUE);
  return 0;
}
