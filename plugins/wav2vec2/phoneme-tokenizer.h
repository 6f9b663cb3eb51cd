/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

extern const AutoTokenizerSpec wav2vec2_phoneme_tokenizer;
