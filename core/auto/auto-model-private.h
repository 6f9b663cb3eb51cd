/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../checkpoint/auto-checkpoint.h"
#include "../math/auto-context-private.h"
#include "auto-model.h"

G_BEGIN_DECLS

typedef struct
{
  AutoConfig *config;
  char *prefix; /* of the base model's weights inside a model with a head */
  AutoWeights *weights;
  GHashTable *input_names; /* names that a forward asked for */
  GMutex lock;             /* guards the idle contexts and input_names */
  GPtrArray *idle;         /* contexts to use again */
  char **missing, **unexpected, **mismatched;
  char *folder;            /* that it was loaded from, or NULL */
  gpointer generation;     /* AutoGenerationConfig, once asked for */
} AutoModelPrivate;

AutoModelPrivate *auto_model_get_private (AutoPretrainedModel *self);

/* A model of @type without weights: enough to run its forward in another model's pass. */
AUTO_INTERNAL AutoPretrainedModel *auto_model_new_bare (GType type, AutoConfig *config);
/* Makes a model of @type and runs its forward once in declaring mode, so that its weights are known. @stored, which may be NULL, tells
 * the shapes in the checkpoint that the model is made for. */
AutoModel *auto_model_new_declared (GType type, AutoConfig *config, AutoStoredShape stored, gpointer data, GError **error);
/* Gives every weight its tensor of the checkpoint, and fills the lists of keys. */
gboolean auto_model_bind (AutoPretrainedModel *self, AutoCheckpoint *checkpoint, gboolean ignore_mismatched, GError **error);
/* Values for weights that have none, and for ties. */
void auto_model_settle (AutoPretrainedModel *self);
gboolean auto_model_convert_weights (AutoPretrainedModel *self, const char *dtype, GError **error);

/* A context for one pass; give it back after use. */
AUTO_INTERNAL AutoContext *auto_model_acquire_context (AutoPretrainedModel *self, GCancellable *cancellable);
AUTO_INTERNAL void auto_model_release_context (AutoPretrainedModel *self, AutoContext *cx);
/* One pass in a context that the caller has prepared. */
AUTO_INTERNAL AutoModelOutput *auto_model_forward_in (AutoPretrainedModel *self, AutoContext *cx, AutoInputs *inputs, GError **error);

G_END_DECLS
