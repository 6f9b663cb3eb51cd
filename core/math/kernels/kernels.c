/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "convolution.h"
#include "elementwise.h"
#include "product.h"
#include "rows.h"

extern const AutoKernels K (kernels);

#define STRING_(x) #x
#define STRING(x) STRING_ (x)

const AutoKernels K (kernels) = {
  .name = STRING (AUTO_ISA),
  .max_rows = MAX_ROWS,
  .width = WIDTH,
  .product = { product_f32, product_f16, product_bf16 },
  .finish = finish,
  .pack_rows = pack_rows,
  .pack_cols = { pack_cols_f32, pack_cols_f16, pack_cols_f16 },
  .dots = { dots_f32, dots_f16, dots_bf16 },
  .combine = combine,
  .gather = gather,
  .weigh_lines = weigh_lines,
  .activate = activate,
  .layer_norm = row_layer_norm,
  .rms_norm = row_rms_norm,
  .max = row_max,
  .sum = row_sum,
  .sum_squares = row_sum_squares,
  .exp_sum = row_exp_sum,
  .exp = exponential,
  .log = row_log,
  .add = add,
  .multiply = multiply,
  .scale = scale,
  .axpy = axpy,
  .maximum = maximum,
  .widen = { widen_f32, widen_f16, widen_bf16 },
};
