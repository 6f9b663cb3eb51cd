/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 const char *auto_math_get_kernels (void);

/* Prepares BLIS once: chooses its kernels by what the CPU can do, as BLIS itself only knows CPUs by family, and switches
 * its threads off. Every use of BLIS goes through here. */
AUTO_INTERNAL void auto_blis_init (void);
/* The name of the configuration that BLIS runs with, such as "skx". */
AUTO_INTERNAL const char *auto_blis_get_arch (void);

/* C = alpha A·B + beta C in the calling thread. */
AUTO_INTERNAL void auto_blis_gemm (gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 a_rs, gint64 a_cs, const float *b, gint64 b_rs,
                                   gint64 b_cs, float beta, float *c, gint64 c_rs, gint64 c_cs);

G_END_DECLS
