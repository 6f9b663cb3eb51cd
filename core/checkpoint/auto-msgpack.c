/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-msgpack.h"

#include <string.h>

static gboolean
take (AutoMsgpack *self, guint64 n, const guchar **p)
{
  if (n > (guint64) (self->end - self->at))
    return FALSE;
  *p = self->at;
  self->at += n;
  return TRUE;
}

static gboolean
take_number (AutoMsgpack *self, guint n_bytes, guint64 *number)
{
  const guchar *p;

  if (!take (self, n_bytes, &p))
    return FALSE;
  *number = 0;
  for (guint i = 0; i < n_bytes; i++)
    *number = *number << 8 | p[i];
  return TRUE;
}

static gboolean
take_data (AutoMsgpack *self, AutoMsgpackKind kind, guint64 size, AutoMsgpackValue *value)
{
  value->kind = kind;
  value->size = size;
  return take (self, size, (const guchar **) &value->data);
}

/* The types whose first byte holds a small value. */
static gboolean
next_short (AutoMsgpack *self, guint first, AutoMsgpackValue *value)
{
  if (first >= 0xe0 || first <= 0x7f)
    {
      value->kind = AUTO_MSGPACK_INT;
      value->integer = (gint8) first;
      return TRUE;
    }
  if (first >= 0xa0 && first <= 0xbf)
    return take_data (self, AUTO_MSGPACK_TEXT, first & 0x1f, value);
  value->kind = first <= 0x8f ? AUTO_MSGPACK_MAP : AUTO_MSGPACK_LIST;
  value->size = first & 0x0f;
  return TRUE;
}

static gboolean
next_int (AutoMsgpack *self, guint n_bytes, gboolean is_signed, AutoMsgpackValue *value)
{
  guint64 number;

  if (!take_number (self, n_bytes, &number) || (!is_signed && number > G_MAXINT64))
    return FALSE;
  value->kind = AUTO_MSGPACK_INT;
  if (is_signed && n_bytes < 8 && number >> (8 * n_bytes - 1))
    number |= G_MAXUINT64 << (8 * n_bytes);
  value->integer = (gint64) number;
  return TRUE;
}

static gboolean
next_sized (AutoMsgpack *self, AutoMsgpackKind kind, guint n_bytes, AutoMsgpackValue *value)
{
  guint64 size;

  if (!take_number (self, n_bytes, &size))
    return FALSE;
  if (kind == AUTO_MSGPACK_TEXT)
    return take_data (self, kind, size, value);
  value->kind = kind;
  value->size = size;
  return TRUE;
}

static gboolean
next_extension (AutoMsgpack *self, guint64 size, AutoMsgpackValue *value)
{
  const guchar *type;

  if (!take (self, 1, &type))
    return FALSE;
  value->integer = (gint8) *type;
  return take_data (self, AUTO_MSGPACK_EXTENSION, size, value);
}

gboolean
auto_msgpack_next (AutoMsgpack *self, AutoMsgpackValue *value)
{
  const guchar *p;
  guint64 size;

  if (!take (self, 1, &p))
    return FALSE;
  guint first = *p;
  if (first < 0xc0 || first >= 0xe0)
    return next_short (self, first, value);
  if (first == 0xc0 || first == 0xc2 || first == 0xc3)
    {
      value->kind = first == 0xc0 ? AUTO_MSGPACK_NIL : AUTO_MSGPACK_BOOL;
      value->integer = first & 1;
      return TRUE;
    }
  if (first >= 0xc4 && first <= 0xc6) /* bin */
    return next_sized (self, AUTO_MSGPACK_TEXT, 1u << (first - 0xc4), value);
  if (first >= 0xc7 && first <= 0xc9)
    return take_number (self, 1u << (first - 0xc7), &size) && next_extension (self, size, value);
  if (first == 0xca || first == 0xcb)
    {
      value->kind = AUTO_MSGPACK_FLOAT;
      return take (self, first == 0xca ? 4 : 8, &p);
    }
  if (first >= 0xcc && first <= 0xd3)
    return next_int (self, 1u << (first & 3), first >= 0xd0, value);
  if (first >= 0xd4 && first <= 0xd8)
    return next_extension (self, 1u << (first - 0xd4), value);
  if (first >= 0xd9 && first <= 0xdb) /* str */
    return next_sized (self, AUTO_MSGPACK_TEXT, 1u << (first - 0xd9), value);
  if (first == 0xdc || first == 0xdd)
    return next_sized (self, AUTO_MSGPACK_LIST, first == 0xdc ? 2 : 4, value);
  if (first == 0xde || first == 0xdf)
    return next_sized (self, AUTO_MSGPACK_MAP, first == 0xde ? 2 : 4, value);
  return FALSE; /* 0xc1 means nothing */
}

gboolean
auto_msgpack_skip (AutoMsgpack *self, const AutoMsgpackValue *value)
{
  AutoMsgpackValue inner = *value;

  /* Heads have at most 32 bits and a byte each has to be there, so this can't overflow before it fails. */
  for (guint64 left = 1; left > 0; left--)
    {
      if (inner.kind == AUTO_MSGPACK_LIST)
        left += inner.size;
      else if (inner.kind == AUTO_MSGPACK_MAP)
        left += 2 * inner.size;
      if (left > 1 && !auto_msgpack_next (self, &inner))
        return FALSE;
    }
  return TRUE;
}

gboolean
auto_msgpack_text_equal (const AutoMsgpackValue *value, const char *text)
{
  return value->kind == AUTO_MSGPACK_TEXT && value->size == strlen (text) && memcmp (value->data, text, value->size) == 0;
}
