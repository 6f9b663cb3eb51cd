/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-kernels.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

extern const AutoKernels auto_kernels_base;
#ifdef __x86_64__
extern const AutoKernels auto_kernels_avx2;
extern const AutoKernels auto_kernels_avx512;
#endif

#ifdef __x86_64__
/* Not every compiler's __builtin_cpu_supports knows f16c. */
static gboolean
has_half_floats (void)
{
  guint eax, ebx, ecx, edx;
  return __get_cpuid (1, &eax, &ebx, &ecx, &edx) && (ecx & bit_F16C);
}
#endif

static const AutoKernels *
choose (void)
{
  const char *limit = g_getenv ("AUTO_KERNELS");

  if (limit && !g_str_equal (limit, "base") && !g_str_equal (limit, "avx2") && !g_str_equal (limit, "avx512"))
    {
      g_warning ("AUTO_KERNELS is “%s”, not “avx512”, “avx2” or “base”: it is ignored", limit);
      limit = NULL;
    }
#ifdef __x86_64__
  __builtin_cpu_init ();
  if (limit && g_str_equal (limit, "base"))
    return &auto_kernels_base;
  gboolean avx2 = __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") && has_half_floats ();
  if (avx2 && !(limit && g_str_equal (limit, "avx2")) && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vl"))
    return &auto_kernels_avx512;
  if (avx2)
    return &auto_kernels_avx2;
#endif
  return &auto_kernels_base;
}

const AutoKernels *
auto_kernels (void)
{
  static gsize chosen = 0;

  if (g_once_init_enter (&chosen))
    g_once_init_leave (&chosen, GPOINTER_TO_SIZE (choose ()));
  return GSIZE_TO_POINTER (chosen);
}
