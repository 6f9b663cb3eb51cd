/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-blis.h"
#include "auto-kernels.h"

#include <blis.h>
#include <stdlib.h>
#include <string.h>

#define ARCH_VARIABLE "BLIS_ARCH_TYPE"

/* The configuration that suits the CPU, best first; NULL leaves the choice to BLIS. */
static const char *const *
wanted_archs (void)
{
  static const char *const none[] = { NULL };
#if defined __x86_64__ || defined __i386__
  static const char *const avx512[] = { "skx", "zen3", "haswell", NULL };
  static const char *const avx2[] = { "zen3", "haswell", NULL };

  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512bw")
      && __builtin_cpu_supports ("avx512vl"))
    return avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return avx2;
#endif
  return none;
}

/* BLIS takes numbers up to its version 1 and names from 2 on. A configuration that wasn't compiled in would abort the
 * process; Debian's builds have all that are asked for here. */
static char *
arch_value (void)
{
  int major = atoi (bli_info_get_version_str ());

  for (const char *const *name = wanted_archs (); *name; name++)
    for (int i = 0; i < BLIS_NUM_ARCHS; i++)
      if (g_str_equal (bli_arch_string (i), *name))
        return major >= 2 ? g_strdup (*name) : g_strdup_printf ("%d", i);
  return NULL;
}

void
auto_blis_init (void)
{
  static gsize ready = 0;

  if (!g_once_init_enter (&ready))
    return;
  g_autofree char *value = g_getenv (ARCH_VARIABLE) ? NULL : arch_value ();
  if (value)
    g_setenv (ARCH_VARIABLE, value, FALSE);
  bli_init ();
  if (value)
    g_unsetenv (ARCH_VARIABLE);
  bli_thread_set_num_threads (1);
  if (value && g_str_equal (auto_blis_get_arch (), "generic"))
    g_info ("BLIS was started by another library with its generic kernels: large products of two activations are slow");
  g_once_init_leave (&ready, 1);
}

const char *
auto_blis_get_arch (void)
{
  return bli_arch_string (bli_arch_query_id ());
}

void
auto_blis_gemm (gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 a_rs, gint64 a_cs, const float *b, gint64 b_rs, gint64 b_cs, float beta,
                float *c, gint64 c_rs, gint64 c_cs)
{
  auto_blis_init ();
  bli_sgemm (BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, m, n, k, &alpha, (float *) a, a_rs, a_cs, (float *) b, b_rs, b_cs, &beta, c, c_rs, c_cs);
}

/**
 * auto_math_get_kernels:
 *
 * Tells which machine code computes here, for reports of errors and speed.
 *
 * Returns: a text such as `avx512, BLIS skx`
 */
const char *
auto_math_get_kernels (void)
{
  static gsize text = 0;

  if (g_once_init_enter (&text))
    {
      auto_blis_init ();
      g_once_init_leave (&text, GPOINTER_TO_SIZE (g_strdup_printf ("%s, BLIS %s", auto_kernels ()->name, auto_blis_get_arch ())));
    }
  return GSIZE_TO_POINTER (text);
}
