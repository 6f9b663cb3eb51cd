/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-generation.h"
#include "auto-search.h"

G_BEGIN_DECLS

/* Takes what a search has found, and the warnings. */
AutoGeneration *auto_generation_new (AutoSearch *search, gsize prompt_length);
/* Takes both: sequences, and for each row its segments. */
AutoGeneration *auto_generation_new_segmented (AutoTensor *sequences, GPtrArray *segments);
void auto_generation_take_token_timestamps (AutoGeneration *self, AutoTensor *times);

/* A streamer that is stopped when @watched is, and tells nobody anything. */
AutoStreamer *auto_streamer_new_watching (AutoStreamer *watched);

G_END_DECLS
