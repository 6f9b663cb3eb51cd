/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../auto/auto-load-options.h"
#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

/* The tensors of a file of weights, or of a sharded set of files, by name. Reference counted; does not change once it
 * is open, so that threads may share it. Tensors are views of the mapped file and keep it mapped. */
typedef struct _AutoCheckpoint AutoCheckpoint;

/* Whose checkpoint file is taken when a folder has several. */
typedef enum {
  AUTO_FRAMEWORK_PYTORCH,
  AUTO_FRAMEWORK_TF,
  AUTO_FRAMEWORK_FLAX,
} AutoFramework;

/* Opens the checkpoint of a folder, a file of weights of any known format, or a shard index (`….index.json`). @options
 * serves progress only. Errors are AUTO_CHECKPOINT_ERROR, G_IO_ERROR_CANCELLED or those of the file system. */
AUTO_INTERNAL AutoCheckpoint *auto_checkpoint_open (const char *path, AutoFramework prefer, AutoLoadOptions *options,
                                                    GCancellable *cancellable, GError **error);
AUTO_INTERNAL AutoCheckpoint *auto_checkpoint_ref (AutoCheckpoint *self);
AUTO_INTERNAL void auto_checkpoint_unref (AutoCheckpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoCheckpoint, auto_checkpoint_unref)

/* The names in the order of the file; @n may be NULL (the array ends with NULL too). */
AUTO_INTERNAL const char *const *auto_checkpoint_get_names (AutoCheckpoint *self, gsize *n);
/* Whether there is such a tensor, and what it looks like; nothing of its data is read. The outs may be NULL. */
AUTO_INTERNAL gboolean auto_checkpoint_find (AutoCheckpoint *self, const char *name, AutoDType *dtype, const gint64 **shape, guint *n_dims);
/* A new reference. The tensor may have strides (a transposed view that was saved as such) and is copied only where the
 * file does not align it to its data type. */
AUTO_INTERNAL AutoTensor *auto_checkpoint_get (AutoCheckpoint *self, const char *name, GError **error);
/* The file that was opened: for a folder, the one chosen; for a sharded checkpoint, its index. */
AUTO_INTERNAL const char *auto_checkpoint_get_path (AutoCheckpoint *self);
/* What the file says about itself under @key, such as "format": "pt"; NULL when it says nothing. */
AUTO_INTERNAL const char *auto_checkpoint_get_metadata (AutoCheckpoint *self, const char *key);

typedef struct
{
  const char *name;
  AutoTensor *tensor;
} AutoNamedTensor;

/* Writes one safetensors file, atomically; @metadata maps strings to strings, NULL writes none. The bytes are those that
 * the reference implementation of the format writes. */
AUTO_INTERNAL gboolean auto_safetensors_write (const char *path, const AutoNamedTensor *tensors, gsize n, GHashTable *metadata,
                                               AutoLoadOptions *options, GCancellable *cancellable, GError **error);
/* Writes model.safetensors, or shards of at most @max_shard_size bytes (0: no limit; a tensor is never split) with
 * model.safetensors.index.json. Every file is written aside before the first is put in place, and what an earlier save
 * left over is removed last. */
AUTO_INTERNAL gboolean auto_checkpoint_save (const char *folder, const AutoNamedTensor *tensors, gsize n, guint64 max_shard_size,
                                             AutoLoadOptions *options, GCancellable *cancellable, GError **error);

G_END_DECLS
