/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

#define AUTO_TENSOR_MAX_DIMS 8

/**
 * AutoDType:
 * @AUTO_DTYPE_F32: 32-bit floating point
 * @AUTO_DTYPE_F16: 16-bit floating point, IEEE 754 half
 * @AUTO_DTYPE_BF16: 16-bit floating point with the exponent of a 32-bit one
 * @AUTO_DTYPE_F64: 64-bit floating point
 * @AUTO_DTYPE_I64: 64-bit signed integer
 * @AUTO_DTYPE_I32: 32-bit signed integer
 * @AUTO_DTYPE_I16: 16-bit signed integer
 * @AUTO_DTYPE_I8: 8-bit signed integer
 * @AUTO_DTYPE_U8: 8-bit unsigned integer
 * @AUTO_DTYPE_BOOL: a byte that is 0 or 1
 *
 * The data type of a tensor's elements.
 */
typedef enum {
  AUTO_DTYPE_F32,
  AUTO_DTYPE_F16,
  AUTO_DTYPE_BF16,
  AUTO_DTYPE_F64,
  AUTO_DTYPE_I64,
  AUTO_DTYPE_I32,
  AUTO_DTYPE_I16,
  AUTO_DTYPE_I8,
  AUTO_DTYPE_U8,
  AUTO_DTYPE_BOOL,
} AutoDType;

AUTO_AVAILABLE_IN_1_0 gsize auto_dtype_get_size (AutoDType dtype);
AUTO_AVAILABLE_IN_1_0 const char *auto_dtype_get_name (AutoDType dtype);
AUTO_AVAILABLE_IN_1_0 gboolean auto_dtype_from_name (const char *name, AutoDType *dtype);
AUTO_AVAILABLE_IN_1_0 gboolean auto_dtype_is_float (AutoDType dtype);

#define AUTO_TYPE_TENSOR (auto_tensor_get_type ())

/**
 * AutoTensor:
 *
 * An array of up to eight dimensions with shared, immutable storage.
 *
 * A tensor is a view: a data type, a shape, strides and a piece of a storage that several tensors may share (a
 * mapped checkpoint, the result of an operation). Tensors are reference counted and, once made, don't change, so
 * they may be used from several threads.
 */
typedef struct _AutoTensor AutoTensor;

AUTO_AVAILABLE_IN_1_0 GType auto_tensor_get_type (void);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tensor_new_from_bytes (AutoDType dtype, const gint64 *shape, gsize n_dims, GBytes *bytes, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tensor_new_int64 (const gint64 *shape, gsize n_dims, const gint64 *values, gsize n_values, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tensor_new_float (const gint64 *shape, gsize n_dims, const float *values, gsize n_values, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tensor_ref (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 void auto_tensor_unref (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 AutoDType auto_tensor_get_dtype (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 guint auto_tensor_get_n_dims (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 gint64 auto_tensor_get_dim (AutoTensor *self, int dim);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_tensor_get_shape (AutoTensor *self, gsize *n_dims);
AUTO_AVAILABLE_IN_1_0 gint64 auto_tensor_get_n_elements (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 gboolean auto_tensor_is_contiguous (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 char *auto_tensor_describe (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 const float *auto_tensor_get_float (AutoTensor *self, gsize *n);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_tensor_get_int64 (AutoTensor *self, gsize *n);
AUTO_AVAILABLE_IN_1_0 GBytes *auto_tensor_get_bytes (AutoTensor *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tensor_convert (AutoTensor *self, AutoDType dtype);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_tensor_reshape (AutoTensor *self, const gint64 *shape, gsize n_dims, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTensor, auto_tensor_unref)

G_END_DECLS
