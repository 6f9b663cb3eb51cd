/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wav2Vec2-BERT: its tokenizer is wav2vec 2.0's. */
#include "sdk/auto-sdk.h"

AUTO_PLUGIN (wav2vec2_bert, "Wav2Vec2-BERT", AUTO_TOKENIZER ("Wav2Vec2CTCTokenizer", NULL, NULL, .model_type = "wav2vec2-bert"));
