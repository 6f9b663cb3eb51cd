/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "auto-template-private.h"
#include "core/base/auto-json.h"

#define MAX_WIDTH 10000

/* How one value is asked to be written: what % and str.format have in common. */
typedef struct
{
  char fill[8];
  char align; /* '<', '>', '^', '=', 0 for the type's own */
  char sign;  /* '+', ' ', 0 */
  gboolean alternate;
  gboolean thousands;
  gint64 width;
  gint64 precision; /* -1: none */
  char type;        /* 0: none */
} Spec;

static gint64
read_number (TplRender *render, const char **p, const char *end)
{
  gint64 number = 0;

  for (; *p < end && g_ascii_isdigit (**p); ++*p)
    number = MIN (number * 10 + (**p - '0'), MAX_WIDTH + 1);
  if (number > MAX_WIDTH)
    tpl_fail (render, "a format asks for more than %d characters", MAX_WIDTH);
  return number;
}

/* @digits with what the spec asks around it. */
static void
append_padded (GString *out, const Spec *spec, const char *sign, const char *digits, gsize digits_length, char own_align)
{
  gint64 chars = g_utf8_strlen (digits, digits_length) + strlen (sign), missing = MAX (spec->width - chars, 0);
  char align = spec->align ? spec->align : own_align;
  gint64 before = align == '>' ? missing : align == '^' ? missing / 2 : 0;

  for (gint64 i = 0; i < before; i++)
    g_string_append (out, spec->fill);
  g_string_append (out, sign);
  for (gint64 i = 0; align == '=' && i < missing; i++)
    g_string_append (out, spec->fill);
  g_string_append_len (out, digits, digits_length);
  for (gint64 i = before; align != '=' && i < missing; i++)
    g_string_append (out, spec->fill);
}

static void
add_thousands (GString *digits)
{
  gsize whole = strspn (digits->str, "0123456789");

  for (gsize at = whole; at > 3; at -= 3)
    g_string_insert_c (digits, at - 3, ',');
}

static void
append_number (TplRender *render, GString *out, const Spec *spec, TplValue value)
{
  gboolean is_float = strchr ("eEfFgG%", spec->type ? spec->type : 'd') != NULL || (!spec->type && value.kind == TPL_FLOAT);
  char type = spec->type ? spec->type : is_float ? 'r' : 'd', format[32], text[1200];
  double number = tpl_to_double (value) * (type == '%' ? 100 : 1);
  gint64 integer = value.kind == TPL_FLOAT ? 0 : value.kind == TPL_BOOL ? value.as.boolean : value.as.integer;
  gboolean negative = is_float ? signbit (number) && !isnan (number) : integer < 0;
  g_autoptr(GString) digits = g_string_new (NULL);

  if (is_float && !isfinite (number))
    g_string_append (digits, g_ascii_isupper (type) ? (isnan (number) ? "NAN" : "INF") : isnan (number) ? "nan" : "inf");
  else if (type == 'r' && spec->precision < 0)
    {
      g_autofree char *shortest = auto_double_to_string (fabs (number));
      g_string_append (digits, shortest);
    }
  else if (is_float)
    {
      g_snprintf (format, sizeof format, "%%%s.%d%c", spec->alternate ? "#" : "", (int) MIN (spec->precision < 0 ? 6 : spec->precision, 400),
                  type == '%' ? 'f' : type == 'r' ? 'g' : type);
      g_string_append (digits, g_ascii_formatd (text, sizeof text, format, fabs (number)));
    }
  else
    {
      guint64 magnitude = negative ? -(guint64) integer : (guint64) integer;
      const char *prefix = !spec->alternate ? "" : type == 'x' ? "0x" : type == 'X' ? "0X" : type == 'o' ? "0o" : type == 'b' ? "0b" : "";
      if (type == 'x')
        g_string_printf (digits, "%s%" G_GINT64_MODIFIER "x", prefix, magnitude);
      else if (type == 'X')
        g_string_printf (digits, "%s%" G_GINT64_MODIFIER "X", prefix, magnitude);
      else if (type == 'o')
        g_string_printf (digits, "%s%" G_GINT64_MODIFIER "o", prefix, magnitude);
      else
        g_string_printf (digits, "%" G_GUINT64_FORMAT, magnitude);
    }
  if (type == '%')
    g_string_append_c (digits, '%');
  if (spec->thousands)
    add_thousands (digits);
  char sign[2] = { negative ? '-' : spec->sign, 0 };
  append_padded (out, spec, sign, digits->str, digits->len, '>');
}

static void
append_formatted (TplRender *render, GString *out, const Spec *spec, TplValue value, gboolean is_percent)
{
  gboolean wants_number = spec->type && strchr ("diuxXoeEfFgG%bn", spec->type) != NULL;
  Spec used = *spec;

  if (tpl_is_number (value) && (wants_number || (!spec->type && value.kind != TPL_BOOL)))
    {
      gboolean integer_type = spec->type && strchr ("diuxXobn", spec->type) != NULL;
      if (integer_type && value.kind == TPL_FLOAT && (!is_percent || !isfinite (value.as.number) || fabs (value.as.number) > 9.2e18))
        tpl_fail (render, "the format %%%c wants an integer", spec->type);
      else
        append_number (render, out, spec, integer_type && value.kind == TPL_FLOAT ? tpl_int ((gint64) value.as.number) : value);
      return;
    }
  if (wants_number)
    {
      if (!tpl_fail_undefined (render, value))
        tpl_fail (render, "the format %c wants a number, not a %s", spec->type, tpl_type_name (value));
      return;
    }
  TplValue text = tpl_to_string (render, value);
  gsize length = text.as.string->length;
  if (used.precision >= 0)
    length = tpl_char_offset (text.as.string, used.precision);
  append_padded (out, &used, "", text.as.string->data, length, is_percent ? '>' : '<');
}

typedef struct
{
  TplValue *items;
  gsize n_items;
  gsize next;
} Positional;

static TplValue
next_argument (TplRender *render, Positional *args)
{
  if (args->next < args->n_items)
    return args->items[args->next++];
  tpl_fail (render, "not enough arguments for format string");
  return TPL_VALUE_UNDEFINED;
}

/* The part of a %-directive before its letter; returns where the letter is. */
static const char *
read_percent_spec (TplRender *render, const char *p, const char *end, Positional *args, Spec *spec)
{
  for (; p < end && *p && strchr ("-+ #0", *p); p++)
    if (*p == '-')
      spec->align = '<';
    else if (*p == '+' || (*p == ' ' && !spec->sign))
      spec->sign = *p;
    else if (*p == '#')
      spec->alternate = TRUE;
    else if (*p == '0' && spec->align != '<')
      {
        spec->align = '=';
        spec->fill[0] = '0';
      }
  if (spec->align == '<')
    spec->fill[0] = ' ';
  if (p < end && *p == '*')
    tpl_fail (render, "a width of * is not supported");
  spec->width = read_number (render, &p, end);
  if (p < end && *p == '.')
    {
      p++;
      spec->precision = read_number (render, &p, end);
    }
  while (p < end && (*p == 'l' || *p == 'h' || *p == 'L'))
    p++;
  return p;
}

static const char *
format_directive (TplRender *render, GString *out, const char *p, const char *end, Positional *args, TplDict *names)
{
  Spec spec = { .fill = " ", .precision = -1 };
  TplValue value = TPL_VALUE_UNDEFINED;
  gboolean named = FALSE;

  if (p < end && *p == '(')
    {
      const char *close = memchr (p, ')', end - p);
      if (!close || !names)
        {
          tpl_fail (render, close ? "format requires a mapping" : "incomplete format key");
          return end;
        }
      const TplValue *found = tpl_dict_get (render, names, tpl_string_copy (render, p + 1, close - p - 1));
      if (!found)
        tpl_fail (render, "the format's key is not in the mapping");
      value = found ? *found : value;
      named = TRUE;
      p = close + 1;
    }
  p = read_percent_spec (render, p, end, args, &spec);
  if (p >= end)
    {
      tpl_fail (render, "incomplete format");
      return end;
    }
  spec.type = *p;
  if (*p == '%')
    g_string_append_c (out, '%');
  else if (!strchr ("srdiuxXoeEfFgGca", *p))
    tpl_fail (render, "unsupported format character");
  else
    {
      value = named ? value : next_argument (render, args);
      if (spec.align == '=' && strchr ("sra", *p))
        {
          spec.align = '>';
          spec.fill[0] = ' ';
        }
      if (*p == 'r' || *p == 'a')
        {
          GString *repr = g_string_new (NULL);
          tpl_append_repr (render, repr, value);
          value = tpl_string_take (render, repr);
        }
      if (strchr ("srac", *p))
        spec.type = 's';
      if (!render->error)
        append_formatted (render, out, &spec, value, TRUE);
    }
  return p + 1;
}

/* format % args; @names are the keys for %(name)s when they don't come from @args itself. */
TplValue
tpl_format_percent (TplRender *render, TplValue format, TplValue args, TplDict *names)
{
  Positional positional = { &args, 1, 0 };
  const char *p = format.as.string->data, *end = p + format.as.string->length;
  GString *out = g_string_new (NULL);

  if (args.kind == TPL_TUPLE)
    positional = (Positional){ args.as.sequence->items, args.as.sequence->n_items, 0 };
  if (args.kind == TPL_DICT)
    names = args.as.dict;
  while (p < end && !render->error)
    {
      const char *percent = memchr (p, '%', end - p);
      g_string_append_len (out, p, (percent ? percent : end) - p);
      p = percent ? format_directive (render, out, percent + 1, end, &positional, names) : end;
    }
  /* what takes subscripts counts as a mapping, of which nothing need be used */
  gboolean mapping = names || args.kind == TPL_LIST || args.kind == TPL_RANGE || args.kind == TPL_UNDEFINED;
  if (positional.next < positional.n_items && !mapping)
    tpl_fail (render, "not all arguments converted during string formatting");
  return tpl_string_take (render, out);
}

/* The part of {…} after the colon. */
static void
read_brace_spec (TplRender *render, const char *p, const char *end, Spec *spec)
{
  const char *second = p < end ? g_utf8_next_char (p) : end;

  if (second < end && strchr ("<>=^", *second))
    {
      memcpy (spec->fill, p, second - p);
      spec->fill[second - p] = 0;
      spec->align = *second;
      p = second + 1;
    }
  else if (p < end && strchr ("<>=^", *p))
    spec->align = *p++;
  if (p < end && strchr ("+- ", *p))
    {
      spec->sign = *p == '-' ? 0 : *p;
      p++;
    }
  if (p < end && *p == '#')
    {
      spec->alternate = TRUE;
      p++;
    }
  if (p < end && *p == '0')
    {
      if (!spec->align)
        {
          spec->align = '=';
          strcpy (spec->fill, "0");
        }
      p++;
    }
  spec->width = read_number (render, &p, end);
  if (p < end && *p == ',')
    {
      spec->thousands = TRUE;
      p++;
    }
  if (p < end && *p == '.')
    {
      p++;
      spec->precision = read_number (render, &p, end);
    }
  if (p < end && strchr ("sdboxXeEfFgGn%", *p))
    spec->type = *p++;
  if (p < end)
    tpl_fail (render, "invalid format specifier");
}

/* The value that the field's name means: an argument, then .attributes and [items]. */
static TplValue
field_value (TplRender *render, const char *p, const char *end, TplArgs *args, gint64 *automatic)
{
  const char *stop = p;
  TplValue value = TPL_VALUE_UNDEFINED;
  gboolean found = FALSE;

  while (stop < end && *stop != '.' && *stop != '[')
    stop++;
  g_autofree char *name = g_strndup (p, stop - p);
  gboolean digits = *name && strspn (name, "0123456789") == strlen (name);
  if (!*name || digits)
    {
      guint64 index = digits ? g_ascii_strtoull (name, NULL, 10) : (guint64) (*automatic)++;
      if ((found = index < args->n_items))
        value = args->items[index];
    }
  for (gsize i = 0; i < args->n_names && !found; i++)
    if ((found = strcmp (args->names[i], name) == 0))
      value = args->values[i];
  if (!found)
    tpl_fail (render, "the format has no argument '%.100s'", name);
  while (stop < end && !render->error)
    {
      gboolean item = *stop == '[';
      const char *begin = ++stop;
      while (stop < end && (item ? *stop != ']' : *stop != '.' && *stop != '['))
        stop++;
      g_autofree char *key = g_strndup (begin, stop - begin);
      gboolean place = item && *key && strlen (key) < 18 && strspn (key, "0123456789") == strlen (key);
      value = !item ? tpl_get_attribute (render, value, key)
                    : tpl_get_item (render, value, place ? tpl_int (g_ascii_strtoll (key, NULL, 10)) : tpl_string_copy (render, key, -1));
      stop += item && stop < end;
    }
  return value;
}

static void
format_field (TplRender *render, GString *out, const char *p, const char *end, TplArgs *args, gint64 *automatic)
{
  Spec spec = { .fill = " ", .precision = -1 };
  const char *colon = memchr (p, ':', end - p), *name_end = colon ? colon : end;
  const char *bang = memchr (p, '!', name_end - p);
  TplValue value = field_value (render, p, bang ? bang : name_end, args, automatic);

  if (render->error)
    return;
  if (bang && name_end - bang == 2 && (bang[1] == 'r' || bang[1] == 's'))
    {
      GString *text = g_string_new (NULL);
      (bang[1] == 'r' ? tpl_append_repr : tpl_append_text) (render, text, value);
      value = tpl_string_take (render, text);
    }
  else if (bang)
    tpl_fail (render, "unknown conversion in a format");
  if (colon)
    read_brace_spec (render, colon + 1, end, &spec);
  gboolean simple = tpl_is_number (value) || value.kind == TPL_STRING;
  if (!simple && colon && colon + 1 < end)
    tpl_fail (render, "a %s takes no format", tpl_type_name (value));
  if (spec.type == 's' && tpl_is_number (value))
    tpl_fail (render, "the format s wants a str, not a %s", tpl_type_name (value));
  if (!render->error)
    append_formatted (render, out, &spec, value, FALSE);
}

/* format.format (…) */
TplValue
tpl_format_braces (TplRender *render, TplValue format, TplArgs *args)
{
  const char *p = format.as.string->data, *end = p + format.as.string->length;
  GString *out = g_string_new (NULL);
  gint64 automatic = 0;

  while (p < end && !render->error)
    {
      if ((*p == '{' || *p == '}') && p + 1 < end && p[1] == *p)
        {
          g_string_append_c (out, *p);
          p += 2;
        }
      else if (*p == '{')
        {
          const char *close = memchr (p, '}', end - p);
          if (!close || memchr (p + 1, '{', close - p - 1))
            tpl_fail (render, close ? "nested fields of a format are not supported" : "expected '}' before end of string");
          else
            format_field (render, out, p + 1, close, args, &automatic);
          p = close ? close + 1 : end;
        }
      else if (*p == '}')
        tpl_fail (render, "Single '}' encountered in format string");
      else
        g_string_append_c (out, *p++);
    }
  return tpl_string_take (render, out);
}
