/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-byte-level.h"

static gboolean
is_printable (guint c)
{
  return (c >= '!' && c <= '~') || (c >= 0xA1 && c <= 0xAC) || (c >= 0xAE && c <= 0xFF);
}

static guint16 to_char[256];
static gint16 from_char[0x144];

static void
prepare (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  for (guint c = 0; c < G_N_ELEMENTS (from_char); c++)
    from_char[c] = -1;
  for (guint byte = 0, next = 0x100; byte < 256; byte++)
    {
      to_char[byte] = is_printable (byte) ? byte : next++;
      from_char[to_char[byte]] = byte;
    }
  g_once_init_leave (&done, 1);
}

gunichar
auto_byte_to_char (guint8 byte)
{
  prepare ();
  return to_char[byte];
}

int
auto_byte_from_char (gunichar c)
{
  prepare ();
  return c < G_N_ELEMENTS (from_char) ? from_char[c] : -1;
}

gboolean
auto_byte_level_decode (const char *token, gsize length, GString *bytes)
{
  gsize before = bytes->len;
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      int byte = auto_byte_from_char (auto_utf8_get (token + at, &size));
      if (byte < 0)
        {
          g_string_truncate (bytes, before);
          return FALSE;
        }
      g_string_append_c (bytes, byte);
    }
  return TRUE;
}

void
auto_rewrite_byte_level (AutoRewrite *rewrite)
{
  const char *text = rewrite->source->text;

  prepare ();
  for (gsize at = rewrite->begin; at < rewrite->end;)
    {
      guint size = auto_utf8_size (text[at]);
      for (guint i = 0; i < size; i++)
        auto_rewrite_put (rewrite, to_char[(guint8) text[at + i]], i ? AUTO_REWRITE_NEW : AUTO_REWRITE_REPLACE);
      at += size;
    }
}
