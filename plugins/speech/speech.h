/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

typedef struct _SpeechConfig SpeechConfig;
typedef struct _SpeechPass SpeechPass;

/* How a model type differs from wav2vec 2.0. */
typedef struct
{
  const char *prefix;         /* the base's name inside the heads' checkpoints */
  gboolean features;          /* the base hands out what the convolutions made, normalised */
  gboolean adapters;          /* an adapter may follow the encoder */
  gboolean layered_positions; /* several convolutions without weight norm make the positions */
  gboolean squeezed;          /* the encoder sees every squeeze_factor-th place */
  gboolean always_masked;     /* the vector for masked places is there though nothing may be masked */
  gboolean bare_projection;   /* feat_proj_layer_norm is a key */
  AutoTensor *(*bias) (AutoContext *cx, const SpeechConfig *c, gint64 frames); /* of all layers' attention, or NULL */
  AutoTensor *(*gate) (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *bias); /* what a layer with input @x makes of it */
  gboolean spectra;           /* input_features (batch, frames, feature_projection_input_dim) take the place of a waveform */
  gboolean causal;            /* convolutions in the layers see no later frames */
  /* What is below `encoder`, and what follows, in place of wav2vec 2.0's; @seen: the frames (batch, frames) that count, or NULL for all. */
  AutoTensor *(*encoder) (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *seen, SpeechPass *pass);
  AutoTensor *(*adapter) (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *seen);
} SpeechTraits;

/* All types' configurations are laid out alike; what a type has no key for stays 0. */
#define SPEECH_MEMBERS                                                                                                         \
  AutoPretrainedConfig parent;                                                                                                 \
  const SpeechTraits *traits;                                                                                                  \
  int vocab_size, hidden_size, num_hidden_layers, num_attention_heads, intermediate_size, num_feat_extract_layers;             \
  int num_conv_pos_embeddings, num_conv_pos_embedding_groups, conv_pos_kernel_size, squeeze_factor;                            \
  int classifier_proj_size, xvector_output_dim, num_ctc_classes, num_clusters, num_buckets, max_bucket_distance;             \
  int num_codevectors_per_group, num_codevector_groups, codevector_dim, proj_codevector_dim;                                   \
  int adapter_kernel_size, adapter_stride, num_adapter_layers, output_hidden_size;                                             \
  int feature_projection_input_dim, conv_depthwise_kernel_size, left_max_position_embeddings, right_max_position_embeddings;   \
  AutoInts conv_dim, conv_stride, conv_kernel, tdnn_dim, tdnn_kernel, tdnn_dilation;                                           \
  AutoActivation hidden_act, feat_extract_activation, adapter_act;                                                             \
  const char *feat_extract_norm, *position_embeddings_type;                                                                    \
  double layer_norm_eps, mask_time_prob, mask_feature_prob, rotary_embedding_base;                                             \
  gboolean conv_bias, do_stable_layer_norm, feat_proj_layer_norm, apply_spec_augment, use_weighted_layer_sum, add_adapter;     \
  gboolean use_intermediate_ffn_before_adapter;

struct _SpeechConfig { SPEECH_MEMBERS };

/* What a head wants of the base, and what it gets besides the states. */
struct _SpeechPass
{
  gboolean no_mask;     /* leave the attention mask out */
  gboolean all_states;  /* collect the states between layers though the caller may not have asked */
  gboolean time_mask;   /* heed mask_time_indices */
  AutoTensor *features; /* (batch, frames, channels) before the projection */
};

/* The states (batch, frames, width) of input_values (batch, samples). */
G_GNUC_INTERNAL AutoTensor *speech_states (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, SpeechPass *pass);
G_GNUC_INTERNAL gboolean speech_config_loaded (AutoPretrainedConfig *config, const SpeechTraits *traits, GError **error);
/* A state between layers, for the caller or for the head. */
G_GNUC_INTERNAL void speech_collect (AutoContext *cx, AutoTensor *x, SpeechPass *pass);
/* What tells positions in wav2vec 2.0, of states (batch, width, frames). */
G_GNUC_INTERNAL AutoTensor *speech_positions (AutoContext *cx, const SpeechConfig *c, AutoTensor *x);
/* Layers of a Conformer, for traits. */
G_GNUC_INTERNAL AutoTensor *speech_conformer (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *seen, SpeechPass *pass);
/* Which of the first @frames states the call's attention_mask leaves, as booleans (batch, frames); NULL when the call has none. */
G_GNUC_INTERNAL AutoTensor *speech_frame_mask (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, gint64 frames);
/* How many states, behind the adapter when there is one, a mask of samples leaves in each row: (batch). */
G_GNUC_INTERNAL AutoTensor *speech_lengths (AutoContext *cx, const SpeechConfig *c, AutoTensor *attention_mask);
/* Which of @length states, behind the adapter when there is one, a mask of samples leaves. */
G_GNUC_INTERNAL AutoTensor *speech_source_mask (AutoContext *cx, const SpeechConfig *c, AutoTensor *attention_mask, gint64 length);
/* mask_time_indices (batch, frames) as booleans, or NULL. */
G_GNUC_INTERNAL AutoTensor *speech_time_mask (AutoContext *cx, AutoInputs *in);

G_GNUC_INTERNAL void speech_example (const SpeechConfig *c, AutoInputs *in);
G_GNUC_INTERNAL void speech_model_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out);
G_GNUC_INTERNAL void speech_ctc_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out);
/* The contrast of wav2vec 2.0. */
G_GNUC_INTERNAL void speech_pretraining_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out);
G_GNUC_INTERNAL void speech_masked_lm_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out);
G_GNUC_INTERNAL void speech_sequence_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out);
G_GNUC_INTERNAL void speech_frame_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out);
G_GNUC_INTERNAL void speech_xvector_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out);

/* The base below its prefix. */
G_GNUC_INTERNAL AutoTensor *speech_base (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, SpeechPass *pass);
/* The nearest code vectors of @features, and how evenly they are used at the places of @mask. */
G_GNUC_INTERNAL AutoTensor *speech_quantize (AutoContext *cx, const SpeechConfig *c, AutoTensor *features, AutoTensor *mask, AutoTensor **perplexity);
