/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-added-vocabulary.h"

G_BEGIN_DECLS

/* The string that a member of a JSON file's object is; NULL when it is none, and on error. */
char *auto_tokenizer_peek_string (const char *path, const char *key, GError **error);
/* tokenizer_config.json as a tree; NULL on error. When it lists many tokens, these are read right away: @added gets them (AutoAddedToken with
 * contents of its own), and the tree doesn't have the member. */
JsonNode *auto_tokenizer_read_config (const char *path, GArray *added, GError **error);

G_END_DECLS
