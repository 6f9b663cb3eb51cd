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
  AutoTensor *x = speech_base (cx, c, in, &(SpeechPass) { .all_states = c->use_weighted_layer_sum });

  return c->use_weighted_layer_sum ? auto_weighted_states (cx, "layer_weights", c->num_hidden_layers + 1) : x;
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
  AutoWaveform how = speech_waveform (c);
  AutoTensor *mask = auto_waveform_mask (cx, in, &how, auto_dim (x, 1));

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

/* The frames that count in each row: (batch), or NULL for all. The reference leaves dilations out, and slices as Python does. */
static AutoTensor *
speech_counted_frames (AutoContext *cx, const SpeechConfig *c, AutoTensor *attention_mask, gint64 frames)
{
  AutoWaveform how = speech_waveform (c);

  if (!attention_mask)
    return NULL;
  AutoTensor *n = auto_waveform_lengths (cx, attention_mask, &how);
  for (int i = 0; c->add_adapter && i < c->num_adapter_layers; i++)
    n = auto_add_scalar (cx, auto_floor_divide_scalar (cx, auto_add_scalar (cx, n, -1), c->adapter_stride), 1);
  for (guint i = 0; i < c->tdnn_kernel.n; i++)
    n = auto_add_scalar (cx, n, 1 - c->tdnn_kernel.values[i]);
  n = auto_where (cx, auto_lt_scalar (cx, n, 0), auto_add_scalar (cx, n, frames), n);
  return auto_clamp (cx, n, 0, frames);
}

void
speech_xvector_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = auto_linear (cx, "projector", speech_weighted_states (cx, c, in), auto_list_int (cx, "tdnn_dim", &c->tdnn_dim, 0, 1));

  for (guint i = 0; i < c->tdnn_dim.n; i++)
    {
      AUTO_LAYER (cx, &x, "tdnn.%u", i);
      x = auto_time_delay (cx, "kernel", x, auto_list_int (cx, "tdnn_dim", &c->tdnn_dim, i, 1),
                           auto_list_int (cx, "tdnn_kernel", &c->tdnn_kernel, i, 1), auto_list_int (cx, "tdnn_dilation", &c->tdnn_dilation, i, 1));
    }
  x = auto_frame_statistics (cx, x, speech_counted_frames (cx, c, auto_inputs_get (in, "attention_mask"), auto_dim (x, 1)));
  AutoTensor *embeddings = auto_linear (cx, "feature_extractor", x, c->xvector_output_dim);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", embeddings, c->xvector_output_dim));
  auto_model_output_set (out, "embeddings", embeddings);
  auto_parameter (cx, "objective.weight", AUTO_DIMS (c->xvector_output_dim, c->parent.num_labels));
}

AutoTensor *
speech_quantize (AutoContext *cx, const SpeechConfig *c, AutoTensor *features, AutoTensor *mask, AutoTensor **perplexity)
{
  AUTO_SCOPE (cx, "quantizer");
  return auto_quantize_vectors (cx, features, c->num_codevector_groups, c->num_codevectors_per_group, c->codevector_dim, mask, perplexity);
}
