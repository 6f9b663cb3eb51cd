/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-token-model.h"

G_BEGIN_DECLS

/* Whether a word's ids follow from its characters' ids and the merges alone. */
gboolean auto_bpe_is_plain (const AutoTokenModel *self);
/* The same, but for words that are tokens themselves. */
gboolean auto_bpe_is_plain_apart_from_words (const AutoTokenModel *self, gboolean *ignores_merges);
/* Merges the ids of a word's characters in place; returns how many are left. */
guint auto_bpe_merge_ids (const AutoTokenModel *self, guint32 *ids, guint n);

G_END_DECLS
