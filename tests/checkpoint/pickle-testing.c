/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pickle-testing.h"

#include <string.h>

static void
append (GByteArray *self, gconstpointer data, gsize size)
{
  g_byte_array_append (self, data, (guint) size);
}

static void
append_le (GByteArray *self, guint64 value, guint n)
{
  for (; n > 0; n--, value >>= 8)
    append (self, &(guint8) { value & 0xff }, 1);
}

void
pickle_op (GByteArray *self, const char *text)
{
  append (self, text, strlen (text));
}

void
pickle_text (GByteArray *self, const char *text)
{
  pickle_op (self, "X");
  append_le (self, strlen (text), 4);
  pickle_op (self, text);
}

void
pickle_int (GByteArray *self, gint64 value)
{
  pickle_op (self, "\x8a\x08");
  append_le (self, (guint64) value, 8);
}

void
pickle_global (GByteArray *self, const char *module, const char *name)
{
  g_autofree char *text = g_strdup_printf ("c%s\n%s\n", module, name);

  pickle_op (self, text);
}

void
pickle_storage (GByteArray *self, const PickleTensor *tensor)
{
  pickle_op (self, "(");
  pickle_text (self, "storage");
  pickle_global (self, "torch", tensor->storage);
  pickle_text (self, tensor->key);
  pickle_text (self, "cpu");
  pickle_int (self, tensor->n_elements);
  pickle_op (self, "tQ");
}

static void
pickle_sizes (GByteArray *self, const gint64 *sizes, guint n)
{
  pickle_op (self, "(");
  for (guint i = 0; i < n; i++)
    pickle_int (self, sizes[i]);
  pickle_op (self, "t");
}

void
pickle_tensor (GByteArray *self, const PickleTensor *tensor)
{
  pickle_global (self, "torch._utils", "_rebuild_tensor_v2");
  pickle_op (self, "(");
  pickle_storage (self, tensor);
  pickle_int (self, tensor->offset);
  pickle_sizes (self, tensor->shape, tensor->n_dims);
  pickle_sizes (self, tensor->strides, tensor->n_dims);
  pickle_op (self, "\x89");
  pickle_global (self, "collections", "OrderedDict");
  pickle_op (self, ")RtR");
}

GByteArray *
pickle_state_dict (const PickleTensor *tensor)
{
  GByteArray *self = g_byte_array_new ();

  pickle_op (self, "\x80\x02}");
  pickle_text (self, "w");
  pickle_tensor (self, tensor);
  pickle_op (self, "s.");
  return self;
}

static void
append_local (GByteArray *out, const ZipMember *member)
{
  append_le (out, 0x04034b50, 4);
  append_le (out, 20, 2);
  append_le (out, member->flags, 2);
  append_le (out, member->method, 2);
  append_le (out, 0, 8); /* time, date, sum */
  append_le (out, member->size, 4);
  append_le (out, member->size, 4);
  append_le (out, strlen (member->name), 2);
  append_le (out, 3, 2); /* padding, as for alignment */
  append (out, member->name, strlen (member->name));
  append (out, "\0\0\0", 3);
  if (member->size)
    append (out, member->data, member->size);
}

static void
append_entry (GByteArray *out, const ZipMember *member, guint64 offset, ZipStyle style)
{
  gboolean big = style == ZIP_64;

  append_le (out, 0x02014b50, 4);
  append_le (out, 20, 2);
  append_le (out, 20, 2);
  append_le (out, member->flags, 2);
  append_le (out, member->method, 2);
  append_le (out, 0, 8);
  append_le (out, big ? G_MAXUINT32 : member->size, 4);
  append_le (out, big ? G_MAXUINT32 : member->size, 4);
  append_le (out, strlen (member->name), 2);
  append_le (out, big ? 4 + 2 + 4 + 24 : 0, 2);
  append_le (out, 0, 2 + 2 + 2 + 4); /* comment, disk, attributes */
  append_le (out, big ? G_MAXUINT32 : offset, 4);
  append (out, member->name, strlen (member->name));
  if (!big)
    return;
  append (out, "\x99\x99\x02\0??\x01\0\x18\0", 10); /* a foreign field, then the 64-bit one */
  append_le (out, member->size, 8);
  append_le (out, member->size, 8);
  append_le (out, offset, 8);
}

static void
append_end (GByteArray *out, gsize n, guint64 at, guint64 size, ZipStyle style)
{
  gboolean big = style == ZIP_64;
  guint64 at64 = out->len;

  if (big)
    {
      append_le (out, 0x06064b50, 4);
      append_le (out, 44, 8);
      append_le (out, 0, 2 + 2 + 4 + 4);
      append_le (out, n, 8);
      append_le (out, n, 8);
      append_le (out, size, 8);
      append_le (out, at, 8);
      append_le (out, 0x07064b50, 4);
      append_le (out, 0, 4);
      append_le (out, at64, 8);
      append_le (out, 1, 4);
    }
  append_le (out, 0x06054b50, 4);
  append_le (out, 0, 4);
  append_le (out, big ? G_MAXUINT16 : n, 2);
  append_le (out, big ? G_MAXUINT16 : n, 2);
  append_le (out, big ? G_MAXUINT32 : size, 4);
  append_le (out, big ? G_MAXUINT32 : at, 4);
  append_le (out, style == ZIP_COMMENT ? 5 : 0, 2);
  if (style == ZIP_COMMENT)
    append (out, "hello", 5);
}

GByteArray *
zip_new (const ZipMember *members, gsize n, ZipStyle style)
{
  GByteArray *out = g_byte_array_new ();
  g_autofree guint64 *offsets = g_new0 (guint64, n);

  for (gsize i = 0; i < n; i++)
    {
      offsets[i] = out->len;
      append_local (out, &members[i]);
    }
  guint64 at = out->len;
  for (gsize i = 0; i < n; i++)
    append_entry (out, &members[i], offsets[i], style);
  append_end (out, n, at, out->len - at, style);
  return out;
}

GByteArray *
zip_torch (const GByteArray *pickle, gconstpointer data, gsize size)
{
  const ZipMember members[] = { { "x/data.pkl", pickle->data, pickle->len }, { "x/version", "3\n", 2 }, { "x/data/0", data, size } };

  return zip_new (members, data ? 3 : 2, ZIP_PLAIN);
}
