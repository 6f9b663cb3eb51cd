/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-model-decoder.h"
#include "auto-processors.h"
#include "auto-random.h"

G_BEGIN_DECLS

/* Where an assisted generation has tokens from that its model may agree with: what followed the last tokens before, or another model. */
typedef struct _AutoCandidates AutoCandidates;

/* What followed the last tokens where they stood before, up to @n_tokens of it. */
AUTO_INTERNAL AutoCandidates *auto_candidates_new_lookup (gsize n_tokens);
/* What an assistant goes on with, @n_tokens at first, later more or fewer unless that is @constant. Takes @decoder, also with an error.
 * @like: processors whose members up to batch are set. */
AUTO_INTERNAL AutoCandidates *auto_candidates_new_assistant (AutoModelDecoder *decoder, const AutoProcessors *like, const AutoIds *ends,
                                                             AutoRandom *random, gsize n_tokens, gboolean constant, GError **error);
AUTO_INTERNAL void auto_candidates_free (AutoCandidates *self);

/* Tokens that may follow a row, and what they were drawn with. */
typedef struct
{
  GArray *tokens; /* of gint64 */
  GArray *p;      /* of float, (tokens, vocabulary): the probabilities of all tokens; empty when nothing was drawn */
  gsize vocabulary;
} AutoProposal;

/* Proposes tokens, an assistant at most @most; none when it has no token to choose. */
AUTO_INTERNAL gboolean auto_candidates_propose (AutoCandidates *self, const gint64 *ids, gsize n_ids, gint64 most, AutoProposal *proposal,
                                                GCancellable *cancellable, GError **error);
/* Says how many of the last proposal's tokens were right. */
AUTO_INTERNAL void auto_candidates_learn (AutoCandidates *self, gsize n_matches);

G_END_DECLS
