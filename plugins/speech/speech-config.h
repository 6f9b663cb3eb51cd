/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The keys and classes that the types have in common. */
#include "speech.h"

#define SPEECH_TRAITS(name, ...)                                                                                               \
  static gboolean name##_loaded (AutoPretrainedConfig *config, GError **error)                                                 \
  {                                                                                                                            \
    static const SpeechTraits traits = { __VA_ARGS__ };                                                                        \
    return speech_config_loaded (config, &traits, error);                                                                      \
  }

#define SIZE(key, value) AUTO_INT (key, value, .min = 1, .max = G_MAXINT)

#define TRAINING_FIELDS(ctc)                                                                                                   \
  AUTO_DOUBLE (mask_time_prob, 0.05), AUTO_EXTRA ("mask_time_length", "10"), AUTO_EXTRA ("mask_time_min_masks", "2"),          \
  AUTO_DOUBLE (mask_feature_prob, 0.0), AUTO_EXTRA ("mask_feature_length", "10"), AUTO_EXTRA ("feat_proj_dropout", "0.0"),     \
  AUTO_EXTRA ("final_dropout", "0.1"), AUTO_EXTRA ("layerdrop", "0.1"), AUTO_EXTRA ("initializer_range", "0.02"),              \
  AUTO_EXTRA ("ctc_loss_reduction", ctc), AUTO_EXTRA ("ctc_zero_infinity", "false"),                                           \
  AUTO_DEFAULT ("pad_token_id", "0"), AUTO_DEFAULT ("bos_token_id", "1"), AUTO_DEFAULT ("eos_token_id", "2")
#define DROPOUT_FIELDS(rate)                                                                                                   \
  AUTO_EXTRA ("hidden_dropout", rate), AUTO_EXTRA ("attention_dropout", rate), AUTO_EXTRA ("activation_dropout", rate)

#define SPEECH_FIELDS(ctc, positions, dims, strides, kernels, n)                                                               \
  SIZE (hidden_size, 768), AUTO_INT (num_hidden_layers, 12, .min = 0, .max = G_MAXINT),                                        \
  SIZE (num_attention_heads, 12), SIZE (intermediate_size, 3072), SIZE (num_conv_pos_embedding_groups, 16),                    \
  AUTO_INT (num_conv_pos_embeddings, positions, .min = 1, .max = 65536), SIZE (classifier_proj_size, 256),                     \
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),                                                          \
  AUTO_ENUM (feat_extract_activation, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU), AUTO_DOUBLE (layer_norm_eps, 1e-5),         \
  AUTO_INTS (conv_dim, dims), AUTO_INTS (conv_stride, strides), AUTO_INTS (conv_kernel, kernels), AUTO_BOOL (conv_bias, FALSE),\
  AUTO_INT (num_feat_extract_layers, n, .derived = TRUE), AUTO_BOOL (use_weighted_layer_sum, FALSE),                           \
  TRAINING_FIELDS (ctc), DROPOUT_FIELDS ("0.1")

#define SEVEN_LAYERS "[512, 512, 512, 512, 512, 512, 512]", "[5, 2, 2, 2, 2, 2, 2]", "[10, 3, 3, 3, 3, 2, 2]", 7
#define THIRTEEN_LAYERS "[64, 128, 128, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512]", "[5, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]", \
                        "[10, 3, 1, 3, 1, 3, 1, 3, 1, 2, 1, 2, 1]", 13
/* The lists above are several arguments. */
#define WAVEFORM_FIELDS(...) SPEECH_FIELDS (__VA_ARGS__)
#define COMMON_FIELDS(...) SIZE (vocab_size, 32), WAVEFORM_FIELDS (__VA_ARGS__)

#define NORM_FIELDS AUTO_STRING (feat_extract_norm, "group"), AUTO_BOOL (apply_spec_augment, TRUE)
#define CODEVECTOR_FIELDS                                                                                                      \
  SIZE (num_codevectors_per_group, 320), SIZE (num_codevector_groups, 2), SIZE (codevector_dim, 256),                          \
  SIZE (proj_codevector_dim, 256), AUTO_EXTRA ("contrastive_logits_temperature", "0.1"),                                       \
  AUTO_EXTRA ("feat_quantizer_dropout", "0.0"), AUTO_EXTRA ("num_negatives", "100"), AUTO_EXTRA ("diversity_loss_weight", "0.1")
#define XVECTOR_FIELDS                                                                                                         \
  AUTO_INTS (tdnn_dim, "[512, 512, 512, 512, 1500]"), AUTO_INTS (tdnn_kernel, "[5, 3, 3, 1, 1]"),                              \
  AUTO_INTS (tdnn_dilation, "[1, 2, 3, 1, 1]"), SIZE (xvector_output_dim, 512)
#define ADAPTER_FIELDS                                                                                                         \
  AUTO_BOOL (add_adapter, FALSE), SIZE (adapter_kernel_size, 3), SIZE (adapter_stride, 2),                                     \
  AUTO_INT (num_adapter_layers, 3, .min = 0, .max = G_MAXINT), AUTO_INT_NULL (output_hidden_size)
#define MIN_MASKS_FIELD AUTO_EXTRA ("mask_feature_min_masks", "0")
/* Of layers of a Conformer. */
#define CONFORMER_FIELDS(positions)                                                                                            \
  AUTO_STRING (position_embeddings_type, positions), AUTO_DOUBLE (rotary_embedding_base, 10000),                               \
  AUTO_INT (conv_depthwise_kernel_size, 31, .min = 1, .max = 65535), AUTO_EXTRA ("max_source_positions", "5000"),              \
  AUTO_EXTRA ("conformer_conv_dropout", "0.1")
#define STABLE_FIELD AUTO_BOOL (do_stable_layer_norm, FALSE)

#define MODEL(Type, prefix, forward, ...) AUTO_DEFINE_MODEL (Type, prefix, forward, .example = (AutoExample) speech_example, ##__VA_ARGS__)
/* The classes that every type has. */
#define MODELS(Type, prefix)                                                                                                   \
  MODEL (Type##Model, prefix##_model, speech_model_forward, .source_mask = (AutoSourceMask) speech_source_mask)                \
  MODEL (Type##ForCTC, prefix##_for_ctc, speech_ctc_forward)                                                                   \
  MODEL (Type##ForSequenceClassification, prefix##_for_sequence_classification, speech_sequence_forward)
#define SPEAKER_MODELS(Type, prefix)                                                                                           \
  MODEL (Type##ForAudioFrameClassification, prefix##_for_audio_frame_classification, speech_frame_forward)                     \
  MODEL (Type##ForXVector, prefix##_for_xvector, speech_xvector_forward)

#define SPEAKER_TASKS(prefix)                                                                                                  \
  AUTO_TASK ("AutoModelForAudioFrameClassification", prefix##_for_audio_frame_classification),                                 \
  AUTO_TASK ("AutoModelForAudioXVector", prefix##_for_xvector)
