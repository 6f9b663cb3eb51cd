/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a waveform to states. */
#include "speech.h"

gboolean
speech_config_loaded (AutoPretrainedConfig *config, const SpeechTraits *traits, GError **error)
{
  SpeechConfig *c = (SpeechConfig *) config;
  AutoConfig *self = AUTO_CONFIG (config);

  if (c->conv_dim.n != c->conv_stride.n || c->conv_dim.n != c->conv_kernel.n)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE,
                   "conv_dim, conv_stride and conv_kernel must be of one length, and they have %u, %u and %u numbers", c->conv_dim.n, c->conv_stride.n,
                   c->conv_kernel.n);
      return FALSE;
    }
  c->traits = traits;
  if (!traits->bare_projection)
    c->feat_proj_layer_norm = TRUE;
  c->apply_spec_augment = auto_config_get_bool (self, "apply_spec_augment", TRUE);
  return (traits->spectra || auto_config_set_int (self, "num_feat_extract_layers", c->conv_dim.n, error)) &&
         (!traits->adapters || auto_config_get_int (self, "output_hidden_size", 0) != 0 ||
          auto_config_set_int (self, "output_hidden_size", c->hidden_size, error));
}

static AutoWaveform
speech_waveform (const SpeechConfig *c)
{
  return (AutoWaveform) { .dims = &c->conv_dim, .kernels = &c->conv_kernel, .strides = &c->conv_stride, .bias = c->conv_bias,
    .group_norm = c->feat_extract_norm && g_str_equal (c->feat_extract_norm, "group"), .activation = c->feat_extract_activation };
}

/* Long enough for what comes behind: the adapter, the windows of a speaker's head. */
void
speech_example (const SpeechConfig *c, AutoInputs *in)
{
  AutoWaveform how = speech_waveform (c);
  gint64 frames = 2 * (gint64) MAX (c->squeeze_factor, 8);

  for (guint i = 0; i < MIN (c->tdnn_kernel.n, c->tdnn_dilation.n); i++)
    frames += (MAX (c->tdnn_kernel.values[i], 1) - 1) * (gint64) MAX (c->tdnn_dilation.values[i], 1);
  for (int i = 0; c->add_adapter && i < c->num_adapter_layers && frames < G_MAXINT; i++)
    frames = frames * c->adapter_stride + c->adapter_kernel_size;
  if (c->traits->spectra)
    auto_inputs_set_example (in, "input_features", AUTO_DTYPE_F32, AUTO_DIMS (1, frames, c->feature_projection_input_dim));
  else
    auto_waveform_example (in, &how, frames);
}

AutoTensor *
speech_time_mask (AutoContext *cx, AutoInputs *in)
{
  AutoTensor *mask = auto_inputs_get (in, "mask_time_indices");

  return mask ? auto_ne_scalar (cx, mask, 0) : NULL;
}

/* The features' projection, the masked places in it replaced (SpecAugment, Park et al., arXiv:1904.08779). */
static AutoTensor *
speech_project (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoTensor *x, SpeechPass *pass)
{
  const char *scope = c->traits->squeezed ? "" : "feature_projection.";
  g_autofree char *norm = g_strconcat (scope, "layer_norm", NULL);
  gboolean masked = c->traits->always_masked || c->mask_time_prob > 0 || c->mask_feature_prob > 0;

  if (c->feat_proj_layer_norm)
    x = auto_layer_norm (cx, norm, x, c->layer_norm_eps);
  pass->features = x;
  if (!c->traits->squeezed)
    x = auto_linear (cx, "feature_projection.projection", x, c->hidden_size);
  else if (auto_dim (x, 2) != c->hidden_size)
    x = auto_linear (cx, "feature_projection", x, c->hidden_size);
  AutoTensor *vector = masked ? auto_parameter (cx, "masked_spec_embed", AUTO_DIMS (c->hidden_size)) : NULL;
  if (!pass->time_mask)
    return x;
  auto_inputs_get (in, "mask_time_indices"); /* which the call may have in any case */
  return c->apply_spec_augment ? auto_mask_frames (cx, in, x, vector) : x;
}

static AutoTensor *
speech_feed_forward (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *residual)
{
  x = auto_linear_act (cx, "feed_forward.intermediate_dense", x, c->intermediate_size, c->hidden_act);
  return auto_linear_add (cx, "feed_forward.output_dense", x, c->hidden_size, residual);
}

static AutoTensor *
speech_layer (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoMask mask, AutoTensor *bias)
{
  gboolean first = c->do_stable_layer_norm;
  AutoTensor *y = first ? auto_layer_norm (cx, "layer_norm", x, c->layer_norm_eps) : x;

  if (bias)
    mask = auto_mask_with_bias (cx, mask, c->traits->gate (cx, c, y, bias));
  x = auto_attention (cx, y, &mask, &(AutoAttention) { .q = "attention.q_proj", .k = "attention.k_proj", .v = "attention.v_proj",
    .out = "attention.out_proj", .heads = c->num_attention_heads, .residual = x,
    .mean_probabilities = bias != NULL });
  if (!first)
    {
      x = auto_layer_norm (cx, "layer_norm", x, c->layer_norm_eps);
      return auto_layer_norm (cx, "final_layer_norm", speech_feed_forward (cx, c, x, x), c->layer_norm_eps);
    }
  x = speech_feed_forward (cx, c, auto_layer_norm (cx, "final_layer_norm", x, c->layer_norm_eps), x);
  gint64 adapter = auto_config_get_int (AUTO_CONFIG ((gpointer) c), "adapter_attn_dim", 0);
  if (adapter == 0)
    return x;
  y = auto_layer_norm (cx, "adapter_layer.norm", x, 1e-5);
  y = auto_linear_act (cx, "adapter_layer.linear_1", y, adapter, AUTO_ACTIVATION_RELU);
  return auto_linear_add (cx, "adapter_layer.linear_2", y, c->hidden_size, x);
}

AutoTensor *
speech_positions (AutoContext *cx, const SpeechConfig *c, AutoTensor *x)
{
  AUTO_SCOPE (cx, "pos_conv_embed");
  if (!c->traits->layered_positions)
    x = auto_position_convolution (cx, "conv", x, c->num_conv_pos_embeddings, c->num_conv_pos_embedding_groups, MAX (c->squeeze_factor, 1), TRUE);
  for (int i = 0; c->traits->layered_positions && i < c->num_conv_pos_embeddings; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      x = auto_position_convolution (cx, "conv", x, c->conv_pos_kernel_size, c->num_conv_pos_embedding_groups, 1, FALSE);
      x = auto_activation (cx, auto_transpose (cx, auto_normalize_last (cx, auto_transpose (cx, x, 1, 2), 1e-5), 1, 2), c->feat_extract_activation);
    }
  return c->traits->layered_positions ? x : auto_activation (cx, x, c->feat_extract_activation);
}

static AutoTensor *
speech_add_positions (AutoContext *cx, const SpeechConfig *c, AutoTensor *x)
{
  x = auto_transpose (cx, x, 1, 2);
  AutoTensor *positions = speech_positions (cx, c, x);

  x = c->traits->squeezed ? auto_squeeze_frames (cx, x, positions, c->squeeze_factor) : auto_add (cx, x, positions);
  return auto_transpose (cx, x, 1, 2);
}

static AutoMask
speech_attention_mask (AutoContext *cx, const SpeechConfig *c, AutoTensor *mask)
{
  if (!mask)
    return (AutoMask) { 0 };
  mask = c->traits->squeezed ? auto_squeeze_mask (cx, mask, c->squeeze_factor) : mask;
  return auto_self_mask (cx, auto_cast (cx, mask, AUTO_DTYPE_I64), FALSE);
}

void
speech_collect (AutoContext *cx, AutoTensor *x, SpeechPass *pass)
{
  if (pass->all_states)
    auto_context_collect (cx, "hidden_states", x);
  else
    auto_context_hidden_state (cx, x);
}

static AutoTensor *
speech_encoder (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *frame_mask, SpeechPass *pass)
{
  AUTO_SCOPE (cx, "encoder");
  gint64 frames = auto_dim (x, 1);
  AutoMask mask = speech_attention_mask (cx, c, frame_mask);

  if (frame_mask)
    x = auto_masked_fill (cx, x, auto_logical_not (cx, auto_unsqueeze (cx, frame_mask, 2)), 0);
  if (c->traits->encoder)
    return c->traits->encoder (cx, c, x, frame_mask, pass);
  x = speech_add_positions (cx, c, x);
  if (!c->do_stable_layer_norm)
    x = auto_layer_norm (cx, "layer_norm", x, c->layer_norm_eps);
  AutoTensor *bias = c->traits->bias && c->num_hidden_layers ? c->traits->bias (cx, c, frames) : NULL;
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      speech_collect (cx, x, pass);
      x = speech_layer (cx, c, x, mask, bias);
    }
  if (c->do_stable_layer_norm)
    x = auto_layer_norm (cx, "layer_norm", x, c->layer_norm_eps);
  speech_collect (cx, x, pass);
  if (!c->traits->squeezed)
    return x;
  return auto_unsqueeze_frames (cx, "upsample.projection", x, c->squeeze_factor, c->feat_extract_activation, frames);
}

/* The caller's frames, or those that convolutions make of a waveform. */
static AutoTensor *
speech_frames (AutoContext *cx, const SpeechConfig *c, AutoInputs *in)
{
  AutoWaveform how = speech_waveform (c);

  if (!c->traits->spectra)
    return auto_waveform_frames (cx, in, "feature_extractor.conv_layers", &how);
  AutoTensor *x = auto_required_input (cx, in, "input_features");
  if (!x || (auto_tensor_get_n_dims (x) == 3 && auto_dim (x, 0) > 0 && auto_dim (x, 1) > 0 && auto_dim (x, 2) == c->feature_projection_input_dim))
    return auto_cast (cx, x, AUTO_DTYPE_F32);
  g_autofree char *is = auto_tensor_describe (x);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "input_features: needs the shape (batch, frames, %d), not %s",
                     c->feature_projection_input_dim, is);
  return NULL;
}

/* The mask of the frames themselves, which may have holes. */
static AutoTensor *
speech_spectra_mask (AutoContext *cx, AutoInputs *in)
{
  AutoTensor *x = auto_inputs_get (in, "input_features");
  AutoTensor *mask = x && auto_tensor_get_n_dims (x) == 3 ? auto_token_input (cx, in, "attention_mask", x) : NULL;

  return mask ? auto_ne_scalar (cx, mask, 0) : NULL;
}

AutoTensor *
speech_frame_mask (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, gint64 frames)
{
  AutoWaveform how = speech_waveform (c);

  if (!c->traits->spectra)
    return auto_waveform_mask (cx, in, &how, frames);
  AutoTensor *mask = speech_spectra_mask (cx, in);
  return mask ? auto_frames_within (cx, speech_lengths (cx, c, mask), frames) : NULL;
}

static AutoTensor *
speech_adapter (AutoContext *cx, const SpeechConfig *c, AutoTensor *x)
{
  return auto_frame_adapter (cx, "adapter", x, c->num_adapter_layers, c->output_hidden_size, c->adapter_kernel_size, c->adapter_stride);
}

AutoTensor *
speech_states (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, SpeechPass *pass)
{
  if (c->feat_extract_norm && !g_str_equal (c->feat_extract_norm, "group") && !g_str_equal (c->feat_extract_norm, "layer"))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "feat_extract_norm must be group or layer, and it is %s", c->feat_extract_norm);
  AutoTensor *x = speech_frames (cx, c, in), *seen = NULL;
  if (!pass->no_mask)
    seen = c->traits->spectra ? speech_spectra_mask (cx, in) : speech_frame_mask (cx, c, in, auto_dim (x, 1));

  x = speech_encoder (cx, c, speech_project (cx, c, in, x, pass), seen, pass);
  if (!c->add_adapter)
    return x;
  return c->traits->adapter ? c->traits->adapter (cx, c, x, seen) : speech_adapter (cx, c, x);
}

AutoTensor *
speech_lengths (AutoContext *cx, const SpeechConfig *c, AutoTensor *attention_mask)
{
  AutoWaveform how = speech_waveform (c);
  /* The reference takes wav2vec 2.0's adapters for convolutions of one place. */
  gint64 kernel = c->traits->adapter ? c->adapter_kernel_size : 1;

  return auto_adapted_lengths (cx, auto_waveform_lengths (cx, attention_mask, &how), c->add_adapter ? c->num_adapter_layers : 0, kernel,
                               c->adapter_stride);
}

AutoTensor *
speech_source_mask (AutoContext *cx, const SpeechConfig *c, AutoTensor *attention_mask, gint64 length)
{
  return auto_cast (cx, auto_frames_within (cx, speech_lengths (cx, c, attention_mask), length), AUTO_DTYPE_I64);
}
