/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-checkpoint-private.h"
#include "auto-pickle.h"
#include "auto-zip.h"

G_BEGIN_DECLS

/* A piece of memory that tensors of the file are views of. A view of a storage has a @root. */
typedef struct _AutoTorchStorage AutoTorchStorage;
struct _AutoTorchStorage
{
  gboolean is_tensor; /* FALSE: first member of both kinds of objects */
  AutoDType dtype;
  guint64 n_elements;
  const char *data; /* in the map; NULL until the reader of the old format gets there */
  AutoTorchStorage *root;
  guint64 root_offset; /* in elements */
};

typedef struct
{
  gboolean is_tensor; /* TRUE */
  AutoTorchStorage *storage;
  guint64 offset; /* in elements */
  guint n_dims;
  gint64 shape[AUTO_TENSOR_MAX_DIMS], strides[AUTO_TENSOR_MAX_DIMS];
} AutoTorchTensor;

/* What the two containers of PyTorch, archive and old format, have in common: the pickle in them. */
typedef struct
{
  AutoCheckpoint *checkpoint;
  AutoPickle *pickle;
  AutoZip *zip;       /* NULL in the old format */
  char *prefix;       /* of the names of the archive's members, with a slash */
  GHashTable *storages; /* key → AutoTorchStorage */
  GPtrArray *objects;   /* owns storages and tensors */
} AutoTorchReader;

extern const AutoPickleHost auto_torch_host;

/* The archive that a newer file is, and the folder that all its members are in, with a slash. */
AutoZip *auto_torch_open_archive (const char *path, const char *data, gsize size, char **prefix, GError **error);
/* Whether this is the number that opens a file of the old format. */
gboolean auto_torch_is_magic (const AutoPickleValue *value);
/* What is behind that number: the version and what the saving machine was like. */
gboolean auto_torch_read_head (AutoPickle *pickle, const char *path, const char **at, const char *end, GError **error);

G_END_DECLS
