/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-alignment.h"

G_BEGIN_DECLS

/* Generation that is tried again, at higher and higher temperatures, while what comes out is repetitive or improbable. */
typedef struct
{
  AutoModel *model;
  AutoInputs *inputs;           /* of all attempts, but for those of the rows */
  AutoGenerationConfig *config; /* changed for every attempt */
  const double *temperatures;   /* 0 or NAN: nothing is drawn */
  gsize n_temperatures;
  double compression_ratio, log_probability, no_speech; /* NAN: not looked at */
  gint64 no_speech_token;
  gsize n_start;    /* tokens of a prompt from the one on after which no_speech_token is looked at */
  gint64 num_beams; /* where nothing is drawn: for the first attempt of all, as the reference has it */
  gboolean used_beams;
  gint64 eos_token_id, pad_token_id;
  const AutoAlignment *alignment; /* NULL: no times of tokens */
  AutoStreamer *watch; /* ends attempts when it is stopped; or NULL */
  GCancellable *cancellable;
} AutoFallback;

/* What came out for a row. */
typedef struct
{
  GArray *tokens; /* of gint64, without the prompt */
  GArray *times;  /* of float, beside them; empty without an alignment */
  gboolean skip;  /* nothing was said */
  double temperature;
} AutoAttempt;

/* Rows to generate: the encoder's states, what the decoder begins with, its mask or NULL, and whether a row is the input's end. */
typedef struct
{
  AutoTensor *states, *prompts, *mask;
  const gboolean *final;
} AutoFallbackRows;

/* Fills an attempt for every row. */
AUTO_INTERNAL gboolean auto_fallback_run (AutoFallback *self, const AutoFallbackRows *rows, AutoAttempt *attempts, GError **error);

/* Exported for tests: bytes of tokens by bytes of the same compressed. */
AUTO_INTERNAL double auto_fallback_compression_ratio (const gint64 *ids, gsize n, gint64 vocabulary);

G_END_DECLS
