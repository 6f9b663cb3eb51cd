/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor-private.h"
#include "auto-candidates.h"
#include "auto-constraints.h"
#include "auto-decoder.h"
#include "auto-processors.h"
#include "auto-random.h"

G_BEGIN_DECLS

/* A search for sequences: what it is given, and what it finds. */
typedef struct
{
  AutoGenerationSettings *settings; /* with max_length as it counts for this call */
  const AutoIds *ends;              /* tokens after which a row has its end: the settings', or else the model's own */
  AutoProcessors *processors;
  AutoDecoder *decoder;
  AutoDecoder *unguided; /* for guidance_scale: gives the logits without the prompt; or NULL */
  AutoSequences sequences;
  gsize batch;
  AutoRandom random;
  AutoStreamer *streamer; /* or NULL */
  GCancellable *cancellable;
  gint64 deadline;                      /* of max_time, in the monotonic clock; 0 for none */
  gint64 max_positions;                 /* of the model, or 0; until it was warned of */
  gint64 known_tokens;                  /* of the model's vocabulary, or 0 */
  GPtrArray *warnings;                  /* of char * */
  const AutoConstraints *constraints;   /* words that have to come, or NULL */
  AutoCandidates *candidates;           /* where likely tokens come from, or NULL */

  GPtrArray *scores;        /* an AutoTensor (rows, vocabulary) a step, when asked for; or NULL */
  GPtrArray *outputs;       /* an AutoModelOutput a step, when asked for; or NULL */
  AutoModelOutput *encoder_output; /* or NULL */
  AutoTensor *result;       /* (returned rows, length) */
  AutoTensor *result_scores; /* (returned rows), of beams */
  AutoTensor *beam_indices; /* (returned rows, length), of beams, when scores are asked for */
} AutoSearch;

/* Best tokens, or drawn ones. */
AUTO_INTERNAL gboolean auto_search_tokens (AutoSearch *self, GError **error);
/* The same tokens, several a step: those of the candidates that the model agrees with, and one more. */
AUTO_INTERNAL gboolean auto_search_assisted (AutoSearch *self, GError **error);
/* Beams: best or drawn continuations, in one group or several. */
AUTO_INTERNAL gboolean auto_search_beams (AutoSearch *self, GError **error);
/* Likely tokens that differ from what was said (Su et al., arXiv:2202.06417). */
AUTO_INTERNAL gboolean auto_search_contrastive (AutoSearch *self, GError **error);
AUTO_INTERNAL void auto_search_clear (AutoSearch *self);

/* The next logits of all rows, and the size of the vocabulary. */
float *auto_search_step (AutoSearch *self, gsize *vocabulary, GError **error);
/* Guides the logits after the last @n_wanted tokens of @sequences by guidance_scale, when that is wanted. */
gboolean auto_search_guide (AutoSearch *self, const AutoSequences *sequences, gsize n_wanted, float *logits, gsize vocabulary, GError **error);
/* Runs the processors over a row. */
gboolean auto_search_process (AutoSearch *self, const AutoLogitsRow *row, GError **error);
/* Takes what the decoder has kept of its step, when the caller asked for it. */
void auto_search_keep_outputs (AutoSearch *self);
/* The same for a step that has tried @n_tried tokens and gives @n_valid of its positions, one entry each. */
void auto_search_split_outputs (AutoSearch *self, gsize n_tried, gsize n_valid);
/* What the decoder has kept of its last step, of the rows that were chosen, is the next step's. */
void auto_search_pick_outputs (AutoSearch *self, const gint64 *rows, gsize n);
/* Rows of a tensor, as a new one. */
AutoTensor *auto_search_pick_rows (AutoTensor *x, const gint64 *rows, gsize n);
/* The best token of processed scores, or a drawn one; -1 when there is none. */
gint64 auto_search_choose (AutoSearch *self, const float *scores, gsize n);
/* Keeps a step's scores when the caller asked for them. */
void auto_search_keep_scores (AutoSearch *self, const float *scores, gsize vocabulary);
/* Ends rows that have their end: @tokens of ended rows become padding. Returns whether all have. */
gboolean auto_search_end_rows (AutoSearch *self, gboolean *ended, gint64 *tokens);
/* Whether a limit of length or time is reached, or the streamer wants no more. */
gboolean auto_search_is_over (AutoSearch *self);
/* The sequences as they are become the result. */
void auto_search_take_sequences (AutoSearch *self);
/* Fails because nothing can be chosen for a row. */
gboolean auto_search_no_number (AutoSearch *self, gsize row, GError **error);

G_END_DECLS
