/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-tensor.h"

G_BEGIN_DECLS

/* Memory that tensors share. Freed by @release when the last reference goes. */
typedef struct _AutoStorage AutoStorage;
struct _AutoStorage {
  int ref_count; /* atomic */
  gsize size;    /* bytes at @data */
  char *data;
  void (*release) (AutoStorage *self);
  gpointer owner; /* what @release needs: a GBytes, a context's pool */
};

struct _AutoTensor {
  int ref_count; /* atomic */
  AutoDType dtype;
  guint n_dims;
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  gint64 strides[AUTO_TENSOR_MAX_DIMS]; /* in elements; 0 repeats a value along the dimension */
  AutoStorage *storage;                 /* NULL: a shape without data, as in a declaring context */
  char *data;                           /* first element, inside storage */
};

AUTO_INTERNAL AutoStorage *auto_storage_new (gsize size); /* zeroed, 64-byte aligned; NULL when memory is short */
AUTO_INTERNAL AutoStorage *auto_storage_new_from_bytes (GBytes *bytes);
AUTO_INTERNAL AutoStorage *auto_storage_ref (AutoStorage *self);
AUTO_INTERNAL void auto_storage_unref (AutoStorage *self);

/* A contiguous tensor of @shape over @storage (NULL: shape only), without checks: the caller knows the sizes. */
AUTO_INTERNAL AutoTensor *auto_tensor_new_over (AutoDType dtype, const gint64 *shape, guint n_dims, AutoStorage *storage, char *data);
/* A zeroed contiguous tensor of its own, aborting as g_malloc does when memory is short. */
AUTO_INTERNAL AutoTensor *auto_tensor_new_empty (AutoDType dtype, const gint64 *shape, guint n_dims);
/* Same data, another shape and strides (in elements). */
AUTO_INTERNAL AutoTensor *auto_tensor_new_view (AutoTensor *base, const gint64 *shape, const gint64 *strides, guint n_dims, gint64 offset);
/* Itself when contiguous, otherwise a contiguous copy; a new reference either way. */
AUTO_INTERNAL AutoTensor *auto_tensor_make_contiguous (AutoTensor *self);
/* Product of the dimensions; FALSE when one is negative or the number of bytes overflows. */
AUTO_INTERNAL gboolean auto_shape_count (const gint64 *shape, guint n_dims, AutoDType dtype, gsize *n_elements);
AUTO_INTERNAL char *auto_shape_to_string (const gint64 *shape, guint n_dims);
/* Converts @n elements between any two data types. */
AUTO_INTERNAL void auto_convert_elements (AutoDType to, void *dst, AutoDType from, const void *src, gsize n);

G_END_DECLS
