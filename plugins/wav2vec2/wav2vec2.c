/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wav2vec 2.0 (Baevski et al., arXiv:2006.11477), HuBERT (Hsu et al., arXiv:2106.07447), UniSpeech (Wang et al., arXiv:2101.07597),
 * UniSpeech-SAT (Chen et al., arXiv:2110.05752), data2vec for audio (Baevski et al., arXiv:2202.03555), SEW (Wu et al., arXiv:2109.06870);
 * transformers: models/wav2vec2/modeling_wav2vec2.py and the like */
#include "../speech/speech-config.h"
#include "phoneme-tokenizer.h"

struct _Wav2Vec2Config { SPEECH_MEMBERS };
struct _HubertConfig { SPEECH_MEMBERS };
struct _UniSpeechConfig { SPEECH_MEMBERS };
struct _UniSpeechSatConfig { SPEECH_MEMBERS };
struct _Data2VecAudioConfig { SPEECH_MEMBERS };
struct _SEWConfig { SPEECH_MEMBERS };

SPEECH_TRAITS (wav2vec2, .prefix = "wav2vec2", .features = TRUE, .adapters = TRUE)
SPEECH_TRAITS (hubert, .prefix = "hubert", .bare_projection = TRUE)
SPEECH_TRAITS (unispeech, .prefix = "unispeech", .features = TRUE)
SPEECH_TRAITS (unispeech_sat, .prefix = "unispeech_sat", .features = TRUE, .always_masked = TRUE)
SPEECH_TRAITS (data2vec_audio, .prefix = "data2vec_audio", .features = TRUE, .adapters = TRUE, .layered_positions = TRUE)
SPEECH_TRAITS (sew, .prefix = "sew", .squeezed = TRUE)

AUTO_DEFINE_CONFIG_WITH (Wav2Vec2Config, wav2vec2_config, "wav2vec2", (.loaded = wav2vec2_loaded, .base_first = TRUE),
  COMMON_FIELDS ("\"sum\"", 128, SEVEN_LAYERS), MIN_MASKS_FIELD, NORM_FIELDS, STABLE_FIELD, CODEVECTOR_FIELDS, XVECTOR_FIELDS, ADAPTER_FIELDS,
  AUTO_EXTRA ("adapter_attn_dim", "null"))
AUTO_DEFINE_CONFIG_WITH (HubertConfig, hubert_config, "hubert", (.loaded = hubert_loaded, .base_first = TRUE),
  COMMON_FIELDS ("\"sum\"", 128, SEVEN_LAYERS), MIN_MASKS_FIELD, NORM_FIELDS, STABLE_FIELD, AUTO_BOOL (feat_proj_layer_norm, TRUE))
AUTO_DEFINE_CONFIG_WITH (UniSpeechConfig, unispeech_config, "unispeech", (.loaded = unispeech_loaded, .base_first = TRUE),
  COMMON_FIELDS ("\"mean\"", 128, SEVEN_LAYERS), MIN_MASKS_FIELD, NORM_FIELDS, STABLE_FIELD, CODEVECTOR_FIELDS, SIZE (num_ctc_classes, 80),
  AUTO_EXTRA ("replace_prob", "0.5"))
AUTO_DEFINE_CONFIG_WITH (UniSpeechSatConfig, unispeech_sat_config, "unispeech-sat", (.loaded = unispeech_sat_loaded, .base_first = TRUE),
                         COMMON_FIELDS ("\"mean\"", 128, SEVEN_LAYERS), MIN_MASKS_FIELD, NORM_FIELDS, STABLE_FIELD, CODEVECTOR_FIELDS,
                         XVECTOR_FIELDS, SIZE (num_clusters, 504))
AUTO_DEFINE_CONFIG_WITH (Data2VecAudioConfig, data2vec_audio_config, "data2vec-audio", (.loaded = data2vec_audio_loaded, .base_first = TRUE),
  COMMON_FIELDS ("\"sum\"", 5, SEVEN_LAYERS), MIN_MASKS_FIELD, XVECTOR_FIELDS, ADAPTER_FIELDS, SIZE (conv_pos_kernel_size, 19))
AUTO_DEFINE_CONFIG_WITH (SEWConfig, sew_config, "sew", (.loaded = sew_loaded, .base_first = TRUE),
  COMMON_FIELDS ("\"mean\"", 128, THIRTEEN_LAYERS), MIN_MASKS_FIELD, NORM_FIELDS, AUTO_INT (squeeze_factor, 2, .min = 1, .max = 65536))

/* ctc_proj serves the training alone. */
static void
unispeech_pretraining_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  SpeechPass pass = { 0 };
  AutoTensor *x = speech_base (cx, c, in, &pass), *perplexity;
  AutoTensor *vectors = speech_quantize (cx, c, pass.features, NULL, &perplexity);

  vectors = auto_linear (cx, "project_hid", auto_linear (cx, "project_q", vectors, c->proj_codevector_dim), c->hidden_size);
  if (auto_context_is_declaring (cx))
    auto_linear (cx, "ctc_proj", x, c->num_ctc_classes);
  auto_model_output_set (out, "projected_states", x);
  auto_model_output_set (out, "projected_quantized_states", vectors);
  auto_model_output_set (out, "codevector_perplexity", perplexity);
}

/* The checkpoint has the training's layers; the reference computes none of them. */
static void
unispeech_sat_declare_training (AutoContext *cx, const SpeechConfig *c, AutoTensor *x)
{
  AutoTensor *perplexity;

  auto_linear (cx, "project_q", speech_quantize (cx, c, x, NULL, &perplexity), c->proj_codevector_dim);
  auto_linear (cx, "project_hid", x, c->proj_codevector_dim);
  auto_linear (cx, "speaker_proj", x, c->codevector_dim);
  auto_layer_norm (cx, "layer_norm_for_extract", x, c->layer_norm_eps);
  auto_parameter (cx, "label_embeddings_concat", AUTO_DIMS (c->num_clusters, c->codevector_dim));
}

static void
unispeech_sat_pretraining_forward (AutoContext *cx, const SpeechConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  SpeechPass pass = { 0 };
  AutoTensor *x = speech_base (cx, c, in, &pass);

  if (auto_context_is_declaring (cx))
    unispeech_sat_declare_training (cx, c, x);
  auto_model_output_set (out, "logits", pass.features);
  auto_model_output_set (out, "projected_states", x);
}

MODELS (Wav2Vec2, wav2vec2)
SPEAKER_MODELS (Wav2Vec2, wav2vec2)
MODEL (Wav2Vec2ForMaskedLM, wav2vec2_for_masked_lm, speech_masked_lm_forward)
MODEL (Wav2Vec2ForPreTraining, wav2vec2_for_pre_training, speech_pretraining_forward)
MODELS (Hubert, hubert)
MODELS (UniSpeech, unispeech)
MODEL (UniSpeechForPreTraining, unispeech_for_pre_training, unispeech_pretraining_forward)
MODELS (UniSpeechSat, unispeech_sat)
SPEAKER_MODELS (UniSpeechSat, unispeech_sat)
MODEL (UniSpeechSatForPreTraining, unispeech_sat_for_pre_training, unispeech_sat_pretraining_forward)
MODELS (Data2VecAudio, data2vec_audio)
SPEAKER_MODELS (Data2VecAudio, data2vec_audio)
MODELS (SEW, sew)

static const AutoTokenizerSpec wav2vec2_tokenizer = { AUTO_CTC_TOKENIZER ("Wav2Vec2CTCTokenizer") };

AUTO_PLUGIN (wav2vec2, "wav2vec 2.0 and its kin",
  AUTO_ARCHITECTURE ("wav2vec2", wav2vec2_config, .prefix = "wav2vec2"),
  AUTO_TASK ("AutoModel", wav2vec2_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", wav2vec2_for_pre_training, .flax = TRUE),
  AUTO_TASK ("AutoModelForMaskedLM", wav2vec2_for_masked_lm),
  AUTO_TASK ("AutoModelForAudioClassification", wav2vec2_for_sequence_classification, .tf = TRUE),
  AUTO_TASK ("AutoModelForCTC", wav2vec2_for_ctc), SPEAKER_TASKS (wav2vec2),
  AUTO_TOKENIZER ("Wav2Vec2CTCTokenizer", NULL, &wav2vec2_tokenizer),
  AUTO_TOKENIZER ("Wav2Vec2PhonemeCTCTokenizer", NULL, &wav2vec2_phoneme_tokenizer, .model_type = "wav2vec2_phoneme"),
  AUTO_ARCHITECTURE ("hubert", hubert_config, .prefix = "hubert"),
  AUTO_TASK ("AutoModel", hubert_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForAudioClassification", hubert_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", hubert_for_ctc), AUTO_TOKENIZER ("Wav2Vec2CTCTokenizer", NULL, &wav2vec2_tokenizer),
  AUTO_ARCHITECTURE ("unispeech", unispeech_config, .prefix = "unispeech"),
  AUTO_TASK ("AutoModel", unispeech_model),
  AUTO_TASK ("AutoModelForPreTraining", unispeech_for_pre_training),
  AUTO_TASK ("AutoModelForAudioClassification", unispeech_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", unispeech_for_ctc),
  AUTO_ARCHITECTURE ("unispeech-sat", unispeech_sat_config, .prefix = "unispeech_sat"),
  AUTO_TASK ("AutoModel", unispeech_sat_model),
  AUTO_TASK ("AutoModelForPreTraining", unispeech_sat_for_pre_training),
  AUTO_TASK ("AutoModelForAudioClassification", unispeech_sat_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", unispeech_sat_for_ctc), SPEAKER_TASKS (unispeech_sat),
  AUTO_ARCHITECTURE ("data2vec-audio", data2vec_audio_config, .prefix = "data2vec_audio"),
  AUTO_TASK ("AutoModel", data2vec_audio_model),
  AUTO_TASK ("AutoModelForAudioClassification", data2vec_audio_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", data2vec_audio_for_ctc), SPEAKER_TASKS (data2vec_audio),
  AUTO_TOKENIZER ("Wav2Vec2CTCTokenizer", NULL, &wav2vec2_tokenizer),
  AUTO_ARCHITECTURE ("sew", sew_config, .prefix = "sew"),
  AUTO_TASK ("AutoModel", sew_model),
  AUTO_TASK ("AutoModelForAudioClassification", sew_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", sew_for_ctc));
