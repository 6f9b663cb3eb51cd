/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-token-model.h"

G_BEGIN_DECLS

/* Whether a word's ids follow from its characters' ids and the merges alone. */
gboolean auto_bpe_is_plain (const AutoTokenModel *self);
/* The same, but for words that are tokens themselves. */
gboolean auto_bpe_is_plain_apart_from_words (const AutoTokenModel *self, gboolean *ignores_merges);
/* The ids that merging begins with for a character, of a model that is plain: one, or those of its bytes. Returns their number, 0 for an
 * unknown character. */
guint auto_bpe_spell_character (const AutoTokenModel *self, const char *text, guint size, guint32 ids[4]);
/* Merges the ids of a word's characters in place; returns how many are left. */
guint auto_bpe_merge_ids (const AutoTokenModel *self, guint32 *ids, guint n);

G_END_DECLS
