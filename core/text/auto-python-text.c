/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-python-text.h"

#include <string.h>

#include "auto-unicode.h"

GUnicodeType
auto_python_type (gunichar c)
{
  static const GUnicodeType types[] = {
    [AUTO_CATEGORY_LU] = G_UNICODE_UPPERCASE_LETTER,    [AUTO_CATEGORY_LL] = G_UNICODE_LOWERCASE_LETTER,
    [AUTO_CATEGORY_LT] = G_UNICODE_TITLECASE_LETTER,    [AUTO_CATEGORY_LM] = G_UNICODE_MODIFIER_LETTER,
    [AUTO_CATEGORY_LO] = G_UNICODE_OTHER_LETTER,        [AUTO_CATEGORY_MN] = G_UNICODE_NON_SPACING_MARK,
    [AUTO_CATEGORY_MC] = G_UNICODE_SPACING_MARK,        [AUTO_CATEGORY_ME] = G_UNICODE_ENCLOSING_MARK,
    [AUTO_CATEGORY_ND] = G_UNICODE_DECIMAL_NUMBER,      [AUTO_CATEGORY_NL] = G_UNICODE_LETTER_NUMBER,
    [AUTO_CATEGORY_NO] = G_UNICODE_OTHER_NUMBER,        [AUTO_CATEGORY_PC] = G_UNICODE_CONNECT_PUNCTUATION,
    [AUTO_CATEGORY_PD] = G_UNICODE_DASH_PUNCTUATION,    [AUTO_CATEGORY_PS] = G_UNICODE_OPEN_PUNCTUATION,
    [AUTO_CATEGORY_PE] = G_UNICODE_CLOSE_PUNCTUATION,   [AUTO_CATEGORY_PI] = G_UNICODE_INITIAL_PUNCTUATION,
    [AUTO_CATEGORY_PF] = G_UNICODE_FINAL_PUNCTUATION,   [AUTO_CATEGORY_PO] = G_UNICODE_OTHER_PUNCTUATION,
    [AUTO_CATEGORY_SM] = G_UNICODE_MATH_SYMBOL,         [AUTO_CATEGORY_SC] = G_UNICODE_CURRENCY_SYMBOL,
    [AUTO_CATEGORY_SK] = G_UNICODE_MODIFIER_SYMBOL,     [AUTO_CATEGORY_SO] = G_UNICODE_OTHER_SYMBOL,
    [AUTO_CATEGORY_ZS] = G_UNICODE_SPACE_SEPARATOR,     [AUTO_CATEGORY_ZL] = G_UNICODE_LINE_SEPARATOR,
    [AUTO_CATEGORY_ZP] = G_UNICODE_PARAGRAPH_SEPARATOR, [AUTO_CATEGORY_CC] = G_UNICODE_CONTROL,
    [AUTO_CATEGORY_CF] = G_UNICODE_FORMAT,              [AUTO_CATEGORY_CO] = G_UNICODE_PRIVATE_USE,
    [AUTO_CATEGORY_CN] = G_UNICODE_UNASSIGNED,
  };

  auto_unicode_prepare ();
  return types[auto_char_category (c)];
}

gboolean
auto_python_is_decimal (gunichar c)
{
  return auto_python_type (c) == G_UNICODE_DECIMAL_NUMBER;
}

gboolean
auto_python_is_alpha (gunichar c)
{
  auto_unicode_prepare ();
  return auto_char_is_letter (c);
}

gboolean
auto_python_is_alnum (gunichar c)
{
  auto_unicode_prepare ();
  return auto_char_is_letter (c) || auto_char_is_number (c);
}

gboolean
auto_python_is_cased (gunichar c)
{
  auto_unicode_prepare ();
  return auto_char_category (c) <= AUTO_CATEGORY_LT;
}

gboolean
auto_python_is_space (gunichar c)
{
  if (c < 0x80)
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F
         || c == 0x3000;
}

gboolean
auto_python_is_white (gunichar c)
{
  return auto_python_is_space (c) && !(c >= 0x1C && c <= 0x1F);
}

gboolean
auto_python_is_digit (gunichar c)
{
  /* digits that are no decimal ones */
  static const gunichar ranges[][2] = {
    { 0xB2, 0xB3 },     { 0xB9, 0xB9 },     { 0x1369, 0x1371 }, { 0x19DA, 0x19DA },   { 0x2070, 0x2070 },   { 0x2074, 0x2079 },
    { 0x2080, 0x2089 }, { 0x2460, 0x2468 }, { 0x2474, 0x247C }, { 0x2488, 0x2490 },   { 0x24EA, 0x24EA },   { 0x24F5, 0x24FD },
    { 0x24FF, 0x24FF }, { 0x2776, 0x277E }, { 0x2780, 0x2788 }, { 0x278A, 0x2792 },   { 0x10A40, 0x10A43 }, { 0x10E60, 0x10E68 },
    { 0x11052, 0x1105A }, { 0x1F100, 0x1F10A },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (c >= ranges[i][0] && c <= ranges[i][1])
      return TRUE;
  return auto_python_is_decimal (c);
}

void
auto_python_lstrip (const char **text, gsize *length)
{
  guint size;

  while (*length && auto_python_is_space (auto_utf8_get (*text, &size)))
    *text += size, *length -= size;
}

void
auto_python_rstrip (const char *text, gsize *length)
{
  guint size;

  while (*length)
    {
      const char *last = auto_utf8_previous (text + *length);
      if (!auto_python_is_space (auto_utf8_get (last, &size)))
        return;
      *length = last - text;
    }
}

void
auto_python_strip (GString *text)
{
  const char *start = text->str;
  gsize length = text->len;

  auto_python_lstrip (&start, &length);
  auto_python_rstrip (start, &length);
  g_string_erase (text, 0, start - text->str);
  g_string_truncate (text, length);
}

void
auto_python_join_spaces (GString *text)
{
  g_autoptr(GString) out = g_string_sized_new (text->len);
  gboolean inside = FALSE;

  for (const char *p = text->str; *p; p = g_utf8_next_char (p))
    {
      gboolean space = auto_python_is_space (g_utf8_get_char (p));
      if (!space)
        g_string_append_len (out, p, g_utf8_next_char (p) - p);
      else if (!inside)
        g_string_append_c (out, ' ');
      inside = space;
    }
  g_string_assign (text, out->str);
}

const char *
auto_python_first_word (const char *text, gsize length, gsize *word_length)
{
  guint size;
  gsize at = 0, start;

  while (at < length && auto_python_is_space (auto_utf8_get (text + at, &size)))
    at += size;
  for (start = at; at < length && !auto_python_is_space (auto_utf8_get (text + at, &size));)
    at += size;
  *word_length = at - start;
  return at > start ? text + start : NULL;
}

void
auto_python_split (const char *text, gsize length, AutoPythonWord each, gpointer data)
{
  gsize word_length;

  for (const char *word; (word = auto_python_first_word (text, length, &word_length));)
    {
      each (word, word_length, data);
      length -= word + word_length - text;
      text = word + word_length;
    }
}

void
auto_python_collect_word (const char *word, gsize length, gpointer words)
{
  g_ptr_array_add (words, g_strndup (word, length));
}

void
auto_python_append_word (const char *word, gsize length, gpointer text)
{
  if (((GString *) text)->len)
    g_string_append_c (text, ' ');
  g_string_append_len (text, word, length);
}

guint
auto_python_lower_char (gunichar c, gunichar lower[2])
{
  if (c == 0x130) /* the only character that becomes two */
    return lower[0] = 'i', lower[1] = 0x307, 2;
  /* Roman numerals and circled letters have cases, and are no letters to GLib */
  if (c >= 0x80 && auto_python_type (c) == G_UNICODE_UNASSIGNED) /* GLib may know it */
    return lower[0] = c, 1;
  lower[0] = c >= 0x2160 && c <= 0x216F ? c + 16 : c >= 0x24B6 && c <= 0x24CF ? c + 26 : g_unichar_tolower (c);
  return 1;
}

/* Characters between letters that a search for the end of a word passes over. */
static gboolean
is_case_ignorable (gunichar c)
{
  switch (auto_python_type (c))
    {
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_FORMAT:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_MODIFIER_SYMBOL:
      return TRUE;
    default:
      return strchr ("'.:", c < 0x80 && c ? (char) c : 'x') != NULL || c == 0xB7 || c == 0x2018 || c == 0x2019 || c == 0x2024 || c == 0x2027
             || c == 0x387 || c == 0x55F || c == 0x5F4 || c == 0xFE13 || c == 0xFE52 || c == 0xFE55 || c == 0xFF07 || c == 0xFF0E
             || c == 0xFF1A;
    }
}

static gboolean
is_cased (gunichar c)
{
  return auto_python_is_cased (c) || (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x2160 && c <= 0x217F);
}

/* Whether a sigma at @at ends a word: a letter before it, none behind. */
static gboolean
is_final (const char *text, gsize length, gsize at)
{
  guint size;
  gboolean before = FALSE;

  for (const char *p = text + at; p > text;)
    {
      p = auto_utf8_previous (p);
      gunichar c = auto_utf8_get (p, &size);
      if (is_case_ignorable (c))
        continue;
      before = is_cased (c);
      break;
    }
  if (!before)
    return FALSE;
  for (gsize next = at + 2; next < length; next += size)
    {
      gunichar c = auto_utf8_get (text + next, &size);
      if (!is_case_ignorable (c))
        return !is_cased (c);
    }
  return TRUE;
}

char *
auto_python_lower (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);
  gunichar lower[2];
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      guint n = auto_python_lower_char (c, lower);
      if (c == 0x3A3 && is_final (text, length, at))
        lower[0] = 0x3C2;
      for (guint i = 0; i < n; i++)
        g_string_append_unichar (out, lower[i]);
    }
  return g_string_free (out, FALSE);
}

/* Each character by itself: of several, and in the user's language, GLib makes something else. */
char *
auto_python_upper (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      g_autofree char *upper = c < 0x80 ? NULL : g_utf8_strup (text + at, size);
      if (c < 0x80)
        g_string_append_c (out, g_ascii_toupper ((char) c));
      else if (auto_python_type (c) == G_UNICODE_UNASSIGNED)
        g_string_append_len (out, text + at, size);
      else if ((c >= 0x2170 && c <= 0x217F) || (c >= 0x24D0 && c <= 0x24E9)) /* see above */
        g_string_append_unichar (out, c - (c < 0x2180 ? 16 : 26));
      else
        g_string_append (out, upper);
    }
  return g_string_free (out, FALSE);
}

gboolean
auto_python_is_blank (gunichar c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || auto_python_type (c) == G_UNICODE_SPACE_SEPARATOR;
}

gboolean
auto_python_is_control (gunichar c)
{
  if (c == '\t' || c == '\n' || c == '\r')
    return FALSE;
  switch (auto_python_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
auto_python_is_punctuation (gunichar c)
{
  if (c < 0x80)
    return g_ascii_ispunct ((char) c);
  switch (auto_python_type (c))
    {
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
auto_python_is_chinese (gunichar c)
{
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F)
         || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B820 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}
