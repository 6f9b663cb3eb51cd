/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-torch-private.h"

/* What the globals on the list stand for. Everything that is not on it is refused, by its name. */
enum
{
  GLOBAL_ORDERED_DICT,
  GLOBAL_REBUILD_TENSOR,
  GLOBAL_REBUILD_TENSOR_V2,
  GLOBAL_REBUILD_PARAMETER,
  GLOBAL_SIZE,
  GLOBAL_NAME,    /* may be named, not called: data types, classes */
  GLOBAL_STORAGE, /* and above: the row of a storage class */
};

static const struct
{
  const char *module, *name;
  int global;
} globals[] = {
  { "collections", "OrderedDict", GLOBAL_ORDERED_DICT },
  { "torch._utils", "_rebuild_tensor", GLOBAL_REBUILD_TENSOR },
  { "torch._utils", "_rebuild_tensor_v2", GLOBAL_REBUILD_TENSOR_V2 },
  { "torch._utils", "_rebuild_parameter", GLOBAL_REBUILD_PARAMETER },
  { "torch._utils", "_rebuild_parameter_with_state", GLOBAL_REBUILD_PARAMETER },
  { "torch", "Size", GLOBAL_SIZE },
  { "torch", "Tensor", GLOBAL_NAME },
  { "torch.nn.parameter", "Parameter", GLOBAL_NAME },
  { "torch", "float16", GLOBAL_NAME },
  { "torch", "bfloat16", GLOBAL_NAME },
  { "torch", "float32", GLOBAL_NAME },
  { "torch", "float64", GLOBAL_NAME },
  { "torch", "complex32", GLOBAL_NAME },
  { "torch", "complex64", GLOBAL_NAME },
  { "torch", "complex128", GLOBAL_NAME },
  { "torch", "uint8", GLOBAL_NAME },
  { "torch", "int8", GLOBAL_NAME },
  { "torch", "int16", GLOBAL_NAME },
  { "torch", "int32", GLOBAL_NAME },
  { "torch", "int64", GLOBAL_NAME },
  { "torch", "bool", GLOBAL_NAME },
};

/* Classes of storages, of module torch, torch.cuda or torch.storage; an unreadable one is an error only where a tensor has it. */
static const struct
{
  const char *name;
  int dtype; /* -1: can't be read */
} storage_classes[] = {
  { "FloatStorage", AUTO_DTYPE_F32 },
  { "HalfStorage", AUTO_DTYPE_F16 },
  { "BFloat16Storage", AUTO_DTYPE_BF16 },
  { "DoubleStorage", AUTO_DTYPE_F64 },
  { "LongStorage", AUTO_DTYPE_I64 },
  { "IntStorage", AUTO_DTYPE_I32 },
  { "ShortStorage", AUTO_DTYPE_I16 },
  { "CharStorage", AUTO_DTYPE_I8 },
  { "ByteStorage", AUTO_DTYPE_U8 },
  { "BoolStorage", AUTO_DTYPE_BOOL },
  { "ComplexFloatStorage", -1 },
  { "ComplexDoubleStorage", -1 },
  { "QUInt8Storage", -1 },
  { "QInt8Storage", -1 },
  { "QInt32Storage", -1 },
  { "QUInt4x2Storage", -1 },
  { "QUInt2x4Storage", -1 },
  { "UntypedStorage", -1 },
};

static int
resolve (AutoPickle *pickle, const char *module, const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (g_str_equal (name, globals[i].name) && g_str_equal (module, globals[i].module))
      return globals[i].global;
  if (g_str_equal (module, "torch") || g_str_equal (module, "torch.cuda") || g_str_equal (module, "torch.storage"))
    for (guint i = 0; i < G_N_ELEMENTS (storage_classes); i++)
      if (g_str_equal (name, storage_classes[i].name))
        return GLOBAL_STORAGE + (int) i;
  return auto_pickle_refuse_global (pickle, module, name,
                                    "If you trust the file, load it with PyTorch and save its state dict as safetensors", error);
}

static gboolean
get_size (const AutoPickleValue *value, guint64 *size)
{
  if (value->kind != AUTO_PICKLE_INT || value->integer < 0)
    return FALSE;
  *size = (guint64) value->integer;
  return TRUE;
}

static AutoPickleValue *
new_object (AutoPickle *pickle, gpointer object, GError **error)
{
  AutoPickleValue *value = auto_pickle_value_new (pickle, AUTO_PICKLE_OBJECT, error);

  if (value)
    value->object = object;
  return value;
}

/* Elements of the storage from the tensor's first to its last; FALSE on overflow. */
static gboolean
count_span (const AutoTorchTensor *tensor, guint64 *span)
{
  guint64 last = 0, step;

  for (guint i = 0; i < tensor->n_dims; i++)
    if (tensor->shape[i] == 0)
      {
        *span = 0;
        return TRUE;
      }
  for (guint i = 0; i < tensor->n_dims; i++)
    if (!g_uint64_checked_mul (&step, (guint64) tensor->shape[i] - 1, (guint64) tensor->strides[i])
        || !g_uint64_checked_add (&last, last, step))
      return FALSE;
  return g_uint64_checked_add (span, last, 1);
}

/* Repeating elements (a stride of 0) is allowed, but a small file may not become a huge tensor. */
#define MAX_REPEATED_BYTES ((guint64) 256 << 20)

static gboolean
check_bounds (AutoPickle *pickle, const AutoTorchTensor *tensor, GError **error)
{
  const AutoTorchStorage *storage = tensor->storage;
  guint64 span, end;
  gsize n;

  if (!auto_shape_count (tensor->shape, tensor->n_dims, storage->dtype, &n) || !count_span (tensor, &span)
      || !g_uint64_checked_add (&end, tensor->offset, span) || end > storage->n_elements)
    return auto_pickle_fail (pickle, error, "a tensor does not lie inside its storage") != NULL;
  if (n > storage->n_elements && n * auto_dtype_get_size (storage->dtype) > MAX_REPEATED_BYTES)
    return auto_pickle_fail (pickle, error, "a tensor repeats the elements of a small storage too often") != NULL;
  return TRUE;
}

static gboolean
get_sizes (const AutoPickleValue *value, gint64 *sizes, guint *n)
{
  guint64 size;

  if (value->kind != AUTO_PICKLE_TUPLE || value->items->len > AUTO_TENSOR_MAX_DIMS)
    return FALSE;
  *n = value->items->len;
  for (guint i = 0; i < *n; i++)
    {
      if (!get_size (g_ptr_array_index (value->items, i), &size))
        return FALSE;
      sizes[i] = (gint64) size;
    }
  return TRUE;
}

/* storage, offset, size, stride; then what matters in training only */
static AutoPickleValue *
call_rebuild_tensor (AutoPickle *pickle, GPtrArray *args, GError **error)
{
  AutoTorchReader *self = auto_pickle_get_user_data (pickle);
  const AutoPickleValue *storage = g_ptr_array_index (args, 0);
  AutoTorchTensor *tensor = g_new0 (AutoTorchTensor, 1);
  guint n_strides;

  g_ptr_array_add (self->objects, tensor);
  tensor->is_tensor = TRUE;
  if (storage->kind != AUTO_PICKLE_OBJECT || ((AutoTorchTensor *) storage->object)->is_tensor)
    return auto_pickle_fail (pickle, error, "a tensor is made of something that is no storage");
  tensor->storage = storage->object;
  if (!get_size (g_ptr_array_index (args, 1), &tensor->offset) || !get_sizes (g_ptr_array_index (args, 2), tensor->shape, &tensor->n_dims)
      || !get_sizes (g_ptr_array_index (args, 3), tensor->strides, &n_strides) || n_strides != tensor->n_dims)
    return auto_pickle_fail (pickle, error, "a tensor's offset, shape or strides are not whole numbers, or too many");
  if (!check_bounds (pickle, tensor, error))
    return NULL;
  return new_object (pickle, tensor, error);
}

static AutoPickleValue *
call (AutoPickle *pickle, int global, GPtrArray *args, GError **error)
{
  switch (global)
    {
    case GLOBAL_ORDERED_DICT:
      return auto_pickle_make_dict (pickle, args, error);
    case GLOBAL_REBUILD_TENSOR:
      if (args->len == 4)
        return call_rebuild_tensor (pickle, args, error);
      break;
    case GLOBAL_REBUILD_TENSOR_V2:
      if (args->len == 6 || args->len == 7)
        return call_rebuild_tensor (pickle, args, error);
      break;
    case GLOBAL_REBUILD_PARAMETER:
      if (args->len == 3 || args->len == 4)
        return g_ptr_array_index (args, 0);
      break;
    case GLOBAL_SIZE:
      if (args->len == 1 && ((AutoPickleValue *) g_ptr_array_index (args, 0))->kind == AUTO_PICKLE_TUPLE)
        return g_ptr_array_index (args, 0);
      break;
    default:
      break;
    }
  return auto_pickle_fail (pickle, error, "a function is called in a way that files of weights have no use for");
}

/* In an archive the storage's bytes are a member; their number must be what the pickle says. */
static gboolean
locate_in_archive (AutoTorchReader *self, AutoTorchStorage *storage, const char *key, GError **error)
{
  g_autofree char *name = g_strconcat (self->prefix, "data/", key, NULL);
  gsize size;
  guint64 wanted;

  storage->data = auto_zip_get (self->zip, name, &size, error);
  if (!storage->data)
    return FALSE;
  if (!g_uint64_checked_mul (&wanted, storage->n_elements, auto_dtype_get_size (storage->dtype)) || size != wanted)
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->checkpoint->path,
                                 "the storage \"%s\" has %" G_GSIZE_FORMAT " bytes where %" G_GUINT64_FORMAT " elements of %s are due",
                                 name, size, storage->n_elements, auto_dtype_get_name (storage->dtype));
  return TRUE;
}

static AutoTorchStorage *
get_storage (AutoPickle *pickle, const char *key, AutoDType dtype, guint64 n_elements, GError **error)
{
  AutoTorchReader *self = auto_pickle_get_user_data (pickle);
  AutoTorchStorage *storage = g_hash_table_lookup (self->storages, key);

  if (storage && (storage->dtype != dtype || storage->n_elements != n_elements))
    return auto_pickle_fail (pickle, error, "a storage has two data types or sizes");
  if (storage)
    return storage;
  storage = g_new0 (AutoTorchStorage, 1);
  g_ptr_array_add (self->objects, storage);
  storage->dtype = dtype;
  storage->n_elements = n_elements;
  if (self->zip && !locate_in_archive (self, storage, key, error))
    return NULL;
  g_hash_table_insert (self->storages, g_strdup (key), storage);
  return storage;
}

/* The old format can name a part of a storage: key, offset, size. */
static AutoTorchStorage *
get_view (AutoPickle *pickle, AutoTorchStorage *root, const AutoPickleValue *view, GError **error)
{
  AutoTorchReader *self = auto_pickle_get_user_data (pickle);
  guint64 offset, size;

  if (view->kind != AUTO_PICKLE_TUPLE || view->items->len != 3 || !get_size (g_ptr_array_index (view->items, 1), &offset)
      || !get_size (g_ptr_array_index (view->items, 2), &size) || offset > root->n_elements || size > root->n_elements - offset)
    return auto_pickle_fail (pickle, error, "a part of a storage does not lie inside it");
  AutoTorchStorage *storage = g_new0 (AutoTorchStorage, 1);
  g_ptr_array_add (self->objects, storage);
  storage->dtype = root->dtype;
  storage->n_elements = size;
  storage->root = root;
  storage->root_offset = offset;
  return storage;
}

/* ("storage", class, key, device, number of elements), and in the old format a view or None */
static AutoPickleValue *
load (AutoPickle *pickle, AutoPickleValue *id, GError **error)
{
  AutoTorchReader *self = auto_pickle_get_user_data (pickle);
  guint64 n_elements;

  if (id->kind != AUTO_PICKLE_TUPLE || id->items->len < 5 || id->items->len > 6
      || !auto_pickle_text_equal (g_ptr_array_index (id->items, 0), "storage"))
    return auto_pickle_fail (pickle, error, "it refers to something outside that is no storage");
  const AutoPickleValue *class = g_ptr_array_index (id->items, 1), *key = g_ptr_array_index (id->items, 2);
  if (class->kind != AUTO_PICKLE_GLOBAL || class->integer < GLOBAL_STORAGE || key->kind != AUTO_PICKLE_TEXT
      || !get_size (g_ptr_array_index (id->items, 4), &n_elements))
    return auto_pickle_fail (pickle, error, "a storage has no class, name or size");
  if (storage_classes[class->integer - GLOBAL_STORAGE].dtype < 0)
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_DTYPE, self->checkpoint->path,
                            "it has a tensor in a %s, a data type that can't be read",
                            storage_classes[class->integer - GLOBAL_STORAGE].name);
      return NULL;
    }
  g_autofree char *name = g_strndup (key->text.data, key->text.length);
  AutoTorchStorage *storage = get_storage (pickle, name, storage_classes[class->integer - GLOBAL_STORAGE].dtype, n_elements, error);
  if (!storage)
    return NULL;
  if (id->items->len == 6 && ((AutoPickleValue *) g_ptr_array_index (id->items, 5))->kind != AUTO_PICKLE_NONE)
    storage = get_view (pickle, storage, g_ptr_array_index (id->items, 5), error);
  return storage ? new_object (pickle, storage, error) : NULL;
}

const AutoPickleHost auto_torch_host = { resolve, call, load };
