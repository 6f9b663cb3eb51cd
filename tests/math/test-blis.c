/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check.h"
#include "core/math/auto-blis.h"
#include "core/math/auto-kernels.h"

static gpointer
init_thread (gpointer data)
{
  auto_blis_init ();
  return NULL;
}

/* BLIS alone knows CPUs by family and falls to its generic kernels on newer ones, an order of magnitude slower. */
static void
test_arch (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("init", init_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_null (g_getenv ("BLIS_ARCH_TYPE"));
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vl"))
    g_assert_cmpstr (auto_blis_get_arch (), ==, "skx");
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    g_assert_cmpstr (auto_blis_get_arch (), !=, "generic");
#endif
}

static void
test_text (void)
{
  g_autofree char *want = g_strdup_printf ("%s, BLIS %s", auto_kernels ()->name, auto_blis_get_arch ());

  g_assert_cmpstr (auto_math_get_kernels (), ==, want);
}

static void
test_gemm (void)
{
  gint64 m = 37, n = 41, k = 53;
  float *a = check_numbers (m * k), *b = check_numbers (n * k), *c = check_numbers (m * n), *was = g_memdup2 (c, m * n * sizeof *c);

  auto_blis_gemm (m, n, k, 0.5f, a, k, 1, b, 1, k, 2.0f, c, n, 1);
  for (gint64 i = 0; i < m; i++)
    for (gint64 j = 0; j < n; j++)
      {
        double s = 0;
        for (gint64 p = 0; p < k; p++)
          s += (double) a[i * k + p] * b[j * k + p];
        check_close ("blis", i * n + j, c[i * n + j], 0.5 * s + 2 * was[i * n + j], 1, 1e-5);
      }
  free (a);
  free (b);
  free (c);
  g_free (was);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blis/arch", test_arch);
  g_test_add_func ("/blis/text", test_text);
  g_test_add_func ("/blis/gemm", test_gemm);
  return g_test_run ();
}
