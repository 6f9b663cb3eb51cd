/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../auto/auto-model.h"
#include "auto-decoder.h"

G_BEGIN_DECLS

/* A model as a decoder, in the way docs/generation.md says. */
typedef struct _AutoModelDecoder AutoModelDecoder;

/* Whether a model's decoder comes after an encoder; a causal language model is a decoder alone, whatever its checkpoint's configuration says. */
AUTO_INTERNAL gboolean auto_model_decoder_has_encoder (AutoModel *model);
/* @inputs are those of one generation, of which those of the tokens are left out; rows are repeated @repeat times, @rows are the rows
 * after that. @capacity: the positions to expect. */
AUTO_INTERNAL AutoModelDecoder *auto_model_decoder_new (AutoModel *model, AutoInputs *inputs, gsize rows, gsize repeat, gsize capacity,
                                                        gboolean use_cache, GError **error);
AUTO_INTERNAL void auto_model_decoder_free (AutoModelDecoder *self);
AUTO_INTERNAL AutoDecoder *auto_model_decoder_get (AutoModelDecoder *self);
/* The decoder's sequences begin with @start (rows / @repeat, length), or with the last token of the prompt, instead of the
 * @prompt_length tokens of the prompt. */
AUTO_INTERNAL void auto_model_decoder_begin_with (AutoModelDecoder *self, AutoTensor *start, gsize prompt_length, gsize repeat);
/* Rows of the batch share what never changes in groups of so many. */
AUTO_INTERNAL void auto_model_decoder_set_group (AutoModelDecoder *self, gsize group);
/* Whether the steps so far have left something in a cache. */
AUTO_INTERNAL gboolean auto_model_decoder_caches (AutoModelDecoder *self);
/* Runs the encoder of an encoder-decoder model: its last states, or NULL with an error. @output, when not NULL, gets all that it says. */
AUTO_INTERNAL AutoTensor *auto_model_decoder_encode (AutoModel *model, AutoInputs *inputs, gboolean hidden_states, gboolean attentions,
                                                     AutoModelOutput **output, GCancellable *cancellable, GError **error);

G_END_DECLS
