/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "core/base/auto-version-macros.h"

G_BEGIN_DECLS

/* How formats that hold a vocabulary but no rules say by a name how texts are cut into words: word-patterns.json. @format is "gguf" or
 * "tiktoken". NULL when nobody knows the name. */
AUTO_INTERNAL JsonObject *auto_word_patterns_find (const char *format, const char *name);
/* The parts of a tokenizer.json that such an entry means, for a vocabulary that writes bytes as characters. */
AUTO_INTERNAL JsonNode *auto_word_patterns_pre_tokenizer (JsonObject *entry);
AUTO_INTERNAL JsonNode *auto_word_patterns_normalizer (JsonObject *entry);
AUTO_INTERNAL JsonNode *auto_word_patterns_decoder (void);

G_END_DECLS
