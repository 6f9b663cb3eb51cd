/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Speed of matrix products beside the machine's peak and BLIS, all measured in this run: BLIS as it starts by itself in
 * a child process, BLIS with the kernels that auto_blis_init() chooses, and ours. Every figure is the best of several
 * samples, taken in turns. `bench-gemm [THREADS [ROW]]`, where ROW is the only line of the table wanted. */

#include <blis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/math/auto-blis.h"
#include "core/math/auto-gemm.h"
#include "core/math/auto-kernels.h"
#include "core/math/auto-pool.h"
#include "core/tensor/auto-convert.h"

#define SAMPLES 15
#define SAMPLE_SECONDS 0.004

static const gint64 shapes[][3] = { { 128, 768, 768 }, { 128, 3072, 768 }, { 128, 768, 3072 }, { 512, 4096, 4096 }, { 1, 4096, 4096 }, { 4, 768, 768 }, { 8, 768, 768 },
                                    { 16, 768, 768 }, { 32, 30522, 768 }, { 256, 256, 256 }, { 512, 512, 512 }, { 1024, 1024, 1024 }, { 2048, 2048, 2048 } };

typedef struct
{
  gint64 m, n, k;
  float *x, *w, *y, *bias;
  guint16 *half;
  AutoPacked *packed, *packed_half;
} Case;

typedef void (*Way) (const Case *c);

/* With one thread the processor's time, which other processes disturb less. */
static double
now (void)
{
  struct timespec t;

  clock_gettime (auto_get_n_threads () == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void
blis_unguarded (const Case *c)
{
  float one = 1, zero = 0;

  bli_sgemm (BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, c->m, c->n, c->k, &one, c->x, c->k, 1, c->w, 1, c->k, &zero, c->y, c->n, 1);
}

static void
blis_guarded (const Case *c)
{
  auto_blis_gemm (c->m, c->n, c->k, 1, c->x, c->k, 1, c->w, 1, c->k, 0, c->y, c->n, 1);
}

static void
packed (const Case *c)
{
  auto_gemm_packed (c->m, c->x, c->k, c->packed, c->y, c->n, NULL);
}

static void
packed_gelu (const Case *c)
{
  AutoEpilogue epilogue = { .bias = c->bias, .activation = AUTO_ACTIVATION_GELU };

  auto_gemm_packed (c->m, c->x, c->k, c->packed, c->y, c->n, &epilogue);
}

static void
packed_bf16 (const Case *c)
{
  auto_gemm_packed (c->m, c->x, c->k, c->packed_half, c->y, c->n, NULL);
}

static void
unpacked (const Case *c)
{
  auto_gemm_unpacked (c->m, c->x, c->k, AUTO_DTYPE_F32, c->w, c->n, c->k, c->k, c->y, c->n, NULL);
}

static void
general (const Case *c)
{
  auto_gemm (c->m, c->n, c->k, 1, c->x, c->k, 1, c->w, 1, c->k, 0, c->y, c->n, 1);
}

static double
time_of (Way way, const Case *c, double seconds)
{
  double start = now (), end;
  guint n = 0;

  do
    {
      way (c);
      n++;
    }
  while ((end = now ()) - start < seconds);
  return (end - start) / n;
}

/* Best time of each way, one sample of each in turn. */
static void
best_times (guint n, const Way *ways, const Case *c, double *best)
{
  for (guint i = 0; i < n; i++)
    best[i] = time_of (ways[i], c, 0);
  for (guint s = 0; s < SAMPLES; s++)
    for (guint i = 0; i < n; i++)
      best[i] = MIN (best[i], time_of (ways[i], c, SAMPLE_SECONDS));
}

static Case
new_case (const gint64 *shape)
{
  Case c = { shape[0], shape[1], shape[2] };

  c.x = aligned_alloc (4096, (c.m * c.k * 4 + 4095) / 4096 * 4096);
  c.w = aligned_alloc (4096, (c.n * c.k * 4 + 4095) / 4096 * 4096);
  c.y = aligned_alloc (4096, (c.m * c.n * 4 + 4095) / 4096 * 4096);
  c.half = malloc (c.n * c.k * 2);
  c.bias = calloc (c.n, sizeof *c.bias);
  for (gint64 i = 0; i < c.m * c.k; i++)
    c.x[i] = (float) (i * 7919 % 1000) / 1000 - 0.5f;
  for (gint64 i = 0; i < c.n * c.k; i++)
    {
      c.w[i] = (float) (i * 40503 % 997) / 997 - 0.5f;
      c.half[i] = auto_f32_to_bf16 (c.w[i]);
    }
  c.packed = auto_packed_new (AUTO_DTYPE_F32, c.w, c.n, c.k, c.k, 1);
  c.packed_half = auto_packed_new (AUTO_DTYPE_BF16, c.half, c.n, c.k, c.k, 1);
  return c;
}

static void
free_case (Case *c)
{
  free (c->x);
  free (c->w);
  free (c->y);
  free (c->half);
  free (c->bias);
  auto_packed_free (c->packed);
  auto_packed_free (c->packed_half);
}

/* The peak of multiply-adds: a panel product whose operands never leave the first-level cache is within 2% of it. */
static double
peak (void)
{
  const AutoKernels *kernels = auto_kernels ();
  gint64 depth = 64, rows = kernels->max_rows;
  float *a = aligned_alloc (64, 65536), *b = aligned_alloc (64, 65536), *c = aligned_alloc (64, 65536);
  double best = 0;

  memset (a, 0, 65536);
  memset (b, 0, 65536);
  for (guint s = 0; s < 40; s++)
    {
      double start = now ();
      for (guint i = 0; i < 1000; i++)
        kernels->product[AUTO_DTYPE_F32](rows, depth, a, b, c, kernels->width, FALSE);
      best = MAX (best, 2.0 * rows * kernels->width * depth * 1000 / (now () - start));
    }
  free (a);
  free (b);
  free (c);
  return best;
}

/* BLIS can be started once in a process: the child is the one that starts it without our guard. */
static void
unguarded_times (double *times)
{
  int ends[2];

  if (pipe (ends) != 0)
    exit (1);
  pid_t child = fork ();
  if (child == 0)
    {
      for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
        {
          Case c = new_case (shapes[i]);
          double best = time_of (blis_unguarded, &c, 0);
          for (guint s = 0; s < 3; s++)
            best = MIN (best, time_of (blis_unguarded, &c, SAMPLE_SECONDS));
          if (write (ends[1], &best, sizeof best) != sizeof best)
            exit (1);
          free_case (&c);
        }
      exit (0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (read (ends[0], &times[i], sizeof *times) != sizeof *times)
      exit (1);
  waitpid (child, NULL, 0);
}

int
main (int argc, char **argv)
{
  static const Way ways[] = { blis_guarded, packed, packed_gelu, packed_bf16, unpacked, general };
  double plain[G_N_ELEMENTS (shapes)], best[G_N_ELEMENTS (ways)];

  auto_set_n_threads (1);
  unguarded_times (plain);
  auto_set_n_threads (argc > 1 ? atoi (argv[1]) : 1);
  double top = peak ();
  printf ("# %s, %u threads, peak of one %.0f GFLOP/s; GFLOP/s (share of the peak of one)\n", auto_math_get_kernels (), auto_get_n_threads (), top * 1e-9);
  printf ("#     m     n     k | BLIS alone BLIS guarded |      packed     +bias+gelu       bf16 W     unpacked W   two matrices | packed: us, x alone, x guarded\n");
  for (guint i = argc > 2 ? atoi (argv[2]) : 0; i < (argc > 2 ? (guint) atoi (argv[2]) + 1 : G_N_ELEMENTS (shapes)); i++)
    {
      Case c = new_case (shapes[i]);
      double work = 2.0 * c.m * c.n * c.k;
      best_times (G_N_ELEMENTS (ways), ways, &c, best);
      printf ("%7d %5d %5d | %10.0f", (int) c.m, (int) c.n, (int) c.k, work / plain[i] * 1e-9);
      for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
        printf ("%s %6.0f (%.2f)", w == 1 ? " |" : "", work / best[w] * 1e-9, work / best[w] / top);
      printf (" | %8.1f %5.1f %5.2f\n", best[1] * 1e6, plain[i] / best[1], best[0] / best[1]);
      fflush (stdout);
      free_case (&c);
    }
  return 0;
}
