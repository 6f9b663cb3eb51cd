/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Python's methods of strings that fill a text up, swap its case, or tell of what kind its characters are. */
#include <string.h>
#include <unicode/uchar.h>

#include "auto-python-text.h"
#include "auto-template-private.h"

static void
repeat (GString *out, const TplString *piece, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    g_string_append_len (out, piece->data, piece->length);
}

/* How many characters a text lacks of the width that it is to have; 0 with an error where that is no number, or far too large. */
static gint64
lacking (TplRender *render, TplArgs *args)
{
  TplValue width = args->items[1];

  if (!tpl_is_integer (width))
    tpl_fail (render, "an integer is wanted, not a %s", tpl_type_name (width));
  else if (width.kind != TPL_BOOL && width.as.integer > (gint64) tpl_max_text)
    tpl_fail (render, "a text grows too long");
  if (render->error)
    return 0;
  gint64 wanted = width.kind == TPL_BOOL ? width.as.boolean : width.as.integer, chars = args->items[0].as.string->chars;
  return wanted > chars ? wanted - chars : 0;
}

/* The text with @left characters of the @missing ones before it, and the others behind. */
static TplValue
fill (TplRender *render, TplArgs *args, gint64 left, gint64 missing)
{
  static const TplString space = { " ", 1, 1 };
  TplValue with = args->items[2];
  GString *out = g_string_new (NULL);

  if (with.kind != TPL_ABSENT && (with.kind != TPL_STRING || with.as.string->chars != 1))
    tpl_fail (render, "the fill character must be exactly one character long");
  const TplString *piece = with.kind == TPL_STRING ? with.as.string : &space;
  if (!render->error)
    {
      repeat (out, piece, left);
      tpl_append_text (render, out, args->items[0]);
      repeat (out, piece, missing - left);
    }
  return tpl_string_take (render, out);
}

static TplValue
method_center (TplRender *render, TplArgs *args)
{
  gint64 missing = lacking (render, args), width = missing + (gint64) args->items[0].as.string->chars;
  return fill (render, args, missing / 2 + (missing & width & 1), missing);
}

static TplValue
method_ljust (TplRender *render, TplArgs *args)
{
  return fill (render, args, 0, lacking (render, args));
}

static TplValue
method_rjust (TplRender *render, TplArgs *args)
{
  gint64 missing = lacking (render, args);
  return fill (render, args, missing, missing);
}

/* Zeros go behind a sign. */
static TplValue
method_zfill (TplRender *render, TplArgs *args)
{
  static const TplString zero = { "0", 1, 1 };
  const TplString *text = args->items[0].as.string;
  gint64 missing = lacking (render, args);
  gsize sign = text->length && (*text->data == '+' || *text->data == '-');
  GString *out = g_string_new_len (text->data, sign);

  repeat (out, &zero, missing);
  g_string_append_len (out, text->data + sign, text->length - sign);
  return tpl_string_take (render, out);
}

static TplValue
method_swapcase (TplRender *render, TplArgs *args)
{
  const TplString *text = args->items[0].as.string;
  const char *p = text->data, *end = p + text->length;
  GString *out = g_string_new (NULL);

  while (p < end && !render->error)
    {
      const char *from = p;
      gboolean upper = g_unichar_isupper (g_utf8_get_char (p)), lower = g_unichar_islower (g_utf8_get_char (p));
      while (p < end && g_unichar_isupper (g_utf8_get_char (p)) == upper && g_unichar_islower (g_utf8_get_char (p)) == lower)
        p = g_utf8_next_char (p);
      TplValue run = tpl_substring (render, args->items[0], from - text->data, p - text->data);
      tpl_append_text (render, out, upper || lower ? tpl_change_case (render, run, lower) : run);
    }
  return tpl_string_take (render, out);
}

/* A capital begins each run of letters, and there is one. */
static TplValue
method_istitle (TplRender *render, TplArgs *args)
{
  const TplString *text = args->items[0].as.string;
  gboolean inside = FALSE, any = FALSE;

  for (const char *p = text->data; p < text->data + text->length; p = g_utf8_next_char (p))
    {
      gunichar ch = g_utf8_get_char (p);
      gboolean capital = auto_python_is_cased (ch) && auto_python_type (ch) != G_UNICODE_LOWERCASE_LETTER, small = auto_python_type (ch) == G_UNICODE_LOWERCASE_LETTER;
      if ((capital && inside) || (small && !inside))
        return tpl_bool (FALSE);
      inside = capital || small;
      any |= inside;
    }
  return tpl_bool (any);
}

static TplValue
method_isascii (TplRender *render, TplArgs *args)
{
  return tpl_bool (args->items[0].as.string->chars == args->items[0].as.string->length);
}

static gboolean
is_decimal (gunichar ch)
{
  return auto_python_is_decimal (ch);
}

static TplValue
method_isdecimal (TplRender *render, TplArgs *args)
{
  return tpl_all_characters (args->items[0], is_decimal);
}

static gboolean
is_numeric (gunichar ch)
{
  return u_getNumericValue ((UChar32) ch) != U_NO_NUMERIC_VALUE;
}

static TplValue
method_isnumeric (TplRender *render, TplArgs *args)
{
  return tpl_all_characters (args->items[0], is_numeric);
}

const TplMethod tpl_text_form_methods[] = {
  { 1u << TPL_STRING, { "center", method_center, "self width fill", 2 } },
  { 1u << TPL_STRING, { "ljust", method_ljust, "self width fill", 2 } },
  { 1u << TPL_STRING, { "rjust", method_rjust, "self width fill", 2 } },
  { 1u << TPL_STRING, { "zfill", method_zfill, "self width", 2 } },
  { 1u << TPL_STRING, { "swapcase", method_swapcase, "self", 1 } },
  { 1u << TPL_STRING, { "istitle", method_istitle, "self", 1 } },
  { 1u << TPL_STRING, { "isascii", method_isascii, "self", 1 } },
  { 1u << TPL_STRING, { "isdecimal", method_isdecimal, "self", 1 } },
  { 1u << TPL_STRING, { "isnumeric", method_isnumeric, "self", 1 } },
  { 0 },
};
