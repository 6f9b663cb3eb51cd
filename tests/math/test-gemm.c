/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check.h"
#include "core/math/auto-gemm.h"
#include "core/tensor/auto-convert.h"

typedef struct
{
  gint64 m, n, k;
  AutoDType dtype;
  gboolean transposed; /* W is stored as [k, n] */
  gboolean unpacked;
  const float *x;
  gint64 x_stride;
  const void *w;
  AutoPacked *packed;
  gint64 y_stride;
  AutoEpilogue epilogue;
} Linear;

static void
run_linear (float *y, gconstpointer data)
{
  const Linear *t = data;

  if (t->unpacked)
    auto_gemm_unpacked (t->m, t->x, t->x_stride, t->dtype, t->w, t->n, t->k, t->k, y, t->y_stride, &t->epilogue);
  else
    auto_gemm_packed (t->m, t->x, t->x_stride, t->packed, y, t->y_stride, &t->epilogue);
}

static double
weight_at (const Linear *t, gint64 n, gint64 k)
{
  gint64 i = t->transposed ? k * t->n + n : n * t->k + k;

  if (t->dtype == AUTO_DTYPE_F32)
    return ((const float *) t->w)[i];
  guint16 h = ((const guint16 *) t->w)[i];
  return t->dtype == AUTO_DTYPE_F16 ? auto_f16_to_f32 (h) : auto_bf16_to_f32 (h);
}

static void *
make_weights (AutoDType dtype, gint64 n)
{
  float *w = check_numbers (n);

  if (dtype == AUTO_DTYPE_F32)
    return w;
  guint16 *h = malloc (MAX (n, 1) * sizeof *h);
  for (gint64 i = 0; i < n; i++)
    h[i] = dtype == AUTO_DTYPE_F16 ? auto_f32_to_f16 (w[i]) : auto_f32_to_bf16 (w[i]);
  free (w);
  return h;
}

static double
finished (const Linear *t, double sum, gint64 i, gint64 j)
{
  float scaled = (float) (sum * (t->epilogue.scale != 0 ? t->epilogue.scale : 1) + (t->epilogue.bias ? t->epilogue.bias[j] : 0)), y;

  auto_activation_apply (t->epilogue.activation, &scaled, &y, 1);
  return y + (t->epilogue.residual ? t->epilogue.residual[i * t->epilogue.residual_stride + j] : 0.0);
}

static void
check_linear (Linear *t)
{
  gint64 size = t->m > 0 && t->n > 0 ? (t->m - 1) * t->y_stride + t->n : 0;
  float *y = check_threads (size, run_linear, t);

  for (gint64 i = 0; i < t->m; i++)
    for (gint64 j = 0; j < t->n; j++)
      {
        double sum = 0;
        for (gint64 k = 0; k < t->k; k++)
          sum += t->x[i * t->x_stride + k] * weight_at (t, j, k);
        check_close ("linear", i * t->n + j, y[i * t->y_stride + j], finished (t, sum, i, j), 1 + sqrt (t->k), 2e-6);
      }
  for (gint64 i = 0; t->n > 0 && i + 1 < t->m; i++) /* what lies between the rows is not ours */
    for (gint64 j = t->n; j < t->y_stride; j++)
      g_assert_cmpfloat (y[i * t->y_stride + j], ==, 777.0f);
  free (y);
}

static void
try_linear (gint64 m, gint64 n, gint64 k, AutoDType dtype, gboolean transposed, gboolean unpacked, guint extras)
{
  Linear t = { .m = m, .n = n, .k = k, .dtype = dtype, .transposed = transposed, .unpacked = unpacked, .x_stride = k + extras % 3, .y_stride = n + extras % 2 };
  float *x = check_numbers (m > 0 ? (m - 1) * t.x_stride + k : 0), *bias = check_numbers (n), *residual = check_numbers (m * (n + 1));
  void *w = make_weights (dtype, n * k);

  t.x = x;
  t.w = w;
  if (extras & 1)
    t.epilogue.bias = bias;
  if (extras & 2)
    t.epilogue.activation = AUTO_ACTIVATION_GELU;
  if (extras & 4)
    t.epilogue.residual = residual;
  if (extras & 8)
    t.epilogue.scale = 0.125f;
  t.epilogue.residual_stride = n + 1;
  if (!unpacked)
    t.packed = auto_packed_new (dtype, w, n, k, transposed ? 1 : k, transposed ? n : 1);
  check_linear (&t);
  auto_packed_free (t.packed);
  free (x);
  free (w);
  free (bias);
  free (residual);
}

static void
test_linear (void)
{
  static const gint64 sizes[][3] = { { 0, 5, 3 }, { 3, 0, 5 }, { 3, 5, 0 }, { 1, 1, 1 }, { 1, 33, 7 }, { 2, 31, 1 }, { 3, 64, 17 }, { 5, 32, 64 }, { 7, 100, 65 },
                                     { 8, 97, 129 }, { 9, 20, 33 }, { 13, 65, 50 }, { 14, 64, 16 }, { 15, 63, 400 }, { 29, 130, 385 }, { 41, 70, 800 },
                                     { 400, 33, 20 }, { 395, 8, 390 } };
  guint extras = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (AutoDType dtype = AUTO_DTYPE_F32; dtype <= AUTO_DTYPE_BF16; dtype++)
      for (guint form = 0; form < 3; form++)
        try_linear (sizes[i][0], sizes[i][1], sizes[i][2], dtype, form == 1, form == 2, extras++);
}

/* A few of the rows alone give what they gave among the others, up to rounding. */
static void
test_rows_alone (void)
{
  gint64 m = 40, n = 70, k = 500;
  float *x = check_numbers (m * k), *w = check_numbers (n * k), *all = check_filled (m * n, 0), *one = check_filled (n, 0);
  AutoPacked *packed = auto_packed_new (AUTO_DTYPE_F32, w, n, k, k, 1);

  auto_gemm_packed (m, x, k, packed, all, n, NULL);
  for (gint64 i = 0; i < m; i += 7)
    for (guint form = 0; form < 2; form++)
      {
        if (form)
          auto_gemm_unpacked (1, x + i * k, k, AUTO_DTYPE_F32, w, n, k, k, one, n, NULL);
        else
          auto_gemm_packed (1, x + i * k, k, packed, one, n, NULL);
        for (gint64 j = 0; j < n; j++)
          check_close ("row alone", j, one[j], all[i * n + j], 20, 1e-6);
      }
  g_assert_cmpuint (auto_packed_get_size (packed), >=, n * k * sizeof (float));
  auto_packed_free (packed);
  free (x);
  free (w);
  free (all);
  free (one);
}

/* Weights inside a file may begin anywhere. */
static void
test_unaligned (void)
{
  gint64 n = 37, k = 45;
  guint16 *w = make_weights (AUTO_DTYPE_BF16, n * k);
  char *bytes = malloc (n * k * 2 + 2), *moved = bytes + 2;
  float *x = check_numbers (2 * k), *y = check_filled (2 * n, 0), *z = check_filled (2 * n, 0);

  memcpy (moved, w, n * k * 2);
  auto_gemm_unpacked (2, x, k, AUTO_DTYPE_BF16, w, n, k, k, y, n, NULL);
  auto_gemm_unpacked (2, x, k, AUTO_DTYPE_BF16, moved, n, k, k, z, n, NULL);
  g_assert_cmpmem (y, 2 * n * sizeof *y, z, 2 * n * sizeof *z);
  free (w);
  free (bytes);
  free (x);
  free (y);
  free (z);
}

static gpointer
multiply_often (gpointer data)
{
  const Linear *t = data;
  float *want = check_filled (t->m * t->n, 0), *got = check_filled (t->m * t->n, 0);

  run_linear (want, t);
  for (guint i = 0; i < 30; i++)
    {
      run_linear (got, t);
      g_assert_cmpmem (got, t->m * t->n * sizeof *got, want, t->m * t->n * sizeof *want);
    }
  free (got);
  return want;
}

/* Several threads with one matrix of weights. */
static void
test_several_callers (void)
{
  Linear t = { .m = 50, .n = 300, .k = 700, .x_stride = 700, .y_stride = 300 };
  float *x = check_numbers (t.m * t.k), *w = check_numbers (t.n * t.k), *results[4];
  GThread *threads[4];

  t.x = x;
  t.w = w;
  t.packed = auto_packed_new (AUTO_DTYPE_F32, w, t.n, t.k, t.k, 1);
  auto_set_n_threads (3);
  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("caller", multiply_often, &t);
  for (guint i = 0; i < 4; i++)
    results[i] = g_thread_join (threads[i]);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpmem (results[i], t.m * t.n * sizeof (float), results[0], t.m * t.n * sizeof (float));
      if (i > 0)
        free (results[i]);
    }
  free (results[0]);
  auto_packed_free (t.packed);
  free (x);
  free (w);
}

static void
test_refused (void)
{
  gint64 w[4] = { 0 };

  g_assert_null (auto_packed_new (AUTO_DTYPE_I64, w, 2, 2, 2, 1));
  g_assert_null (auto_packed_new (AUTO_DTYPE_F32, w, G_MAXINT64 / 8, G_MAXINT64 / 8, 0, 0));
  auto_packed_free (NULL);
}

typedef struct
{
  gint64 batch, m, n, k;
  float alpha, beta;
  const float *a, *b, *c;
  gint64 a_bs, a_rs, a_cs, b_bs, b_rs, b_cs, c_bs, c_rs, c_cs, c_size;
} General;

static void
run_general (float *c, gconstpointer data)
{
  const General *t = data;

  memcpy (c, t->c, t->c_size * sizeof *c);
  if (t->batch == 1)
    auto_gemm (t->m, t->n, t->k, t->alpha, t->a, t->a_rs, t->a_cs, t->b, t->b_rs, t->b_cs, t->beta, c, t->c_rs, t->c_cs);
  else
    auto_gemm_batch (t->batch, t->m, t->n, t->k, t->alpha, t->a, t->a_bs, t->a_rs, t->a_cs, t->b, t->b_bs, t->b_rs, t->b_cs, t->beta, c, t->c_bs, t->c_rs,
                     t->c_cs);
}

static void
try_general (gint64 batch, gint64 m, gint64 n, gint64 k, guint form)
{
  General t = { batch, m, n, k, form % 3 ? 1.0f : -0.5f, form % 4 == 0 ? 0.0f : form % 4 == 1 ? 1.0f : 0.75f };
  gint64 a_size = m * k, b_size = n * k, c_size = form & 4 ? m * n * 2 : m * n;

  t.a_rs = form & 1 ? 1 : k;
  t.a_cs = form & 1 ? m : 1;
  t.b_rs = form & 2 ? 1 : n;
  t.b_cs = form & 2 ? k : 1;
  t.c_rs = form & 8 ? (form & 4 ? 2 : 1) : (form & 4 ? 2 * n : n);
  t.c_cs = form & 8 ? (form & 4 ? 2 * m : m) : (form & 4 ? 2 : 1);
  t.a_bs = form & 16 ? 0 : a_size;
  t.b_bs = b_size;
  t.c_bs = c_size;
  t.c_size = batch * c_size;
  float *a = check_numbers (batch * a_size), *b = check_numbers (batch * b_size), *c = check_numbers (t.c_size);
  t.a = a;
  t.b = b;
  t.c = c;
  if (t.beta == 0) /* what is not read may be anything */
    for (gint64 i = 0; i < t.c_size; i++)
      c[i] = NAN;
  float *got = check_threads (t.c_size, run_general, &t);
  for (gint64 s = 0; s < batch; s++)
    for (gint64 i = 0; i < m; i++)
      for (gint64 j = 0; j < n; j++)
        {
          double sum = 0;
          gint64 at = s * t.c_bs + i * t.c_rs + j * t.c_cs;
          for (gint64 p = 0; p < k; p++)
            sum += (double) a[s * t.a_bs + i * t.a_rs + p * t.a_cs] * b[s * t.b_bs + p * t.b_rs + j * t.b_cs];
          check_close ("gemm", at, got[at], t.alpha * sum + (t.beta != 0 ? t.beta * c[at] : 0), 1 + sqrt (k), 2e-6);
        }
  free (a);
  free (b);
  free (c);
  free (got);
}

static void
test_general (void)
{
  static const gint64 sizes[][3] = { { 1, 1, 1 }, { 3, 4, 5 }, { 1, 70, 40 }, { 33, 1, 90 }, { 17, 50, 1 }, { 2, 3, 0 }, { 40, 40, 40 }, { 100, 65, 400 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint form = 0; form < 16; form++)
      try_general (1, sizes[i][0], sizes[i][1], sizes[i][2], form);
}

static void
test_batch (void)
{
  for (guint form = 0; form < 32; form++)
    try_general (form % 2 ? 3 : 7, 11 + form, 35, 29, form);
  try_general (2, 150, 260, 130, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gemm/linear", test_linear);
  g_test_add_func ("/gemm/rows-alone", test_rows_alone);
  g_test_add_func ("/gemm/unaligned", test_unaligned);
  g_test_add_func ("/gemm/several-callers", test_several_callers);
  g_test_add_func ("/gemm/refused", test_refused);
  g_test_add_func ("/gemm/general", test_general);
  g_test_add_func ("/gemm/batch", test_batch);
  return g_test_run ();
}
