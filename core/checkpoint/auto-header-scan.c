/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-header-scan.h"

#include <string.h>

#define MAX_DEPTH 64

void
auto_header_scan_init (AutoHeaderScan *self, const char *text, gsize length)
{
  self->start = self->at = text;
  self->end = text + length;
  self->problem = NULL;
  self->unescaped = g_string_new (NULL);
}

void
auto_header_scan_clear (AutoHeaderScan *self)
{
  g_string_free (self->unescaped, TRUE);
}

gboolean
auto_header_scan_fail (AutoHeaderScan *self, const char *problem)
{
  if (!self->problem)
    self->problem = problem;
  return FALSE;
}

static void
skip_space (AutoHeaderScan *self)
{
  while (self->at < self->end && (*self->at == ' ' || *self->at == '\n' || *self->at == '\t' || *self->at == '\r'))
    self->at++;
}

gboolean
auto_header_scan_accept (AutoHeaderScan *self, char c)
{
  if (self->problem)
    return FALSE;
  skip_space (self);
  if (self->at == self->end || *self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

gboolean
auto_header_scan_expect (AutoHeaderScan *self, char c)
{
  if (auto_header_scan_accept (self, c))
    return TRUE;
  switch (c)
    {
    case '{':
      return auto_header_scan_fail (self, "an object should begin here");
    case '[':
      return auto_header_scan_fail (self, "a list should begin here");
    case ']':
      return auto_header_scan_fail (self, "a list should end here");
    case ':':
      return auto_header_scan_fail (self, "a colon is missing");
    default:
      return auto_header_scan_fail (self, "a comma is missing");
    }
}

gboolean
auto_header_scan_next (AutoHeaderScan *self, char close, gboolean *first)
{
  if (*first)
    {
      *first = FALSE;
      return !auto_header_scan_accept (self, close) && !self->problem;
    }
  if (auto_header_scan_accept (self, close))
    return FALSE;
  return auto_header_scan_expect (self, ',');
}

static gboolean
scan_hex4 (AutoHeaderScan *self, gunichar *unit)
{
  *unit = 0;
  if (self->end - self->at < 4)
    return auto_header_scan_fail (self, "a \\u escape is cut short");
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*self->at++);
      if (digit < 0)
        return auto_header_scan_fail (self, "a \\u escape needs four hexadecimal digits");
      *unit = *unit * 16 + digit;
    }
  return TRUE;
}

static gboolean
scan_unicode_escape (AutoHeaderScan *self)
{
  gunichar c, low;

  if (!scan_hex4 (self, &c))
    return FALSE;
  if (c >= 0xd800 && c < 0xdc00)
    {
      if (self->end - self->at < 2 || self->at[0] != '\\' || self->at[1] != 'u')
        return auto_header_scan_fail (self, "half of a surrogate pair stands alone");
      self->at += 2;
      if (!scan_hex4 (self, &low))
        return FALSE;
      if (low < 0xdc00 || low > 0xdfff)
        return auto_header_scan_fail (self, "half of a surrogate pair stands alone");
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
  else if (c >= 0xdc00 && c <= 0xdfff)
    return auto_header_scan_fail (self, "half of a surrogate pair stands alone");
  if (c == 0)
    return auto_header_scan_fail (self, "a string has a zero character");
  g_string_append_unichar (self->unescaped, c);
  return TRUE;
}

static gboolean
scan_escape (AutoHeaderScan *self)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

  if (self->at == self->end)
    return auto_header_scan_fail (self, "a string does not end");
  char c = *self->at++;
  if (c == 'u')
    return scan_unicode_escape (self);
  const char *found = c ? strchr (from, c) : NULL;
  if (!found)
    return auto_header_scan_fail (self, "there is no such escape");
  g_string_append_c (self->unescaped, to[found - from]);
  return TRUE;
}

gboolean
auto_header_scan_string (AutoHeaderScan *self, AutoHeaderString *string)
{
  gboolean escaped = FALSE;

  if (!auto_header_scan_accept (self, '"'))
    return auto_header_scan_fail (self, "a string should begin here");
  for (const char *run = self->at; self->at < self->end;)
    {
      guchar c = (guchar) *self->at++;
      if (c < 0x20)
        return auto_header_scan_fail (self, "a string has a control character");
      if (c != '"' && c != '\\')
        continue;
      if (c == '"' && !escaped)
        {
          *string = (AutoHeaderString) { run, (gsize) (self->at - 1 - run) };
          return TRUE;
        }
      if (!escaped)
        g_string_truncate (self->unescaped, 0);
      escaped = TRUE;
      g_string_append_len (self->unescaped, run, self->at - 1 - run);
      if (c == '"')
        {
          *string = (AutoHeaderString) { self->unescaped->str, self->unescaped->len };
          return TRUE;
        }
      if (!scan_escape (self))
        return FALSE;
      run = self->at;
    }
  return auto_header_scan_fail (self, "a string does not end");
}

gboolean
auto_header_scan_key (AutoHeaderScan *self, AutoHeaderString *key)
{
  return auto_header_scan_string (self, key) && auto_header_scan_expect (self, ':');
}

static gboolean
at_digit (AutoHeaderScan *self)
{
  return self->at < self->end && g_ascii_isdigit (*self->at);
}

gboolean
auto_header_scan_unsigned (AutoHeaderScan *self, guint64 *value)
{
  guint64 v = 0;

  if (self->problem)
    return FALSE;
  skip_space (self);
  const char *first = self->at;
  for (; at_digit (self); self->at++)
    if (!g_uint64_checked_mul (&v, v, 10) || !g_uint64_checked_add (&v, v, *self->at - '0'))
      return auto_header_scan_fail (self, "a number has more than 64 bits");
  if (self->at == first || (*first == '0' && self->at - first > 1)
      || (self->at < self->end && (*self->at == '.' || *self->at == 'e' || *self->at == 'E')))
    return auto_header_scan_fail (self, "a whole number that is not negative should stand here");
  *value = v;
  return TRUE;
}

static gboolean
accept_word (AutoHeaderScan *self, const char *word)
{
  gsize n = strlen (word);

  if ((gsize) (self->end - self->at) < n || memcmp (self->at, word, n) != 0)
    return FALSE;
  self->at += n;
  return TRUE;
}

gboolean
auto_header_scan_null (AutoHeaderScan *self)
{
  if (self->problem)
    return FALSE;
  skip_space (self);
  return accept_word (self, "null");
}

static gboolean
skip_digits (AutoHeaderScan *self)
{
  const char *first = self->at;

  while (at_digit (self))
    self->at++;
  return self->at > first;
}

static gboolean
skip_number (AutoHeaderScan *self)
{
  gboolean ok;

  if (self->at < self->end && *self->at == '-')
    self->at++;
  if (self->at < self->end && *self->at == '0')
    ok = TRUE, self->at++;
  else
    ok = skip_digits (self);
  if (ok && self->at < self->end && *self->at == '.')
    {
      self->at++;
      ok = skip_digits (self);
    }
  if (ok && self->at < self->end && (*self->at == 'e' || *self->at == 'E'))
    {
      self->at++;
      if (self->at < self->end && (*self->at == '+' || *self->at == '-'))
        self->at++;
      ok = skip_digits (self);
    }
  return ok || auto_header_scan_fail (self, "a value should stand here");
}

static gboolean
skip_value (AutoHeaderScan *self, int depth)
{
  AutoHeaderString string;
  gboolean first = TRUE;

  if (self->problem || depth > MAX_DEPTH)
    return auto_header_scan_fail (self, "values are nested too deeply");
  skip_space (self);
  if (self->at < self->end && *self->at == '"')
    return auto_header_scan_string (self, &string);
  if (accept_word (self, "true") || accept_word (self, "false") || accept_word (self, "null"))
    return TRUE;
  if (auto_header_scan_accept (self, '['))
    {
      while (auto_header_scan_next (self, ']', &first))
        if (!skip_value (self, depth + 1))
          return FALSE;
      return !self->problem;
    }
  if (auto_header_scan_accept (self, '{'))
    {
      while (auto_header_scan_next (self, '}', &first))
        if (!auto_header_scan_key (self, &string) || !skip_value (self, depth + 1))
          return FALSE;
      return !self->problem;
    }
  return skip_number (self);
}

gboolean
auto_header_scan_skip (AutoHeaderScan *self)
{
  return skip_value (self, 0);
}

gboolean
auto_header_scan_end (AutoHeaderScan *self)
{
  if (self->problem)
    return FALSE;
  skip_space (self);
  return self->at == self->end || auto_header_scan_fail (self, "something follows the header's object");
}
