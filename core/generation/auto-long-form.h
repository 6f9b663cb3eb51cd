/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-alignment.h"

G_BEGIN_DECLS

/* Generation from an input that is longer than what a model's encoder takes: window after window, in which tokens that say times tell where
 * the next one begins (Radford et al., arXiv:2212.04356, section 4.5). */
typedef struct
{
  const char *features;     /* the input (batch, width, frames) */
  gint64 window;            /* frames that the encoder takes */
  gint64 stride;            /* frames of a position */
  double precision;         /* seconds of a position, which is what a time token's number counts */
  gint64 first_time;        /* the token of the time 0 */
  const gint64 *start;      /* what the decoder begins with in each window */
  gsize n_start;
  gint64 previous;          /* the token before what was said in the windows before; -1: there is none */
  gboolean conditioned;     /* whether a window is told it, unless the one before was drawn at 0.5 or more */
  gint64 max_positions;     /* of the decoder */
  gint64 no_speech_token;
  gsize *begin;             /* is told how many tokens each window's prompt has; or NULL */
  const AutoAlignment *alignment; /* for times of tokens; or NULL */
} AutoLongForm;

/* The settings temperature (one or several), compression_ratio_threshold, logprob_threshold, no_speech_threshold and max_length or
 * max_new_tokens, of a window, count. */
AUTO_AVAILABLE_IN_1_0 AutoGeneration *auto_long_form_generate (const AutoLongForm *self, AutoModel *model, AutoInputs *inputs,
                                                               AutoGenerationConfig *config, GCancellable *cancellable, GError **error);

G_END_DECLS
