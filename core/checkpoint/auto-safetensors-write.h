/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-checkpoint.h"
#include "auto-staged-file.h"

G_BEGIN_DECLS

/* The bytes of data of a tensor, whatever its strides. */
guint64 auto_safetensors_data_size (AutoTensor *tensor);
/* Whether the tensors have data, and names that the format allows, each its own. */
gboolean auto_safetensors_check (const char *path, const AutoNamedTensor *tensors, gsize n, GError **error);
/* Writes and finishes the file; the caller commits it. */
AutoStagedFile *auto_safetensors_stage (const char *path, const AutoNamedTensor *tensors, gsize n, GHashTable *metadata,
                                        AutoLoadOptions *options, GCancellable *cancellable, GError **error);

G_END_DECLS
