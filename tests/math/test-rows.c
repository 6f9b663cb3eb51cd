/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check.h"
#include "core/math/auto-rows.h"
#include "core/tensor/auto-convert.h"

typedef struct
{
  gint64 rows, n;
  const float *x, *weight, *bias;
} Rows;

static void
run_layer_norm (float *y, gconstpointer data)
{
  const Rows *t = data;

  auto_layer_norm_rows (t->rows, t->n, t->x, t->weight, t->bias, 1e-5f, y);
}

static void
run_rms_norm (float *y, gconstpointer data)
{
  const Rows *t = data;

  auto_rms_norm_rows (t->rows, t->n, t->x, t->weight, 1e-6f, y);
}

static void
run_softmax (float *y, gconstpointer data)
{
  const Rows *t = data;

  auto_softmax_rows (t->rows, t->n, t->x, y);
}

static void
run_log_softmax (float *y, gconstpointer data)
{
  const Rows *t = data;

  auto_log_softmax_rows (t->rows, t->n, t->x, y);
}

static void
run_l2 (float *y, gconstpointer data)
{
  const Rows *t = data;

  auto_l2_normalize_rows (t->rows, t->n, t->x, 1e-12f, y);
}

static void
check_norms (const Rows *t)
{
  float *layer = check_threads (t->rows * t->n, run_layer_norm, t), *rms = check_threads (t->rows * t->n, run_rms_norm, t);
  float *l2 = check_threads (t->rows * t->n, run_l2, t);

  for (gint64 r = 0; r < t->rows; r++)
    {
      const float *x = t->x + r * t->n;
      double mean = 0, variance = 0, squares = 0;
      for (gint64 i = 0; i < t->n; i++)
        mean += x[i] / (double) t->n;
      for (gint64 i = 0; i < t->n; i++)
        {
          variance += (x[i] - mean) * (x[i] - mean) / (double) t->n;
          squares += (double) x[i] * x[i];
        }
      for (gint64 i = 0; i < t->n; i++)
        {
          gint64 at = r * t->n + i;
          double w = t->weight ? t->weight[i] : 1, b = t->bias ? t->bias[i] : 0;
          check_close ("layer norm", at, layer[at], (x[i] - mean) / sqrt (variance + 1e-5) * w + b, 1, 2e-6);
          check_close ("rms norm", at, rms[at], x[i] / sqrt (squares / (double) t->n + 1e-6) * w, 1e-3, 1e-6);
          check_close ("l2", at, l2[at], x[i] / fmax (sqrt (squares), 1e-12), 1e-3, 1e-6);
        }
    }
  free (layer);
  free (rms);
  free (l2);
}

static void
check_softmax (const Rows *t)
{
  float *plain = check_threads (t->rows * t->n, run_softmax, t), *logs = check_threads (t->rows * t->n, run_log_softmax, t);

  for (gint64 r = 0; r < t->rows; r++)
    {
      const float *x = t->x + r * t->n;
      double top = -INFINITY, sum = 0;
      for (gint64 i = 0; i < t->n; i++)
        top = fmax (top, x[i]);
      for (gint64 i = 0; i < t->n; i++)
        sum += exp (x[i] - top);
      for (gint64 i = 0; i < t->n; i++)
        {
          check_close ("softmax", i, plain[r * t->n + i], exp (x[i] - top) / sum, 1e-20, 3e-6);
          check_close ("log softmax", i, logs[r * t->n + i], x[i] - top - log (sum), 1, 1e-6);
        }
    }
  free (plain);
  free (logs);
}

static void
test_rows (void)
{
  static const gint64 sizes[][2] = { { 0, 4 }, { 4, 0 }, { 1, 1 }, { 3, 2 }, { 5, 15 }, { 4, 16 }, { 3, 17 }, { 2, 63 }, { 7, 64 }, { 2, 65 }, { 30, 768 }, { 40, 1000 }, { 2, 40001 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint form = 0; form < 2; form++)
      {
        gint64 n = sizes[i][1];
        float *x = check_numbers (sizes[i][0] * n), *weight = check_numbers (n), *bias = check_numbers (n);
        Rows t = { sizes[i][0], n, x, form ? weight : NULL, form ? bias : NULL };
        check_norms (&t);
        for (gint64 j = 0; j < t.rows * n; j++)
          x[j] *= 15;
        check_softmax (&t);
        free (x);
        free (weight);
        free (bias);
      }
}

/* A large mean must not drown the variance. */
static void
test_offset (void)
{
  float *x = check_numbers (3 * 1000);
  Rows t = { 3, 1000, x, NULL, NULL };

  for (gint64 i = 0; i < 3000; i++)
    x[i] = x[i] + 300.0f;
  float *y = check_threads (3000, run_layer_norm, &t);
  for (gint64 r = 0; r < 3; r++)
    {
      double mean = 0, variance = 0;
      for (gint64 i = 0; i < 1000; i++)
        mean += x[r * 1000 + i] / 1000.0;
      for (gint64 i = 0; i < 1000; i++)
        variance += (x[r * 1000 + i] - mean) * (x[r * 1000 + i] - mean) / 1000.0;
      for (gint64 i = 0; i < 1000; i++)
        check_close ("offset", i, y[r * 1000 + i], (x[r * 1000 + i] - mean) / sqrt (variance + 1e-5), 1, 1e-4);
    }
  free (x);
  free (y);
}

/* Equal scores, masks by the lowest float, -infinity beside numbers. */
static void
test_softmax_special (void)
{
  float x[3][4] = { { -FLT_MAX, -FLT_MAX, -FLT_MAX, -FLT_MAX }, { 1, -INFINITY, 1, -INFINITY }, { -FLT_MAX, 3, -FLT_MAX, -FLT_MAX } }, y[3][4];
  static const float want[3][4] = { { 0.25f, 0.25f, 0.25f, 0.25f }, { 0.5f, 0, 0.5f, 0 }, { 0, 1, 0, 0 } };

  auto_softmax_rows (3, 4, x[0], y[0]);
  g_assert_cmpmem (y, sizeof y, want, sizeof want);
  x[0][2] = NAN;
  auto_softmax_rows (1, 4, x[0], y[0]);
  for (guint i = 0; i < 4; i++)
    g_assert_true (isnan (y[0][i]));
}

static void
test_vectors (void)
{
  gint64 n = 40007;
  float *x = check_numbers (n), *y = check_numbers (n), *z = check_filled (n, 0);

  auto_set_n_threads (4);
  auto_vec_add (n, x, y, z);
  for (gint64 i = 0; i < n; i++)
    g_assert_cmpfloat (z[i], ==, x[i] + y[i]);
  auto_vec_multiply (n, x, y, z);
  for (gint64 i = 0; i < n; i++)
    g_assert_cmpfloat (z[i], ==, x[i] * y[i]);
  auto_vec_scale (n, x, 2, 1, z);
  for (gint64 i = 0; i < n; i++)
    check_close ("scale", i, z[i], 2.0 * x[i] + 1, 1, 1e-7);
  auto_vec_gate (AUTO_ACTIVATION_RELU, n, x, y, z);
  for (gint64 i = 0; i < n; i++)
    g_assert_cmpfloat (z[i], ==, MAX (x[i], 0) * y[i]);
  free (x);
  free (y);
  free (z);
}

/* All values of both 16-bit types. */
static void
test_widen (void)
{
  guint16 *h = malloc (65536 * sizeof *h);
  float *y = check_filled (65536, 0);

  for (guint i = 0; i < 65536; i++)
    h[i] = (guint16) i;
  auto_vec_widen (AUTO_DTYPE_F16, 65535, h, y);
  for (guint i = 0; i < 65535; i++)
    check_close ("f16", i, y[i], auto_f16_to_f32 (h[i]), 1, 0);
  auto_vec_widen (AUTO_DTYPE_BF16, 65535, h, y);
  for (guint i = 0; i < 65535; i++)
    check_close ("bf16", i, y[i], auto_bf16_to_f32 (h[i]), 1, 0);
  free (h);
  free (y);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rows/norms-and-softmax", test_rows);
  g_test_add_func ("/rows/offset", test_offset);
  g_test_add_func ("/rows/softmax-special", test_softmax_special);
  g_test_add_func ("/rows/vectors", test_vectors);
  g_test_add_func ("/rows/widen", test_widen);
  return g_test_run ();
}
