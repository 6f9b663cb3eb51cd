/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-json.h"
#include "auto-aligned-text.h"

G_BEGIN_DECLS

/* The steps that a "normalizer" of tokenizer.json describes, sequences unfolded. */
typedef struct _AutoNormalizer AutoNormalizer;

AUTO_INTERNAL AutoNormalizer *auto_normalizer_new (JsonNode *description, GError **error);
AUTO_INTERNAL void auto_normalizer_free (AutoNormalizer *self);
/* Rewrites @text, whose original begins at @base; @spare is scratch. */
AUTO_INTERNAL gboolean auto_normalizer_run (const AutoNormalizer *self, AutoAlignedText *text, AutoAlignedText *spare, guint32 base, GError **error);

/* The one step BertNormalizer, if that is all there is. */
typedef struct
{
  gboolean clean_text, handle_chinese, strip_accents, lowercase;
} AutoBertNormalizer;

AUTO_INTERNAL const AutoBertNormalizer *auto_normalizer_get_bert (const AutoNormalizer *self);
AUTO_INTERNAL gboolean auto_normalizer_is_empty (const AutoNormalizer *self);
/* The following are for normalizers that aren't empty. */
/* Whether all it does is normalization form C, or KC (@compatible). */
AUTO_INTERNAL gboolean auto_normalizer_only_composes (const AutoNormalizer *self, gboolean *compatible);
/* Whether text on one side of a space between visible ASCII characters is normalized whatever stands on the other side. */
AUTO_INTERNAL gboolean auto_normalizer_is_local (const AutoNormalizer *self);
/* Whether all it does is to turn spaces into U+2581, and to put one before the text when @prefix says so. */
AUTO_INTERNAL gboolean auto_normalizer_marks_spaces (const AutoNormalizer *self, gboolean *prefix);
/* What becomes of a character, into @text; FALSE when that may depend on what stands beside it. */
AUTO_INTERNAL gboolean auto_normalizer_map_alone (const AutoNormalizer *self, gunichar c, AutoAlignedText *text, AutoAlignedText *spare);
/* Whether a character between others becomes a space whatever stands beside it; or stays as it is. */
AUTO_INTERNAL gboolean auto_normalizer_makes_space (const AutoNormalizer *self, gunichar c);
AUTO_INTERNAL gboolean auto_normalizer_keeps_alone (const AutoNormalizer *self, gunichar c);
/* Whether spaces between others are replaced by nothing but fewer spaces. */
AUTO_INTERNAL gboolean auto_normalizer_keeps_spaces (const AutoNormalizer *self);
AUTO_INTERNAL gboolean auto_char_is_chinese (gunichar c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoNormalizer, auto_normalizer_free)

G_END_DECLS
