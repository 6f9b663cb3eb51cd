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
  AutoTensor *x = speech_base (cx, c, in, &(SpeechPass) { 0 });

  if (c->vocab_size < 1)
    auto_context_fail_literal (cx, "vocab_size: this head needs the size of a vocabulary, and the configuration has null");
  auto_model_output_set (out, "logits", auto_linear (cx, "lm_head", x, c->vocab_size));
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
  x = auto_mean_frames (cx, x, speech_frame_mask (cx, c, in, auto_dim (x, 1)));
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", x, c->parent.num_labels));
}

void
speech_frame_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  speech_refuse_adapter (cx, c);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", speech_weighted_states (cx, c, in), c->parent.num_labels));
}

void
speech_xvector_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *mask = auto_inputs_get (in, "attention_mask"), *x = speech_weighted_states (cx, c, in);

  auto_xvector_head (cx, x, mask ? speech_lengths (cx, c, mask) : NULL, &(AutoXVector) {
    .dims = &c->tdnn_dim, .kernels = &c->tdnn_kernel, .dilations = &c->tdnn_dilation, .width = c->xvector_output_dim, .labels = c->parent.num_labels }, out);
}

AutoTensor *
speech_quantize (AutoContext *cx, const SpeechConfig *c, AutoTensor *features, AutoTensor *mask, AutoTensor **perplexity)
{
  AUTO_SCOPE (cx, "quantizer");
  return auto_quantize_vectors (cx, features, c->num_codevector_groups, c->num_codevectors_per_group, c->codevector_dim, mask, perplexity);
}

void
speech_pretraining_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  SpeechPass pass = { .time_mask = TRUE };
  AutoTensor *x = speech_base (cx, c, in, &pass), *perplexity;
  AutoTensor *vectors = speech_quantize (cx, c, pass.features, speech_time_mask (cx, in), &perplexity);

  auto_model_output_set (out, "projected_states", auto_linear (cx, "project_hid", x, c->proj_codevector_dim));
  auto_model_output_set (out, "projected_quantized_states", auto_linear (cx, "project_q", vectors, c->proj_codevector_dim));
  auto_model_output_set (out, "codevector_perplexity", perplexity);
}
