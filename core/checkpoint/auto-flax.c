/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-checkpoint-private.h"
#include "auto-msgpack.h"

/* Modules in modules; no architecture comes near. */
#define MAX_DEPTH 64

/* Flax's extension types of MessagePack. */
#define EXTENSION_ARRAY 1
#define EXTENSION_SCALAR 3

/* Arrays of more than a gigabyte are cut into flat pieces, in a map that begins with this key. */
#define CHUNKED "__msgpack_chunked_array__"

typedef struct
{
  AutoCheckpoint *checkpoint;
  AutoStorage *map;
  AutoMsgpack in;
  GString *path; /* of the module at hand */
  GError **error;
} Reader;

typedef struct
{
  AutoDType dtype;
  guint n_dims;
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  const char *data;
  gsize size;
} Array;

static gboolean read_module (Reader *self, guint64 n, guint depth);

static gboolean
malformed (Reader *self, const char *what)
{
  return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_FORMAT, self->checkpoint->path, "it is not valid at \"%s\": %s",
                               self->path->str, what);
}

static gboolean
next (Reader *self, AutoMsgpackValue *value)
{
  return auto_msgpack_next (&self->in, value) || malformed (self, "the file is cut short or damaged; download it again");
}

static gboolean
skip (Reader *self, const AutoMsgpackValue *value)
{
  return auto_msgpack_skip (&self->in, value) || malformed (self, "the file is cut short or damaged; download it again");
}

static gboolean
read_dtype (Reader *self, const AutoMsgpackValue *name, AutoDType *dtype)
{
  g_autofree char *text = name->kind == AUTO_MSGPACK_TEXT ? g_strndup (name->data, MIN (name->size, 100)) : g_strdup ("");

  if (auto_dtype_from_name (text, dtype))
    return TRUE;
  return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_DTYPE, self->checkpoint->path,
                               "the tensor \"%s\" has the data type %s, which can't be read", self->path->str, text);
}

/* What an extension holds: a list of shape, data type, bytes. */
static gboolean
read_array (Reader *self, const AutoMsgpackValue *extension, Array *array)
{
  AutoMsgpack in = { (const guchar *) extension->data, (const guchar *) extension->data + extension->size };
  AutoMsgpackValue value, dim;
  gsize count;

  if (!auto_msgpack_next (&in, &value) || value.kind != AUTO_MSGPACK_LIST || value.size != 3 || !auto_msgpack_next (&in, &value)
      || value.kind != AUTO_MSGPACK_LIST || value.size > AUTO_TENSOR_MAX_DIMS)
    return malformed (self, "an array has no shape, or too many dimensions");
  for (array->n_dims = 0; array->n_dims < value.size; array->n_dims++)
    {
      if (!auto_msgpack_next (&in, &dim) || dim.kind != AUTO_MSGPACK_INT)
        return malformed (self, "a shape has something that is no whole number");
      array->shape[array->n_dims] = dim.integer;
    }
  if (!auto_msgpack_next (&in, &value))
    return malformed (self, "an array has no data type");
  if (!read_dtype (self, &value, &array->dtype))
    return FALSE;
  if (!auto_msgpack_next (&in, &value) || value.kind != AUTO_MSGPACK_TEXT || in.at != in.end)
    return malformed (self, "an array has no data");
  array->data = value.data;
  array->size = value.size;
  if (!auto_shape_count (array->shape, array->n_dims, array->dtype, &count) || count * auto_dtype_get_size (array->dtype) != array->size)
    return malformed (self, "an array has more or fewer bytes than its shape says");
  return TRUE;
}

static gboolean
add_array (Reader *self, const Array *array, AutoStorage *storage)
{
  AutoCheckpointEntry entry = { .dtype = array->dtype, .n_dims = array->n_dims, .storage = storage, .data = (char *) array->data };

  memcpy (entry.shape, array->shape, sizeof entry.shape);
  auto_contiguous_strides (entry.shape, entry.n_dims, entry.strides);
  return auto_checkpoint_add (self->checkpoint, self->path->str, self->path->len, &entry) || malformed (self, "the name comes twice");
}

/* { "0": dim, "1": dim, … } */
static gboolean
read_chunked_shape (Reader *self, Array *array)
{
  AutoMsgpackValue value, dim;

  if (!next (self, &value))
    return FALSE;
  if (!auto_msgpack_text_equal (&value, "shape"))
    return malformed (self, "an array in pieces has no shape");
  if (!next (self, &value))
    return FALSE;
  if (value.kind != AUTO_MSGPACK_MAP || value.size > AUTO_TENSOR_MAX_DIMS)
    return malformed (self, "an array in pieces has no shape, or too many dimensions");
  for (array->n_dims = 0; array->n_dims < value.size; array->n_dims++)
    {
      if (!next (self, &dim) || !next (self, &dim))
        return FALSE;
      if (dim.kind != AUTO_MSGPACK_INT)
        return malformed (self, "a shape has something that is no whole number");
      array->shape[array->n_dims] = dim.integer;
    }
  return TRUE;
}

/* { "0": array, "1": array, … }: the pieces, and in @array their data type and the sum of their bytes. */
static gboolean
read_chunks (Reader *self, Array *array, GArray *chunks)
{
  AutoMsgpackValue value, chunk;
  Array piece;

  if (!next (self, &value))
    return FALSE;
  if (!auto_msgpack_text_equal (&value, "chunks"))
    return malformed (self, "an array in pieces has no pieces");
  if (!next (self, &value))
    return FALSE;
  if (value.kind != AUTO_MSGPACK_MAP || value.size == 0)
    return malformed (self, "an array in pieces has no pieces");
  for (guint64 i = 0; i < value.size; i++)
    {
      if (!next (self, &chunk) || !next (self, &chunk))
        return FALSE;
      if (chunk.kind != AUTO_MSGPACK_EXTENSION || chunk.integer != EXTENSION_ARRAY)
        return malformed (self, "a piece is no array");
      if (!read_array (self, &chunk, &piece))
        return FALSE;
      if (i > 0 && piece.dtype != array->dtype)
        return malformed (self, "pieces of an array have different data types");
      array->dtype = piece.dtype;
      array->size += piece.size;
      g_array_append_val (chunks, piece);
    }
  return TRUE;
}

/* Its pieces are not one after the other in the file, so this is copied. */
static gboolean
read_chunked (Reader *self, guint64 n_members)
{
  g_autoptr(GArray) chunks = g_array_new (FALSE, FALSE, sizeof (Array));
  AutoMsgpackValue flag;
  Array array = { 0 };
  gsize count;

  if (!next (self, &flag) || !skip (self, &flag))
    return FALSE;
  if (n_members != 3)
    return malformed (self, "an array in pieces has more than shape and pieces");
  if (!read_chunked_shape (self, &array) || !read_chunks (self, &array, chunks))
    return FALSE;
  if (!auto_shape_count (array.shape, array.n_dims, array.dtype, &count) || count * auto_dtype_get_size (array.dtype) != array.size)
    return malformed (self, "the pieces of an array have more or fewer bytes than its shape says");
  AutoStorage *storage = auto_storage_new (array.size);
  if (!storage)
    return malformed (self, "there is no memory to put its pieces together");
  auto_checkpoint_add_storage (self->checkpoint, storage);
  array.data = storage->data;
  for (gsize i = 0, at = 0; i < chunks->len; i++)
    {
      const Array *piece = &g_array_index (chunks, Array, i);
      memcpy (storage->data + at, piece->data, piece->size);
      at += piece->size;
    }
  return add_array (self, &array, storage);
}

static gboolean
read_member (Reader *self, const AutoMsgpackValue *value, guint depth)
{
  Array array;

  if (value->kind == AUTO_MSGPACK_MAP)
    return read_module (self, value->size, depth + 1);
  if (value->kind == AUTO_MSGPACK_EXTENSION && (value->integer == EXTENSION_ARRAY || value->integer == EXTENSION_SCALAR))
    return read_array (self, value, &array) && add_array (self, &array, self->map);
  return skip (self, value); /* no tensor */
}

static gboolean
read_module (Reader *self, guint64 n, guint depth)
{
  AutoMsgpackValue key, value;
  gsize length = self->path->len;

  if (depth > MAX_DEPTH)
    return malformed (self, "modules are nested too deeply");
  for (guint64 i = 0; i < n; i++)
    {
      if (!next (self, &key))
        return FALSE;
      if (i == 0 && auto_msgpack_text_equal (&key, CHUNKED))
        return read_chunked (self, n);
      if (key.kind != AUTO_MSGPACK_TEXT || !g_utf8_validate_len (key.data, key.size, NULL) || memchr (key.data, 0, key.size))
        return malformed (self, "the name of a module is no text");
      if (length)
        g_string_append_c (self->path, '.');
      g_string_append_len (self->path, key.data, (gssize) key.size);
      if (!next (self, &value) || !read_member (self, &value, depth))
        return FALSE;
      g_string_truncate (self->path, length);
    }
  return TRUE;
}

gboolean
auto_flax_read (AutoCheckpoint *checkpoint, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  AutoStorage *map = auto_checkpoint_add_storage (checkpoint, auto_storage_new_from_bytes (bytes));
  Reader self = { .checkpoint = checkpoint, .map = map, .path = g_string_new (NULL), .error = error };
  AutoMsgpackValue root;

  self.in = (AutoMsgpack) { (const guchar *) map->data, (const guchar *) map->data + map->size };
  gboolean ok = next (&self, &root);
  if (ok && root.kind != AUTO_MSGPACK_MAP)
    ok = malformed (&self, "it holds no tree of parameters");
  ok = ok && read_module (&self, root.size, 0);
  if (ok && self.in.at != self.in.end)
    ok = malformed (&self, "something follows the parameters");
  g_string_free (self.path, TRUE);
  if (ok)
    g_hash_table_insert (checkpoint->metadata, g_strdup ("format"), g_strdup ("flax"));
  return ok && !g_cancellable_set_error_if_cancelled (cancellable, error);
}
