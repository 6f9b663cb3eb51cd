/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor-private.h"
#include "auto-checkpoint.h"

G_BEGIN_DECLS

/* One tensor of a checkpoint. The reader of a format has checked that every element lies inside @storage. */
typedef struct
{
  const char *name; /* in the checkpoint's names */
  AutoDType dtype;
  guint n_dims;
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  gint64 strides[AUTO_TENSOR_MAX_DIMS]; /* in elements, never negative */
  AutoStorage *storage;                 /* one of the checkpoint's storages */
  char *data;                           /* first element, at any alignment */
} AutoCheckpointEntry;

struct _AutoCheckpoint
{
  int ref_count; /* atomic */
  char *path;
  GStringChunk *names;
  GArray *entries;        /* AutoCheckpointEntry */
  GHashTable *by_name;    /* name → index in entries */
  GHashTable *metadata;   /* string → string */
  GPtrArray *storages;    /* AutoStorage */
  GPtrArray *shards;      /* AutoCheckpoint whose names and storages the entries use */
  gboolean has_scope;     /* TensorFlow: all names begin with the model's own */
  const char **name_list; /* made by auto_checkpoint_seal() */
};

/* Readers fill a checkpoint and hand it over sealed. */
AutoCheckpoint *auto_checkpoint_new (const char *path);
AutoStorage *auto_checkpoint_add_storage (AutoCheckpoint *self, AutoStorage *storage); /* takes it, returns it borrowed */
/* Copies @entry; its name is @name, @length bytes. FALSE when there is such a name already. */
gboolean auto_checkpoint_add (AutoCheckpoint *self, const char *name, gsize length, const AutoCheckpointEntry *entry);
AutoCheckpointEntry *auto_checkpoint_lookup (AutoCheckpoint *self, const char *name);
void auto_checkpoint_seal (AutoCheckpoint *self);
void auto_contiguous_strides (const gint64 *shape, guint n_dims, gint64 *strides);

/* Sets "PATH: message" and returns FALSE. */
gboolean auto_checkpoint_fail (GError **error, AutoCheckpointError code, const char *path, const char *format, ...) G_GNUC_PRINTF (4, 5);

/* The formats. @bytes is the mapped file @path. */
gboolean auto_safetensors_read (AutoCheckpoint *self, GBytes *bytes, GCancellable *cancellable, GError **error);
gboolean auto_torch_read (AutoCheckpoint *self, GBytes *bytes, GCancellable *cancellable, GError **error);
gboolean auto_flax_read (AutoCheckpoint *self, GBytes *bytes, GCancellable *cancellable, GError **error);
gboolean auto_keras_read (AutoCheckpoint *self, GBytes *bytes, GCancellable *cancellable, GError **error);

/* Gives the tensors of a Flax or TensorFlow checkpoint, if it is one, the names and layouts that PyTorch's has. */
gboolean auto_checkpoint_convert (AutoCheckpoint *self, GError **error);

/* Refuses what commonly lies where weights should be: nothing, a pointer of git-lfs, a web page. */
gboolean auto_checkpoint_refuse_stand_in (const char *path, GBytes *bytes, GError **error);
/* One file of weights, or all the shards that the index @path names; not sealed yet. The format is told by the first
 * bytes, then by the name. */
AutoCheckpoint *auto_checkpoint_read_file (const char *path, GCancellable *cancellable, GError **error);
AutoCheckpoint *auto_checkpoint_read_shards (const char *path, AutoLoadOptions *options, GCancellable *cancellable, GError **error);
/* A whole checkpoint in bytes; @path is for messages. */
AUTO_INTERNAL AutoCheckpoint *auto_checkpoint_open_bytes (const char *path, GBytes *bytes, GCancellable *cancellable, GError **error);

G_END_DECLS
