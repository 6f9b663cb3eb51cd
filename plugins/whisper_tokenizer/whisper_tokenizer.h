/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

extern const AutoTokenizerSpec whisper_tokenizer;
extern const AutoTokenizerSpeech whisper_tokenizer_speech;
