/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pre-text.h"
#include "auto-token-model.h"

G_BEGIN_DECLS

/* A token outside the model's vocabulary, or one of it that is to be found in the text before the model sees it. */
typedef struct
{
  char *content;
  gboolean single_word, lstrip, rstrip, normalized, special;
  gboolean described; /* by more than its text: see auto_tokenizer_build_add_tokens */
  guint32 id; /* set when it is added */
} AutoAddedToken;

/* Whether all but the ids are equal. */
AUTO_INTERNAL gboolean auto_added_token_equal (const AutoAddedToken *a, const AutoAddedToken *b);

typedef struct _AutoAddedVocabulary AutoAddedVocabulary;

AUTO_INTERNAL AutoAddedVocabulary *auto_added_vocabulary_new (void);
AUTO_INTERNAL AutoAddedVocabulary *auto_added_vocabulary_copy (const AutoAddedVocabulary *self);
AUTO_INTERNAL AutoAddedVocabulary *auto_added_vocabulary_ref (AutoAddedVocabulary *self);
AUTO_INTERNAL void auto_added_vocabulary_unref (AutoAddedVocabulary *self);
/* Adds a token as the reference does: its id is the vocabulary's, or the next free one. Of one that is there the way it is matched changes,
 * but it is still looked for where it was: as it is, or in normalized text. Returns whether anything changed. */
AUTO_INTERNAL gboolean auto_added_vocabulary_add (AutoAddedVocabulary *self, const AutoAddedToken *token, const AutoTokenModel *model);
/* Sets a token with the id that it says, in place of one of the same text. */
AUTO_INTERNAL void auto_added_vocabulary_put (AutoAddedVocabulary *self, const AutoAddedToken *token);
/* To be called after the last addition, before the first search. */
AUTO_INTERNAL gboolean auto_added_vocabulary_refresh (AutoAddedVocabulary *self, const AutoNormalizer *normalizer, GError **error);
/* Cuts the tokens out of every piece: those that are looked for before (or after) normalization. */
AUTO_INTERNAL void auto_added_vocabulary_extract (const AutoAddedVocabulary *self, AutoPreText *text, gboolean normalized);
AUTO_INTERNAL gboolean auto_added_vocabulary_has (const AutoAddedVocabulary *self, gboolean normalized);
/* Whether @text, normalized but for spaces and marks, may have one of those that are looked for after normalization. */
AUTO_INTERNAL gboolean auto_added_vocabulary_may_have (const AutoAddedVocabulary *self, const char *text, gsize length);
/* The first token at or after @at, spaces that it strips included; @done: what is taken already. As in the reference, a token of spaces
 * that the one before has stripped is found all the same, so that @from may lie before @done; and none may be left of a token that strips
 * what is before it. FALSE when there is none. */
AUTO_INTERNAL gboolean auto_added_vocabulary_next (const AutoAddedVocabulary *self, gboolean normalized, const char *text, gsize length, gsize done,
                                                   gsize *at, gsize *from, gsize *to, guint32 *id);

AUTO_INTERNAL const AutoAddedToken *auto_added_vocabulary_find (const AutoAddedVocabulary *self, const char *content);
AUTO_INTERNAL const AutoAddedToken *auto_added_vocabulary_by_id (const AutoAddedVocabulary *self, gint64 id);
/* Whether the model may have another token by this id. */
AUTO_INTERNAL gboolean auto_added_vocabulary_shadows (const AutoAddedVocabulary *self, guint32 id);
AUTO_INTERNAL gboolean auto_added_vocabulary_is_special (const AutoAddedVocabulary *self, const char *content);
/* The tokens by id (AutoAddedToken *), transfer container. */
AUTO_INTERNAL GPtrArray *auto_added_vocabulary_list (const AutoAddedVocabulary *self);
/* Makes lookups of special tokens ignore them, as split_special_tokens wants. */
AUTO_INTERNAL void auto_added_vocabulary_set_ignore_special (AutoAddedVocabulary *self, gboolean ignore);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoAddedVocabulary, auto_added_vocabulary_unref)

G_END_DECLS
