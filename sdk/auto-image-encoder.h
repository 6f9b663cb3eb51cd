/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* What a layer's parts are called. */
typedef struct
{
  const char *before, *q, *k, *v, *out; /* the norm before attention, its projections */
  const char *after, *up, *down;        /* the norm before the feed-forward part, its layers */
} AutoImageEncoderNames;

/* layernorm_before, attention.attention.query …, intermediate.dense, output.dense: of vision transformers. */
_AUTO_EXTERN const AutoImageEncoderNames auto_image_encoder_names;
/* layer_norm1, self_attn.q_proj …, mlp.fc1, mlp.fc2: of the towers of contrastive models, for text as well. */
_AUTO_EXTERN const AutoImageEncoderNames auto_tower_names;

/* Layers of a vision transformer (Dosovitskiy et al., arXiv:2010.11929) as data: norms come before attention and the
 * feed-forward part. */
typedef struct
{
  const char *name;     /* of the list of layers; "encoder.layer" when NULL */
  const AutoImageEncoderNames *names; /* auto_image_encoder_names when NULL */
  int layers, heads;
  gint64 intermediate_size;
  AutoActivation activation;
  double epsilon;
  gboolean no_bias;     /* of queries, keys and values */
  const AutoMask *mask; /* or NULL */
  AutoInputs *in;       /* for the call's head_mask, or NULL */
  AutoTensor *between;  /* (layers - 1, …): added to the states between layers, or NULL */
} AutoImageEncoder;

/* The last layer's states, without a norm behind it. Collects the hidden states. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_image_encoder (AutoContext *cx, AutoTensor *x, const AutoImageEncoder *how);

G_END_DECLS
