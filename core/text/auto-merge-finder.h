/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-token-model.h"

G_BEGIN_DECLS

/* Finds the ids of merges' tokens and of what they make, many merges at once, so that memory is asked for before it is needed. */
typedef struct
{
  const AutoVocabulary *vocabulary;
  GArray *merges; /* AutoMerge: those that were found */
  gsize skip;     /* bytes of a prefix, which a second token loses when the first one is put before it */
  const char *bad; /* where the first token of a merge lies of which one isn't there, or the result; NULL: none */
  guint last;     /* where the vocabulary has the last merge's result: the next one's is likely to be there or behind it */
  guint n;        /* of the keys that wait */
  AutoKey keys[AUTO_VOCABULARY_MANY];
} AutoMergeFinder;

AUTO_INTERNAL void auto_merge_finder_init (AutoMergeFinder *self, const AutoVocabulary *vocabulary, GArray *merges, gsize skip);
/* Finds those that wait. FALSE when some merge was bad. */
AUTO_INTERNAL gboolean auto_merge_finder_flush (AutoMergeFinder *self);
/* Whether "left right" is two tokens with a space between them, and if so takes the merge as auto_merge_finder_take () does. */
AUTO_INTERNAL gboolean auto_merge_finder_take_line (AutoMergeFinder *self, const char *line, gsize length, const char *end);

/* Takes a merge whose texts stay until the next call of auto_merge_finder_flush (). @end: of the memory that can be read there. */
static inline void
auto_merge_finder_take (AutoMergeFinder *self, const char *left, gsize left_length, const char *right, gsize right_length, const char *end)
{
  AutoKey *keys = &self->keys[self->n];

  keys[0] = auto_key_within (left, left_length, end);
  keys[1] = auto_key_within (right, right_length, end);
  auto_vocabulary_prefetch (self->vocabulary, &keys[0]);
  auto_vocabulary_prefetch (self->vocabulary, &keys[1]);
  self->n += 2;
  if (self->n == AUTO_VOCABULARY_MANY)
    auto_merge_finder_flush (self);
}

G_END_DECLS
