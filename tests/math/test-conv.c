/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check.h"
#include "core/math/auto-conv.h"

typedef struct
{
  AutoConvShape s;
  const float *x, *w, *bias;
  AutoActivation activation;
  gboolean count_include_pad;
  gint64 divisor;
} Conv;

static gint64
volume (const gint64 size[3])
{
  return size[0] * size[1] * size[2];
}

static void
run_conv (float *y, gconstpointer data)
{
  const Conv *t = data;

  auto_conv_raw (&t->s, t->x, t->w, t->bias, t->activation, y);
}

static void
run_transposed (float *y, gconstpointer data)
{
  const Conv *t = data;

  auto_conv_transposed_raw (&t->s, t->x, t->w, t->bias, y);
}

static void
run_max (float *y, gconstpointer data)
{
  auto_max_pool_raw (&((const Conv *) data)->s, ((const Conv *) data)->x, y);
}

static void
run_avg (float *y, gconstpointer data)
{
  const Conv *t = data;

  auto_avg_pool_raw (&t->s, t->count_include_pad, t->divisor, t->x, y);
}

/* Calls @visit for every (output place, kernel place) whose input place is inside. */
typedef void (*Visit) (const AutoConvShape *s, gint64 out, gint64 kernel, gint64 in, gpointer data);

static void
visit_all (const AutoConvShape *s, const gint64 from_size[3], const gint64 to_size[3], Visit visit, gpointer data)
{
  for (gint64 o = 0; o < volume (from_size); o++)
    for (gint64 k = 0; k < volume (s->kernel); k++)
      {
        gint64 op[3] = { o / from_size[2] / from_size[1], o / from_size[2] % from_size[1], o % from_size[2] };
        gint64 kp[3] = { k / s->kernel[2] / s->kernel[1], k / s->kernel[2] % s->kernel[1], k % s->kernel[2] }, in = 0;
        gboolean inside = TRUE;
        for (guint i = 0; i < 3; i++)
          {
            gint64 p = op[i] * s->stride[i] + kp[i] * s->dilation[i] - s->pad_begin[i];
            inside &= p >= 0 && p < to_size[i];
            in = in * to_size[i] + p;
          }
        if (inside)
          visit (s, o, k, in, data);
      }
}

typedef struct
{
  const float *x, *w;
  gint64 w_step;
  double *y;
} Sums;

static void
add_product (const AutoConvShape *s, gint64 out, gint64 kernel, gint64 in, gpointer data)
{
  Sums *t = data;

  t->y[out] += (double) t->x[in] * t->w[kernel];
}

static void
spread_product (const AutoConvShape *s, gint64 from, gint64 kernel, gint64 to, gpointer data)
{
  Sums *t = data;

  t->y[to] += (double) t->x[from] * t->w[kernel];
}

static void
check_conv (const Conv *t, gboolean transposed)
{
  const AutoConvShape *s = &t->s;
  gint64 in_group = s->channels / s->groups, out_group = s->out_channels / s->groups, kernel = volume (s->kernel), out = volume (s->out);
  float *got = check_threads (s->batch * s->out_channels * out, transposed ? run_transposed : run_conv, t);

  for (gint64 b = 0; b < s->batch; b++)
    for (gint64 o = 0; o < s->out_channels; o++)
      {
        double *want = calloc (out, sizeof *want);
        for (gint64 c = 0; c < in_group; c++)
          {
            gint64 channel = o / out_group * in_group + c;
            Sums sums = { t->x + (b * s->channels + channel) * volume (s->in),
                          t->w + (transposed ? channel * out_group + o % out_group : o * in_group + c) * kernel, 0, want };
            if (transposed)
              visit_all (s, s->in, s->out, spread_product, &sums);
            else
              visit_all (s, s->out, s->in, add_product, &sums);
          }
        for (gint64 i = 0; i < out; i++)
          {
            float v = (float) (want[i] + (t->bias ? t->bias[o] : 0));
            auto_activation_apply (t->activation, &v, &v, 1);
            check_close (transposed ? "transposed" : "conv", i, got[(b * s->out_channels + o) * out + i], v, 1 + sqrt (in_group * kernel), 2e-6);
          }
        free (want);
      }
  free (got);
}

/* batch, channels, out channels, groups, in x3, kernel x3, stride x3, dilation x3, begin x3, end x3, out pad x3 */
static const gint64 convs[][25] = {
  { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
  { 2, 3, 5, 1, 1, 1, 50, 1, 1, 3, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0 },      /* one-dimensional */
  { 2, 1, 20, 1, 1, 1, 400, 1, 1, 10, 1, 1, 5, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2 },   /* first layer over a waveform */
  { 1, 8, 8, 4, 1, 1, 37, 1, 1, 8, 1, 1, 1, 1, 1, 1, 0, 0, 4, 0, 0, 3, 0, 0, 0 },      /* groups, uneven padding */
  { 2, 3, 24, 1, 1, 32, 32, 1, 8, 8, 1, 8, 8, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 },    /* patches */
  { 1, 4, 6, 2, 1, 13, 11, 1, 3, 3, 1, 2, 2, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1 },
  { 2, 7, 7, 7, 1, 12, 19, 1, 5, 5, 1, 1, 1, 1, 2, 2, 0, 4, 4, 0, 4, 4, 0, 0, 0 },     /* depthwise, dilated */
  { 1, 6, 12, 6, 1, 9, 10, 1, 3, 3, 1, 2, 3, 1, 1, 1, 0, 0, 1, 0, 1, 2, 0, 0, 1 },     /* depthwise times two, asymmetric */
  { 1, 3, 4, 1, 5, 9, 8, 2, 3, 3, 2, 2, 1, 1, 1, 2, 1, 1, 2, 0, 1, 2, 1, 0, 0 },       /* three-dimensional */
  { 9, 2, 40, 1, 1, 6, 6, 1, 3, 2, 1, 1, 1, 1, 1, 1, 0, 7, 7, 0, 7, 7, 0, 0, 0 },      /* more padding than input */
};

static void
set_shape (AutoConvShape *s, const gint64 *v)
{
  *s = (AutoConvShape) { v[0], v[1], v[2], v[3] };
  memcpy (s->in, v + 4, sizeof s->in);
  memcpy (s->kernel, v + 7, sizeof s->kernel);
  memcpy (s->stride, v + 10, sizeof s->stride);
  memcpy (s->dilation, v + 13, sizeof s->dilation);
  memcpy (s->pad_begin, v + 16, sizeof s->pad_begin);
  memcpy (s->pad_end, v + 19, sizeof s->pad_end);
  memcpy (s->out_pad, v + 22, sizeof s->out_pad);
}

static void
test_conv (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (convs); i++)
    for (guint transposed = 0; transposed < 2; transposed++)
      {
        Conv t = { .activation = transposed ? AUTO_ACTIVATION_NONE : AUTO_ACTIVATION_SILU };
        set_shape (&t.s, convs[i]);
        if (!(transposed ? auto_conv_set_out_transposed (&t.s) : auto_conv_set_out (&t.s)))
          {
            g_assert_cmpuint (i, ==, G_N_ELEMENTS (convs) - 1); /* the only one whose spread output is empty */
            continue;
          }
        float *x = check_numbers (t.s.batch * t.s.channels * volume (t.s.in)), *bias = check_numbers (t.s.out_channels);
        float *w = check_numbers (t.s.channels * t.s.out_channels / t.s.groups * volume (t.s.kernel));
        t.x = x;
        t.w = w;
        t.bias = i % 2 ? bias : NULL;
        check_conv (&t, transposed);
        free (x);
        free (w);
        free (bias);
      }
}

static void
test_sizes (void)
{
  AutoConvShape s;

  auto_conv_init (&s);
  s.in[2] = 10;
  s.kernel[2] = 3;
  s.stride[2] = 2;
  g_assert_true (auto_conv_set_out (&s));
  g_assert_cmpint (s.out[2], ==, 4);
  g_assert_true (auto_conv_set_out_pool (&s, TRUE));
  g_assert_cmpint (s.out[2], ==, 5);
  g_assert_true (auto_conv_set_out_transposed (&s));
  g_assert_cmpint (s.out[2], ==, 21);
  s.kernel[2] = 11;
  g_assert_false (auto_conv_set_out (&s));
  s.kernel[2] = G_MAXINT64;
  g_assert_false (auto_conv_set_out (&s));
  s.kernel[2] = 3;
  s.stride[2] = 0;
  g_assert_false (auto_conv_set_out (&s));
  s.stride[2] = 1;
  s.groups = 2;
  g_assert_false (auto_conv_set_out (&s));
}

static void
check_pool (Conv *t, gboolean ceil_mode)
{
  AutoConvShape *s = &t->s;
  gint64 planes = s->batch * s->channels;
  float *top = check_threads (planes * volume (s->out), run_max, t), *mean = check_threads (planes * volume (s->out), run_avg, t);

  for (gint64 p = 0; p < planes; p++)
    for (gint64 o = 0; o < volume (s->out); o++)
      {
        gint64 op[3] = { o / s->out[2] / s->out[1], o / s->out[2] % s->out[1], o % s->out[2] }, count = 0, padded = 1;
        double best = -INFINITY, sum = 0;
        for (gint64 k = 0; k < volume (s->kernel); k++)
          {
            gint64 kp[3] = { k / s->kernel[2] / s->kernel[1], k / s->kernel[2] % s->kernel[1], k % s->kernel[2] }, in = 0;
            gboolean inside = TRUE;
            for (guint i = 0; i < 3; i++)
              {
                gint64 q = op[i] * s->stride[i] + kp[i] * s->dilation[i] - s->pad_begin[i];
                inside &= q >= 0 && q < s->in[i];
                in = in * s->in[i] + q;
              }
            if (!inside)
              continue;
            best = fmax (best, t->x[p * volume (s->in) + in]);
            sum += t->x[p * volume (s->in) + in];
            count++;
          }
        for (guint i = 0; i < 3; i++)
          padded *= MIN (op[i] * s->stride[i] - s->pad_begin[i] + s->kernel[i], s->in[i] + s->pad_end[i]) - (op[i] * s->stride[i] - s->pad_begin[i]);
        check_close ("max pool", o, top[p * volume (s->out) + o], best, 1, 0);
        if (s->dilation[1] == 1 && s->dilation[2] == 1)
          check_close ("avg pool", o, mean[p * volume (s->out) + o], sum / (double) (t->divisor ? t->divisor : t->count_include_pad ? padded : count), 1, 1e-6);
      }
  free (top);
  free (mean);
}

static void
test_pool (void)
{
  static const gint64 pools[][25] = {
    { 2, 3, 3, 1, 1, 10, 11, 1, 2, 2, 1, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0 }, { 1, 5, 5, 1, 1, 9, 14, 1, 3, 3, 1, 2, 2, 1, 1, 1, 0, 1, 1, 0, 1, 1 },
    { 1, 2, 2, 1, 1, 1, 30, 1, 1, 4, 1, 1, 3, 1, 1, 1, 0, 0, 2, 0, 0, 2 },  { 1, 2, 2, 1, 1, 20, 20, 1, 3, 3, 1, 1, 1, 1, 2, 3, 0, 1, 1, 0, 1, 1 },
    { 1, 2, 2, 1, 4, 6, 6, 2, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pools); i++)
    for (guint form = 0; form < 6; form++)
      {
        Conv t = { .count_include_pad = form % 2, .divisor = form >= 4 ? 5 : 0 };
        set_shape (&t.s, pools[i]);
        g_assert_true (auto_conv_set_out_pool (&t.s, form >= 2));
        float *x = check_numbers (t.s.batch * t.s.channels * volume (t.s.in));
        t.x = x;
        check_pool (&t, form >= 2);
        free (x);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conv/conv", test_conv);
  g_test_add_func ("/conv/sizes", test_sizes);
  g_test_add_func ("/conv/pool", test_pool);
  return g_test_run ();
}
