/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor-private.h"

G_BEGIN_DECLS

typedef struct _AutoPacked AutoPacked;

/* What a fresh weight holds. */
typedef enum {
  AUTO_WEIGHT_NORMAL, /* normal, with the configuration's initializer_range */
  AUTO_WEIGHT_ZEROS,
  AUTO_WEIGHT_ONES,
  AUTO_WEIGHT_BUFFER, /* zeros; kept in the checkpoint, but no failure when it lacks it */
  AUTO_WEIGHT_FREQUENCIES, /* a rotary embedding's; kept in the checkpoint, not trained */
} AutoWeightKind;

/* One tensor of the checkpoint that the model computes with. */
typedef struct
{
  char *name;  /* the reference's state-dict name */
  char *other; /* an older or newer spelling of it, or NULL */
  char *tied;  /* name of the weight whose values it shares, or NULL */
  gboolean prevails; /* tied: what a file has under this name counts more than what it has under the other */
  AutoWeightKind kind;
  double base; /* of frequencies */
  guint n_dims;
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  AutoTensor *tensor;  /* as the checkpoint has it; NULL before binding */
  AutoTensor *single;  /* the same as 32-bit floats; made when first wanted */
  AutoPacked *packed;  /* the same in the kernels' layout; made when first wanted */
} AutoWeight;

/* Whether the checkpoint that a model is made for has a tensor of this name, and its shape. */
typedef gboolean (*AutoStoredShape) (gpointer data, const char *name, const gint64 **shape, guint *n_dims);

/* All weights of a model, in the order of use. Filled while the model is declared and bound, then only read, but for
 * the lazily made forms, which a lock guards. */
typedef struct
{
  GMutex lock;
  GPtrArray *list;      /* of AutoWeight */
  GHashTable *by_name;  /* char * → AutoWeight, also under the other spelling */
  GHashTable *ties;     /* name → name of the weight that it shares its values with */
  GHashTable *ignored;  /* names that old checkpoints have and nobody wants */
  double initializer_range;
  AutoStoredShape stored; /* while the model is declared for a checkpoint, else NULL */
  gpointer stored_data;
} AutoWeights;

AUTO_INTERNAL AutoWeights *auto_weights_new (void);
AUTO_INTERNAL void auto_weights_free (AutoWeights *self);
/* The record of @name, made when it is new; NULL when it exists with another shape. */
AUTO_INTERNAL AutoWeight *auto_weights_declare (AutoWeights *self, const char *name, AutoWeightKind kind, const gint64 *shape, guint n_dims);
AUTO_INTERNAL AutoWeight *auto_weights_find (AutoWeights *self, const char *name);
AUTO_INTERNAL void auto_weights_set_tensor (AutoWeights *self, AutoWeight *weight, AutoTensor *tensor);
/* Values by kind, for weights that have none. @seed decides them. */
AUTO_INTERNAL void auto_weights_initialize (AutoWeights *self, guint64 seed);
/* Contiguous 32-bit floats. */
AUTO_INTERNAL AutoTensor *auto_weights_get_single (AutoWeights *self, AutoWeight *weight);
/* A matrix of shape (n, k) with the given strides in the kernels' layout. */
AUTO_INTERNAL const AutoPacked *auto_weights_get_packed (AutoWeights *self, AutoWeight *weight, gint64 n, gint64 k, gint64 n_stride, gint64 k_stride);

G_END_DECLS
