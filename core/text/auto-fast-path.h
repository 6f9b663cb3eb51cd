/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-normalizer.h"
#include "auto-pre-tokenizer.h"
#include "auto-token-model.h"
#include "auto-word-cache.h"

G_BEGIN_DECLS

/* When only ids are wanted, and the parts are of a common kind, a text can be cut into words whose ids depend on nothing around them:
 * words that were seen before are looked up, and no text is rewritten. The ids are those of the long way. */
typedef struct _AutoFastPath AutoFastPath;

/* The ids that one character becomes. */
typedef struct
{
  guint32 ids[3], n; /* 0: not yet known; AUTO_CHARACTER_ELSEWHERE: none, or more than have room */
} AutoCharacterIds;

#define AUTO_CHARACTER_ELSEWHERE 4

#define AUTO_CHARACTERS 0x10000 /* those of up to three bytes */

/* What one thread works with. */
typedef struct
{
  AutoWordCache cache;
  AutoCharacterIds *characters; /* by code point */
  AutoPreText pre;
  GArray *tokens; /* AutoToken */
  GArray *found;  /* guint32: ids of a word */
  GString *bytes, *mapped;
} AutoFastScratch;

AUTO_INTERNAL AutoFastScratch *auto_fast_scratch_new (void);
AUTO_INTERNAL void auto_fast_scratch_free (AutoFastScratch *self);

/* NULL when there is no short way. The parts outlive it. */
AUTO_INTERNAL AutoFastPath *auto_fast_path_new (const AutoNormalizer *normalizer, const AutoPreTokenizer *pre_tokenizer, const AutoTokenModel *model);
AUTO_INTERNAL void auto_fast_path_free (AutoFastPath *self);
/* Whether auto_fast_path_encode () takes normalized text, so that added tokens can be looked for in it before. Else it takes the text as it
 * is. */
AUTO_INTERNAL gboolean auto_fast_path_takes_normalized (const AutoFastPath *self);
/* Then: *@normalized (newly allocated) becomes the text normalized if that differs, and @length its length. */
AUTO_INTERNAL gboolean auto_fast_path_normalize (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize *length,
                                                 char **normalized, GError **error);
/* Else: what the text becomes when it is normalized, but for spaces, marks and what becomes one. It belongs to @scratch or is @text. NULL
 * when that isn't easily said. */
AUTO_INTERNAL const char *auto_fast_path_sketch (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize *length);
/* Whether a text, normalized, has no bytes that lack a token. */
AUTO_INTERNAL gboolean auto_fast_path_takes (const AutoFastPath *self, const char *text, gsize length);
/* Where a part of a text stands. */
typedef enum
{
  AUTO_FAST_START, /* where the text starts */
  AUTO_FAST_FIRST, /* behind nothing but added tokens */
  AUTO_FAST_LATER,
} AutoFastPlace;

/* Appends the ids of a part of a text without added tokens. */
AUTO_INTERNAL gboolean auto_fast_path_encode (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize length,
                                              AutoFastPlace place, GArray *ids, GError **error);

G_END_DECLS
