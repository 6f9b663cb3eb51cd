/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor-private.h"

G_BEGIN_DECLS

#define AUTO_WALK_OPERANDS 4

/* A walk over the elements of several tensors at once, broadcast to one shape. Dimensions that lie in memory one after
 * the other for every operand are walked as one, so that whole tensors, rows with a common vector, and repeated blocks
 * come down to a few long rows. */
typedef struct
{
  guint n_operands, n_dims;
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  gint64 strides[AUTO_WALK_OPERANDS][AUTO_TENSOR_MAX_DIMS]; /* in elements */
  gsize size[AUTO_WALK_OPERANDS];                           /* of an element */
  char *data[AUTO_WALK_OPERANDS];
} AutoWalk;

/* Handles @n elements; those of operand o are @data[o] + i · @strides[o] elements. */
typedef void (*AutoWalkFunc) (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg);

AUTO_INTERNAL void auto_walk_init (AutoWalk *self, const gint64 *shape, guint n_dims);
/* @tensor's dimensions are aligned with the last ones of the walk, and equal to them or 1. */
AUTO_INTERNAL void auto_walk_add (AutoWalk *self, AutoTensor *tensor);
/* In the threads of the pool; elements are handled in no given order. */
AUTO_INTERNAL void auto_walk_run (AutoWalk *self, AutoWalkFunc func, gconstpointer arg);

/* Copies elements of @src, which broadcasts to @dst, over those of @dst, which may be any view; their types are equal. */
AUTO_INTERNAL void auto_walk_copy (AutoTensor *dst, AutoTensor *src);

G_END_DECLS
