/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* WavLM (Chen et al., arXiv:2110.13900); transformers: models/wavlm/modeling_wavlm.py */
#include "../speech/speech-config.h"

struct _WavLMConfig { SPEECH_MEMBERS };

/* Positions as T5 has them; the first layer keeps the table. */
static AutoTensor *
wavlm_bias (AutoContext *cx, const SpeechConfig *c, gint64 frames)
{
  AutoTensor *buckets = auto_relative_buckets (cx, auto_relative_positions (cx, 0, frames, frames), TRUE, c->num_buckets, c->max_bucket_distance);
  AutoTensor *bias = auto_embedding (cx, "layers.0.attention.rel_attn_embed", buckets, c->num_buckets, c->num_attention_heads);

  return auto_relative_bias (cx, bias);
}

/* Each query's own measure of the positions' bias. */
static AutoTensor *
wavlm_gate (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *bias)
{
  AUTO_SCOPE (cx, "attention");
  AutoTensor *constant = auto_ones_parameter (cx, "gru_rel_pos_const", AUTO_DIMS (1, c->num_attention_heads, 1, 1));
  AutoTensor *gates = auto_linear (cx, "gru_rel_pos_linear", auto_split_heads (cx, x, c->num_attention_heads), 8);

  gates = auto_sigmoid (cx, auto_sum (cx, auto_unflatten (cx, gates, -1, AUTO_DIMS (2, 4)), -1, FALSE));
  AutoTensor *reset = auto_affine (cx, auto_mul (cx, auto_slice (cx, gates, -1, 1, 2, 1), constant), 1, -1);
  return auto_mul (cx, auto_add_scalar (cx, auto_mul (cx, auto_slice (cx, gates, -1, 0, 1, 1), reset), 2), bias);
}

SPEECH_TRAITS (wavlm, .prefix = "wavlm", .features = TRUE, .adapters = TRUE, .bias = wavlm_bias, .gate = wavlm_gate)

AUTO_DEFINE_CONFIG_WITH (WavLMConfig, wavlm_config, "wavlm", (.loaded = wavlm_loaded, .base_first = TRUE),
  COMMON_FIELDS ("\"mean\"", 128, SEVEN_LAYERS), STABLE_FIELD, NORM_FIELDS, XVECTOR_FIELDS, ADAPTER_FIELDS, SIZE (num_ctc_classes, 80),
  AUTO_INT (num_buckets, 320, .min = 4, .max = G_MAXINT), SIZE (max_bucket_distance, 800),
  SIZE (num_codevectors_per_group, 320), SIZE (num_codevector_groups, 2), SIZE (codevector_dim, 256), SIZE (proj_codevector_dim, 256),
  AUTO_EXTRA ("contrastive_logits_temperature", "0.1"), AUTO_EXTRA ("num_negatives", "100"), AUTO_EXTRA ("diversity_loss_weight", "0.1"))

MODELS (WavLM, wavlm)
SPEAKER_MODELS (WavLM, wavlm)

AUTO_PLUGIN (wavlm, "WavLM",
  AUTO_ARCHITECTURE ("wavlm", wavlm_config, .prefix = "wavlm"),
  AUTO_TASK ("AutoModel", wavlm_model),
  AUTO_TASK ("AutoModelForAudioClassification", wavlm_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", wavlm_for_ctc), SPEAKER_TASKS (wavlm));
