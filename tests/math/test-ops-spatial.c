/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ops-cases.h"

#define CASES(C) \
  C (rfft_1, auto_rfft (cx, x[0], 1)) \
  C (irfft_1, auto_irfft (cx, x[0], 1)) \
  C (rfft_2, auto_rfft (cx, x[0], 2)) \
  C (irfft_2, auto_irfft (cx, x[0], 2)) \
  C (rfft_3, auto_rfft (cx, x[0], 3)) \
  C (irfft_3, auto_irfft (cx, x[0], 3)) \
  C (rfft_8, auto_rfft (cx, x[0], 8)) \
  C (irfft_8, auto_irfft (cx, x[0], 8)) \
  C (rfft_12, auto_rfft (cx, x[0], 12)) \
  C (irfft_12, auto_irfft (cx, x[0], 12)) \
  C (rfft_17, auto_rfft (cx, x[0], 17)) \
  C (irfft_17, auto_irfft (cx, x[0], 17)) \
  C (rfft_cut, auto_rfft (cx, x[0], 6)) \
  C (rfft_fill, auto_rfft (cx, x[0], 15)) \
  C (irfft_fill, auto_irfft (cx, x[0], 16)) \
  C (nms, auto_nms (cx, x[0], x[1], NULL, 0.3)) \
  C (nms_classes, auto_nms (cx, x[0], x[1], x[2], 0.2)) \
  C (fft2_real, auto_fft2_real (cx, x[0])) \
  C (fft2_real_powers, auto_fft2_real (cx, x[0])) \
  C (conv1d, auto_conv1d (cx, "c", x[0], 4, &(AutoConv) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 } })) \
  C (conv1d_dilated, auto_conv1d (cx, "c", x[0], 6, &(AutoConv) { .kernel = { 3 }, .dilation = { 2 }, .groups = 2 })) \
  C (conv2d, auto_conv2d (cx, "c", x[0], 4, &(AutoConv) { .kernel = { 3, 2 }, .stride = { 2, 1 }, .padding = { 1, -1 } })) \
  C (conv2d_no_bias, auto_conv2d (cx, "c", x[0], 2, &(AutoConv) { .kernel = { 3 }, .no_bias = TRUE })) \
  C (conv2d_depthwise, auto_conv2d (cx, "c", x[0], 4, &(AutoConv) { .kernel = { 3 }, .padding = { 1 }, .groups = 4 })) \
  C (conv2d_patch, auto_conv2d (cx, "c", x[0], 5, &(AutoConv) { .kernel = { 4 }, .stride = { 4 } })) \
  C (conv2d_relu, auto_conv2d (cx, "c", x[0], 2, &(AutoConv) { .kernel = { 3 }, .padding = { 1 }, .activation = AUTO_ACTIVATION_RELU })) \
  C (conv2d_reflect, auto_conv2d (cx, "c", x[0], 2, &(AutoConv) { .kernel = { 3, 5 }, .padding = { 1, 2 }, .pad_mode = AUTO_PAD_REFLECT })) \
  C (conv2d_asymmetric, auto_conv2d (cx, "c", x[0], 2, &(AutoConv) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1, -1 }, .padding_end = { 2, 1 }, .asymmetric = TRUE })) \
  C (conv2d_same, auto_conv2d (cx, "c", x[0], 2, &(AutoConv) { .kernel = { 3 }, .stride = { 2 }, .same = TRUE })) \
  C (conv3d, auto_conv3d (cx, "c", x[0], 3, &(AutoConv) { .kernel = { 2, 3, 3 }, .stride = { 2, 1, 1 }, .padding = { 0, 1, 1 } })) \
  C (conv_transpose1d, auto_conv_transpose1d (cx, "c", x[0], 3, &(AutoConv) { .kernel = { 4 }, .stride = { 2 }, .padding = { 1 } })) \
  C (conv_transpose1d_groups, auto_conv_transpose1d (cx, "c", x[0], 4, &(AutoConv) { .kernel = { 3 }, .stride = { 2 }, .groups = 2, .output_padding = { 1 } })) \
  C (conv_transpose2d, auto_conv_transpose2d (cx, "c", x[0], 2, &(AutoConv) { .kernel = { 2, 3 }, .stride = { 2, 1 }, .padding = { 0, 1 } })) \
  C (conv_with, auto_conv_with (cx, x[0], x[1], x[2], &(AutoConv) { .groups = 1 })) \
  C (convolution, auto_convolution (cx, "c", x[0], 4, 3, 2, 1, 2, 1, TRUE)) \
  C (convolution_transposed, auto_convolution_transposed (cx, "c", x[0], 2, 4, 2, 1, 1, FALSE)) \
  C (weight_norm, auto_conv1d (cx, "c", x[0], 4, &(AutoConv) { .kernel = { 3 }, .padding = { 1 }, .weight_norm = TRUE })) \
  C (weight_norm_last, auto_conv1d (cx, "c", x[0], 4, &(AutoConv) { .kernel = { 4 }, .padding = { 2 }, .groups = 2, .weight_norm = TRUE, .weight_norm_dim = 2 })) \
  C (batch_norm, auto_batch_norm (cx, "c", x[0], 1e-5)) \
  C (batch_norm_rows, auto_batch_norm (cx, "c", x[0], 1e-5)) \
  C (group_norm, auto_group_norm (cx, "c", x[0], 2, 1e-5)) \
  C (group_norm_each, auto_group_norm (cx, "c", x[0], 4, 1e-5)) \
  C (instance_norm, auto_instance_norm (cx, x[0], 1e-5)) \
  C (layer_norm_channels, auto_layer_norm_channels (cx, "c", x[0], 1e-6)) \
  C (normalize_last, auto_normalize_last (cx, x[0], 1e-5)) \
  C (max_pool1d, auto_max_pool1d (cx, x[0], &(AutoPool) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 } })) \
  C (max_pool1d_ceil, auto_max_pool1d (cx, x[0], &(AutoPool) { .kernel = { 2 }, .ceil_mode = TRUE })) \
  C (max_pool2d, auto_max_pool2d (cx, x[0], &(AutoPool) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 } })) \
  C (max_pool2d_dilated, auto_max_pool2d (cx, x[0], &(AutoPool) { .kernel = { 2, 3 }, .stride = { 1, 2 }, .dilation = { 2 } })) \
  C (avg_pool1d, auto_avg_pool1d (cx, x[0], &(AutoPool) { .kernel = { 3 }, .stride = { 1 }, .padding = { 1 } })) \
  C (avg_pool2d, auto_avg_pool2d (cx, x[0], &(AutoPool) { .kernel = { 2 } })) \
  C (avg_pool2d_exclude, auto_avg_pool2d (cx, x[0], &(AutoPool) { .kernel = { 3 }, .stride = { 1 }, .padding = { 1 }, .exclude_padding = TRUE })) \
  C (avg_pool2d_ceil, auto_avg_pool2d (cx, x[0], &(AutoPool) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 }, .ceil_mode = TRUE })) \
  C (avg_pool2d_ceil_exclude, auto_avg_pool2d (cx, x[0], &(AutoPool) { .kernel = { 2 }, .ceil_mode = TRUE, .exclude_padding = TRUE })) \
  C (max_pool, auto_max_pool (cx, x[0], 2, 0, 0)) \
  C (avg_pool, auto_avg_pool (cx, x[0], 4, 3, 2)) \
  C (adaptive_avg_pool1d, auto_adaptive_avg_pool1d (cx, x[0], 4)) \
  C (adaptive_avg_pool2d, auto_adaptive_avg_pool2d (cx, x[0], 3, 2)) \
  C (adaptive_avg_pool2d_grow, auto_adaptive_avg_pool2d (cx, x[0], 6, 6)) \
  C (interpolate_nearest, auto_interpolate (cx, x[0], AUTO_DIMS (7, 5), AUTO_INTERPOLATION_NEAREST, FALSE)) \
  C (interpolate_nearest1d, auto_interpolate (cx, x[0], AUTO_DIMS (13), AUTO_INTERPOLATION_NEAREST, FALSE)) \
  C (interpolate_linear, auto_interpolate (cx, x[0], AUTO_DIMS (7), AUTO_INTERPOLATION_LINEAR, FALSE)) \
  C (interpolate_bilinear, auto_interpolate (cx, x[0], AUTO_DIMS (7, 5), AUTO_INTERPOLATION_LINEAR, FALSE)) \
  C (interpolate_bilinear_corners, auto_interpolate (cx, x[0], AUTO_DIMS (7, 5), AUTO_INTERPOLATION_LINEAR, TRUE)) \
  C (interpolate_bilinear_one, auto_interpolate (cx, x[0], AUTO_DIMS (1, 5), AUTO_INTERPOLATION_LINEAR, TRUE)) \
  C (interpolate_bicubic, auto_interpolate (cx, x[0], AUTO_DIMS (7, 5), AUTO_INTERPOLATION_BICUBIC, FALSE)) \
  C (interpolate_bicubic_corners, auto_interpolate (cx, x[0], AUTO_DIMS (6, 9), AUTO_INTERPOLATION_BICUBIC, TRUE)) \
  C (interpolate_trilinear, auto_interpolate (cx, x[0], AUTO_DIMS (3, 4, 5), AUTO_INTERPOLATION_LINEAR, FALSE)) \
  C (interpolate_scale, auto_interpolate_scale (cx, x[0], AUTO_VALUES (1.7, 2.3), AUTO_INTERPOLATION_BICUBIC, FALSE)) \
  C (interpolate_scale_nearest, auto_interpolate_scale (cx, x[0], AUTO_VALUES (2.0, 0.6), AUTO_INTERPOLATION_NEAREST, FALSE)) \
  C (interpolate_scale_bilinear, auto_interpolate_scale (cx, x[0], AUTO_VALUES (1.5, 1.3), AUTO_INTERPOLATION_LINEAR, FALSE)) \
  C (grid_sample, auto_grid_sample (cx, x[0], x[1], FALSE)) \
  C (grid_sample_corners, auto_grid_sample (cx, x[0], x[1], TRUE)) \
  C (pixel_shuffle, auto_pixel_shuffle (cx, x[0], 2)) \
  C (im2col, auto_im2col (cx, x[0], 3, 2, 1, 2)) \
  C (im2col_plain, auto_im2col (cx, x[0], 2, 2, 0, 1)) \
  C (col2im, auto_col2im (cx, x[0], 5, 6, 3, 2, 1, 1)) \
  C (deformable, auto_deformable_attention (cx, x[0], AUTO_DIMS (4, 3, 2, 5, 1, 1), x[1], x[2])) \
  C (deformable_wide, auto_deformable_attention (cx, x[0], AUTO_DIMS (6, 7, 3, 4), x[1], x[2])) \

CASES (OPS_FUNCTION)
static const OpsCase cases[] = { CASES (OPS_ENTRY) };

#define HUGE_SIZE (G_MAXINT64 / 2)

static void
test_conv_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, TRUE);
  AutoTensor *x = auto_zeros (cx, AUTO_DIMS (1, 4, 5, 5)), *w = auto_zeros (cx, AUTO_DIMS (2, 4, 3, 3)), *v = auto_zeros (cx, AUTO_DIMS (3));

  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "a", x, 6, &(AutoConv) { .kernel = { 3 }, .groups = 3 }), SHAPE, "conv2d of float32 (1, 4, 5, 5): 3 groups");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "a", x, 6, &(AutoConv) { .kernel = { 3 }, .groups = -1 }), SHAPE, "groups");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "a", x, 0, &(AutoConv) { .kernel = { 3 } }), SHAPE, "groups");
  OPS_ASSERT_FAILS (cx, auto_conv1d (cx, "a", x, 6, &(AutoConv) { .kernel = { 3 } }), SHAPE, "conv1d");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "b", x, 6, &(AutoConv) { .kernel = { 7 } }), SHAPE, "conv2d: ");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "c", x, 6, &(AutoConv) { .kernel = { 3 }, .stride = { -1 } }), SHAPE, "conv2d: ");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "d", x, 6, &(AutoConv) { .kernel = { 3 }, .padding = { HUGE_SIZE } }), SHAPE, "conv2d: ");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "e", x, 6, &(AutoConv) { .kernel = { 3 }, .dilation = { HUGE_SIZE } }), SHAPE, "conv2d: ");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "f", x, 6, &(AutoConv) { .kernel = { 3 }, .padding = { 9 }, .pad_mode = AUTO_PAD_REFLECT }), SHAPE, "pad of");
  OPS_ASSERT_FAILS (cx, auto_conv2d (cx, "g", x, 6, &(AutoConv) { .kernel = { 3 }, .weight_norm = TRUE, .weight_norm_dim = 4 }), RANGE, "dimension 4");
  OPS_ASSERT_FAILS (cx, auto_conv_with (cx, x, w, v, &(AutoConv) { .groups = 1 }), SHAPE, "conv: float32 (1, 4, 5, 5) and float32 (3)");
  OPS_ASSERT_FAILS (cx, auto_conv_with (cx, x, v, NULL, &(AutoConv) { .groups = 1 }), SHAPE, "conv");
  OPS_ASSERT_FAILS (cx, auto_conv_with (cx, v, v, NULL, &(AutoConv) { .groups = 1 }), SHAPE, "conv");
  OPS_ASSERT_FAILS (cx, auto_conv_transpose_with (cx, x, w, NULL, &(AutoConv) { .groups = G_MAXINT64 }), SHAPE, "conv_transpose");
  OPS_ASSERT_FAILS (cx, auto_conv_transpose2d (cx, "h", x, 2, &(AutoConv) { .kernel = { 1 }, .padding = { 4 } }), SHAPE, "conv_transpose2d: ");
  OPS_ASSERT_FAILS (cx, auto_convolution (cx, "i", auto_arange (cx, 0, 5, 1), 2, 3, 1, 1, 1, 1, TRUE), SHAPE, "convolution");
  auto_weights_free (weights);
}

static void
test_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *x = auto_zeros (cx, AUTO_DIMS (1, 4, 5, 5)), *v = auto_zeros (cx, AUTO_DIMS (3)), *none = auto_zeros (cx, AUTO_DIMS (1, 4, 0, 5));

  OPS_ASSERT_FAILS (cx, auto_batch_norm (cx, "a", v, 0), SHAPE, "batch_norm");
  OPS_ASSERT_FAILS (cx, auto_group_norm (cx, "a", x, 3, 0), SHAPE, "3 groups");
  OPS_ASSERT_FAILS (cx, auto_group_norm (cx, "a", x, 0, 0), SHAPE, "0 groups");
  OPS_ASSERT_FAILS (cx, auto_instance_norm (cx, v, 0), SHAPE, "instance_norm");
  OPS_ASSERT_FAILS (cx, auto_max_pool2d (cx, v, &(AutoPool) { .kernel = { 2 } }), SHAPE, "max_pool2d");
  OPS_ASSERT_FAILS (cx, auto_max_pool1d (cx, x, &(AutoPool) { .kernel = { 2 } }), SHAPE, "max_pool1d");
  OPS_ASSERT_FAILS (cx, auto_max_pool2d (cx, x, &(AutoPool) { .kernel = { 2 }, .padding = { 2 } }), SHAPE, "padding (2, 2)");
  OPS_ASSERT_FAILS (cx, auto_avg_pool2d (cx, x, &(AutoPool) { .kernel = { 6 } }), SHAPE, "(6, 6)");
  OPS_ASSERT_FAILS (cx, auto_avg_pool2d (cx, x, &(AutoPool) { .kernel = { 2 }, .stride = { -2 } }), SHAPE, "avg_pool2d");
  OPS_ASSERT_FAILS (cx, auto_adaptive_avg_pool2d (cx, x, 0, 2), SHAPE, "adaptive_avg_pool2d");
  OPS_ASSERT_FAILS (cx, auto_adaptive_avg_pool1d (cx, v, 2), SHAPE, "adaptive_avg_pool1d");
  OPS_ASSERT_FAILS (cx, auto_interpolate (cx, x, AUTO_DIMS (2), AUTO_INTERPOLATION_LINEAR, FALSE), SHAPE, "interpolate");
  OPS_ASSERT_FAILS (cx, auto_interpolate (cx, x, AUTO_DIMS (2, 0), AUTO_INTERPOLATION_LINEAR, FALSE), SHAPE, "interpolate");
  OPS_ASSERT_FAILS (cx, auto_interpolate (cx, none, AUTO_DIMS (2, 2), AUTO_INTERPOLATION_LINEAR, FALSE), SHAPE, "interpolate");
  OPS_ASSERT_FAILS (cx, auto_interpolate_scale (cx, x, AUTO_VALUES (0.1, 0.1), AUTO_INTERPOLATION_LINEAR, FALSE), SHAPE, "interpolate");
  OPS_ASSERT_FAILS (cx, auto_interpolate_scale (cx, x, AUTO_VALUES (1e300, 1), AUTO_INTERPOLATION_LINEAR, FALSE), SHAPE, "interpolate");
  OPS_ASSERT_FAILS (cx, auto_grid_sample (cx, x, x, FALSE), SHAPE, "grid_sample");
  OPS_ASSERT_FAILS (cx, auto_rfft (cx, x, 0), SHAPE, "rfft");
  OPS_ASSERT_FAILS (cx, auto_rfft (cx, auto_zeros (cx, NULL, 0), 1), SHAPE, "rfft");
  OPS_ASSERT_FAILS (cx, auto_irfft (cx, x, 4), SHAPE, "irfft");
  OPS_ASSERT_FAILS (cx, auto_fft2_real (cx, v), SHAPE, "fft2_real");
  OPS_ASSERT_FAILS (cx, auto_fft2_real (cx, none), SHAPE, "fft2_real");
  OPS_ASSERT_FAILS (cx, auto_nms (cx, v, v, NULL, 0), SHAPE, "nms: float32 (3) and float32 (3)");
  OPS_ASSERT_FAILS (cx, auto_nms (cx, auto_zeros (cx, AUTO_DIMS (3, 4)), v, auto_arange (cx, 0, 2, 1), 0), SHAPE, "nms: float32 (3, 4) and int64 (2)");
  OPS_ASSERT_FAILS (cx, auto_nms (cx, auto_zeros (cx, AUTO_DIMS (3, 4)), v, v, 0), DTYPE, "nms");
  OPS_ASSERT_FAILS (cx, auto_pixel_shuffle (cx, x, 3), SHAPE, "pixel_shuffle");
  OPS_ASSERT_FAILS (cx, auto_im2col (cx, x, 6, 1, 0, 1), SHAPE, "im2col");
  OPS_ASSERT_FAILS (cx, auto_im2col (cx, x, HUGE_SIZE, 1, 0, 1), SHAPE, "im2col");
  OPS_ASSERT_FAILS (cx, auto_col2im (cx, auto_zeros (cx, AUTO_DIMS (1, 8, 9)), 5, 5, 2, 1, 0, 1), SHAPE, "col2im");
  auto_weights_free (weights);
}

static void
test_deformable_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *v = auto_zeros (cx, AUTO_DIMS (2, 12, 4, 8)), *l = auto_zeros (cx, AUTO_DIMS (2, 5, 4, 2, 3, 2)), *w = auto_zeros (cx, AUTO_DIMS (2, 5, 4, 2, 3));
  AutoTensor *other = auto_zeros (cx, AUTO_DIMS (2, 5, 4, 2, 2));

  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (2, 3, 2, 2), l, w), SHAPE, "2 images of the given sizes");
  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (3, 4), l, w), SHAPE, "2 images of the given sizes");
  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (2, 3, 2), l, w), SHAPE, "2 images of the given sizes");
  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (-2, -3, 2, 3), l, w), SHAPE, "2 images of the given sizes");
  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (HUGE_SIZE, 4, 4, 3), l, w), SHAPE, "2 images of the given sizes");
  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (2, 3, 3, 2), w, w), SHAPE, "deformable_attention: float32 (2, 12, 4, 8) and");
  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (2, 3, 3, 2), l, other), SHAPE, "float32 (2, 5, 4, 2, 2)");
  OPS_ASSERT_FAILS (cx, auto_deformable_attention (cx, v, AUTO_DIMS (2, 3, 3, 2), l, auto_arange (cx, 0, 5, 1)), DTYPE, "deformable_attention");
  g_assert_null (auto_deformable_attention (cx, v, AUTO_DIMS (2, 3, 3, 2), l, NULL));
  g_assert_nonnull (cx->error);
  auto_weights_free (weights);
}

static void
test_other_name (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, TRUE);

  auto_conv1d (cx, "c", auto_zeros (cx, AUTO_DIMS (1, 2, 9)), 4, &(AutoConv) { .kernel = { 3 }, .weight_norm = TRUE });
  g_assert_cmpstr (auto_weights_find (weights, "c.weight_g")->other, ==, "c.parametrizations.weight.original0");
  g_assert_cmpstr (auto_weights_find (weights, "c.weight_v")->other, ==, "c.parametrizations.weight.original1");
  g_assert_no_error (cx->error);
  auto_weights_free (weights);
}

static void
test_sliding_errors (void)
{
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) cx = auto_context_new (weights, FALSE);
  AutoTensor *q = auto_zeros (cx, AUTO_DIMS (2, 3, 5, 4)), *k = auto_zeros (cx, AUTO_DIMS (2, 3, 7, 4)), *few = auto_zeros (cx, AUTO_DIMS (2, 3, 4, 4));

  OPS_ASSERT_FAILS (cx, auto_sliding_attention (cx, q, k, few, NULL, 1, 1), SHAPE, "attention: queries float32 (2, 3, 5, 4), keys float32 (2, 3, 7, 4)");
  OPS_ASSERT_FAILS (cx, auto_sliding_attention (cx, q, few, few, NULL, 1, 1), RANGE, "5 queries can't reach 1 before and behind themselves among 4 keys");
  OPS_ASSERT_FAILS (cx, auto_sliding_attention (cx, q, k, k, NULL, -1, 1), RANGE, "can't reach -1");
  OPS_ASSERT_FAILS (cx, auto_sliding_attention (cx, q, k, k, NULL, HUGE_SIZE, 1), RANGE, "can't reach");
  OPS_ASSERT_FAILS (cx, auto_sliding_attention (cx, q, k, k, auto_zeros (cx, AUTO_DIMS (5)), 1, 1), SHAPE, "a mask of float32 (5) doesn't broadcast");
  g_assert_null (auto_sliding_attention (cx, q, NULL, k, NULL, 1, 1));
  g_assert_nonnull (cx->error);
  auto_weights_free (weights);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ops_add_cases ("spatial", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/ops/spatial/conv-errors", test_conv_errors);
  g_test_add_func ("/ops/spatial/errors", test_errors);
  g_test_add_func ("/ops/spatial/deformable-errors", test_deformable_errors);
  g_test_add_func ("/ops/spatial/sliding-errors", test_sliding_errors);
  g_test_add_func ("/ops/spatial/other-name", test_other_name);
  return g_test_run ();
}
