/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-generation-settings.h"
#include "auto-sequences.h"

G_BEGIN_DECLS

/* Words that have to come: each is a sequence of tokens, or one of several sequences. Banks of beams by how far they are with
 * them (Post and Vilar, arXiv:1804.06609; Hu et al., N19-1090), as the reference has it. */
typedef struct
{
  gsize n;
  AutoIdLists *words; /* of each its sequences */
  gboolean *choice;   /* whether it was given as several */
  gsize longest;      /* tokens of the longest sequence */
} AutoConstraints;

/* Reads force_words_ids. */
AUTO_INTERNAL gboolean auto_constraints_init (AutoConstraints *self, JsonNode *node, GError **error);
AUTO_INTERNAL void auto_constraints_clear (AutoConstraints *self);
/* Whether all words are in a sequence. */
AUTO_INTERNAL gboolean auto_constraints_are_met (const AutoConstraints *self, const gint64 *ids, gsize n);
/* Adds to the @n continuations of one item (a row of @sequences, a token and a score each) those that get further with the words,
 * and keeps n of all, so that beams of every stage go on. @totals: scores of all continuations (beam, @vocabulary), beam 0 being
 * row @first. */
AUTO_INTERNAL void auto_constraints_step (const AutoConstraints *self, const AutoSequences *sequences, gsize first, const float *totals,
                                          gsize vocabulary, gsize n, float *scores, gint64 *tokens, gint64 *rows);

G_END_DECLS
