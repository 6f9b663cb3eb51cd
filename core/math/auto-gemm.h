/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"
#include "auto-activation.h"

G_BEGIN_DECLS

/* What is done to a product before it is stored: y = activation (scale x·Wᵀ + bias) + residual */
typedef struct
{
  const float *bias; /* n numbers, or NULL */
  AutoActivation activation;
  const float *residual; /* m rows of n numbers, or NULL; may be y itself only with one block of depth: don't */
  gint64 residual_stride;
  float scale; /* of the product before the bias; 0 means 1 */
} AutoEpilogue;

/* A matrix W [n, k] laid out for the kernels of this machine. 16-bit elements stay 16-bit. Immutable. */
typedef struct _AutoPacked AutoPacked;

/* Strides in elements cover W [n, k] and its transpose. NULL when there is no memory for it or @dtype is not F32, F16 or BF16. */
AUTO_INTERNAL AutoPacked *auto_packed_new (AutoDType dtype, const void *w, gint64 n, gint64 k, gint64 n_stride, gint64 k_stride);
AUTO_INTERNAL void auto_packed_free (AutoPacked *self);
AUTO_INTERNAL gsize auto_packed_get_size (const AutoPacked *self);

/* y [m, n] = epilogue (x · Wᵀ), where the rows of x and y are contiguous. @epilogue may be NULL. x, y and the epilogue's
 * residual must not overlap. */
AUTO_INTERNAL void auto_gemm_packed (gint64 m, const float *x, gint64 x_stride, const AutoPacked *w, float *y, gint64 y_stride, const AutoEpilogue *epilogue);
/* The same with W [n, k] as a checkpoint has it: rows contiguous, aligned or not. For few rows of x it reads W once and
 * straight; for many it packs as it goes. */
AUTO_INTERNAL void auto_gemm_unpacked (gint64 m, const float *x, gint64 x_stride, AutoDType dtype, const void *w, gint64 n, gint64 k, gint64 w_stride,
                                       float *y, gint64 y_stride, const AutoEpilogue *epilogue);

/* C = alpha A·B + beta C with any strides (in elements; rs between rows, cs between columns). beta 0 doesn't read C. */
AUTO_INTERNAL void auto_gemm (gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 a_rs, gint64 a_cs, const float *b, gint64 b_rs,
                              gint64 b_cs, float beta, float *c, gint64 c_rs, gint64 c_cs);
/* The same for @batch triples; bs between them, 0 repeats a matrix. */
AUTO_INTERNAL void auto_gemm_batch (gint64 batch, gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 a_bs, gint64 a_rs, gint64 a_cs,
                                    const float *b, gint64 b_bs, gint64 b_rs, gint64 b_cs, float beta, float *c, gint64 c_bs, gint64 c_rs,
                                    gint64 c_cs);

G_END_DECLS
