/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "../auto/auto-model-output.h"
#include "../tensor/auto-tensor.h"
#include "auto-sequences.h"

G_BEGIN_DECLS

typedef struct _AutoDecoder AutoDecoder;

/* What a search asks for scores: a model with its cache, or a table in a test. */
struct _AutoDecoder
{
  /* The logits after the last @n_wanted tokens of every row, (rows, @n_wanted, @vocabulary), which the caller may change until the next
   * step; NULL with an error. What of @sequences earlier steps have seen is still the same, unless crop was called. */
  float *(*step) (AutoDecoder *self, const AutoSequences *sequences, gsize n_wanted, gsize *vocabulary, GCancellable *cancellable, GError **error);
  /* Row i has become what row rows[i] was; the number of rows may change. NULL when steps remember nothing. */
  void (*reorder) (AutoDecoder *self, const gint64 *rows, gsize n);
  /* Tokens from @length on are taken back. NULL when steps remember nothing. */
  void (*crop) (AutoDecoder *self, gsize length);
  /* Whether steps are to keep the last layer's states: (rows, positions of the step, width). */
  gboolean wants_states;
  AutoTensor *states;
  /* Whether steps are to keep all that the model says, with its hidden states and attentions. */
  gboolean wants_hidden_states, wants_attentions;
  AutoModelOutput *output;
};

G_END_DECLS
