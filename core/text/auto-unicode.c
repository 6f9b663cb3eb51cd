/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-unicode.h"

#include <string.h>

#include "../base/auto-utf8.h"
#include "auto-ascii-run.h"
#include "auto-unicode-tables.h"

#define N_PAGES (0x110000 >> 8)

guint32 **auto_unicode_pages;

/* The runs, unfolded into pages of 256 code points. Pages that lie in one run share a page. */
void
auto_unicode_prepare (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  guint32 **pages = g_new (guint32 *, N_PAGES), *uniform = NULL;
  guint run = 0;
  for (guint page = 0; page < N_PAGES; page++)
    {
      while (run + 1 < G_N_ELEMENTS (unicode_runs) && unicode_runs[run + 1][0] <= page << 8)
        run++;
      guint32 next = run + 1 < G_N_ELEMENTS (unicode_runs) ? unicode_runs[run + 1][0] : 0x110000;
      gboolean whole = next >= (page + 1) << 8;
      if (whole && uniform && uniform[0] == unicode_runs[run][1])
        {
          pages[page] = uniform;
          continue;
        }
      pages[page] = g_new (guint32, 256);
      for (guint i = 0, at = run; i < 256; i++)
        {
          while (at + 1 < G_N_ELEMENTS (unicode_runs) && unicode_runs[at + 1][0] <= (page << 8) + i)
            at++;
          pages[page][i] = unicode_runs[at][1];
        }
      if (whole)
        uniform = pages[page];
    }
  auto_unicode_pages = pages;
  g_once_init_leave (&done, 1);
}

/* The entry of a code point in a sorted table that ends with a guard. */
static const char *
find_mapping (const AutoUnicodeMapping *table, guint n, gunichar c)
{
  guint low = 0, high = n - 1;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      if (table[middle].code_point < c)
        low = middle + 1;
      else
        high = middle;
    }
  return table[low].code_point == c ? table[low].text : NULL;
}

static guint
unpack (const char *text, gunichar *characters)
{
  guint n = 0, length;

  for (; *text; text += length)
    characters[n++] = auto_utf8_get (text, &length);
  return n;
}

guint
auto_char_lower (gunichar c, gunichar lower[3])
{
  if (c < 0x80)
    lower[0] = c >= 'A' && c <= 'Z' ? c + 32 : c;
  else
    {
      const char *text = find_mapping (lower_differences, G_N_ELEMENTS (lower_differences), c);
      if (text)
        return unpack (text, lower);
      lower[0] = g_unichar_tolower (c);
    }
  return 1;
}

guint
auto_char_decompose (gunichar c, gboolean compatible, gunichar parts[18])
{
  parts[0] = c;
  if (c < 0xA0)
    return 1;
  const char *text = compatible ? find_mapping (nfkd_differences, G_N_ELEMENTS (nfkd_differences), c)
                                : find_mapping (nfd_differences, G_N_ELEMENTS (nfd_differences), c);
  return text ? unpack (text, parts) : g_unichar_fully_decompose (c, compatible, parts, 18);
}

int
auto_char_combining_class (gunichar c)
{
  int class = c < 0x300 ? 0 : g_unichar_combining_class (c);

  for (guint low = 0, high = G_N_ELEMENTS (uncombining); class && low < high;)
    {
      guint middle = (low + high) / 2;
      if (uncombining[middle] == c)
        return 0;
      if (uncombining[middle] < c)
        low = middle + 1;
      else
        high = middle;
    }
  return class;
}

static gboolean
breaks_between (AutoBreak before, AutoBreak after, gboolean picture, guint flags)
{
  if (before == AUTO_BREAK_CR && after == AUTO_BREAK_LF)
    return FALSE;
  if ((before >= AUTO_BREAK_CR && before <= AUTO_BREAK_CONTROL) || (after >= AUTO_BREAK_CR && after <= AUTO_BREAK_CONTROL))
    return TRUE;
  if (before == AUTO_BREAK_L && (after == AUTO_BREAK_L || after == AUTO_BREAK_V || after == AUTO_BREAK_LV || after == AUTO_BREAK_LVT))
    return FALSE;
  if ((before == AUTO_BREAK_LV || before == AUTO_BREAK_V) && (after == AUTO_BREAK_V || after == AUTO_BREAK_T))
    return FALSE;
  if ((before == AUTO_BREAK_LVT || before == AUTO_BREAK_T) && after == AUTO_BREAK_T)
    return FALSE;
  if (after == AUTO_BREAK_EXTEND || after == AUTO_BREAK_ZWJ || after == AUTO_BREAK_SPACING || before == AUTO_BREAK_PREPEND)
    return FALSE;
  if (picture && before == AUTO_BREAK_ZWJ && after == AUTO_BREAK_PICTURE)
    return FALSE;
  return !(before == AUTO_BREAK_REGIONAL && after == AUTO_BREAK_REGIONAL && flags % 2 == 1);
}

gsize
auto_grapheme_length (const char *text, gsize length)
{
  guint size, flags = 0;
  AutoBreak before = auto_char_break (auto_utf8_get (text, &size));
  gboolean picture = before == AUTO_BREAK_PICTURE; /* a picture, then only extenders and perhaps a joiner */
  gsize at = size;

  while (at < length)
    {
      flags = before == AUTO_BREAK_REGIONAL ? flags + 1 : 0;
      AutoBreak after = auto_char_break (auto_utf8_get (text + at, &size));
      if (breaks_between (before, after, picture, flags))
        break;
      picture = after == AUTO_BREAK_PICTURE || (picture && (after == AUTO_BREAK_EXTEND || after == AUTO_BREAK_ZWJ));
      before = after;
      at += size;
    }
  return at;
}

/* Bytes of the maximal part of a malformed sequence at @p, as Unicode's recommended practice cuts it. */
static gsize
malformed_length (const guchar *p, gsize length)
{
  guint wanted = p[0] >= 0xC2 && p[0] < 0xE0 ? 2 : p[0] >= 0xE0 && p[0] < 0xF0 ? 3 : p[0] >= 0xF0 && p[0] < 0xF5 ? 4 : 1;
  guchar low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80, high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
  gsize n = 1;

  for (; n < wanted && n < length && p[n] >= low && p[n] <= high; n++)
    low = 0x80, high = 0xBF;
  return n;
}

char *
auto_utf8_replace (const char *text, gsize length, const char *replacement, gsize *repaired)
{
  const char *bad, *end = text + length;

  *repaired = length;
  gsize ascii = auto_ascii_length (text, length);
  if (ascii == length || auto_utf8_valid (text + ascii, length - ascii) == length - ascii)
    return NULL;
  GString *fixed = g_string_sized_new (length + 16);
  while (text < end)
    {
      gboolean valid = g_utf8_validate_len (text, end - text, &bad);
      g_string_append_len (fixed, text, bad - text);
      text = bad;
      if (valid)
        break;
      if (*bad == '\0') /* valid for us, though not for GLib */
        g_string_append_c (fixed, *text++);
      else
        {
          g_string_append (fixed, replacement);
          text += malformed_length ((const guchar *) text, end - text);
        }
    }
  *repaired = fixed->len;
  return g_string_free (fixed, FALSE);
}

char *
auto_utf8_repair (const char *text, gsize length, gsize *repaired)
{
  return auto_utf8_replace (text, length, "\xef\xbf\xbd", repaired);
}
