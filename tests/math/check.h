/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Numbers for the tests of the kernels: a reproducible sequence, exact allocations (so that a read beyond the end is
 * seen by a sanitizer) and comparison with double-precision loops. */

#include <float.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/math/auto-pool.h"

static guint32 check_state = 1;

/* In [-1, 1). */
static inline float
check_number (void)
{
  check_state = check_state * 1664525u + 1013904223u;
  return (float) (check_state >> 8) * 0x1p-23f - 1.0f;
}

static inline float *
check_numbers (gint64 n)
{
  float *x = malloc (MAX (n, 1) * sizeof *x);

  for (gint64 i = 0; i < n; i++)
    x[i] = check_number ();
  return x;
}

static inline float *
check_filled (gint64 n, float value)
{
  float *x = malloc (MAX (n, 1) * sizeof *x);

  for (gint64 i = 0; i < n; i++)
    x[i] = value;
  return x;
}

/* |got - want| within @tolerance of the larger of |want| and @measure. */
static inline void
check_close (const char *what, gint64 i, double got, double want, double measure, double tolerance)
{
  if (isnan (got) && isnan (want))
    return;
  if (got == want)
    return;
  double error = fabs (got - want) / fmax (fabs (want), measure);
  if (!(error <= tolerance))
    g_error ("%s: number %" G_GINT64_FORMAT " is %.9g, not %.9g (error %.3g)", what, i, got, want, error);
}

/* Runs @compute into a fresh array of @n numbers with 1 and with 4 threads and asserts equal bits; returns the array. */
static inline float *
check_threads (gint64 n, void (*compute) (float *out, gconstpointer data), gconstpointer data)
{
  float *one = check_filled (n, 777.0f), *four = check_filled (n, 777.0f);

  auto_set_n_threads (1);
  compute (one, data);
  auto_set_n_threads (4);
  compute (four, data);
  g_assert_cmpmem (one, n * sizeof *one, four, n * sizeof *four);
  free (four);
  return one;
}
