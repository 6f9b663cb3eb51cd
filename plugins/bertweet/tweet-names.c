/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of characters: what emoji are called, and HTML's entities. */
#include <string.h>

#include "core/text/auto-python-text.h"
#include "tweet-tables.h"
#include "tweet.h"

static int
compare_code (gconstpointer key, gconstpointer row)
{
  gunichar a = *(const gunichar *) key, b = ((const NamedCharacter *) row)->c;
  return a < b ? -1 : a > b;
}

static int
compare_name (gconstpointer key, gconstpointer row)
{
  return strcmp (key, ((const NamedCharacter *) row)->name);
}

const char *
tweet_emoji_name (gunichar c)
{
  const NamedCharacter *found = bsearch (&c, emoji_names, G_N_ELEMENTS (emoji_names), sizeof *emoji_names, compare_code);

  return found ? found->name : NULL;
}

/* A number as Python's int () reads it: with a sign, digits of any script, underscores between them, and 0x where it fits; -1 for what is none or
 * is no character. */
static gint64
read_number (const char *text, int base)
{
  gint64 number = 0;
  gboolean digit = FALSE, negative = *text == '-';

  text += negative || *text == '+';
  if (base == 16 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
    text += 2, text += *text == '_';
  for (; *text; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      int value = base == 16 ? (c < 0x80 ? g_ascii_xdigit_value ((char) c) : g_unichar_digit_value (c)) : g_unichar_digit_value (c);
      gboolean between = c == '_' && digit;
      if (value < 0 && !between)
        return -1;
      digit = !between;
      number = between ? number : MIN (number * base + value, G_MAXINT32);
    }
  return digit && (!negative || !number) && number <= 0x10FFFF ? number : -1;
}

/* Numbers from 128 to 159 are those of Windows' code page 1252; surrogates, and what would end a C string, can't be in a text. */
static void
append_numbered (GString *out, gint64 number)
{
  static const gunichar windows[32] = {
    0x20AC, 0, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0, 0x17E, 0x178 };
  gunichar c = number;

  if (number < 0)
    return;
  if (c >= 0x80 && c < 0xA0 && !(c = windows[c - 0x80]))
    return;
  g_string_append_unichar (out, c && g_unichar_validate (c) ? c : 0xFFFD);
}

/* What is between & and ;, which may be the number of a character; what is neither that nor a name goes. */
static void
append_entity (GString *out, const char *body)
{
  gboolean hash = *body == '#' && body[1], x = body[hash] == 'x' && body[hash + 1];

  if (hash || x)
    {
      append_numbered (out, read_number (body + hash + x, x ? 16 : 10));
      return;
    }
  const NamedCharacter *found = bsearch (body, entities, G_N_ELEMENTS (entities), sizeof *entities, compare_name);
  if (found)
    g_string_append_unichar (out, found->c);
}

GString *
tweet_replace_entities (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *amp, *end; *text; text = end)
    {
      if (!(amp = strchr (text, '&')))
        amp = text + strlen (text);
      g_string_append_len (out, text, amp - text);
      if (!*amp)
        break;
      for (end = amp + 1; *end && !strchr ("&;", *end) && !auto_python_is_white (g_utf8_get_char (end));)
        end = g_utf8_next_char (end);
      if (*end == ';' && end > amp + 1)
        {
          g_autofree char *body = g_strndup (amp + 1, end - amp - 1);
          append_entity (out, body);
          end++;
        }
      else
        g_string_append_len (out, amp, end - amp);
    }
  return out;
}
