/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-tokenizer-build.h"

G_BEGIN_DECLS

/* The parts that the older files of a folder and the class make. */
AUTO_INTERNAL AutoTokenizerParts *auto_tokenizer_legacy_read (AutoTokenizerBuild *build, const char *folder, GError **error);
/* A class for a folder whose own class nobody knows, from the names of its files. */
AUTO_INTERNAL const AutoTokenizerSpec *auto_tokenizer_generic_spec (const char *folder);

G_END_DECLS
