/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A text (valid UTF-8) in lower case without punctuation; with numbers as digits and other spellings of words, as @spellings says. */
char *whisper_normalize_english (const char *text, JsonObject *spellings);
/* A text of any language in lower case without punctuation and symbols, maybe without accents. */
char *whisper_normalize_basic (const char *text, gboolean remove_diacritics);

G_END_DECLS
