/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* Tokens and their ids. The texts lie one after another in one block; a table with open addressing finds them. */
typedef struct _AutoVocabulary AutoVocabulary;

typedef struct
{
  const char *text;
  gsize length;
} AutoText;

#define AUTO_VOCABULARY_MANY 64

AUTO_INTERNAL AutoVocabulary *auto_vocabulary_new (void);
AUTO_INTERNAL void auto_vocabulary_free (AutoVocabulary *self);
/* Makes room for about so many tokens. */
AUTO_INTERNAL void auto_vocabulary_reserve (AutoVocabulary *self, guint n);
/* A token that is there already gets the new id. FALSE when the id is negative or absurdly large. */
AUTO_INTERNAL gboolean auto_vocabulary_add (AutoVocabulary *self, const char *token, gsize length, gint64 id);
/* Asks for the memory that adding a token will need. */
AUTO_INTERNAL void auto_vocabulary_prefetch (const AutoVocabulary *self, const AutoText *token);
/* The id, or -1. */
AUTO_INTERNAL gint64 auto_vocabulary_find (const AutoVocabulary *self, const char *token, gsize length);
/* The ids of several tokens, no more than AUTO_VOCABULARY_MANY, or -1. */
AUTO_INTERNAL void auto_vocabulary_find_many (const AutoVocabulary *self, const AutoText *tokens, guint n, gint64 *ids);
/* The id of two texts together, or -1; quicker when that was added as the @hint-th or next. Sets @hint to where it was. */
AUTO_INTERNAL gint64 auto_vocabulary_find_joined (const AutoVocabulary *self, const AutoText *left, const AutoText *right, guint *hint);
/* The token, without a final NUL, or NULL when no token has the id. */
AUTO_INTERNAL const char *auto_vocabulary_token (const AutoVocabulary *self, gint64 id, gsize *length);
AUTO_INTERNAL guint auto_vocabulary_size (const AutoVocabulary *self);
/* One more than the largest id. */
AUTO_INTERNAL guint auto_vocabulary_bound (const AutoVocabulary *self);
/* Bytes of all tokens together. */
AUTO_INTERNAL guint auto_vocabulary_bytes (const AutoVocabulary *self);
AUTO_INTERNAL guint auto_vocabulary_longest (const AutoVocabulary *self);
/* The @index-th token in the order of adding. */
AUTO_INTERNAL const char *auto_vocabulary_nth (const AutoVocabulary *self, guint index, gsize *length, guint *id);

AUTO_INTERNAL guint64 auto_hash_bytes (const char *bytes, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoVocabulary, auto_vocabulary_free)

G_END_DECLS
