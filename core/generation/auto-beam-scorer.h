/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-constraints.h"
#include "auto-generation-settings.h"
#include "auto-logits.h"
#include "auto-sequences.h"

G_BEGIN_DECLS

/* A finished beam. */
typedef struct
{
  double score;
  gsize length;
  gsize room;      /* of the arrays */
  gint64 *ids;
  gint64 *origins; /* rows that its steps came from, or NULL */
  gsize n_origins;
} AutoHypothesis;

/* The best finished beams of one item of the batch, or of one of its groups. */
typedef struct
{
  gsize n;
  AutoHypothesis *beams; /* in order of arrival; one more than are kept */
  double worst;
  gboolean done;
} AutoHypotheses;

/* Decides which beams go on and which are finished. */
typedef struct
{
  gsize batch, n_beams, n_groups, group_size, n_kept;
  double length_penalty;
  AutoEarlyStopping early_stopping;
  gint64 max_length;
  gint64 pad_token_id;
  const AutoIds *eos_token_id;
  gsize prompt_length;
  const AutoConstraints *constraints; /* words that have to come, or NULL */
  AutoHypotheses *hypotheses; /* batch × groups */
} AutoBeamScorer;

/* The members up to constraints have been set. */
AUTO_INTERNAL void auto_beam_scorer_init (AutoBeamScorer *self);
AUTO_INTERNAL void auto_beam_scorer_clear (AutoBeamScorer *self);
AUTO_INTERNAL gboolean auto_beam_scorer_is_done (const AutoBeamScorer *self);

/* What a step makes of the beams of a group: for each its score, its token and the row of @sequences that it goes on from. */
typedef struct
{
  float *scores;
  gint64 *tokens, *rows;
} AutoBeamChoice;

/* The continuations that a group's beams have. */
typedef struct
{
  const AutoRanked *best; /* for each item the n_best best, best first; their places are beam · vocabulary + token */
  gsize n_best, vocabulary;
  const float *totals;    /* scores of all: (item, beam of the group, vocabulary) */
} AutoBeamCandidates;

/* Writes the choice of group @group at the places of its rows. */
AUTO_INTERNAL gboolean auto_beam_scorer_process (AutoBeamScorer *self, const AutoSequences *sequences, const AutoSequences *origins,
                                                 const AutoBeamCandidates *candidates, gsize group, const AutoBeamChoice *choice, GError **error);
/* Beams that never ended compete as they are. */
AUTO_INTERNAL void auto_beam_scorer_close (AutoBeamScorer *self, const AutoSequences *sequences, const AutoSequences *origins, const float *scores);
/* The @rank-th best beam of an item; NULL when there are fewer. */
AUTO_INTERNAL const AutoHypothesis *auto_beam_scorer_get (const AutoBeamScorer *self, gsize item, gsize rank);

G_END_DECLS
