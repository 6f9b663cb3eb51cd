/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-model-macros.h"

G_BEGIN_DECLS

/* The states that a decoder looks at: the input encoder_outputs when it was given, otherwise what @encoder computes. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_encoder_states (AutoContext *cx, AutoInputs *in, AutoBase encoder, gconstpointer config);
/* Whether the call wants the encoder's states alone, as `encoder_last_hidden_state`. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_encoder_only (AutoInputs *in);

/* Example inputs of such a model: input_ids and decoder_input_ids. */
AUTO_AVAILABLE_IN_1_0 void auto_example_seq2seq (gconstpointer config, AutoInputs *in);
/* @start, then all ids but the last: what a decoder is fed to say @ids. Negative ids become @pad. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_shift_right (AutoContext *cx, AutoTensor *ids, gint64 start, gint64 pad);
/* The same with each row's last id that isn't @pad at the start. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_shift_around (AutoContext *cx, AutoTensor *ids, gint64 pad);
/* The states (batch, width) at the last @eos of each row of ids; an error when rows differ in how many they have. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pool_eos (AutoContext *cx, AutoTensor *states, AutoTensor *ids, gint64 eos);
/* A second name of a weight, in checkpoints that have it too. */
AUTO_AVAILABLE_IN_1_0 void auto_second_name (AutoContext *cx, const char *name, const char *source, const gint64 *shape, gsize n_dims);

G_END_DECLS
