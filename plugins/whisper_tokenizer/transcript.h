/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "decoding.h"

/* See AutoTokenizerSpeech. */
JsonNode *whisper_decode_asr (AutoTokenizer *self, JsonArray *outputs, const AutoDecodeCall *call, GCancellable *cancellable, GError **error);
