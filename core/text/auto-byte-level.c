/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-byte-level.h"

#include "auto-ascii-run.h"

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
  gsize n = bytes->len;
  guint size;

  prepare ();
  g_string_set_size (bytes, n + length);
  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (token + at, &size);
      if (c >= G_N_ELEMENTS (from_char) || from_char[c] < 0)
        {
          g_string_truncate (bytes, bytes->len - length);
          return FALSE;
        }
      bytes->str[n++] = from_char[c];
    }
  g_string_truncate (bytes, n);
  return TRUE;
}

/* A few bytes at once, some of them twice. */
static inline gboolean
is_ascii (const char *text, gsize length)
{
  guint32 first, last;

  if (length < sizeof first)
    return length == 0 || !((text[0] | text[length / 2] | text[length - 1]) & 0x80);
  memcpy (&first, text, sizeof first);
  memcpy (&last, text + length - sizeof last, sizeof last);
  return !((first | last) & 0x80808080u) && (length <= 2 * sizeof first || auto_ascii_length (text, length) == length);
}

/* U+0100 to U+0121 stand for spaces and controls. */
static inline gboolean
is_moved_ascii (const char *text, gsize length)
{
  return length >= 2 && text[0] == '\xC4' && (guchar) text[1] <= 0xA1;
}

gboolean
auto_byte_level_has_ascii (const char *token, gsize length)
{
  gsize at = is_moved_ascii (token, length) ? 2 : 0;

  if (G_LIKELY (is_ascii (token + at, length - at)))
    return TRUE;
  for (; at < length; at += (guchar) token[at] < 0x80 ? 1 : 2)
    if ((guchar) token[at] >= 0x80 && !is_moved_ascii (token + at, length - at))
      return FALSE;
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
