/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HTML's entities: &eacute; &#233; &#xE9; and, as some texts have been made upper case, &EACUTE; for É. */
#include "entities.h"

#include <string.h>

#include "core/text/auto-python-text.h"
#include "entity-table.h"
#include "mojibake.h"

#define LONGEST_NAME 24

/* The codes behind a name in the table, or NULL. */
static const char *
find_name (const char *name, gsize length)
{
  gsize low = 0, high = sizeof entities - 1;

  while (low < high)
    {
      gsize middle = (low + high) / 2;
      while (middle > low && entities[middle - 1] != ';')
        middle--;
      const char *entry = entities + middle, *space = strchr (entry, ' ');
      gsize size = space - entry;
      int order = memcmp (name, entry, MIN (length, size));
      if (order == 0 && length == size)
        return space + 1;
      if (order > 0 || (order == 0 && length > size))
        low = strchr (space, ';') + 1 - entities;
      else
        high = middle;
    }
  return NULL;
}

static void
append_codes (GString *out, const char *codes)
{
  char *end;

  do
    g_string_append_unichar (out, (gunichar) g_ascii_strtoull (codes, &end, 16));
  while (*end == ',' && (codes = end + 1));
}

/* Whether a name means something without regard to what follows, as &AMPX does. */
static gboolean
begins_short (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (short_entities); i++)
    if (g_str_has_prefix (name, short_entities[i]))
      return TRUE;
  return FALSE;
}

/* What a name stands for, appended to @out; FALSE when nothing. */
static gboolean
append_named (GString *out, const char *name)
{
  const char *codes = find_name (name, strlen (name));
  g_autofree char *lower = g_ascii_strdown (name, -1), *upper = g_ascii_strup (name, -1);

  if (codes)
    {
      append_codes (out, codes);
      return TRUE;
    }
  if (!g_str_equal (name, upper) || begins_short (name) || !(codes = find_name (lower, strlen (lower))))
    return FALSE;
  g_autoptr(GString) small = g_string_new (NULL);
  append_codes (small, codes);
  g_autofree char *large = auto_python_upper (small->str, small->len);
  g_string_append (out, large);
  return TRUE;
}

/* What HTML 5 makes of a number: those from 0x80 on are windows-1252's. G_MAXUINT32: nothing, the number is as good as not there. */
static gunichar
character_of (gunichar number)
{
  if (number >= 0x80 && number < 0xA0)
    return mojibake_fix_control (number);
  if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000))
    return 0xFFFD;
  if (number == '\r')
    return number;
  if ((number < 0x20 && number != '\t' && number != '\n' && number != '\f') || number == 0x7F || (number >= 0xFDD0 && number <= 0xFDEF)
      || (number & 0xFFFE) == 0xFFFE)
    return G_MAXUINT32;
  return number;
}

/* @number: what is behind &#, in decimal or after an x hexadecimal digits. */
static gboolean
append_numbered (GString *out, const char *number)
{
  gboolean hexadecimal = *number == 'x' || *number == 'X';
  guint base = hexadecimal ? 16 : 10;
  gunichar value = 0;

  number += hexadecimal;
  if (!*number)
    return FALSE;
  for (; *number; number++)
    {
      int digit = hexadecimal ? g_ascii_xdigit_value (*number) : g_ascii_digit_value (*number);
      if (digit < 0)
        return FALSE;
      value = MIN (value * base + digit, 0x110000);
    }
  gunichar c = character_of (value);
  if (c == ';') /* which would look as if the entity had not been read to its end */
    return FALSE;
  if (c != G_MAXUINT32)
    g_string_append_unichar (out, c);
  return TRUE;
}

/* What the entity at @text stands for, appended to @out; returns its length, 0 when there is none. */
static gsize
read_entity (const gunichar *text, gsize n, GString *out)
{
  char name[LONGEST_NAME + 1];
  gboolean numbered = n > 1 && text[1] == '#';
  gsize at = numbered ? 2 : 1, length = 0;

  for (; at < n && length < LONGEST_NAME && text[at] < 0x80 && g_ascii_isalnum ((char) text[at]); at++)
    name[length++] = (char) text[at];
  name[length] = '\0';
  if (length == 0 || at >= n || text[at] != ';')
    return 0;
  return (numbered ? append_numbered : append_named) (out, name) ? at + 1 : 0;
}

void
entities_replace (GArray *text)
{
  g_autoptr(GString) meant = g_string_new (NULL);
  gunichar *characters = (gunichar *) (gpointer) text->data;
  gsize kept = 0;

  for (gsize at = 0, n; at < text->len; at += MAX (n, 1))
    {
      g_string_truncate (meant, 0);
      n = characters[at] == '&' ? read_entity (characters + at, text->len - at, meant) : 0;
      if (n == 0)
        characters[kept++] = characters[at];
      for (const char *p = meant->str; *p; p = g_utf8_next_char (p)) /* always fewer than the entity has */
        characters[kept++] = g_utf8_get_char (p);
    }
  g_array_set_size (text, kept);
}
