/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-checkpoint-private.h"

G_BEGIN_DECLS

/* What is read here is the part of HDF5 that Keras writes weights in: groups with symbol tables, arrays of numbers that
 * lie in one piece. HDF5's own library reads by copying and takes far more on trust than a file from the net deserves. */

/* The object headers of version 1: a list of messages, each a type and some bytes, in one block or several. */
typedef struct
{
  const char *path; /* of the file, for messages */
  const char *data;
  gsize size;
  gsize budget; /* messages that may still be read: an honest file has no more than fit into it */
} AutoHdf5;

typedef struct
{
  gboolean is_group;
  guint64 tree, heap; /* of a group: where its members are listed */

  gboolean is_dataset;
  gboolean is_number; /* of a data type that can be a tensor's, whether or not it can be read */
  int dtype;          /* -1: can't be read */
  guint n_dims;
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint64 offset, n_bytes; /* where the elements are; checked to be inside the file */
} AutoHdf5Object;

guint64 auto_hdf5_number (const char *p, guint n_bytes);
/* @n bytes at @offset, or NULL where the file has not so many. */
const char *auto_hdf5_at (const AutoHdf5 *self, guint64 offset, guint64 n);
gboolean auto_hdf5_fail (const AutoHdf5 *self, GError **error, const char *what);
gboolean auto_hdf5_find_root (const AutoHdf5 *self, guint64 *header, GError **error);
gboolean auto_hdf5_read_object (AutoHdf5 *self, guint64 header, AutoHdf5Object *object, GError **error);

G_END_DECLS
