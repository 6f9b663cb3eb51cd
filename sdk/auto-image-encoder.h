/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* Layers of a vision transformer (Dosovitskiy et al., arXiv:2010.11929) as data: norms come before attention and the
 * feed-forward part. Each layer holds layernorm_before, attention.attention, attention.output, layernorm_after, intermediate,
 * output. */
typedef struct
{
  const char *name;     /* of the list of layers; "encoder.layer" when NULL */
  int layers, heads;
  gint64 intermediate_size;
  AutoActivation activation;
  double epsilon;
  gboolean no_bias;     /* of queries, keys and values */
  const AutoMask *mask; /* or NULL */
  AutoInputs *in;       /* for the call's head_mask, or NULL */
} AutoImageEncoder;

/* The last layer's states, without a norm behind it. Collects the hidden states. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_image_encoder (AutoContext *cx, AutoTensor *x, const AutoImageEncoder *how);

G_END_DECLS
