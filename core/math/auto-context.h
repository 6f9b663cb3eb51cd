/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

#define AUTO_TYPE_CONTEXT (auto_context_get_type ())

/**
 * AutoContext:
 *
 * One pass through a model: names, weights, temporary memory, requests and the first error.
 *
 * Operations take a context. In a context that has failed they do nothing and return %NULL, so that model code
 * need not check: the pass fails as a whole, with the first error. A *declaring* context computes shapes only and
 * collects the weights that the operations name.
 *
 * Tensors that operations return belong to the context until the innermost scope ends; whoever keeps one longer
 * takes a reference.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoContext, auto_context, AUTO, CONTEXT, GObject)

AUTO_AVAILABLE_IN_1_0 gboolean auto_context_is_declaring (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 gboolean auto_context_has_failed (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 void auto_context_fail (AutoContext *self, GQuark domain, int code, const char *format, ...) G_GNUC_PRINTF (4, 5);
AUTO_AVAILABLE_IN_1_0 void auto_context_fail_literal (AutoContext *self, const char *message);
AUTO_AVAILABLE_IN_1_0 gboolean auto_context_check_cancelled (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 void auto_context_push_scope (AutoContext *self, const char *name);
AUTO_AVAILABLE_IN_1_0 void auto_context_pop_scope (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 char *auto_context_get_scope (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 gboolean auto_context_wants_hidden_states (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 gboolean auto_context_wants_attentions (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 void auto_context_hidden_state (AutoContext *self, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 void auto_context_collect (AutoContext *self, const char *list, AutoTensor *x);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_context_get_collected (AutoContext *self, const char *list, guint i);
AUTO_AVAILABLE_IN_1_0 const char *auto_context_set_collection (AutoContext *self, const char *prefix);

#ifndef __GI_SCANNER__
/* What AUTO_SCOPE and AUTO_LAYER of the SDK are made of. With @memory, the end frees what was made since, but for what is carried. */
AUTO_AVAILABLE_IN_1_0 void auto_context_begin (AutoContext *self, gboolean memory, const char *format, ...) G_GNUC_PRINTF (3, 4);
AUTO_AVAILABLE_IN_1_0 void auto_context_end (AutoContext *self);
AUTO_AVAILABLE_IN_1_0 void auto_context_carry (AutoContext *self, AutoTensor **x);
#endif

G_END_DECLS
