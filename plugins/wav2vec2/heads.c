/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is computed from the states. */
#include "speech.h"

void
speech_model_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  SpeechPass pass = { .time_mask = TRUE };

  auto_model_output_set (out, "last_hidden_state", speech_states (cx, c, in, &pass));
  if (c->traits->features)
    auto_model_output_set (out, "extract_features", pass.features);
}

AutoTensor *
speech_base (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, SpeechPass *pass)
{
  AUTO_SCOPE (cx, "%s", c->traits->prefix);
  return speech_states (cx, c, in, pass);
}

void
speech_ctc_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_model_output_set (out, "logits", auto_linear (cx, "lm_head", speech_base (cx, c, in, &(SpeechPass) { 0 }), c->vocab_size));
}

/* The reference takes a mask and doesn't hand it on here. */
void
speech_masked_lm_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = speech_base (cx, c, in, &(SpeechPass) { .no_mask = TRUE });

  auto_inputs_get (in, "attention_mask");
  if (auto_dim (x, 2) != c->hidden_size)
    auto_context_fail_literal (cx, "add_adapter: this head has no width but hidden_size; make output_hidden_size the same");
  auto_model_output_set (out, "logits", auto_linear (cx, "lm_head", x, c->vocab_size));
}

/* The last states, or a learned mean of those between the layers. */
static AutoTensor *
speech_weighted_states (AutoContext *cx, const SpeechConfig *c, AutoInputs *in)
{
  AutoTensor *x = speech_base (cx, c, in, &(SpeechPass) { .all_states = c->use_weighted_layer_sum }), *state, *sum = NULL;

  if (!c->use_weighted_layer_sum)
    return x;
  AutoTensor *weights = auto_softmax (cx, auto_parameter (cx, "layer_weights", AUTO_DIMS (c->num_hidden_layers + 1)), -1);
  for (guint i = 0; (state = auto_context_get_collected (cx, "hidden_states", i)); i++)
    {
      AutoTensor *part = auto_mul (cx, state, auto_narrow (cx, weights, 0, i, 1));
      sum = sum ? auto_add (cx, sum, part) : part;
    }
  return sum;
}

static void
speech_refuse_adapter (AutoContext *cx, const SpeechConfig *c)
{
  if (auto_config_get_bool (AUTO_CONFIG ((gpointer) c), "add_adapter", FALSE))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "add_adapter: this head goes without an adapter; set it to false");
}

void
speech_sequence_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  speech_refuse_adapter (cx, c);
  AutoTensor *x = auto_linear (cx, "projector", speech_weighted_states (cx, c, in), c->classifier_proj_size);
  AutoTensor *mask = x ? speech_frame_mask (cx, c, in, auto_dim (x, 1)) : NULL;

  if (!mask)
    x = auto_mean (cx, x, 1, FALSE);
  else
    {
      x = auto_masked_fill (cx, x, auto_logical_not (cx, auto_unsqueeze (cx, mask, 2)), 0);
      x = auto_div (cx, auto_sum (cx, x, 1, FALSE), auto_sum (cx, auto_cast (cx, mask, AUTO_DTYPE_F32), 1, TRUE));
    }
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", x, c->parent.num_labels));
}

void
speech_frame_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  speech_refuse_adapter (cx, c);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", speech_weighted_states (cx, c, in), c->parent.num_labels));
}

/* A layer over windows of frames (Snyder et al., 2018). */
static AutoTensor *
speech_time_delay (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, guint i)
{
  gint64 kernel = auto_list_int (cx, "tdnn_kernel", &c->tdnn_kernel, i, 1), dilation = auto_list_int (cx, "tdnn_dilation", &c->tdnn_dilation, i, 1);

  x = auto_slice (cx, auto_unfold (cx, x, 1, dilation * (kernel - 1) + 1, 1), 3, 0, AUTO_END, dilation);
  x = auto_flatten (cx, auto_transpose (cx, x, 2, 3), 2, 3);
  return auto_linear_act (cx, "kernel", x, auto_list_int (cx, "tdnn_dim", &c->tdnn_dim, i, 1), AUTO_ACTIVATION_RELU);
}

/* The frames that count in each row: (batch, 1). The reference leaves dilations out, and slices as Python does. */
static AutoTensor *
speech_counted_frames (AutoContext *cx, const SpeechConfig *c, AutoTensor *attention_mask, gint64 frames)
{
  AutoTensor *n = speech_lengths (cx, c, attention_mask);

  for (int i = 0; c->add_adapter && i < c->num_adapter_layers; i++)
    n = auto_add_scalar (cx, auto_floor_divide_scalar (cx, auto_add_scalar (cx, n, -1), c->adapter_stride), 1);
  for (guint i = 0; i < c->tdnn_kernel.n; i++)
    n = auto_add_scalar (cx, n, 1 - c->tdnn_kernel.values[i]);
  n = auto_where (cx, auto_lt_scalar (cx, n, 0), auto_add_scalar (cx, n, frames), n);
  return auto_unsqueeze (cx, auto_clamp (cx, n, 0, frames), 1);
}

/* Means and standard deviations over the frames. */
static AutoTensor *
speech_statistics (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *attention_mask)
{
  gint64 frames = auto_dim (x, 1);

  if (!attention_mask)
    return auto_concat (cx, AUTO_TENSORS (auto_mean (cx, x, 1, FALSE), auto_std (cx, x, 1, TRUE, FALSE)), -1);
  AutoTensor *n = speech_counted_frames (cx, c, attention_mask, frames);
  AutoTensor *counts = auto_cast (cx, auto_lt (cx, auto_unsqueeze (cx, auto_arange (cx, 0, frames, 1), 0), n), AUTO_DTYPE_F32);
  counts = auto_unsqueeze (cx, counts, 2);
  n = auto_cast (cx, n, AUTO_DTYPE_F32);
  AutoTensor *mean = auto_div (cx, auto_sum (cx, auto_mul (cx, x, counts), 1, FALSE), n);
  AutoTensor *far = auto_mul (cx, auto_square (cx, auto_sub (cx, x, auto_unsqueeze (cx, mean, 1))), counts);
  AutoTensor *variance = auto_div (cx, auto_sum (cx, far, 1, FALSE), auto_add_scalar (cx, n, -1));
  return auto_concat (cx, AUTO_TENSORS (mean, auto_sqrt (cx, variance)), -1);
}

void
speech_xvector_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = auto_linear (cx, "projector", speech_weighted_states (cx, c, in), auto_list_int (cx, "tdnn_dim", &c->tdnn_dim, 0, 1));

  for (guint i = 0; i < c->tdnn_dim.n; i++)
    {
      AUTO_LAYER (cx, &x, "tdnn.%u", i);
      x = speech_time_delay (cx, c, x, i);
    }
  x = speech_statistics (cx, c, x, auto_inputs_get (in, "attention_mask"));
  AutoTensor *embeddings = auto_linear (cx, "feature_extractor", x, c->xvector_output_dim);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", embeddings, c->xvector_output_dim));
  auto_model_output_set (out, "embeddings", embeddings);
  auto_parameter (cx, "objective.weight", AUTO_DIMS (c->xvector_output_dim, c->parent.num_labels));
}

AutoTensor *
speech_quantize (AutoContext *cx, const SpeechConfig *c, AutoTensor *features, AutoTensor *mask, AutoTensor **perplexity)
{
  AUTO_SCOPE (cx, "quantizer");
  gint64 groups = c->num_codevector_groups, n = c->num_codevectors_per_group, frames = auto_dim (features, 0) * auto_dim (features, 1);

  if (c->codevector_dim % groups)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "codevector_dim, %d, must be a multiple of num_codevector_groups, %d", c->codevector_dim,
                       c->num_codevector_groups);
  AutoTensor *scores = auto_reshape (cx, auto_linear (cx, "weight_proj", features, groups * n), AUTO_DIMS (frames, groups, n));
  AutoTensor *ids = auto_argmax (cx, scores, -1, FALSE);
  AutoTensor *used = auto_cast (cx, auto_one_hot (cx, ids, n), AUTO_DTYPE_F32);
  if (mask)
    {
      mask = auto_cast (cx, auto_reshape (cx, mask, AUTO_DIMS (frames, 1, 1)), AUTO_DTYPE_F32);
      used = auto_div (cx, auto_sum (cx, auto_mul (cx, used, mask), 0, FALSE), auto_sum (cx, auto_flatten (cx, mask, 0, -1), 0, TRUE));
    }
  else
    used = auto_mean (cx, used, 0, FALSE);
  AutoTensor *entropy = auto_sum (cx, auto_mul (cx, used, auto_log (cx, auto_add_scalar (cx, used, 1e-7))), -1, FALSE);
  *perplexity = auto_sum (cx, auto_exp (cx, auto_neg (cx, entropy)), 0, FALSE);
  AutoTensor *table = auto_squeeze (cx, auto_parameter (cx, "codevectors", AUTO_DIMS (1, groups * n, c->codevector_dim / groups)), 0);
  AutoTensor *rows = auto_add (cx, ids, auto_arange (cx, 0, groups * n, n));
  return auto_reshape (cx, auto_take_rows (cx, table, rows), AUTO_DIMS (auto_dim (features, 0), auto_dim (features, 1), c->codevector_dim));
}
