/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-context.h"
#include "auto-weights.h"

G_BEGIN_DECLS

#define AUTO_SCOPE_DEPTH 32
#define AUTO_SCOPE_CARRY 6

/* A scope of names and memory. What is made inside it goes back to the context when it ends, but for what it carries. */
typedef struct
{
  guint64 id;         /* stands for the scope's whole name */
  const char *format; /* the piece of the name, with at most one %d */
  int index;          /* for the %d, -1 without one */
  guint first;        /* the first tensor that belongs to the scope */
  gboolean memory;    /* whether its end frees tensors */
  AutoTensor **carried[AUTO_SCOPE_CARRY];
  guint n_carried;
} AutoScope;

typedef struct
{
  guint64 scope;
  const char *name;   /* the pointer that was given */
  const char *suffix; /* a literal, or NULL */
  const char *text;   /* what it pointed to, interned: a binding's strings come and go */
  AutoWeight *weight;
} AutoWeightSlot;

typedef struct
{
  AutoTensor *tensor; /* compared only: it may be gone */
  const char *data;   /* NULL for a tensor without elements */
  const char *name;   /* interned */
} AutoNamedData;

struct _AutoContext
{
  GObject parent_instance;

  AutoWeights *weights; /* the model's */
  gboolean declaring;
  GError *error;
  GCancellable *cancellable;

  AutoScope scopes[AUTO_SCOPE_DEPTH];
  guint depth;
  AutoWeightSlot *slots; /* open addressing by (scope, name pointer) */
  guint n_slots, n_used;

  GPtrArray *tensors; /* made and not yet given back, oldest first */
  GPtrArray *blocks;  /* storages to use again */

  gboolean want_hidden_states, want_attentions;
  const char *collection;  /* prefix of the lists' names, interned */
  GPtrArray *collected_names;
  GPtrArray *collected; /* tensors, beside their names */

  gpointer cache; /* the AutoCache of a generating model, or NULL */
  gint64 past;    /* positions that the passes before this one have seen */
  gboolean generating; /* whether the pass is one of a generation */
  GArray *named;       /* AutoNamedData: tensors that a message can call by the caller's names */
  gint64 n_wanted;     /* only so many last positions' logits are wanted; 0: all */
};

AUTO_INTERNAL AutoContext *auto_context_new (AutoWeights *weights, gboolean declaring);
/* Back to the state of a new one, keeping memory and the table of names for the next pass. */
AUTO_INTERNAL void auto_context_reset (AutoContext *self);
AUTO_INTERNAL void auto_context_take_error (AutoContext *self, GError *error);
AUTO_INTERNAL void auto_context_set_cancellable (AutoContext *self, GCancellable *cancellable);

/* Says that a tensor, and views of it, are the caller's argument @name or come from it; and that name, or NULL. For messages. */
AUTO_INTERNAL void auto_context_name_tensor (AutoContext *self, AutoTensor *tensor, const char *name);
AUTO_INTERNAL const char *auto_context_find_name (AutoContext *self, AutoTensor *tensor);

/* An uninitialised contiguous tensor that belongs to the context (without data when declaring); NULL in a failed context,
 * or when the shape is impossible or memory short, which fails the context. */
AUTO_INTERNAL AutoTensor *auto_context_tensor (AutoContext *self, AutoDType dtype, const gint64 *shape, guint n_dims);
/* Gives the context a tensor made elsewhere. */
AUTO_INTERNAL AutoTensor *auto_context_adopt (AutoContext *self, AutoTensor *tensor);
/* Scratch memory of the innermost scope. */
AUTO_INTERNAL float *auto_context_scratch (AutoContext *self, gsize n);


/* The weight @name below the scopes in force; declared when the context is declaring. NULL when the context fails. */
AUTO_INTERNAL AutoWeight *auto_context_weight (AutoContext *self, const char *name, AutoWeightKind kind, const gint64 *shape, guint n_dims);
/* The weight @layer.@suffix; @suffix is a literal. */
AUTO_INTERNAL AutoWeight *auto_context_layer_weight (AutoContext *self, const char *layer, const char *suffix, AutoWeightKind kind, const gint64 *shape,
                                                     guint n_dims);
AUTO_INTERNAL char *auto_context_full_name (AutoContext *self, const char *name, const char *suffix);
AUTO_INTERNAL void auto_context_ignore (AutoContext *self, const char *name);

G_END_DECLS
