/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tensor-private.h"

#include <stdlib.h>
#include <string.h>

static const struct
{
  const char *name;
  gsize size;
  gboolean is_float;
} dtypes[] = {
  [AUTO_DTYPE_F32] = { "float32", 4, TRUE },   [AUTO_DTYPE_F16] = { "float16", 2, TRUE },
  [AUTO_DTYPE_BF16] = { "bfloat16", 2, TRUE }, [AUTO_DTYPE_F64] = { "float64", 8, TRUE },
  [AUTO_DTYPE_I64] = { "int64", 8, FALSE },    [AUTO_DTYPE_I32] = { "int32", 4, FALSE },
  [AUTO_DTYPE_I16] = { "int16", 2, FALSE },    [AUTO_DTYPE_I8] = { "int8", 1, FALSE },
  [AUTO_DTYPE_U8] = { "uint8", 1, FALSE },     [AUTO_DTYPE_BOOL] = { "bool", 1, FALSE },
};

/**
 * auto_dtype_get_size:
 * @dtype: a data type
 *
 * Returns: the bytes of one element
 */
gsize
auto_dtype_get_size (AutoDType dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (dtypes), 0);
  return dtypes[dtype].size;
}

/**
 * auto_dtype_get_name:
 * @dtype: a data type
 *
 * Returns: the name that PyTorch uses, such as `float32`
 */
const char *
auto_dtype_get_name (AutoDType dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (dtypes), NULL);
  return dtypes[dtype].name;
}

/**
 * auto_dtype_from_name:
 * @name: a name such as `float32`, with or without `torch.` before it, or a short one such as `f32`
 * @dtype: (out): the data type
 *
 * Returns: whether the name is known
 */
gboolean
auto_dtype_from_name (const char *name, AutoDType *dtype)
{
  static const char *const shorts[] = { "f32", "f16", "bf16", "f64", "i64", "i32", "i16", "i8", "u8", "bool" };

  g_return_val_if_fail (name != NULL, FALSE);
  if (g_str_has_prefix (name, "torch."))
    name += strlen ("torch.");
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (g_str_equal (name, dtypes[i].name) || g_str_equal (name, shorts[i]))
      {
        *dtype = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * auto_dtype_is_float:
 * @dtype: a data type
 *
 * Returns: whether its elements are floating-point numbers
 */
gboolean
auto_dtype_is_float (AutoDType dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (dtypes), FALSE);
  return dtypes[dtype].is_float;
}

static void
release_aligned (AutoStorage *self)
{
  free (self->data);
}

static void
release_bytes (AutoStorage *self)
{
  g_bytes_unref (self->owner);
}

AutoStorage *
auto_storage_new (gsize size)
{
  void *data = NULL;

  if (posix_memalign (&data, 64, MAX (size, 1)) != 0)
    return NULL;
  memset (data, 0, size);

  AutoStorage *self = g_new0 (AutoStorage, 1);
  self->ref_count = 1;
  self->size = size;
  self->data = data;
  self->release = release_aligned;
  return self;
}

AutoStorage *
auto_storage_new_from_bytes (GBytes *bytes)
{
  AutoStorage *self = g_new0 (AutoStorage, 1);

  self->ref_count = 1;
  self->data = (char *) g_bytes_get_data (bytes, &self->size);
  self->owner = g_bytes_ref (bytes);
  self->release = release_bytes;
  return self;
}

AutoStorage *
auto_storage_ref (AutoStorage *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
auto_storage_unref (AutoStorage *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->release)
    self->release (self);
  g_free (self);
}

gboolean
auto_shape_count (const gint64 *shape, guint n_dims, AutoDType dtype, gsize *n_elements)
{
  gsize n = 1, bytes;
  gboolean empty = FALSE;

  for (guint i = 0; i < n_dims; i++)
    {
      if (shape[i] < 0)
        return FALSE;
      empty |= shape[i] == 0;
      if (!g_size_checked_mul (&n, n, MAX (shape[i], 1)))
        return FALSE;
    }
  if (!g_size_checked_mul (&bytes, n, auto_dtype_get_size (dtype)) || bytes > G_MAXSSIZE)
    return FALSE;
  *n_elements = empty ? 0 : n;
  return TRUE;
}

char *
auto_shape_to_string (const gint64 *shape, guint n_dims)
{
  GString *s = g_string_new ("(");

  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (s, "%s%" G_GINT64_FORMAT, i ? ", " : "", shape[i]);
  g_string_append_c (s, ')');
  return g_string_free (s, FALSE);
}

static void
set_contiguous_strides (AutoTensor *self)
{
  gint64 stride = 1;

  for (int i = (int) self->n_dims - 1; i >= 0; i--)
    {
      self->strides[i] = stride;
      stride *= self->shape[i];
    }
}

AutoTensor *
auto_tensor_new_over (AutoDType dtype, const gint64 *shape, guint n_dims, AutoStorage *storage, char *data)
{
  AutoTensor *self = g_new (AutoTensor, 1);

  self->ref_count = 1;
  self->dtype = dtype;
  self->n_dims = n_dims;
  if (n_dims)
    memcpy (self->shape, shape, n_dims * sizeof *shape);
  self->storage = storage ? auto_storage_ref (storage) : NULL;
  self->data = data;
  set_contiguous_strides (self);
  return self;
}

AutoTensor *
auto_tensor_new_empty (AutoDType dtype, const gint64 *shape, guint n_dims)
{
  gsize n;

  g_assert (auto_shape_count (shape, n_dims, dtype, &n));
  AutoStorage *storage = auto_storage_new (n * auto_dtype_get_size (dtype));
  if (!storage)
    g_error ("no memory for %" G_GSIZE_FORMAT " elements", n);
  AutoTensor *self = auto_tensor_new_over (dtype, shape, n_dims, storage, storage->data);
  auto_storage_unref (storage);
  return self;
}

AutoTensor *
auto_tensor_new_view (AutoTensor *base, const gint64 *shape, const gint64 *strides, guint n_dims, gint64 offset)
{
  char *data = base->data ? base->data + offset * (gint64) auto_dtype_get_size (base->dtype) : NULL;
  AutoTensor *self = auto_tensor_new_over (base->dtype, shape, n_dims, base->storage, data);

  if (n_dims)
    memcpy (self->strides, strides, n_dims * sizeof *strides);
  return self;
}

/**
 * auto_tensor_new_from_bytes: (constructor)
 * @dtype: the data type
 * @shape: (array length=n_dims): the dimensions, outermost first
 * @n_dims: how many there are, at most 8
 * @bytes: the elements in C order; shared, not copied, when they are aligned
 * @error: return location for an error
 *
 * Makes a tensor over memory that exists.
 *
 * Returns: (transfer full): a tensor, or %NULL with an `AUTO_TENSOR_ERROR`
 */
AutoTensor *
auto_tensor_new_from_bytes (AutoDType dtype, const gint64 *shape, gsize n_dims, GBytes *bytes, GError **error)
{
  gsize n;

  g_return_val_if_fail (bytes != NULL, NULL);
  if ((gsize) dtype >= G_N_ELEMENTS (dtypes))
    {
      g_set_error (error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_DTYPE, "there is no data type %d", dtype);
      return NULL;
    }
  if (n_dims > AUTO_TENSOR_MAX_DIMS)
    {
      g_set_error (error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "a tensor has at most %d dimensions, not %" G_GSIZE_FORMAT,
                   AUTO_TENSOR_MAX_DIMS, n_dims);
      return NULL;
    }
  if (!auto_shape_count (shape, n_dims, dtype, &n) || n * auto_dtype_get_size (dtype) != g_bytes_get_size (bytes))
    {
      g_autofree char *text = auto_shape_to_string (shape, n_dims);
      g_set_error (error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "%" G_GSIZE_FORMAT " bytes are not a %s tensor of shape %s",
                   g_bytes_get_size (bytes), auto_dtype_get_name (dtype), text);
      return NULL;
    }

  AutoStorage *storage;
  const char *data = g_bytes_get_data (bytes, NULL);
  if (GPOINTER_TO_SIZE (data) % auto_dtype_get_size (dtype) == 0)
    storage = auto_storage_new_from_bytes (bytes);
  else
    {
      storage = auto_storage_new (g_bytes_get_size (bytes));
      if (!storage)
        {
          g_set_error (error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_MEMORY, "no memory for %" G_GSIZE_FORMAT " bytes", g_bytes_get_size (bytes));
          return NULL;
        }
      memcpy (storage->data, data, storage->size);
    }
  AutoTensor *self = auto_tensor_new_over (dtype, shape, n_dims, storage, storage->data);
  auto_storage_unref (storage);
  return self;
}

static AutoTensor *
new_from_values (AutoDType dtype, const gint64 *shape, gsize n_dims, gconstpointer values, gsize n_values, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (values, n_values * auto_dtype_get_size (dtype));

  return auto_tensor_new_from_bytes (dtype, shape, n_dims, bytes, error);
}

/**
 * auto_tensor_new_int64: (constructor)
 * @shape: (array length=n_dims): the dimensions, outermost first
 * @n_dims: how many there are
 * @values: (array length=n_values): the elements in C order, copied
 * @n_values: how many there are
 * @error: return location for an error
 *
 * Returns: (transfer full): a tensor of 64-bit integers, or %NULL when @n_values is not what @shape holds
 */
AutoTensor *
auto_tensor_new_int64 (const gint64 *shape, gsize n_dims, const gint64 *values, gsize n_values, GError **error)
{
  return new_from_values (AUTO_DTYPE_I64, shape, n_dims, values, n_values, error);
}

/**
 * auto_tensor_new_float: (constructor)
 * @shape: (array length=n_dims): the dimensions, outermost first
 * @n_dims: how many there are
 * @values: (array length=n_values): the elements in C order, copied
 * @n_values: how many there are
 * @error: return location for an error
 *
 * Returns: (transfer full): a tensor of 32-bit floats, or %NULL when @n_values is not what @shape holds
 */
AutoTensor *
auto_tensor_new_float (const gint64 *shape, gsize n_dims, const float *values, gsize n_values, GError **error)
{
  return new_from_values (AUTO_DTYPE_F32, shape, n_dims, values, n_values, error);
}

/**
 * auto_tensor_ref:
 * @self: a tensor
 *
 * Returns: (transfer full): the same tensor
 */
AutoTensor *
auto_tensor_ref (AutoTensor *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * auto_tensor_unref:
 * @self: (transfer full): a tensor
 *
 * Gives a reference back.
 */
void
auto_tensor_unref (AutoTensor *self)
{
  g_return_if_fail (self != NULL);
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->storage)
    auto_storage_unref (self->storage);
  g_free (self);
}

G_DEFINE_BOXED_TYPE (AutoTensor, auto_tensor, auto_tensor_ref, auto_tensor_unref)

/**
 * auto_tensor_get_dtype:
 * @self: a tensor
 *
 * Returns: the data type of its elements
 */
AutoDType
auto_tensor_get_dtype (AutoTensor *self)
{
  g_return_val_if_fail (self != NULL, AUTO_DTYPE_F32);
  return self->dtype;
}

/**
 * auto_tensor_get_n_dims:
 * @self: a tensor
 *
 * Returns: how many dimensions it has; 0 for a single number
 */
guint
auto_tensor_get_n_dims (AutoTensor *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_dims;
}

/**
 * auto_tensor_get_dim:
 * @self: a tensor
 * @dim: which dimension; negative counts from the last
 *
 * Returns: its size, or 1 when there is no such dimension
 */
gint64
auto_tensor_get_dim (AutoTensor *self, int dim)
{
  g_return_val_if_fail (self != NULL, 1);
  if (dim < 0)
    dim += (int) self->n_dims;
  return dim < 0 || dim >= (int) self->n_dims ? 1 : self->shape[dim];
}

/**
 * auto_tensor_get_shape:
 * @self: a tensor
 * @n_dims: (out): how many dimensions there are
 *
 * Returns: (array length=n_dims) (transfer none): the dimensions, outermost first
 */
const gint64 *
auto_tensor_get_shape (AutoTensor *self, gsize *n_dims)
{
  g_return_val_if_fail (self != NULL, NULL);
  if (n_dims)
    *n_dims = self->n_dims;
  return self->shape;
}

/**
 * auto_tensor_get_n_elements:
 * @self: a tensor
 *
 * Returns: the product of its dimensions
 */
gint64
auto_tensor_get_n_elements (AutoTensor *self)
{
  gint64 n = 1;

  g_return_val_if_fail (self != NULL, 0);
  for (guint i = 0; i < self->n_dims; i++)
    n *= self->shape[i];
  return n;
}

/**
 * auto_tensor_is_contiguous:
 * @self: a tensor
 *
 * Returns: whether its elements lie in C order without gaps
 */
gboolean
auto_tensor_is_contiguous (AutoTensor *self)
{
  gint64 stride = 1;

  g_return_val_if_fail (self != NULL, FALSE);
  for (int i = (int) self->n_dims - 1; i >= 0; i--)
    {
      if (self->shape[i] != 1 && self->strides[i] != stride)
        return FALSE;
      stride *= self->shape[i];
    }
  return TRUE;
}

/**
 * auto_tensor_describe:
 * @self: a tensor
 *
 * Returns: (transfer full): its data type and shape, for messages: `float32 (2, 7, 32)`
 */
char *
auto_tensor_describe (AutoTensor *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_autofree char *shape = auto_shape_to_string (self->shape, self->n_dims);
  return g_strdup_printf ("%s %s", dtypes[self->dtype].name, shape);
}

static gconstpointer
get_elements (AutoTensor *self, AutoDType dtype, gsize *n)
{
  gboolean fits = self->dtype == dtype && self->data && auto_tensor_is_contiguous (self);

  if (n)
    *n = fits ? auto_tensor_get_n_elements (self) : 0;
  return fits ? self->data : NULL;
}

/**
 * auto_tensor_get_float:
 * @self: a tensor of #AUTO_DTYPE_F32
 * @n: (out) (optional): how many elements there are
 *
 * Returns: (array length=n) (transfer none) (nullable): the elements in C order, or %NULL when the tensor has another
 *   data type or is not contiguous (then [method@Tensor.convert] helps)
 */
const float *
auto_tensor_get_float (AutoTensor *self, gsize *n)
{
  g_return_val_if_fail (self != NULL, NULL);
  return get_elements (self, AUTO_DTYPE_F32, n);
}

/**
 * auto_tensor_get_int64:
 * @self: a tensor of #AUTO_DTYPE_I64
 * @n: (out) (optional): how many elements there are
 *
 * Returns: (array length=n) (transfer none) (nullable): the elements in C order, or %NULL when the tensor has another
 *   data type or is not contiguous
 */
const gint64 *
auto_tensor_get_int64 (AutoTensor *self, gsize *n)
{
  g_return_val_if_fail (self != NULL, NULL);
  return get_elements (self, AUTO_DTYPE_I64, n);
}

static void
copy_strided (const AutoTensor *self, guint dim, const char *src, char **dst, gsize size)
{
  if (dim == self->n_dims)
    {
      memcpy (*dst, src, size);
      *dst += size;
      return;
    }
  if (dim + 1 == self->n_dims && self->strides[dim] == 1)
    {
      memcpy (*dst, src, self->shape[dim] * size);
      *dst += self->shape[dim] * size;
      return;
    }
  for (gint64 i = 0; i < self->shape[dim]; i++)
    copy_strided (self, dim + 1, src + i * self->strides[dim] * (gint64) size, dst, size);
}

AutoTensor *
auto_tensor_make_contiguous (AutoTensor *self)
{
  if (auto_tensor_is_contiguous (self) || !self->data)
    return auto_tensor_ref (self);

  AutoTensor *copy = auto_tensor_new_empty (self->dtype, self->shape, self->n_dims);
  char *dst = copy->data;
  copy_strided (self, 0, self->data, &dst, auto_dtype_get_size (self->dtype));
  return copy;
}

/**
 * auto_tensor_get_bytes:
 * @self: a tensor
 *
 * Returns: (transfer full): the elements in C order; shares the tensor's memory where it can
 */
GBytes *
auto_tensor_get_bytes (AutoTensor *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  AutoTensor *whole = auto_tensor_make_contiguous (self);
  gsize size = auto_tensor_get_n_elements (whole) * auto_dtype_get_size (whole->dtype);
  return g_bytes_new_with_free_func (whole->data, whole->data ? size : 0, (GDestroyNotify) auto_tensor_unref, whole);
}

/**
 * auto_tensor_convert:
 * @self: a tensor
 * @dtype: the data type wanted
 *
 * Converts each element as C does, to booleans by comparing with zero; to the short floats with rounding to even.
 *
 * Returns: (transfer full): a contiguous tensor; @self where nothing has to be done
 */
AutoTensor *
auto_tensor_convert (AutoTensor *self, AutoDType dtype)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (dtypes), NULL);

  g_autoptr(AutoTensor) whole = auto_tensor_make_contiguous (self);
  if (whole->dtype == dtype)
    return g_steal_pointer (&whole);
  if (!whole->data)
    return auto_tensor_new_over (dtype, whole->shape, whole->n_dims, NULL, NULL);

  AutoTensor *out = auto_tensor_new_empty (dtype, whole->shape, whole->n_dims);
  auto_convert_elements (dtype, out->data, whole->dtype, whole->data, auto_tensor_get_n_elements (whole));
  return out;
}

/**
 * auto_tensor_reshape:
 * @self: a tensor
 * @shape: (array length=n_dims): the new dimensions; one may be -1, which the others decide
 * @n_dims: how many there are
 * @error: return location for an error
 *
 * Returns: (transfer full): the same elements in another shape, or %NULL when their number differs
 */
AutoTensor *
auto_tensor_reshape (AutoTensor *self, const gint64 *shape, gsize n_dims, GError **error)
{
  gint64 dims[AUTO_TENSOR_MAX_DIMS], n = auto_tensor_get_n_elements (self), known = 1;
  int open = -1;
  gsize count;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (n_dims <= AUTO_TENSOR_MAX_DIMS, NULL);
  for (gsize i = 0; i < n_dims; i++)
    {
      dims[i] = shape[i];
      if (shape[i] == -1 && open < 0)
        open = i;
      else
        known *= shape[i];
    }
  if (open >= 0)
    dims[open] = known > 0 ? n / known : 0;
  if (!auto_shape_count (dims, n_dims, self->dtype, &count) || (gint64) count != n)
    {
      g_autofree char *from = auto_tensor_describe (self), *to = auto_shape_to_string (shape, n_dims);
      g_set_error (error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "a %s tensor can't take the shape %s", from, to);
      return NULL;
    }
  g_autoptr(AutoTensor) whole = auto_tensor_make_contiguous (self);
  return auto_tensor_new_over (whole->dtype, dims, n_dims, whole->storage, whole->data);
}
