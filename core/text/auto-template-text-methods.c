/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-python-text.h"
#include "auto-template-private.h"

/* An argument that must be a string; the error is set when it is not. */
static const TplString *
text_argument (TplRender *render, TplValue value)
{
  static const TplString empty = { "", 0, 0 };

  if (value.kind == TPL_STRING)
    return value.as.string;
  if (!tpl_fail_undefined (render, value))
    tpl_fail (render, "a str is wanted, not a %s", tpl_type_name (value));
  return &empty;
}

static gint64
integer_argument (TplRender *render, TplValue value, gint64 otherwise)
{
  if (value.kind == TPL_ABSENT || value.kind == TPL_NONE)
    return otherwise;
  if (tpl_is_integer (value))
    return value.kind == TPL_BOOL ? value.as.boolean : value.as.integer;
  if (!tpl_fail_undefined (render, value))
    tpl_fail (render, "an integer is wanted, not a %s", tpl_type_name (value));
  return otherwise;
}

static TplValue
method_strip (TplRender *render, TplArgs *args)
{
  return tpl_strip (render, args->items[0], args->items[1], TRUE, TRUE);
}

static TplValue
method_lstrip (TplRender *render, TplArgs *args)
{
  return tpl_strip (render, args->items[0], args->items[1], TRUE, FALSE);
}

static TplValue
method_rstrip (TplRender *render, TplArgs *args)
{
  return tpl_strip (render, args->items[0], args->items[1], FALSE, TRUE);
}

static TplValue
method_upper (TplRender *render, TplArgs *args)
{
  return tpl_change_case (render, args->items[0], TRUE);
}

static TplValue
method_lower (TplRender *render, TplArgs *args)
{
  return tpl_change_case (render, args->items[0], FALSE);
}

static TplValue
method_capitalize (TplRender *render, TplArgs *args)
{
  return tpl_capitalize (render, args->items[0]);
}

/* A capital after every character that is no letter. */
static TplValue
method_title (TplRender *render, TplArgs *args)
{
  TplValue lower = tpl_change_case (render, args->items[0], FALSE);
  const TplString *text = lower.as.string;
  const char *end = text->data + text->length;
  GString *out = g_string_new (NULL);
  gboolean inside = FALSE;

  for (const char *p = text->data; p < end && !render->error; p = g_utf8_next_char (p))
    {
      gunichar ch = g_utf8_get_char (p);
      gboolean cased = auto_python_is_cased (ch);
      if (cased && !inside)
        tpl_append_titlecase (out, ch);
      else
        g_string_append_unichar (out, ch);
      inside = cased;
    }
  TplValue result = tpl_string_take (render, out);
  result.safe = args->items[0].safe;
  return result;
}

/* startswith and endswith take one text or a tuple of them, and bounds. */
static TplValue
has_affix (TplRender *render, TplArgs *args, gboolean at_end)
{
  TplValue affix = args->items[1], object = args->items[0];
  TplSequence *choices = tpl_sequence (render, TPL_LIST).as.sequence;

  if (args->items[2].kind != TPL_ABSENT)
    object = tpl_get_slice (render, object, args->items[2], args->items[3].kind == TPL_ABSENT ? TPL_VALUE_NONE : args->items[3],
                            TPL_VALUE_NONE);
  const TplString *text = text_argument (render, object);
  if (affix.kind == TPL_TUPLE)
    choices = affix.as.sequence;
  else
    tpl_append (render, choices, affix);
  for (gsize i = 0; i < choices->n_items && !render->error; i++)
    {
      const TplString *choice = text_argument (render, choices->items[i]);
      if (!render->error && choice->length <= text->length
          && memcmp (text->data + (at_end ? text->length - choice->length : 0), choice->data, choice->length) == 0)
        return tpl_bool (TRUE);
    }
  return tpl_bool (FALSE);
}

static TplValue
method_startswith (TplRender *render, TplArgs *args)
{
  return has_affix (render, args, FALSE);
}

static TplValue
method_endswith (TplRender *render, TplArgs *args)
{
  return has_affix (render, args, TRUE);
}

static TplValue
remove_affix (TplRender *render, TplArgs *args, gboolean at_end)
{
  const TplString *text = args->items[0].as.string, *affix = text_argument (render, args->items[1]);

  if (affix->length > text->length
      || memcmp (text->data + (at_end ? text->length - affix->length : 0), affix->data, affix->length) != 0)
    return args->items[0];
  return tpl_substring (render, args->items[0], at_end ? 0 : affix->length, text->length - (at_end ? affix->length : 0));
}

static TplValue
method_removeprefix (TplRender *render, TplArgs *args)
{
  return remove_affix (render, args, FALSE);
}

static TplValue
method_removesuffix (TplRender *render, TplArgs *args)
{
  return remove_affix (render, args, TRUE);
}

static void
append_part (TplRender *render, TplSequence *parts, TplValue text, const char *begin, const char *end)
{
  tpl_append (render, parts, tpl_substring (render, text, begin - text.as.string->data, end - text.as.string->data));
}

static void
split_at_spaces (TplRender *render, TplValue text, gint64 limit, TplSequence *parts)
{
  const char *p = text.as.string->data, *end = p + text.as.string->length;

  while (!render->error)
    {
      while (p < end && tpl_is_space (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      if (p >= end)
        return;
      const char *begin = p;
      if (limit == 0)
        {
          append_part (render, parts, text, begin, end);
          return;
        }
      while (p < end && !tpl_is_space (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      append_part (render, parts, text, begin, p);
      limit -= limit > 0;
    }
}

static void
split_at (TplRender *render, TplValue text, const TplString *separator, gint64 limit, TplSequence *parts)
{
  const char *p = text.as.string->data, *end = p + text.as.string->length, *found;

  while (limit != 0 && !render->error && (found = memmem (p, end - p, separator->data, separator->length)))
    {
      append_part (render, parts, text, p, found);
      p = found + separator->length;
      limit -= limit > 0;
    }
  append_part (render, parts, text, p, end);
}

static void
reverse (TplSequence *parts)
{
  for (gsize i = 0; i < parts->n_items / 2; i++)
    {
      TplValue kept = parts->items[i];
      parts->items[i] = parts->items[parts->n_items - 1 - i];
      parts->items[parts->n_items - 1 - i] = kept;
    }
}

/* From the right, the parts in reverse. */
static void
split_right (TplRender *render, TplValue text, const TplString *separator, gint64 limit, TplSequence *parts)
{
  const char *begin = text.as.string->data, *end = begin + text.as.string->length, *p = end;

  while (limit != 0 && p - begin >= (gssize) separator->length && !render->error)
    {
      p -= separator->length;
      while (p > begin && memcmp (p, separator->data, separator->length) != 0)
        p--;
      if (memcmp (p, separator->data, separator->length) != 0)
        break;
      append_part (render, parts, text, p + separator->length, end);
      end = p;
      limit -= limit > 0;
    }
  append_part (render, parts, text, begin, end);
}

static void
split_right_at_spaces (TplRender *render, TplValue text, gint64 limit, TplSequence *parts)
{
  const char *begin = text.as.string->data, *end = begin + text.as.string->length;

  while (!render->error)
    {
      while (end > begin && tpl_is_space (g_utf8_get_char (g_utf8_prev_char (end))))
        end = g_utf8_prev_char (end);
      if (end == begin)
        return;
      const char *p = end;
      if (limit == 0)
        {
          append_part (render, parts, text, begin, end);
          return;
        }
      while (p > begin && !tpl_is_space (g_utf8_get_char (g_utf8_prev_char (p))))
        p = g_utf8_prev_char (p);
      append_part (render, parts, text, p, end);
      end = p;
      limit -= limit > 0;
    }
}

static TplValue
split (TplRender *render, TplArgs *args, gboolean right)
{
  TplValue parts = tpl_sequence (render, TPL_LIST), text = args->items[0];
  gboolean at_spaces = args->items[1].kind == TPL_ABSENT || args->items[1].kind == TPL_NONE;
  gint64 limit = MAX (integer_argument (render, args->items[2], -1), -1);

  if (at_spaces && right)
    split_right_at_spaces (render, text, limit, parts.as.sequence);
  else if (at_spaces)
    split_at_spaces (render, text, limit, parts.as.sequence);
  else
    {
      const TplString *separator = text_argument (render, args->items[1]);
      if (separator->length == 0)
        tpl_fail (render, "empty separator");
      if (render->error)
        return parts;
      (right ? split_right : split_at) (render, text, separator, limit, parts.as.sequence);
    }
  if (right)
    reverse (parts.as.sequence);
  return parts;
}

static TplValue
method_split (TplRender *render, TplArgs *args)
{
  return split (render, args, FALSE);
}

static TplValue
method_rsplit (TplRender *render, TplArgs *args)
{
  return split (render, args, TRUE);
}

static gboolean
ends_line (gunichar ch)
{
  return (ch >= 0x0a && ch <= 0x0d) || (ch >= 0x1c && ch <= 0x1e) || ch == 0x85 || ch == 0x2028 || ch == 0x2029;
}

static TplValue
method_splitlines (TplRender *render, TplArgs *args)
{
  TplValue parts = tpl_sequence (render, TPL_LIST), text = args->items[0];
  const char *p = text.as.string->data, *end = p + text.as.string->length;

  while (p < end && !render->error)
    {
      const char *begin = p;
      while (p < end && !ends_line (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      const char *stop = p;
      if (p < end)
        p = p[0] == '\r' && p + 1 < end && p[1] == '\n' ? p + 2 : g_utf8_next_char (p);
      append_part (render, parts.as.sequence, text, begin, tpl_is_truthy (args->items[1]) ? p : stop);
    }
  return parts;
}

static TplValue
method_replace (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items;

  text_argument (render, a[1]);
  text_argument (render, a[2]);
  gint64 count = integer_argument (render, a[3], -1);
  if (render->error)
    return a[0];
  TplValue result = tpl_replace (render, a[0], a[1], a[0].safe ? tpl_escape (render, a[2]) : a[2], count);
  result.safe = a[0].safe;
  return result;
}

static TplValue
method_join (TplRender *render, TplArgs *args)
{
  TplSequence *items = tpl_iterate (render, args->items[1]);
  TplValue separator = args->items[0];
  GString *out = g_string_new (NULL);

  for (gsize i = 0; items && i < items->n_items && !render->error; i++)
    {
      text_argument (render, items->items[i]);
      if (i)
        tpl_append_text (render, out, separator);
      tpl_append_text (render, out, separator.safe ? tpl_escape (render, items->items[i]) : items->items[i]);
    }
  TplValue result = tpl_string_take (render, out);
  result.safe = separator.safe;
  return result;
}

/* The place of the first (last) occurrence within the bounds, in characters; -1. */
static gint64
find (TplRender *render, TplArgs *args, gboolean last)
{
  TplValue object = args->items[0], *bounds = args->items + 2;
  const TplString *what = text_argument (render, args->items[1]);
  gint64 skipped = 0, length = object.as.string->chars;

  if (bounds[0].kind != TPL_ABSENT)
    {
      gint64 start = integer_argument (render, bounds[0], 0);
      object = tpl_get_slice (render, object, tpl_int (start), bounds[1].kind == TPL_ABSENT ? TPL_VALUE_NONE : bounds[1], TPL_VALUE_NONE);
      skipped = start < 0 ? MAX (start + length, 0) : start;
      if (object.kind != TPL_STRING || skipped > length)
        return -1;
    }
  const TplString *text = object.as.string;
  if (!tpl_tick (render, text->length / 16) || what->length > text->length)
    return -1;
  const char *found = NULL;
  if (!last)
    found = memmem (text->data, text->length, what->data, what->length);
  for (gsize at = text->length - what->length + 1; last && !found && at-- > 0;)
    if (memcmp (text->data + at, what->data, what->length) == 0)
      found = text->data + at;
  return found ? skipped + g_utf8_strlen (text->data, found - text->data) : -1;
}

static TplValue
method_find (TplRender *render, TplArgs *args)
{
  return tpl_int (find (render, args, FALSE));
}

static TplValue
method_rfind (TplRender *render, TplArgs *args)
{
  return tpl_int (find (render, args, TRUE));
}

static TplValue
find_or_fail (TplRender *render, TplArgs *args, gboolean last)
{
  gint64 at = find (render, args, last);

  if (at < 0)
    tpl_fail (render, "substring not found");
  return tpl_int (at);
}

static TplValue
method_text_index (TplRender *render, TplArgs *args)
{
  return find_or_fail (render, args, FALSE);
}

static TplValue
method_rindex (TplRender *render, TplArgs *args)
{
  return find_or_fail (render, args, TRUE);
}

static TplValue
method_text_count (TplRender *render, TplArgs *args)
{
  const TplString *text = args->items[0].as.string, *what = text_argument (render, args->items[1]);
  const char *p = text->data, *end = p + text->length;
  gint64 count = 0;

  if (what->length == 0)
    return tpl_int (text->chars + 1);
  tpl_tick (render, text->length / 16);
  while ((p = memmem (p, end - p, what->data, what->length)))
    {
      p += what->length;
      count++;
    }
  return tpl_int (count);
}

static TplValue
method_partition (TplRender *render, TplArgs *args)
{
  const TplString *what = text_argument (render, args->items[1]), *text = args->items[0].as.string;
  TplValue parts = tpl_sequence (render, TPL_TUPLE);

  if (what->length == 0)
    tpl_fail (render, "empty separator");
  const char *found = render->error ? NULL : memmem (text->data, text->length, what->data, what->length);
  gsize at = found ? (gsize) (found - text->data) : text->length, after = found ? at + what->length : at;
  append_part (render, parts.as.sequence, args->items[0], text->data, text->data + at);
  append_part (render, parts.as.sequence, args->items[0], text->data + at, text->data + after);
  append_part (render, parts.as.sequence, args->items[0], text->data + after, text->data + text->length);
  return parts;
}

static TplValue
method_rpartition (TplRender *render, TplArgs *args)
{
  const TplString *what = text_argument (render, args->items[1]), *text = args->items[0].as.string;
  TplValue parts = tpl_sequence (render, TPL_TUPLE);
  gsize at = text->length >= what->length ? text->length - what->length + 1 : 0, after = 0;

  if (what->length == 0)
    tpl_fail (render, "empty separator");
  while (at > 0 && memcmp (text->data + at - 1, what->data, what->length) != 0)
    at--;
  if (at > 0)
    after = --at + what->length;
  append_part (render, parts.as.sequence, args->items[0], text->data, text->data + at);
  append_part (render, parts.as.sequence, args->items[0], text->data + at, text->data + after);
  append_part (render, parts.as.sequence, args->items[0], text->data + after, text->data + text->length);
  return parts;
}

static TplValue
method_format (TplRender *render, TplArgs *args)
{
  TplArgs rest = *args;

  rest.items++;
  rest.n_items--;
  return tpl_format_braces (render, args->items[0], &rest);
}

/* Whether all of a text that is not empty is of the kind. */
TplValue
tpl_all_characters (TplValue value, gboolean (*is) (gunichar ch))
{
  const char *p = value.as.string->data, *end = p + value.as.string->length;

  for (; p < end; p = g_utf8_next_char (p))
    if (!is (g_utf8_get_char (p)))
      return tpl_bool (FALSE);
  return tpl_bool (value.as.string->length > 0);
}

static TplValue
method_isdigit (TplRender *render, TplArgs *args)
{
  return tpl_all_characters (args->items[0], auto_python_is_digit);
}

static TplValue
method_isalpha (TplRender *render, TplArgs *args)
{
  return tpl_all_characters (args->items[0], auto_python_is_alpha);
}

static TplValue
method_isalnum (TplRender *render, TplArgs *args)
{
  return tpl_all_characters (args->items[0], auto_python_is_alnum);
}

static TplValue
method_isspace (TplRender *render, TplArgs *args)
{
  return tpl_all_characters (args->items[0], tpl_is_space);
}

static TplValue
method_islower (TplRender *render, TplArgs *args)
{
  return tpl_call_function (render, tpl_find_test ("lower"), args);
}

static TplValue
method_isupper (TplRender *render, TplArgs *args)
{
  return tpl_call_function (render, tpl_find_test ("upper"), args);
}

const TplMethod tpl_string_methods[] = {
  { 1u << TPL_STRING, { "strip", method_strip, "self chars", 1 } },
  { 1u << TPL_STRING, { "lstrip", method_lstrip, "self chars", 1 } },
  { 1u << TPL_STRING, { "rstrip", method_rstrip, "self chars", 1 } },
  { 1u << TPL_STRING, { "upper", method_upper, "self", 1 } },
  { 1u << TPL_STRING, { "lower", method_lower, "self", 1 } },
  { 1u << TPL_STRING, { "capitalize", method_capitalize, "self", 1 } },
  { 1u << TPL_STRING, { "title", method_title, "self", 1 } },
  { 1u << TPL_STRING, { "startswith", method_startswith, "self prefix start end", 2 } },
  { 1u << TPL_STRING, { "endswith", method_endswith, "self suffix start end", 2 } },
  { 1u << TPL_STRING, { "removeprefix", method_removeprefix, "self prefix", 2 } },
  { 1u << TPL_STRING, { "removesuffix", method_removesuffix, "self suffix", 2 } },
  { 1u << TPL_STRING, { "split", method_split, "self sep maxsplit", 1 } },
  { 1u << TPL_STRING, { "rsplit", method_rsplit, "self sep maxsplit", 1 } },
  { 1u << TPL_STRING, { "splitlines", method_splitlines, "self keepends", 1 } },
  { 1u << TPL_STRING, { "replace", method_replace, "self old new count", 3 } },
  { 1u << TPL_STRING, { "join", method_join, "self iterable", 2 } },
  { 1u << TPL_STRING, { "find", method_find, "self sub start end", 2 } },
  { 1u << TPL_STRING, { "rfind", method_rfind, "self sub start end", 2 } },
  { 1u << TPL_STRING, { "index", method_text_index, "self sub start end", 2 } },
  { 1u << TPL_STRING, { "rindex", method_rindex, "self sub start end", 2 } },
  { 1u << TPL_STRING, { "count", method_text_count, "self sub", 2 } },
  { 1u << TPL_STRING, { "partition", method_partition, "self sep", 2 } },
  { 1u << TPL_STRING, { "rpartition", method_rpartition, "self sep", 2 } },
  { 1u << TPL_STRING, { "format", method_format } },
  { 1u << TPL_STRING, { "isdigit", method_isdigit, "self", 1 } },
  { 1u << TPL_STRING, { "isalpha", method_isalpha, "self", 1 } },
  { 1u << TPL_STRING, { "isalnum", method_isalnum, "self", 1 } },
  { 1u << TPL_STRING, { "isspace", method_isspace, "self", 1 } },
  { 1u << TPL_STRING, { "islower", method_islower, "self", 1 } },
  { 1u << TPL_STRING, { "isupper", method_isupper, "self", 1 } },
  { 0 },
};
