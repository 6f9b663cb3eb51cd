/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-speech.h"

#include "auto-image.h"
#include "auto-masks.h"
#include "auto-model-macros.h"

/* Bounds the frames at each layer, so that their product with a 32-bit stride fits. */
static const gint64 MOST_FRAMES = G_GINT64_CONSTANT (1) << 31;

/* The fewest samples that give @frames frames. */
static gint64
samples_of (const AutoWaveform *how, gint64 frames)
{
  for (guint i = MIN (how->kernels->n, how->strides->n); i-- > 0;)
    frames = MIN (frames - 1, MOST_FRAMES) * MAX (how->strides->values[i], 1) + MAX (how->kernels->values[i], 1);
  return frames;
}

void
auto_waveform_example (AutoInputs *in, const AutoWaveform *how, gint64 frames)
{
  auto_inputs_set_example (in, "input_values", AUTO_DTYPE_F32, (const gint64[]) { 1, samples_of (how, MAX (frames, 1)) }, 2);
}

static AutoTensor *
samples (AutoContext *cx, AutoInputs *in, const AutoWaveform *how)
{
  AutoTensor *x = auto_required_input (cx, in, "input_values");
  gint64 fewest = samples_of (how, 1);

  if (!x)
    return NULL;
  if (auto_tensor_get_n_dims (x) == 2 && auto_dim (x, 0) > 0 && auto_dim (x, 1) >= fewest)
    return auto_unsqueeze (cx, auto_cast (cx, x, AUTO_DTYPE_F32), 1);
  g_autofree char *text = auto_tensor_describe (x);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                     "input_values: needs the shape (batch, samples) with %" G_GINT64_FORMAT " samples or more, not %s", fewest, text);
  return NULL;
}

AutoTensor *
auto_waveform_frames (AutoContext *cx, AutoInputs *in, const char *name, const AutoWaveform *how)
{
  AutoTensor *x = samples (cx, in, how);

  for (guint i = 0; i < MAX (how->dims->n, 1); i++)
    {
      AUTO_LAYER (cx, &x, "%s.%u", name, i);
      gint64 width = auto_list_int (cx, "conv_dim", how->dims, i, 1);
      x = auto_conv1d (cx, "conv", x, width, &(AutoConv) {
        .kernel = { auto_list_int (cx, "conv_kernel", how->kernels, i, 1) }, .stride = { auto_list_int (cx, "conv_stride", how->strides, i, 1) },
        .no_bias = !how->bias });
      if (!how->group_norm)
        x = auto_layer_norm_channels (cx, "layer_norm", x, 1e-5);
      else if (i == 0)
        x = auto_group_norm (cx, "layer_norm", x, width, 1e-5);
      x = auto_activation (cx, x, how->activation);
    }
  return auto_transpose (cx, x, 1, 2);
}

AutoTensor *
auto_waveform_lengths (AutoContext *cx, AutoTensor *attention_mask, const AutoWaveform *how)
{
  AutoTensor *n = auto_sum (cx, auto_cast (cx, attention_mask, AUTO_DTYPE_I64), -1, FALSE);

  for (guint i = 0; i < how->dims->n; i++)
    {
      n = auto_add_scalar (cx, n, -auto_list_int (cx, "conv_kernel", how->kernels, i, 1));
      n = auto_add_scalar (cx, auto_floor_divide_scalar (cx, n, auto_list_int (cx, "conv_stride", how->strides, i, 1)), 1);
    }
  return n;
}

AutoTensor *
auto_frames_within (AutoContext *cx, AutoTensor *lengths, gint64 frames)
{
  /* Where no frame is left the reference counts from the end, and all are. */
  AutoTensor *last = auto_remainder_scalar (cx, auto_add_scalar (cx, lengths, -1), frames);

  return auto_le (cx, auto_unsqueeze (cx, auto_arange (cx, 0, frames, 1), 0), auto_unsqueeze (cx, last, 1));
}

AutoTensor *
auto_waveform_mask (AutoContext *cx, AutoInputs *in, const AutoWaveform *how, gint64 frames)
{
  AutoTensor *mask = auto_inputs_get (in, "attention_mask"), *values = auto_inputs_get (in, "input_values");

  if (!mask || !values)
    return NULL;
  if (auto_tensor_get_n_dims (mask) != 2 || auto_dim (mask, 0) != auto_dim (values, 0) || auto_dim (mask, 1) != auto_dim (values, 1))
    {
      g_autofree char *is = auto_tensor_describe (mask), *want = auto_tensor_describe (values);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "attention_mask: needs the shape of input_values, %s, not %s", want, is);
      return NULL;
    }
  return auto_frames_within (cx, auto_waveform_lengths (cx, mask, how), frames);
}

AutoTensor *
auto_position_convolution (AutoContext *cx, const char *name, AutoTensor *x, gint64 kernel, gint64 groups, gint64 stride, gboolean weight_norm)
{
  x = auto_conv1d (cx, name, x, auto_dim (x, 1), &(AutoConv) { .kernel = { kernel }, .padding = { kernel / 2 ? kernel / 2 : -1 }, .stride = { stride },
    .groups = groups, .weight_norm = weight_norm, .weight_norm_dim = 2 });
  return kernel % 2 == 0 ? auto_slice (cx, x, 2, 0, -1, 1) : x;
}

AutoTensor *
auto_squeeze_frames (AutoContext *cx, AutoTensor *x, AutoTensor *positions, gint64 factor)
{
  x = auto_avg_pool1d (cx, x, &(AutoPool) { .kernel = { factor }, .stride = { factor } });
  gint64 shorter = MIN (auto_dim (x, 2), auto_dim (positions, 2));

  return auto_add (cx, auto_narrow (cx, x, 2, 0, shorter), auto_narrow (cx, positions, 2, 0, shorter));
}

AutoTensor *
auto_squeeze_mask (AutoContext *cx, AutoTensor *mask, gint64 factor)
{
  AutoTensor *lengths = auto_floor_divide_scalar (cx, auto_sum (cx, auto_cast (cx, mask, AUTO_DTYPE_I64), 1, TRUE), (double) factor);

  return auto_lt (cx, auto_unsqueeze (cx, auto_arange (cx, 0, auto_dim (mask, 1) / factor, 1), 0), lengths);
}

AutoTensor *
auto_unsqueeze_frames (AutoContext *cx, const char *name, AutoTensor *x, gint64 factor, AutoActivation activation, gint64 frames)
{
  gint64 width = auto_dim (x, 2), made = auto_dim (x, 1) * factor;

  x = auto_reshape (cx, auto_linear_act (cx, name, x, width * factor, activation), AUTO_DIMS (auto_dim (x, 0), made, width));
  return made < frames ? auto_pad (cx, x, AUTO_DIMS (0, 0, 0, frames - made), AUTO_PAD_CONSTANT, 0) : x;
}

AutoTensor *
auto_frame_adapter (AutoContext *cx, const char *name, AutoTensor *x, int n, gint64 width, gint64 kernel, gint64 stride)
{
  AUTO_SCOPE (cx, "%s", name);
  if (auto_dim (x, 2) != width)
    x = auto_layer_norm (cx, "proj_layer_norm", auto_linear (cx, "proj", x, width), 1e-5);
  x = auto_transpose (cx, x, 1, 2);
  for (int i = 0; i < n; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      x = auto_conv1d (cx, "conv", x, 2 * width, &(AutoConv) { .kernel = { kernel }, .stride = { stride }, .padding = { 1 } });
      x = auto_glu (cx, x, 1);
    }
  return auto_transpose (cx, x, 1, 2);
}

AutoTensor *
auto_adapted_lengths (AutoContext *cx, AutoTensor *lengths, int n, gint64 kernel, gint64 stride)
{
  for (int i = 0; i < n; i++)
    lengths = auto_add_scalar (cx, auto_floor_divide_scalar (cx, auto_add_scalar (cx, lengths, kernel % 2 ? -1 : 0), stride), 1);
  return lengths;
}

AutoTensor *
auto_mask_frames (AutoContext *cx, AutoInputs *in, AutoTensor *x, AutoTensor *vector)
{
  AutoTensor *mask = auto_inputs_get (in, "mask_time_indices");

  if (!mask)
    return x;
  if (!vector)
    auto_context_fail_literal (cx, "mask_time_indices: needs a configuration whose mask_time_prob or mask_feature_prob is above 0");
  if (auto_tensor_get_n_dims (mask) != 2 || auto_dim (mask, 0) != auto_dim (x, 0) || auto_dim (mask, 1) != auto_dim (x, 1))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "mask_time_indices: needs the shape (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ") of batch and frames", auto_dim (x, 0),
                       auto_dim (x, 1));
  return auto_where (cx, auto_unsqueeze (cx, auto_ne_scalar (cx, mask, 0), 2), vector, x);
}

AutoTensor *
auto_mean_frames (AutoContext *cx, AutoTensor *x, AutoTensor *mask)
{
  if (!mask)
    return auto_mean (cx, x, 1, FALSE);
  x = auto_masked_fill (cx, x, auto_logical_not (cx, auto_unsqueeze (cx, mask, 2)), 0);
  return auto_div (cx, auto_sum (cx, x, 1, FALSE), auto_sum (cx, auto_cast (cx, mask, AUTO_DTYPE_F32), 1, TRUE));
}

/* A dense layer with ReLU over windows of @kernel frames, each @dilation apart. */
static AutoTensor *
time_delay (AutoContext *cx, const char *name, AutoTensor *x, gint64 width, gint64 kernel, gint64 dilation)
{
  x = auto_slice (cx, auto_unfold (cx, x, 1, dilation * (kernel - 1) + 1, 1), 3, 0, AUTO_END, dilation);
  x = auto_flatten (cx, auto_transpose (cx, x, 2, 3), 2, 3);
  return auto_linear_act (cx, name, x, width, AUTO_ACTIVATION_RELU);
}

/* Means and standard deviations over a row's first @counts (batch) frames, or all: (batch, 2 · width). */
static AutoTensor *
frame_statistics (AutoContext *cx, AutoTensor *x, AutoTensor *counts)
{
  if (!counts)
    return auto_concat (cx, AUTO_TENSORS (auto_mean (cx, x, 1, FALSE), auto_std (cx, x, 1, TRUE, FALSE)), -1);
  AutoTensor *n = auto_unsqueeze (cx, counts, 1), *places = auto_unsqueeze (cx, auto_arange (cx, 0, auto_dim (x, 1), 1), 0);
  AutoTensor *counted = auto_unsqueeze (cx, auto_cast (cx, auto_lt (cx, places, n), AUTO_DTYPE_F32), 2);
  n = auto_cast (cx, n, AUTO_DTYPE_F32);
  AutoTensor *mean = auto_div (cx, auto_sum (cx, auto_mul (cx, x, counted), 1, FALSE), n);
  AutoTensor *far = auto_mul (cx, auto_square (cx, auto_sub (cx, x, auto_unsqueeze (cx, mean, 1))), counted);
  AutoTensor *variance = auto_div (cx, auto_sum (cx, far, 1, FALSE), auto_add_scalar (cx, n, -1));
  return auto_concat (cx, AUTO_TENSORS (mean, auto_sqrt (cx, variance)), -1);
}

/* How many of @frames frames behind the windows count. The reference leaves dilations out, and slices as Python does. */
static AutoTensor *
counted_frames (AutoContext *cx, AutoTensor *lengths, const AutoXVector *how, gint64 frames)
{
  for (guint i = 0; i < how->kernels->n; i++)
    lengths = auto_add_scalar (cx, lengths, 1 - how->kernels->values[i]);
  lengths = auto_where (cx, auto_lt_scalar (cx, lengths, 0), auto_add_scalar (cx, lengths, frames), lengths);
  return auto_clamp (cx, lengths, 0, frames);
}

void
auto_xvector_head (AutoContext *cx, AutoTensor *x, AutoTensor *lengths, const AutoXVector *how, AutoModelOutput *out)
{
  x = auto_linear (cx, "projector", x, auto_list_int (cx, "tdnn_dim", how->dims, 0, 1));
  for (guint i = 0; i < how->dims->n; i++)
    {
      AUTO_LAYER (cx, &x, "tdnn.%u", i);
      x = time_delay (cx, "kernel", x, auto_list_int (cx, "tdnn_dim", how->dims, i, 1), auto_list_int (cx, "tdnn_kernel", how->kernels, i, 1),
                      auto_list_int (cx, "tdnn_dilation", how->dilations, i, 1));
    }
  x = frame_statistics (cx, x, lengths ? counted_frames (cx, lengths, how, auto_dim (x, 1)) : NULL);
  AutoTensor *embeddings = auto_linear (cx, "feature_extractor", x, how->width);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", embeddings, how->width));
  auto_model_output_set (out, "embeddings", embeddings);
  auto_parameter (cx, "objective.weight", AUTO_DIMS (how->width, how->labels));
}

AutoTensor *
auto_weighted_states (AutoContext *cx, const char *name, gint64 n)
{
  AutoTensor *weights = auto_softmax (cx, auto_parameter (cx, name, AUTO_DIMS (n)), -1), *sum = NULL;

  for (gint64 i = 0; i < n && !auto_context_has_failed (cx); i++)
    {
      AutoTensor *part = auto_mul (cx, auto_context_get_collected (cx, "hidden_states", i), auto_narrow (cx, weights, 0, i, 1));
      sum = i ? auto_add (cx, sum, part) : part;
    }
  return sum;
}

/* e to the entropy of the codes' shares of the frames, summed over the groups. */
static AutoTensor *
codes_in_use (AutoContext *cx, AutoTensor *ids, gint64 n, AutoTensor *mask)
{
  AutoTensor *share = auto_cast (cx, auto_one_hot (cx, ids, n), AUTO_DTYPE_F32);

  if (mask)
    {
      mask = auto_cast (cx, auto_reshape (cx, mask, AUTO_DIMS (auto_dim (ids, 0), 1, 1)), AUTO_DTYPE_F32);
      share = auto_div (cx, auto_sum (cx, auto_mul (cx, share, mask), 0, FALSE), auto_sum (cx, mask, 0, FALSE));
    }
  else
    share = auto_mean (cx, share, 0, FALSE);
  AutoTensor *entropy = auto_neg (cx, auto_sum (cx, auto_mul (cx, share, auto_log (cx, auto_add_scalar (cx, share, 1e-7))), -1, FALSE));
  return auto_sum (cx, auto_exp (cx, entropy), 0, FALSE);
}

AutoTensor *
auto_quantize_vectors (AutoContext *cx, AutoTensor *x, gint64 groups, gint64 n, gint64 width, AutoTensor *mask, AutoTensor **perplexity)
{
  gint64 batch = auto_dim (x, 0), frames = auto_dim (x, 1);

  if (width % groups)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "code vectors of %" G_GINT64_FORMAT " numbers can't be split among %" G_GINT64_FORMAT " groups", width, groups);
  AutoTensor *scores = auto_reshape (cx, auto_linear (cx, "weight_proj", x, groups * n), AUTO_DIMS (batch * frames, groups, n));
  AutoTensor *ids = auto_argmax (cx, scores, -1, FALSE);
  *perplexity = codes_in_use (cx, ids, n, mask);
  AutoTensor *table = auto_squeeze (cx, auto_parameter (cx, "codevectors", AUTO_DIMS (1, groups * n, width / groups)), 0);
  AutoTensor *rows = auto_add (cx, ids, auto_arange (cx, 0, groups * n, n));
  return auto_reshape (cx, auto_take_rows (cx, table, rows), AUTO_DIMS (batch, frames, width));
}
