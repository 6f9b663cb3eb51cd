/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done around English numbers: halves before, amounts of money behind. */
#include "english-numbers.h"

#include <string.h>

#include "core/text/auto-python-text.h"

gboolean
whisper_is_word_character (gunichar c)
{
  switch (auto_python_type (c))
    {
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
      return TRUE;
    default:
      return c == '_';
    }
}

gboolean
whisper_word_before (const char *text, const char *at)
{
  return at > text && whisper_is_word_character (g_utf8_get_char (g_utf8_prev_char (at)));
}

gboolean
whisper_word_at (const char *at)
{
  return *at && whisper_is_word_character (g_utf8_get_char (at));
}

const char *
whisper_skip_spaces (const char *text)
{
  while (*text && auto_python_is_space (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return text;
}

/* The end of "and a half" if it begins at @at, a word by itself; NULL if not. */
static const char *
match_half (const char *text, const char *at)
{
  static const char *const parts[] = { "and", "a", "half" };
  const char *p = at;

  if (whisper_word_before (text, at))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      const char *start = i ? whisper_skip_spaces (p) : p;
      if ((i && start == p) || !g_str_has_prefix (start, parts[i]))
        return NULL;
      p = start + strlen (parts[i]);
    }
  return whisper_word_at (p) ? NULL : p;
}

static void
keep_last (const char *word, gsize length, gpointer data)
{
  char **last = data;

  g_free (*last);
  *last = g_strndup (word, length);
}

/* A text up to "and a half", or the rest; blank ones are left out. */
static void
append_segment (GString *out, const char *segment, gsize length, gboolean half)
{
  g_autofree char *last = NULL;

  auto_python_split (segment, length, keep_last, &last);
  if (!last)
    return;
  if (out->len)
    g_string_append_c (out, ' ');
  g_string_append_len (out, segment, length);
  if (half)
    g_string_append (out, whisper_is_number_word (last) ? " point five" : " and a half");
}

static GString *
write_halves (const char *text)
{
  GString *out = g_string_new (NULL);
  const char *from = text;

  for (const char *at = text; (at = strstr (at, "and"));)
    {
      const char *end = match_half (text, at);
      if (end)
        append_segment (out, from, at - from, TRUE);
      at = end ? end : at + 1;
      from = end ? end : from;
    }
  append_segment (out, from, strlen (from), FALSE);
  return out;
}

/* The length of an ending that a number may have, a word's end behind it; 0: none. */
static gsize
ending_length (const char *text)
{
  static const char *const endings[] = { "st", "nd", "rd", "th", "s" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_prefix (text, endings[i]) && !whisper_word_at (text + strlen (endings[i])))
      return strlen (endings[i]);
  return 0;
}

/* Puts spaces between letters and digits, but not before an ending. */
static GString *
part_letters (const GString *text)
{
  g_autoptr(GString) parted = g_string_sized_new (text->len);
  GString *out = g_string_sized_new (text->len);

  for (gsize i = 0; i < text->len; i++)
    {
      char a = text->str[i], b = text->str[i + 1];
      g_string_append_c (parted, a);
      if ((g_ascii_islower (a) && g_ascii_isdigit (b)) || (g_ascii_isdigit (a) && g_ascii_islower (b)))
        g_string_append_c (parted, ' ');
    }
  for (const char *p = parted->str; *p;)
    {
      const char *next = p + 1, *end = whisper_skip_spaces (next);
      g_string_append_c (out, *p);
      p = g_ascii_isdigit (*p) && end > next && ending_length (end) ? end : next;
    }
  return out;
}

/* One or two digits that end a word; 0: there are none. */
static gsize
cents_length (const char *text)
{
  gsize n = g_ascii_isdigit (text[0]) + (g_ascii_isdigit (text[0]) && g_ascii_isdigit (text[1]));

  return n && !whisper_word_at (text + n) ? n : 0;
}

/* The length of a sign of a currency that has cents; 0: none. */
static gsize
currency_length (const char *text)
{
  return *text == '$' ? 1 : g_str_has_prefix (text, "£") ? strlen ("£") : g_str_has_prefix (text, "€") ? strlen ("€") : 0;
}

/* "$2 and ¢7" is $2.07. Returns the end of what was taken, or NULL. */
static const char *
match_amount (const char *text, GString *out)
{
  gsize sign = currency_length (text), digits = strspn (text + sign, "0123456789");
  const char *p = text + sign + digits;

  if (!sign || !digits || *p++ != ' ')
    return NULL;
  if (g_str_has_prefix (p, "and "))
    p += strlen ("and ");
  if (!g_str_has_prefix (p, "¢"))
    return NULL;
  p += strlen ("¢");
  gsize n = cents_length (p);
  if (!n)
    return NULL;
  g_string_append_len (out, text, sign + digits);
  g_string_append_printf (out, ".%02d", (int) g_ascii_strtoull (p, NULL, 10));
  return p + n;
}

/* "$0.07" is ¢7; what stands in the point's place doesn't matter. */
static const char *
match_cents (const char *text, GString *out)
{
  gsize sign = currency_length (text);
  const char *p = text + sign;

  if (!sign || *p++ != '0' || !*p || *p == '\n')
    return NULL;
  p = g_utf8_next_char (p);
  gsize n = cents_length (p);
  if (!n)
    return NULL;
  g_string_append_printf (out, "¢%d", (int) g_ascii_strtoull (p, NULL, 10));
  return p + n;
}

static GString *
rewrite_amounts (const char *text, const char *(*match) (const char *, GString *))
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p;)
    {
      const char *end = match (p, out);
      if (!end)
        g_string_append_c (out, *p);
      p = end ? end : p + 1;
    }
  return out;
}

/* 1 and 1s by themselves are written out. */
static char *
write_ones (const GString *text)
{
  GString *out = g_string_sized_new (text->len);

  for (const char *p = text->str; *p; p++)
    if (*p == '1' && !whisper_word_before (text->str, p) && !whisper_word_at (p + 1 + (p[1] == 's')))
      g_string_append (out, "one");
    else
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

char *
whisper_write_numbers (const char *text)
{
  g_autoptr(GString) halves = write_halves (text), parted = part_letters (halves);
  g_autofree char *joined = whisper_join_numbers (parted->str, parted->len);
  g_autoptr(GString) whole = rewrite_amounts (joined, match_amount), cents = rewrite_amounts (whole->str, match_cents);

  return write_ones (cents);
}
