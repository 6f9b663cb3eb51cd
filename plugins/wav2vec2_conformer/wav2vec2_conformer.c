/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wav2Vec2-Conformer (Wang et al., arXiv:2010.05171, with Gulati et al., arXiv:2005.08100);
 * transformers: models/wav2vec2_conformer/modeling_wav2vec2_conformer.py */
#include "../speech/speech-config.h"

struct _Wav2Vec2ConformerConfig { SPEECH_MEMBERS };

SPEECH_TRAITS (wav2vec2_conformer, .prefix = "wav2vec2_conformer", .features = TRUE, .adapters = TRUE, .encoder = speech_conformer)

AUTO_DEFINE_CONFIG_WITH (Wav2Vec2ConformerConfig, wav2vec2_conformer_config, "wav2vec2-conformer", (.loaded = wav2vec2_conformer_loaded, .base_first = TRUE),
  WAVEFORM_FIELDS ("\"sum\"", 128, SEVEN_LAYERS), AUTO_INT_NULL (vocab_size), MIN_MASKS_FIELD, NORM_FIELDS, CODEVECTOR_FIELDS, XVECTOR_FIELDS,
  ADAPTER_FIELDS, CONFORMER_FIELDS ("relative"))

MODELS (Wav2Vec2Conformer, wav2vec2_conformer)
SPEAKER_MODELS (Wav2Vec2Conformer, wav2vec2_conformer)
MODEL (Wav2Vec2ConformerForPreTraining, wav2vec2_conformer_for_pre_training, speech_pretraining_forward)

AUTO_PLUGIN (wav2vec2_conformer, "Wav2Vec2-Conformer",
  AUTO_ARCHITECTURE ("wav2vec2-conformer", wav2vec2_conformer_config, .prefix = "wav2vec2_conformer"),
  AUTO_TASK ("AutoModel", wav2vec2_conformer_model),
  AUTO_TASK ("AutoModelForPreTraining", wav2vec2_conformer_for_pre_training),
  AUTO_TASK ("AutoModelForAudioClassification", wav2vec2_conformer_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", wav2vec2_conformer_for_ctc), SPEAKER_TASKS (wav2vec2_conformer),
  AUTO_TOKENIZER ("Wav2Vec2CTCTokenizer", NULL, NULL));
