/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-generation-private.h"
#include "auto-model-decoder.h"

G_BEGIN_DECLS

/* One call of generate: from inputs and settings to a search. */
typedef struct
{
  AutoModel *model;
  AutoInputs *inputs;
  AutoInputs *assistant_inputs; /* NULL without an assistant */
  AutoGenerationConfig *config;
  AutoGenerationSettings settings;
  AutoGenerationSettings own; /* the model's: they say how to begin and end where the call's don't */
  gboolean encoder_decoder;
  AutoTensor *prompt;     /* (batch, length) of 64-bit integers: what the decoder begins with */
  AutoTensor *source_ids; /* the call's input_ids, or NULL */
  AutoProcessors processors;
  AutoConstraints constraints;
  AutoModelDecoder *decoder, *unguided;
  AutoSearch search;
} AutoGenerationCall;

/* Everything up to the first step. */
gboolean auto_generation_call_prepare (AutoGenerationCall *call, GError **error);
gboolean auto_generation_call_run (AutoGenerationCall *call, GError **error);
void auto_generation_call_clear (AutoGenerationCall *call);

/* The mask, the encoder's states and what the decoder begins with. */
gboolean auto_generation_call_prepare_inputs (AutoGenerationCall *call, GError **error);
/* The assistant's own inputs, before the encoder's inputs are dropped. */
gboolean auto_generation_call_prepare_assistant (AutoGenerationCall *call, GError **error);
/* Where likely tokens come from, if the call says so. @like: processors whose members up to batch are set. */
gboolean auto_generation_call_prepare_candidates (AutoGenerationCall *call, const AutoProcessors *like, GError **error);
/* Inputs that only the encoder takes are not the decoder's business. */
void auto_generation_drop_encoder_inputs (AutoInputs *inputs);
/* A tensor of ids as contiguous 64-bit integers; NULL with an error when it is none, or is empty. (transfer full) */
AutoTensor *auto_generation_read_ids (AutoTensor *x, const char *name, GError **error);
gboolean auto_generation_call_refuse (GError **error, const char *message);
void auto_generation_call_warn (AutoGenerationCall *call, const char *message);

G_END_DECLS
