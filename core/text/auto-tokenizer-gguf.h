/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../checkpoint/auto-gguf.h"
#include "auto-tokenizer-build.h"

G_BEGIN_DECLS

/* The GGUF file that @path is, or that is the only one in the folder; NULL when there is none. */
char *auto_tokenizer_find_gguf (const char *path);
/* Fills @build but for its pipeline, and returns the parts, from the tokenizer.ggml keys of a GGUF file. */
AutoTokenizerParts *auto_tokenizer_gguf_read (AutoTokenizerBuild *build, const char *path, GError **error);
/* The same from a file that is read already; @path is for messages, and beside it lie no files. */
AUTO_INTERNAL AutoTokenizerParts *auto_tokenizer_gguf_make (AutoTokenizerBuild *build, const AutoGguf *file, const char *path, GError **error);

G_END_DECLS
