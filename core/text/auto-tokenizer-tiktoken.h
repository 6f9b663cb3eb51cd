/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-tokenizer-build.h"

G_BEGIN_DECLS

/* The file of tiktoken ranks in a folder: NAME.tiktoken, or a tokenizer.model that is one. NULL when there is none. */
char *auto_tokenizer_find_tiktoken (const char *folder);
/* Fills @build but for its pipeline, and returns the parts, from such a file. */
AutoTokenizerParts *auto_tokenizer_tiktoken_read (AutoTokenizerBuild *build, const char *folder, const char *path, GError **error);

G_END_DECLS
