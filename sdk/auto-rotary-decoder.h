/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* One layer of such a decoder; @config is what its author gave. */
typedef AutoTensor *(*AutoRotaryLayer) (AutoContext *cx, gconstpointer config, AutoTensor *x, const AutoMask *mask, AutoTensor *rotary);

/* What decoders with rotary positions (Su et al., arXiv:2104.09864) have around their layers, as data. Names: embed_tokens, layers.N. */
typedef struct
{
  int vocab_size, hidden_size, layers, max_positions;
  gint64 rotary_dims;     /* how many features of a head turn */
  double rope_theta;
  JsonNode *rope_scaling; /* or NULL */
  AutoRotaryLayer layer;
  gconstpointer config;   /* what the layer is given */
  const char *norm;       /* behind the layers */
  gboolean rms;           /* it is a root-mean-square norm */
  double epsilon;
} AutoRotaryDecoder;

/* The last hidden states (batch, length, hidden_size), normalised. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_rotary_decoder (AutoContext *cx, AutoInputs *in, const AutoRotaryDecoder *how);

G_END_DECLS
