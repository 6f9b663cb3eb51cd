/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-activation.h"
#include "auto-context.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_parameter (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_buffer (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_ones_parameter (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_zeros_parameter (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_frequencies_buffer (AutoContext *cx, const char *name, gint64 n, double base);
AUTO_AVAILABLE_IN_1_0 void auto_tie (AutoContext *cx, const char *name, const char *source);
AUTO_AVAILABLE_IN_1_0 void auto_ignore_weight (AutoContext *cx, const char *name);
AUTO_AVAILABLE_IN_1_0 gint64 auto_stored_size (AutoContext *cx, const char *name, gsize dim, gint64 otherwise);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_linear (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_linear_act (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, AutoActivation activation);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_linear_add (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, AutoTensor *residual);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_linear_no_bias (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_linear_transposed (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, AutoActivation activation);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_embedding (AutoContext *cx, const char *name, AutoTensor *ids, gint64 n_rows, gint64 width);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_layer_norm (AutoContext *cx, const char *name, AutoTensor *x, double epsilon);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_rms_norm (AutoContext *cx, const char *name, AutoTensor *x, double epsilon);

#ifndef __GI_SCANNER__
/* The general form of the linear layers, for the SDK's blocks. Names are of the layer; the weight is NAME.weight,
 * the bias NAME.bias. */
typedef struct
{
  gboolean no_bias;
  gboolean transposed;       /* the weight is (in, out), as GPT-2's Conv1D has it */
  AutoActivation activation; /* after the bias */
  AutoTensor *residual;      /* added last, of the result's shape */
  double scale;              /* of the product, before the bias; 0 is 1 */
  const char *weight;        /* another name for the weight, below the scope or after a slash; or NULL */
  const char *bias;          /* the same for the bias */
} AutoLinear;

AUTO_INTERNAL AutoTensor *auto_linear_full (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoLinear *how);
#endif

G_END_DECLS
