/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts with a gap for the model to fill: see AutoTokenizerSpec. */
#pragma once

#include "auto-tokenizer-build.h"

G_BEGIN_DECLS

/* Puts what is before and behind a text's gap into @sides (newly allocated), or NULL when it has none. FALSE when it has several. */
AUTO_INTERNAL gboolean auto_gap_split (const AutoTokenizerSpec *spec, JsonObject *settings, const char *text, gsize length, char *sides[2], GError **error);
/* A fast class's pipeline for two sides. */
AUTO_INTERNAL AutoPipeline *auto_gap_pipeline (const AutoTokenizerBuild *build, AutoPipeline *pipeline, gboolean add_special_tokens, GError **error);

G_END_DECLS
