/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hdf5.h"

#include <string.h>

#define UNDEFINED G_MAXUINT64
#define MAX_BLOCKS 64

enum
{
  MESSAGE_DATASPACE = 0x01,
  MESSAGE_DATATYPE = 0x03,
  MESSAGE_LAYOUT = 0x08,
  MESSAGE_CONTINUATION = 0x10,
  MESSAGE_SYMBOL_TABLE = 0x11,
};

enum
{
  CLASS_INTEGER = 0,
  CLASS_FLOAT = 1,
  CLASS_ENUM = 8,
};

typedef struct
{
  const char *data;
  gsize size;
} Message;

guint64
auto_hdf5_number (const char *p, guint n_bytes)
{
  guint64 v = 0;

  while (n_bytes-- > 0)
    v = v << 8 | (guchar) p[n_bytes];
  return v;
}

const char *
auto_hdf5_at (const AutoHdf5 *self, guint64 offset, guint64 n)
{
  return offset <= self->size && n <= self->size - offset ? self->data + offset : NULL;
}

gboolean
auto_hdf5_fail (const AutoHdf5 *self, GError **error, const char *what)
{
  return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path, "the HDF5 file can't be read: %s", what);
}

/* The superblock, versions 0 and 1: sizes, where the file ends, where its root is. */
gboolean
auto_hdf5_find_root (const AutoHdf5 *self, guint64 *header, GError **error)
{
  const char *p = auto_hdf5_at (self, 0, 100);

  if (!p)
    return auto_hdf5_fail (self, error, "it is cut short; download it again");
  if ((guchar) p[8] > 1)
    return auto_hdf5_fail (self, error, "it was written for newer versions of HDF5 only; save the model as safetensors");
  if (p[13] != 8 || p[14] != 8)
    return auto_hdf5_fail (self, error, "its addresses do not have 64 bits");
  const char *rest = p + (p[8] == 0 ? 24 : 28);
  if (auto_hdf5_number (rest, 8) != 0)
    return auto_hdf5_fail (self, error, "it begins with something that is not HDF5");
  if (auto_hdf5_number (rest + 16, 8) > self->size)
    return auto_hdf5_fail (self, error, "it is cut short; download it again");
  *header = auto_hdf5_number (rest + 40, 8);
  return TRUE;
}

static gboolean
read_dataspace (const AutoHdf5 *self, const Message *message, AutoHdf5Object *object, GError **error)
{
  guint version = message->size >= 4 ? (guchar) message->data[0] : 0, start = version == 1 ? 8 : 4;

  if (version < 1 || version > 2)
    return auto_hdf5_fail (self, error, "an array has a shape of an unknown kind");
  object->n_dims = (guchar) message->data[1];
  if (version == 2 && message->data[3] == 2)
    return auto_hdf5_fail (self, error, "an array has no shape");
  if (object->n_dims > AUTO_TENSOR_MAX_DIMS || message->size < start + 8 * object->n_dims)
    return auto_hdf5_fail (self, error, "an array has too many dimensions");
  for (guint i = 0; i < object->n_dims; i++)
    object->shape[i] = (gint64) auto_hdf5_number (message->data + start + 8 * i, 8);
  return TRUE;
}

/* Bit offset, precision, place and size of exponent and mantissa, bias: the IEEE formats have these. */
static int
float_dtype (guint size, const char *properties)
{
  static const struct
  {
    guint size;
    const char *properties;
    AutoDType dtype;
  } formats[] = {
    { 2, "\0\0\x10\0\x0a\x05\0\x0a\x0f\0\0\0", AUTO_DTYPE_F16 },
    { 2, "\0\0\x10\0\x07\x08\0\x07\x7f\0\0\0", AUTO_DTYPE_BF16 },
    { 4, "\0\0\x20\0\x17\x08\0\x17\x7f\0\0\0", AUTO_DTYPE_F32 },
    { 8, "\0\0\x40\0\x34\x0b\0\x34\xff\x03\0\0", AUTO_DTYPE_F64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i].size == size && memcmp (formats[i].properties, properties, 12) == 0)
      return formats[i].dtype;
  return -1;
}

static int
integer_dtype (guint size, gboolean is_signed, const char *properties)
{
  if (auto_hdf5_number (properties, 2) != 0 || auto_hdf5_number (properties + 2, 2) != 8 * size)
    return -1;
  if (!is_signed)
    return size == 1 ? AUTO_DTYPE_U8 : -1;
  return size == 1 ? AUTO_DTYPE_I8 : size == 2 ? AUTO_DTYPE_I16 : size == 4 ? AUTO_DTYPE_I32 : size == 8 ? AUTO_DTYPE_I64 : -1;
}

static gboolean
read_datatype (const AutoHdf5 *self, const Message *message, AutoHdf5Object *object, GError **error)
{
  if (message->size < 8)
    return auto_hdf5_fail (self, error, "an array has no data type");
  guint class = message->data[0] & 0x0f, bits = (guchar) message->data[1], size = (guint) auto_hdf5_number (message->data + 4, 4);
  const char *properties = message->data + 8;

  object->is_number = class == CLASS_INTEGER || class == CLASS_FLOAT || class == CLASS_ENUM;
  object->dtype = -1;
  if (class == CLASS_INTEGER && message->size >= 12 && !(bits & 1))
    object->dtype = integer_dtype (size, (bits & 8) != 0, properties);
  else if (class == CLASS_FLOAT && message->size >= 20 && !(bits & 0x41))
    object->dtype = float_dtype (size, properties);
  else if (class == CLASS_ENUM && size == 1)
    object->dtype = AUTO_DTYPE_BOOL; /* as h5py writes booleans */
  return TRUE;
}

/* The elements lie in one piece somewhere in the file, or in the message itself. */
static gboolean
read_layout (const AutoHdf5 *self, const Message *message, AutoHdf5Object *object, GError **error)
{
  guint version = message->size >= 4 ? (guchar) message->data[0] : 0, class = version ? (guchar) message->data[1] : 0;

  if (version < 3 || version > 4)
    return auto_hdf5_fail (self, error, "an array is stored in an unknown way");
  if (class == 0)
    {
      object->offset = (guint64) (message->data + 4 - self->data);
      object->n_bytes = auto_hdf5_number (message->data + 2, 2);
      return object->n_bytes <= message->size - 4 || auto_hdf5_fail (self, error, "an array does not lie inside the file");
    }
  if (class != 1 || message->size < 18)
    return auto_hdf5_fail (self, error, "an array is stored in pieces or compressed; save the model as safetensors");
  object->offset = auto_hdf5_number (message->data + 2, 8);
  object->n_bytes = auto_hdf5_number (message->data + 10, 8);
  if (object->offset == UNDEFINED)
    object->offset = object->n_bytes = 0; /* never written; right for an array of no elements only */
  return auto_hdf5_at (self, object->offset, object->n_bytes) != NULL
         || auto_hdf5_fail (self, error, "an array does not lie inside the file, which is cut short");
}

static gboolean
read_message (const AutoHdf5 *self, guint type, const Message *message, AutoHdf5Object *object, GError **error)
{
  switch (type)
    {
    case MESSAGE_DATASPACE:
      return read_dataspace (self, message, object, error);
    case MESSAGE_DATATYPE:
      return read_datatype (self, message, object, error);
    case MESSAGE_LAYOUT:
      object->is_dataset = TRUE;
      return read_layout (self, message, object, error);
    case MESSAGE_SYMBOL_TABLE:
      if (message->size < 16)
        return auto_hdf5_fail (self, error, "a group has no members");
      object->is_group = TRUE;
      object->tree = auto_hdf5_number (message->data, 8);
      object->heap = auto_hdf5_number (message->data + 8, 8);
      return TRUE;
    default:
      return TRUE;
    }
}

/* The messages of one block; @next gets the blocks that go on from it. */
static gboolean
read_block (AutoHdf5 *self, const Message *block, GArray *next, AutoHdf5Object *object, GError **error)
{
  for (gsize at = 0; at + 8 <= block->size;)
    {
      const char *p = block->data + at;
      Message message = { p + 8, auto_hdf5_number (p + 2, 2) };
      guint type = (guint) auto_hdf5_number (p, 2);
      if (message.size > block->size - at - 8 || self->budget == 0)
        return auto_hdf5_fail (self, error, "an object's description is damaged");
      self->budget--;
      at += 8 + message.size;
      if ((p[4] & 2) && (type == MESSAGE_DATASPACE || type == MESSAGE_DATATYPE))
        return auto_hdf5_fail (self, error, "an array shares its description with others");
      if (type != MESSAGE_CONTINUATION)
        {
          if (!read_message (self, type, &message, object, error))
            return FALSE;
          continue;
        }
      const char *more
          = message.size < 16 ? NULL : auto_hdf5_at (self, auto_hdf5_number (message.data, 8), auto_hdf5_number (message.data + 8, 8));
      if (!more || next->len >= MAX_BLOCKS)
        return auto_hdf5_fail (self, error, "an object's description is damaged");
      g_array_append_val (next, ((Message) { more, auto_hdf5_number (message.data + 8, 8) }));
    }
  return TRUE;
}

gboolean
auto_hdf5_read_object (AutoHdf5 *self, guint64 header, AutoHdf5Object *object, GError **error)
{
  g_autoptr(GArray) blocks = g_array_new (FALSE, FALSE, sizeof (Message));
  const char *p = auto_hdf5_at (self, header, 16);

  *object = (AutoHdf5Object) { 0 };
  if (p && memcmp (p, "OHDR", 4) == 0)
    return auto_hdf5_fail (self, error, "it was written for newer versions of HDF5 only; save the model as safetensors");
  if (!p || p[0] != 1)
    return auto_hdf5_fail (self, error, "an object's description is missing");
  if (self->budget == 0)
    return auto_hdf5_fail (self, error, "its directories name more objects than it has room for");
  self->budget--;
  Message first = { p + 16, auto_hdf5_number (p + 8, 4) };
  if (!auto_hdf5_at (self, header + 16, first.size))
    return auto_hdf5_fail (self, error, "an object's description is cut short");
  g_array_append_val (blocks, first);
  for (guint i = 0; i < blocks->len; i++)
    {
      Message block = g_array_index (blocks, Message, i);
      if (!read_block (self, &block, blocks, object, error))
        return FALSE;
    }
  return TRUE;
}
