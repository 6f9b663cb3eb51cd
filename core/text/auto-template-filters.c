/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "auto-python-text.h"
#include "auto-template-private.h"

static gint64
integer_argument (TplRender *render, TplValue value, gint64 otherwise)
{
  if (value.kind == TPL_ABSENT)
    return otherwise;
  if (tpl_is_integer (value))
    return value.kind == TPL_BOOL ? value.as.boolean : value.as.integer;
  tpl_fail (render, "an integer is wanted, not a %s", tpl_type_name (value));
  return otherwise;
}

static TplValue
filter_trim (TplRender *render, TplArgs *args)
{
  return tpl_strip (render, tpl_to_string (render, args->items[0]), args->items[1], TRUE, TRUE);
}

static TplValue
filter_upper (TplRender *render, TplArgs *args)
{
  return tpl_change_case (render, tpl_to_string (render, args->items[0]), TRUE);
}

static TplValue
filter_lower (TplRender *render, TplArgs *args)
{
  return tpl_change_case (render, tpl_to_string (render, args->items[0]), FALSE);
}

static TplValue
filter_capitalize (TplRender *render, TplArgs *args)
{
  return tpl_capitalize (render, tpl_to_string (render, args->items[0]));
}

/* A capital after spaces, hyphens and opening brackets. */
static TplValue
filter_title (TplRender *render, TplArgs *args)
{
  TplValue string = tpl_to_string (render, args->items[0]);
  TplValue lower = tpl_change_case (render, string, FALSE);
  const char *p = lower.as.string->data, *end = p + lower.as.string->length;
  GString *out = g_string_new (NULL);
  gboolean starts = TRUE;

  for (; p < end; p = g_utf8_next_char (p))
    {
      gunichar ch = g_utf8_get_char (p);
      TplValue letter = tpl_substring (render, lower, p - lower.as.string->data, g_utf8_next_char (p) - lower.as.string->data);
      if (starts)
        tpl_append_text (render, out, tpl_change_case (render, letter, TRUE));
      else
        g_string_append_unichar (out, ch);
      starts = tpl_is_space (ch) || ch == '-' || (ch < 0x80 && ch && strchr ("({[<", (char) ch));
    }
  return tpl_string_take (render, out);
}

static TplValue
filter_replace (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items;
  gint64 count = a[3].kind == TPL_NONE ? -1 : integer_argument (render, a[3], -1);

  TplValue texts[3];
  for (int i = 0; i < 3; i++)
    texts[i] = tpl_to_string (render, a[i]);
  texts[0].safe = FALSE;
  return render->error ? texts[0] : tpl_replace (render, texts[0], texts[1], texts[2], count);
}

static TplValue
filter_string (TplRender *render, TplArgs *args)
{
  return tpl_to_string (render, args->items[0]);
}

static TplValue
filter_safe (TplRender *render, TplArgs *args)
{
  TplValue text = tpl_to_string (render, args->items[0]);

  text.safe = TRUE;
  return text;
}

static TplValue
filter_escape (TplRender *render, TplArgs *args)
{
  return tpl_escape (render, args->items[0]);
}

static TplValue
filter_forceescape (TplRender *render, TplArgs *args)
{
  TplValue text = tpl_to_string (render, args->items[0]);

  text.safe = FALSE;
  return tpl_escape (render, text);
}

static TplValue
filter_default (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items;

  if (a[0].kind != TPL_UNDEFINED && !(tpl_is_truthy (a[2]) && !tpl_is_truthy (a[0])))
    return a[0];
  return a[1].kind == TPL_ABSENT ? tpl_string_static (render, "", 0) : a[1];
}

static TplValue
filter_length (TplRender *render, TplArgs *args)
{
  gssize length = tpl_length (args->items[0]);

  if (length < 0)
    tpl_fail (render, "a %s has no length", tpl_type_name (args->items[0]));
  return tpl_int (length);
}

/* A number as Python's int (text) and float (text) read it: spaces around, underscores between digits. */
static char *
number_text (TplRender *render, TplValue value)
{
  TplValue stripped = tpl_strip (render, value, TPL_VALUE_NONE, TRUE, TRUE);
  g_autofree char *text = g_strndup (stripped.as.string->data, stripped.as.string->length);
  GString *out = g_string_new (NULL);

  for (gsize i = 0; text[i]; i++)
    {
      if (text[i] != '_')
        g_string_append_c (out, text[i]);
      else if (i == 0 || !g_ascii_isxdigit (text[i - 1]) || !g_ascii_isxdigit (text[i + 1]))
        g_string_append_c (out, '?');
    }
  return g_string_free (out, FALSE);
}

static gboolean
parse_float (TplRender *render, TplValue value, double *number)
{
  g_autofree char *text = number_text (render, value);
  char *end;

  if (!*text || strpbrk (text, "xXpP("))
    return FALSE;
  *number = g_ascii_strtod (text, &end);
  return *end == 0;
}

/* 1: read; 0: no number; -1: beyond 64 bits. */
static int
parse_int (TplRender *render, TplValue value, gint64 base, gint64 *number)
{
  g_autofree char *text = number_text (render, value);
  const char *digits = text + (text[0] == '-' || text[0] == '+');
  guint64 magnitude = 0;

  if (digits[0] == '0' && digits[1])
    {
      char prefix = digits[1] | 0x20;
      gint64 named = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 0;
      if (named && (base == 0 || base == named))
        {
          base = named;
          digits += 2;
        }
    }
  if (base < 0 || base == 1 || base > 36)
    return 0;
  base = base ? base : 10;
  if (!*digits)
    return 0;
  for (; *digits; digits++)
    {
      int digit = g_ascii_isdigit (*digits) ? *digits - '0' : g_ascii_isalpha (*digits) ? (*digits | 0x20) - 'a' + 10 : 99;
      if (digit >= base)
        return 0;
      if (__builtin_mul_overflow (magnitude, (guint64) base, &magnitude) || __builtin_add_overflow (magnitude, (guint64) digit, &magnitude)
          || magnitude > G_MAXINT64)
        return -1;
    }
  *number = text[0] == '-' ? -(gint64) magnitude : (gint64) magnitude;
  return 1;
}

static TplValue
int_from_double (TplRender *render, double number)
{
  if (fabs (number) >= 9.2e18)
    tpl_fail (render, "an integer needs more than 64 bits");
  return tpl_int (render->error ? 0 : (gint64) number);
}

static TplValue
filter_int (TplRender *render, TplArgs *args)
{
  TplValue value = args->items[0], otherwise = args->items[1].kind == TPL_ABSENT ? tpl_int (0) : args->items[1];
  gint64 base = integer_argument (render, args->items[2], 10), integer = 0;
  double number;

  if (tpl_is_integer (value))
    return tpl_int (value.kind == TPL_BOOL ? value.as.boolean : value.as.integer);
  if (value.kind == TPL_FLOAT && isinf (value.as.number))
    tpl_fail (render, "infinity has no integer");
  if (value.kind == TPL_FLOAT)
    return isnan (value.as.number) ? otherwise : int_from_double (render, value.as.number);
  if (tpl_fail_undefined (render, value) || value.kind != TPL_STRING)
    return otherwise;
  int found = parse_int (render, value, base, &integer);
  if (found < 0)
    tpl_fail (render, "an integer needs more than 64 bits");
  if (found)
    return tpl_int (integer);
  if (parse_float (render, value, &number) && isfinite (number))
    return int_from_double (render, number);
  return otherwise;
}

static TplValue
filter_float (TplRender *render, TplArgs *args)
{
  TplValue value = args->items[0];
  double number;

  if (tpl_is_number (value))
    return tpl_float (tpl_to_double (value));
  if (!tpl_fail_undefined (render, value) && value.kind == TPL_STRING && parse_float (render, value, &number))
    return tpl_float (number);
  return args->items[1].kind == TPL_ABSENT ? tpl_float (0) : args->items[1];
}

static TplValue
filter_abs (TplRender *render, TplArgs *args)
{
  TplValue value = args->items[0];

  if (value.kind == TPL_FLOAT)
    return tpl_float (fabs (value.as.number));
  if (!tpl_is_integer (value))
    {
      if (!tpl_fail_undefined (render, value))
        tpl_fail (render, "a %s has no absolute value", tpl_type_name (value));
      return value;
    }
  return tpl_compare (render, value, tpl_int (0)) < 0 ? tpl_arithmetic (render, TPL_OP_SUBTRACT, tpl_int (0), value)
                                                      : tpl_int (integer_argument (render, value, 0));
}

/* Rounds half to even at the decimal place, by the decimal digits as Python does. */
static double
round_decimal (double number, gint64 precision)
{
  char text[700], format[16];

  if (!isfinite (number) || precision > 300)
    return number;
  if (precision < -300)
    return 0;
  if (precision < 0)
    {
      double scale = pow (10, -precision);
      return rint (number / scale) * scale;
    }
  g_snprintf (format, sizeof format, "%%.%df", (int) precision);
  return g_ascii_strtod (g_ascii_formatd (text, sizeof text, format, number), NULL);
}

static TplValue
filter_round (TplRender *render, TplArgs *args)
{
  TplValue value = args->items[0], method = args->items[2];
  gint64 precision = integer_argument (render, args->items[1], 0);
  g_autofree char *name = method.kind == TPL_ABSENT ? g_strdup ("common") : tpl_to_name (render, method);

  if (!tpl_is_number (value) && !tpl_fail_undefined (render, value))
    tpl_fail (render, "a %s can't be rounded", tpl_type_name (value));
  if (render->error)
    return value;
  gboolean common = strcmp (name, "common") == 0, up = strcmp (name, "ceil") == 0;
  if (!common && !up && strcmp (name, "floor") != 0)
    tpl_fail (render, "method must be common, ceil or floor");
  if (common && tpl_is_integer (value) && precision >= 0)
    return tpl_int (integer_argument (render, value, 0));
  if (common && tpl_is_integer (value))
    return int_from_double (render, round_decimal (tpl_to_double (value), precision));
  if (common)
    return tpl_float (round_decimal (value.as.number, precision));
  double scale = pow (10, precision), scaled = tpl_to_double (value) * scale;
  return tpl_float ((up ? ceil (scaled) : floor (scaled)) / scale);
}

static gboolean
is_line_break (const char *p, const char *end, gsize *length)
{
  gunichar ch = g_utf8_get_char (p);

  *length = g_utf8_next_char (p) - p;
  if (ch == '\r' && p + 1 < end && p[1] == '\n')
    *length = 2;
  return (ch >= 0x0a && ch <= 0x0d) || (ch >= 0x1c && ch <= 0x1e) || ch == 0x85 || ch == 0x2028 || ch == 0x2029;
}

static TplValue
filter_indent (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, text = a[0];
  gboolean first = tpl_is_truthy (a[2]), blank = tpl_is_truthy (a[3]);
  TplValue width = a[1].kind == TPL_STRING ? a[1] : tpl_string_static (render, " ", 1);

  if (a[1].kind != TPL_STRING)
    width = tpl_arithmetic (render, TPL_OP_MULTIPLY, width, a[1].kind == TPL_ABSENT ? tpl_int (4) : a[1]);
  if (text.kind != TPL_STRING && !tpl_fail_undefined (render, text))
    tpl_fail (render, "indent wants a str, not a %s", tpl_type_name (text));
  if (render->error)
    return text;
  const char *p = text.as.string->data, *end = p + text.as.string->length;
  GString *out = g_string_new (NULL);
  for (gboolean is_first = TRUE; !render->error; is_first = FALSE)
    {
      gsize length = 0;
      const char *begin = p;
      while (p < end && !is_line_break (p, end, &length))
        p += length;
      if (is_first ? first : blank || p > begin)
        tpl_append_text (render, out, width);
      g_string_append_len (out, begin, p - begin);
      /* the text counts as if a newline ended it: after one that is there, an empty line follows */
      if (p >= end)
        break;
      p += length;
      g_string_append_c (out, '\n');
    }
  TplValue result = tpl_string_take (render, out);
  result.safe = text.safe;
  return result;
}

static TplValue
filter_center (TplRender *render, TplArgs *args)
{
  TplValue text = tpl_to_string (render, args->items[0]);
  gint64 width = integer_argument (render, args->items[1], 80), missing = width - (gint64) text.as.string->chars;
  GString *out = g_string_new (NULL);

  if (width > (gint64) tpl_max_text)
    tpl_fail (render, "a text grows too long");
  gint64 left = missing > 0 && !render->error ? missing / 2 + (missing & width & 1) : 0;
  for (gint64 i = 0; i < left; i++)
    g_string_append_c (out, ' ');
  tpl_append_text (render, out, text);
  for (gint64 i = left; i < missing && !render->error; i++)
    g_string_append_c (out, ' ');
  return tpl_string_take (render, out);
}

static TplValue
filter_truncate (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, text = a[0], tail = a[3].kind == TPL_ABSENT ? tpl_string_static (render, "...", 3) : a[3];
  gint64 length = integer_argument (render, a[1], 255), leeway = a[4].kind == TPL_NONE ? 5 : integer_argument (render, a[4], 5);

  if (text.kind != TPL_STRING || tail.kind != TPL_STRING || length < (gint64) tail.as.string->chars || leeway < 0)
    {
      if (!tpl_fail_undefined (render, text))
        tpl_fail (render, "truncate can't cut so");
      return text;
    }
  if ((gint64) text.as.string->chars <= length + leeway)
    return text;
  gsize end = tpl_char_offset (text.as.string, length - tail.as.string->chars);
  if (!tpl_is_truthy (a[2]))
    for (gsize i = end; i > 0; i--)
      if (text.as.string->data[i - 1] == ' ')
        {
          end = i - 1;
          break;
        }
  return tpl_arithmetic (render, TPL_OP_ADD, tpl_substring (render, text, 0, end), tail);
}

static TplValue
filter_wordcount (TplRender *render, TplArgs *args)
{
  TplValue text = tpl_to_string (render, args->items[0]);
  const char *p = text.as.string->data, *end = p + text.as.string->length;
  gboolean inside = FALSE;
  gint64 words = 0;

  for (; p < end; p = g_utf8_next_char (p))
    {
      gunichar ch = g_utf8_get_char (p);
      gboolean word = ch == '_' || auto_python_is_alnum (ch);
      words += word && !inside;
      inside = word;
    }
  return tpl_int (words);
}

static TplValue
filter_format (TplRender *render, TplArgs *args)
{
  TplValue format = tpl_to_string (render, args->items[0]), tuple = tpl_sequence (render, TPL_TUPLE), names = tpl_dict (render);

  if (args->n_items > 1 && args->n_names)
    tpl_fail (render, "can't handle positional and keyword arguments at the same time");
  for (gsize i = 1; i < args->n_items; i++)
    tpl_append (render, tuple.as.sequence, args->items[i]);
  for (gsize i = 0; i < args->n_names; i++)
    tpl_dict_set (render, names.as.dict, tpl_string_copy (render, args->names[i], -1), args->values[i]);
  return render->error ? format : tpl_format_percent (render, format, tuple, args->n_names ? names.as.dict : NULL);
}

static TplValue
filter_attr (TplRender *render, TplArgs *args)
{
  g_autofree char *name = tpl_to_name (render, args->items[1]);
  const TplMethod *method;

  if (!name || tpl_fail_undefined (render, args->items[0]))
    return TPL_VALUE_UNDEFINED;
  if (args->items[0].kind == TPL_DICT && !tpl_find_method (args->items[0], name, &method))
    return tpl_undefined (render, "'dict object' has no attribute '%.100s'", name);
  return tpl_get_attribute (render, args->items[0], name);
}

static TplValue
filter_urlencode (TplRender *render, TplArgs *args)
{
  TplValue text = tpl_to_string (render, args->items[0]);
  GString *out = g_string_new (NULL);

  if (args->items[0].kind == TPL_DICT || tpl_is_sequence (args->items[0]))
    tpl_fail (render, "urlencode takes a text here, not a %s", tpl_type_name (args->items[0]));
  for (gsize i = 0; i < text.as.string->length; i++)
    {
      guchar ch = text.as.string->data[i];
      if (g_ascii_isalnum (ch) || (ch && strchr ("_.-~/", ch)))
        g_string_append_c (out, ch);
      else
        g_string_append_printf (out, "%%%02X", ch);
    }
  return tpl_string_take (render, out);
}

static const TplFunction filters[] = {
  { "trim", filter_trim, "value chars", 1 },
  { "upper", filter_upper, "s", 1 },
  { "lower", filter_lower, "s", 1 },
  { "capitalize", filter_capitalize, "s", 1 },
  { "title", filter_title, "s", 1 },
  { "replace", filter_replace, "s old new count", 3 },
  { "string", filter_string, "s", 1 },
  { "safe", filter_safe, "value", 1 },
  { "e", filter_escape, "s", 1 },
  { "escape", filter_escape, "s", 1 },
  { "forceescape", filter_forceescape, "value", 1 },
  { "d", filter_default, "value default_value boolean", 1 },
  { "default", filter_default, "value default_value boolean", 1 },
  { "count", filter_length, "obj", 1 },
  { "length", filter_length, "obj", 1 },
  { "int", filter_int, "value default base", 1 },
  { "float", filter_float, "value default", 1 },
  { "abs", filter_abs, "x", 1 },
  { "round", filter_round, "value precision method", 1 },
  { "indent", filter_indent, "s width first blank", 1 },
  { "center", filter_center, "value width", 1 },
  { "truncate", filter_truncate, "s length killwords end leeway", 1 },
  { "wordcount", filter_wordcount, "s", 1 },
  { "format", filter_format },
  { "attr", filter_attr, "obj name", 2 },
  { "urlencode", filter_urlencode, "value", 1 },
  { "tojson", tpl_to_json, "value indent ensure_ascii separators sort_keys", 1 },
};

const TplFunction *
tpl_find_filter (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    if (strcmp (filters[i].name, name) == 0)
      return &filters[i];
  return tpl_find_sequence_filter (name);
}
