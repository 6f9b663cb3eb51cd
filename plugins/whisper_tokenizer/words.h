/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "decoding.h"

G_BEGIN_DECLS

/* A token of a transcript, and when it was said; @has_end: it is known until when. */
typedef struct
{
  gint64 id;
  double start, end;
  gboolean has_end;
} WhisperToken;

/* Appends the words of tokens (WhisperToken), each as {"text", "timestamp"}. */
gboolean whisper_add_words (AutoTokenizer *self, const GArray *tokens, const char *language, JsonArray *words, GError **error);

G_END_DECLS
