/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables as comma-separated values (RFC 4180). */
#include "auto-table.h"

#include <string.h>

/* Reads a field up to the comma or the end of the line behind it; NULL when its quotes have no end. Moves @at there. */
static char *
read_field (const char *text, gsize length, gsize *at)
{
  g_autoptr(GString) field = g_string_new (NULL);
  gboolean quoted = *at < length && text[*at] == '"';

  *at += quoted;
  for (; *at < length; ++*at)
    {
      char c = text[*at];
      if (quoted && c == '"' && *at + 1 < length && text[*at + 1] == '"')
        ++*at; /* two quotes are one of the text */
      else if (quoted && c == '"')
        {
          quoted = FALSE;
          continue;
        }
      else if (!quoted && (c == ',' || c == '\n' || (c == '\r' && *at + 1 < length && text[*at + 1] == '\n')))
        break;
      g_string_append_c (field, c);
    }
  return quoted ? NULL : g_string_free (g_steal_pointer (&field), FALSE);
}

/* Appends the fields of the record at @at, which then is behind it. A blank line has none. */
static gboolean
read_record (const char *text, gsize length, gsize *at, GPtrArray *fields, GError **error)
{
  gsize start = *at, n = fields->len;

  for (gboolean more = TRUE; more;)
    {
      char *field = read_field (text, length, at);
      if (!field)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                       "the record at byte %" G_GSIZE_FORMAT " has quotes without an end", start);
          return FALSE;
        }
      g_ptr_array_add (fields, field);
      more = *at < length && text[*at] == ',';
      *at += more;
    }
  if (*at < length)
    *at += text[*at] == '\r' ? 2 : 1;
  if (fields->len == n + 1 && !*(char *) fields->pdata[n] && text[start] != '"')
    g_ptr_array_set_size (fields, n);
  return TRUE;
}

/**
 * auto_table_new_from_csv:
 * @text: (array length=length) (element-type guint8): a text whose first line has the columns' names
 * @length: its length, or -1 when it ends with a NUL
 * @error: return location for an error
 *
 * Reads comma-separated values. Values with commas, quotes or line ends stand in quotes; blank lines are left out.
 *
 * Returns: (transfer full): a table
 */
AutoTable *
auto_table_new_from_csv (const char *text, gssize length, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free), cells = g_ptr_array_new_with_free_func (g_free);
  gsize n = length < 0 ? strlen (text) : (gsize) length, at = n >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  while (at < n && !names->len)
    if (!read_record (text, n, &at, names, error))
      return NULL;
  while (at < n)
    {
      guint before = cells->len;
      gsize start = at;
      if (!read_record (text, n, &at, cells, error))
        return NULL;
      if (cells->len == before || cells->len - before == names->len)
        continue;
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                   "the record at byte %" G_GSIZE_FORMAT
                   " has %u values, and there are %u columns; give it as many, in quotes those that hold commas",
                   start, cells->len - before, names->len);
      return NULL;
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (cells, NULL);
  return auto_table_new ((const char *const *) names->pdata, (const char *const *) cells->pdata, error);
}
