/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"
#include "auto-activation.h"

G_BEGIN_DECLS

#define AUTO_N_PRODUCT_DTYPES 3 /* F32, F16, BF16: the first values of AutoDType */

/* What happens to a tile of a product once its sums are complete: tile = f (scale tile + biases) + residual */
typedef struct
{
  float scale;
  const float *bias;     /* one a column, or NULL */
  const float *row_bias; /* one a row, or NULL */
  AutoActivation activation;
  const float *residual; /* or NULL */
  gint64 residual_stride;
} AutoTileEnd;

/* @count numbers that lie side by side from @from on. */
typedef struct
{
  gint64 from, count;
} AutoRun;

#define AUTO_MAX_PANEL_WIDTH 32

/* The loops that are compiled once per instruction set. They run in the calling thread and take sizes as they are.
 *
 * A panel of the left matrix holds r <= max_rows rows as [depth][r], a panel of the right one `width` columns as
 * [depth][width]. */
typedef struct
{
  const char *name;
  gint64 max_rows, width;

  /* c[rows][width] (+)= a panel times b panel; b is of the data type that indexes the table */
  void (*product[AUTO_N_PRODUCT_DTYPES]) (gint64 rows, gint64 depth, const float *a, const void *b, float *c, gint64 c_stride, gboolean accumulate);
  void (*finish) (gint64 rows, gint64 cols, float *c, gint64 c_stride, const AutoTileEnd *end);
  void (*pack_rows) (gint64 rows, gint64 depth, const float *src, gint64 row_stride, gint64 depth_stride, float *panel);
  /* @cols < width leaves zeros in the rest; strides in elements */
  void (*pack_cols[AUTO_N_PRODUCT_DTYPES]) (gint64 cols, gint64 depth, const void *src, gint64 col_stride, gint64 depth_stride, void *panel);
  /* y[i][j] (+)= x[i] · w[j] for @m <= 8 rows of x and @n rows of w */
  void (*dots[AUTO_N_PRODUCT_DTYPES]) (gint64 m, gint64 n, gint64 k, const float *x, gint64 x_stride, const void *w, gint64 w_stride, float *y, gint64 y_stride,
                                       gboolean accumulate);

  /* y[i][dims] += Σ p[i][j] v[j][dims] over @n rows of v */
  void (*combine) (gint64 rows, gint64 n, const float *p, gint64 p_stride, const float *v, gint64 v_stride, gint64 dims, float *y, gint64 y_stride);
  /* convolution: line t of the panel is src + taps[t] at the runs, which together are at most `width` long. Writes up to
   * `width` numbers beyond the last line. */
  void (*gather) (gint64 n_taps, const gint64 *taps, gint64 n_runs, const AutoRun *runs, const float *src, float *panel);
  /* y[i] = start + Σ weights[t] src[taps[t] + i] */
  void (*weigh_lines) (gint64 n, gint64 n_taps, const gint64 *taps, const float *weights, const float *src, float start, float *y);

  void (*activate) (AutoActivation activation, const float *x, float *y, gsize n);
  void (*layer_norm) (gint64 n, const float *x, const float *weight, const float *bias, float eps, float *y);
  void (*rms_norm) (gint64 n, const float *x, const float *weight, float eps, float *y);
  float (*max) (gint64 n, const float *x);
  float (*sum) (gint64 n, const float *x);
  float (*sum_squares) (gint64 n, const float *x);
  /* y = exp (x - shift); returns the sum of y */
  float (*exp_sum) (gint64 n, const float *x, float shift, float *y);
  void (*exp) (gint64 n, const float *x, float *y);
  void (*log) (gint64 n, const float *x, float *y);
  void (*add) (gint64 n, const float *x, const float *y, float *z);
  void (*multiply) (gint64 n, const float *x, const float *y, float *z);
  void (*scale) (gint64 n, const float *x, float factor, float shift, float *y); /* y = factor x + shift */
  void (*axpy) (gint64 n, float factor, const float *x, float *y);               /* y += factor x */
  void (*maximum) (gint64 n, const float *x, const float *y, float *z);          /* NaN wins */
  void (*widen[AUTO_N_PRODUCT_DTYPES]) (gint64 n, const void *x, float *y);
} AutoKernels;

/* The kernels for this machine: AVX-512, AVX2 with FMA and F16C, or what the compiler's baseline has. The environment
 * variable AUTO_KERNELS ("avx512", "avx2", "base") forbids better ones. */
AUTO_INTERNAL const AutoKernels *auto_kernels (void);

G_END_DECLS
