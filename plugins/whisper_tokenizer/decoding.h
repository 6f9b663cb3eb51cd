/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/text/auto-tokenizer-speech-private.h"

/* The id of the first mark of time: it follows that of the last special token. */
gint64 whisper_first_mark (AutoTokenizer *self);
/* [start, end], with null for what isn't known. */
JsonArray *whisper_times (gboolean has_start, double start, gboolean has_end, double end);
/* The name of a language by its code, or NULL. */
const char *whisper_language_name (const char *code);
