/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-gguf.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-io.h"

typedef enum
{
  TYPE_UINT8,
  TYPE_INT8,
  TYPE_UINT16,
  TYPE_INT16,
  TYPE_UINT32,
  TYPE_INT32,
  TYPE_FLOAT32,
  TYPE_BOOL,
  TYPE_STRING,
  TYPE_ARRAY,
  TYPE_UINT64,
  TYPE_INT64,
  TYPE_FLOAT64,
  N_TYPES,
} Type;

static const guint8 type_sizes[N_TYPES] = {
  [TYPE_UINT8] = 1, [TYPE_INT8] = 1, [TYPE_UINT16] = 2, [TYPE_INT16] = 2, [TYPE_UINT32] = 4, [TYPE_INT32] = 4,
  [TYPE_FLOAT32] = 4, [TYPE_BOOL] = 1, [TYPE_UINT64] = 8, [TYPE_INT64] = 8, [TYPE_FLOAT64] = 8,
};

struct _AutoGguf
{
  GBytes *bytes;
  GHashTable *values; /* key to AutoGgufItems: a value that is no array has one */
};

typedef struct
{
  const guchar *at, *end;
} Reader;

static gboolean
take (Reader *self, guint64 n, const guchar **p)
{
  if (n > (guint64) (self->end - self->at))
    return FALSE;
  *p = self->at;
  self->at += n;
  return TRUE;
}

static guint64
little_endian (const guchar *p, guint n_bytes)
{
  guint64 number = 0;

  for (guint i = 0; i < n_bytes; i++)
    number |= (guint64) p[i] << (8 * i);
  return number;
}

static gboolean
take_number (Reader *self, guint n_bytes, guint64 *number)
{
  const guchar *p;

  if (!take (self, n_bytes, &p))
    return FALSE;
  *number = little_endian (p, n_bytes);
  return TRUE;
}

static gboolean
take_string (Reader *self, const guchar **text, guint64 *length)
{
  return take_number (self, 8, length) && take (self, *length, text);
}

/* Passes over @n values of one type. */
static gboolean
skip (Reader *self, guint64 type, guint64 n)
{
  const guchar *p;
  guint64 length;

  if (type != TYPE_STRING)
    return n <= G_MAXUINT64 / 8 && take (self, n * type_sizes[type], &p);
  while (n-- > 0)
    if (!take_string (self, &p, &length))
      return FALSE;
  return TRUE;
}

/* NULL, or what is wrong. */
static const char *
read_value (Reader *self, AutoGgufItems *items)
{
  static const char *const cut = "the file ends too soon";
  guint64 type, n = 1;

  if (!take_number (self, 4, &type))
    return cut;
  gboolean array = type == TYPE_ARRAY;
  if (array && (!take_number (self, 4, &type) || !take_number (self, 8, &n)))
    return cut;
  if (type >= N_TYPES || type == TYPE_ARRAY)
    return array ? "an array has members that are not known" : "a value has a type that is not known";
  *items = (AutoGgufItems){ self->at, (guint32) type, array ? n : 0, n };
  return skip (self, type, n) ? NULL : cut;
}

static const char *
read_values (AutoGguf *self, Reader *reader, guint64 n_values)
{
  const guchar *key;
  guint64 length;

  for (guint64 i = 0; i < n_values; i++)
    {
      AutoGgufItems items;
      if (!take_string (reader, &key, &length))
        return "the file ends too soon";
      if (length == 0 || length > 65535 || memchr (key, 0, length))
        return "a key is empty, too long or no text";
      const char *problem = read_value (reader, &items);
      if (problem)
        return problem;
      char *name = g_strndup ((const char *) key, length);
      if (!g_hash_table_replace (self->values, name, g_memdup2 (&items, sizeof items)))
        return "a key is there twice";
    }
  return NULL;
}

AutoGguf *
auto_gguf_new (GBytes *bytes, const char *name, GError **error)
{
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  Reader reader = { data, data ? data + size : NULL };
  g_autoptr(AutoGguf) self = g_new0 (AutoGguf, 1);
  const guchar *magic;
  guint64 version, n_tensors, n_values;
  const char *problem = NULL;

  self->bytes = g_bytes_ref (bytes);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!take (&reader, 4, &magic) || memcmp (magic, "GGUF", 4) != 0)
    problem = "it doesn't begin as GGUF files do";
  else if (!take_number (&reader, 4, &version) || (version != 2 && version != 3))
    problem = "only versions 2 and 3 of the format, little-endian, are known; convert the file again with a present-day program";
  else if (!take_number (&reader, 8, &n_tensors) || !take_number (&reader, 8, &n_values))
    problem = "the file ends too soon";
  else
    problem = read_values (self, &reader, n_values);
  if (!problem)
    return g_steal_pointer (&self);
  g_set_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_FORMAT, "%s: %s; is it a whole GGUF file?", name, problem);
  return NULL;
}

AutoGguf *
auto_gguf_read (const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  return bytes ? auto_gguf_new (bytes, path, error) : NULL;
}

gboolean
auto_gguf_is_one (const char *path)
{
  char magic[4];
  FILE *file = g_fopen (path, "rb");
  gboolean good = file && fread (magic, 1, sizeof magic, file) == sizeof magic && memcmp (magic, "GGUF", 4) == 0;

  if (file)
    fclose (file);
  return good;
}

void
auto_gguf_free (AutoGguf *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->values);
  g_bytes_unref (self->bytes);
  g_free (self);
}

const char *
auto_gguf_get_end (const AutoGguf *self)
{
  gsize size;
  const char *data = g_bytes_get_data (self->bytes, &size);
  return data + size;
}

/* The one value of a key that is no array, or NULL. */
static const AutoGgufItems *
find_value (const AutoGguf *self, const char *key)
{
  const AutoGgufItems *items = g_hash_table_lookup (self->values, key);
  return items && items->n == 0 && items->left == 1 ? items : NULL;
}

char *
auto_gguf_dup_string (const AutoGguf *self, const char *key)
{
  const AutoGgufItems *value = find_value (self, key);

  if (!value || value->type != TYPE_STRING)
    return NULL;
  return g_utf8_make_valid ((const char *) value->at + 8, little_endian (value->at, 8));
}

static gint64
to_int (const guchar *p, guint32 type)
{
  guint bits = 8 * type_sizes[type];
  guint64 number = little_endian (p, type_sizes[type]);
  gboolean is_signed = type == TYPE_INT8 || type == TYPE_INT16 || type == TYPE_INT32;

  if (is_signed && number >> (bits - 1))
    number |= G_MAXUINT64 << bits;
  return (gint64) number;
}

gboolean
auto_gguf_int (const AutoGguf *self, const char *key, gint64 *value)
{
  const AutoGgufItems *found = find_value (self, key);

  if (!found || found->type == TYPE_STRING || found->type == TYPE_FLOAT32 || found->type == TYPE_FLOAT64 || found->type == TYPE_BOOL)
    return FALSE;
  *value = to_int (found->at, found->type);
  return found->type != TYPE_UINT64 || *value >= 0;
}

gboolean
auto_gguf_bool (const AutoGguf *self, const char *key, gboolean fallback)
{
  const AutoGgufItems *value = find_value (self, key);
  return value && value->type == TYPE_BOOL ? *value->at != 0 : fallback;
}

gboolean
auto_gguf_items (const AutoGguf *self, const char *key, AutoGgufItems *items)
{
  const AutoGgufItems *found = g_hash_table_lookup (self->values, key);

  *items = found && !find_value (self, key) ? *found : (AutoGgufItems){ 0 };
  return items->at != NULL;
}

gboolean
auto_gguf_next_string (AutoGgufItems *items, const char **text, gsize *length)
{
  if (items->left == 0 || items->type != TYPE_STRING)
    return FALSE;
  *length = little_endian (items->at, 8);
  *text = (const char *) items->at + 8;
  items->at += 8 + *length;
  items->left--;
  return TRUE;
}

gboolean
auto_gguf_next_number (AutoGgufItems *items, double *value)
{
  if (items->left == 0 || items->type == TYPE_STRING)
    return FALSE;
  guint64 bits = little_endian (items->at, type_sizes[items->type]);
  if (items->type == TYPE_FLOAT32)
    *value = ((union { guint32 bits; float number; }){ .bits = (guint32) bits }).number;
  else if (items->type == TYPE_FLOAT64)
    *value = ((union { guint64 bits; double number; }){ .bits = bits }).number;
  else
    *value = (double) to_int (items->at, items->type);
  items->at += type_sizes[items->type];
  items->left--;
  return TRUE;
}
