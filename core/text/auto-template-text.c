/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>
#include <unicode/ucasemap.h>

#include "auto-python-text.h"
#include "auto-template-private.h"
#include "core/base/auto-json.h"

gboolean
tpl_is_space (gunichar ch)
{
  return (ch >= 9 && ch <= 13) || (ch >= 0x1c && ch <= 0x20) || ch == 0x85 || ch == 0xa0 || ch == 0x1680 || (ch >= 0x2000 && ch <= 0x200a)
         || ch == 0x2028 || ch == 0x2029 || ch == 0x202f || ch == 0x205f || ch == 0x3000;
}

/* The byte where a character begins. */
gsize
tpl_char_offset (const TplString *string, gsize index)
{
  if (string->chars == string->length || index == 0)
    return MIN (index, string->length);
  if (index >= string->chars)
    return string->length;
  return g_utf8_offset_to_pointer (string->data, index) - string->data;
}

/* The bytes from @begin to @end; the memory is shared. */
TplValue
tpl_substring (TplRender *render, TplValue string, gsize begin, gsize end)
{
  TplValue part = tpl_string_static (render, string.as.string->data + begin, end - begin);

  part.safe = string.safe;
  return part;
}

char *
tpl_to_name (TplRender *render, TplValue value)
{
  if (value.kind == TPL_STRING)
    return g_strndup (value.as.string->data, value.as.string->length);
  tpl_fail (render, "a name is wanted, not a %s", tpl_type_name (value));
  return NULL;
}

static gboolean
is_printable (gunichar ch)
{
  switch (auto_python_type (ch))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    case G_UNICODE_SPACE_SEPARATOR:
      return ch == ' ';
    default:
      return TRUE;
    }
}

static void
append_string_repr (GString *out, const TplString *string)
{
  const char *end = string->data + string->length;
  char quote = memchr (string->data, '\'', string->length) && !memchr (string->data, '"', string->length) ? '"' : '\'';

  g_string_append_c (out, quote);
  for (const char *p = string->data; p < end; p = g_utf8_next_char (p))
    {
      gunichar ch = g_utf8_get_char (p);
      if (ch == (gunichar) quote || ch == '\\')
        g_string_append_printf (out, "\\%c", (char) ch);
      else if (ch == '\n' || ch == '\t' || ch == '\r')
        g_string_append (out, ch == '\n' ? "\\n" : ch == '\t' ? "\\t" : "\\r");
      else if (is_printable (ch))
        g_string_append_unichar (out, ch);
      else
        g_string_append_printf (out, ch < 0x100 ? "\\x%02x" : ch < 0x10000 ? "\\u%04x" : "\\U%08x", ch);
    }
  g_string_append_c (out, quote);
}

static void
append_items_repr (TplRender *render, GString *out, TplValue value, const char *open, const char *close)
{
  TplSequence *sequence = value.as.sequence;

  g_string_append (out, open);
  for (gsize i = 0; i < sequence->n_items && !render->error; i++)
    {
      if (i)
        g_string_append (out, ", ");
      tpl_append_repr (render, out, sequence->items[i]);
    }
  if (value.kind == TPL_TUPLE && sequence->n_items == 1)
    g_string_append_c (out, ',');
  g_string_append (out, close);
}

static void
append_dict_repr (TplRender *render, GString *out, TplDict *dict)
{
  g_string_append_c (out, '{');
  for (gsize i = 0; i < dict->n_pairs && !render->error; i++)
    {
      if (i)
        g_string_append (out, ", ");
      tpl_append_repr (render, out, dict->pairs[i].key);
      g_string_append (out, ": ");
      tpl_append_repr (render, out, dict->pairs[i].value);
    }
  g_string_append_c (out, '}');
}

static void
append_range_repr (GString *out, TplSequence *sequence)
{
  gint64 start = sequence->n_items ? sequence->items[0].as.integer : 0;
  gint64 step = sequence->n_items > 1 ? sequence->items[1].as.integer - start : 1;

  g_string_append_printf (out, "range(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT, start, start + step * (gint64) sequence->n_items);
  if (step != 1)
    g_string_append_printf (out, ", %" G_GINT64_FORMAT, step);
  g_string_append_c (out, ')');
}

static void
append_composed_repr (TplRender *render, GString *out, TplValue value)
{
  switch (value.kind)
    {
    case TPL_LIST:
      append_items_repr (render, out, value, "[", "]");
      break;
    case TPL_TUPLE:
      append_items_repr (render, out, value, "(", ")");
      break;
    case TPL_KEYS:
    case TPL_VALUES:
    case TPL_ITEMS:
      g_string_append (out, tpl_type_name (value));
      append_items_repr (render, out, value, "([", "])");
      break;
    case TPL_RANGE:
      append_range_repr (out, value.as.sequence);
      break;
    case TPL_DICT:
      append_dict_repr (render, out, value.as.dict);
      break;
    case TPL_NAMESPACE:
      g_string_append (out, "<Namespace ");
      append_dict_repr (render, out, value.as.dict);
      g_string_append_c (out, '>');
      break;
    case TPL_LOOP:
      g_string_append_printf (out, "<LoopContext %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT ">", value.as.loop->index + 1,
                              value.as.loop->sequence->n_items);
      break;
    case TPL_MACRO:
      g_string_append_printf (out, "<Macro '%s'>", value.as.macro->node->name);
      break;
    default:
      tpl_fail (render, "a %s has no text", tpl_type_name (value));
    }
}

void
tpl_append_repr (TplRender *render, GString *out, TplValue value)
{
  g_autofree char *number = NULL;

  if (!tpl_enter (render))
    ;
  else if (value.kind == TPL_STRING)
    {
      g_string_append (out, value.safe ? "Markup(" : "");
      append_string_repr (out, value.as.string);
      g_string_append (out, value.safe ? ")" : "");
    }
  else if (value.kind == TPL_UNDEFINED)
    g_string_append (out, "Undefined");
  else if (value.kind == TPL_NONE)
    g_string_append (out, "None");
  else if (value.kind == TPL_BOOL)
    g_string_append (out, value.as.boolean ? "True" : "False");
  else if (value.kind == TPL_INT)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, value.as.integer);
  else if (value.kind == TPL_FLOAT && !isfinite (value.as.number))
    g_string_append (out, isnan (value.as.number) ? "nan" : value.as.number > 0 ? "inf" : "-inf");
  else if (value.kind == TPL_FLOAT)
    g_string_append (out, number = auto_double_to_string (value.as.number));
  else
    append_composed_repr (render, out, value);
  if (out->len > tpl_max_text)
    tpl_fail (render, "a text grows too long");
  tpl_leave (render);
}

/* As str() gives it. */
void
tpl_append_text (TplRender *render, GString *out, TplValue value)
{
  if (value.kind == TPL_STRING)
    g_string_append_len (out, value.as.string->data, value.as.string->length);
  else if (value.kind != TPL_UNDEFINED)
    tpl_append_repr (render, out, value);
  if (out->len > tpl_max_text)
    tpl_fail (render, "a text grows too long");
}

TplValue
tpl_to_string (TplRender *render, TplValue value)
{
  if (value.kind == TPL_STRING)
    return value;
  GString *out = g_string_new (NULL);
  tpl_append_text (render, out, value);
  return tpl_string_take (render, out);
}

TplValue
tpl_escape (TplRender *render, TplValue value)
{
  TplValue text = tpl_to_string (render, value);
  GString *out;

  if (value.safe)
    return value;
  out = g_string_new (NULL);
  for (gsize i = 0; i < text.as.string->length; i++)
    {
      char ch = text.as.string->data[i];
      const char *entity = ch == '&' ? "&amp;" : ch == '<' ? "&lt;" : ch == '>' ? "&gt;" : ch == '\'' ? "&#39;" : ch == '"' ? "&#34;" : NULL;
      if (entity)
        g_string_append (out, entity);
      else
        g_string_append_c (out, ch);
    }
  text = tpl_string_take (render, out);
  text.safe = TRUE;
  return text;
}

typedef enum
{
  CASE_UPPER,
  CASE_LOWER,
  CASE_TITLE,
} Case;

/* The root locale's casing, so that no user's language changes a prompt. */
static void
append_cased (GString *out, const char *data, gsize length, Case wanted)
{
  UErrorCode status = U_ZERO_ERROR;
  UCaseMap *map = ucasemap_open ("", 0, &status);
  gsize start = out->len;
  int32_t room = length * 3 + 16, written = 0;

  g_string_set_size (out, start + room);
  if (U_SUCCESS (status) && wanted == CASE_UPPER)
    written = ucasemap_utf8ToUpper (map, out->str + start, room, data, length, &status);
  else if (U_SUCCESS (status) && wanted == CASE_LOWER)
    written = ucasemap_utf8ToLower (map, out->str + start, room, data, length, &status);
  else if (U_SUCCESS (status))
    written = ucasemap_utf8ToTitle (map, out->str + start, room, data, length, &status);
  g_string_set_size (out, start + (U_FAILURE (status) ? 0 : written));
  ucasemap_close (map);
}

TplValue
tpl_change_case (TplRender *render, TplValue string, gboolean upper)
{
  const TplString *text = string.as.string;
  GString *out = g_string_new (NULL);

  if (text->length > G_MAXINT32 / 4)
    tpl_fail (render, "a text is too long to change its case");
  else
    append_cased (out, text->data, text->length, upper ? CASE_UPPER : CASE_LOWER);
  TplValue result = tpl_string_take (render, out);
  result.safe = string.safe;
  return result;
}

void
tpl_append_titlecase (GString *out, gunichar ch)
{
  char text[8];
  int n = g_unichar_to_utf8 (ch, text);

  /* letters that become several have no simple title case: only ICU's full mapping knows them */
  gunichar title = g_unichar_totitle (ch);
  if (title != ch)
    g_string_append_unichar (out, title);
  else
    append_cased (out, text, n, CASE_TITLE);
}

TplValue
tpl_capitalize (TplRender *render, TplValue string)
{
  const TplString *text = string.as.string;
  TplValue lower = tpl_change_case (render, string, FALSE);
  GString *out = g_string_new (NULL);

  if (text->length > 0 && lower.as.string->length > 0)
    {
      tpl_append_titlecase (out, g_utf8_get_char (text->data));
      const char *rest = g_utf8_next_char (text->data);
      gsize start = out->len;
      append_cased (out, rest, text->data + text->length - rest, CASE_LOWER);
      /* a sigma that ends the word is told by the letters before it, which the tail alone does not show */
      gsize tail = out->len - start;
      if (tail <= lower.as.string->length)
        memcpy (out->str + start, lower.as.string->data + lower.as.string->length - tail, tail);
    }
  TplValue result = tpl_string_take (render, out);
  result.safe = string.safe;
  return result;
}

static gboolean
is_stripped (gunichar ch, const TplString *chars)
{
  char text[8];

  if (!chars)
    return tpl_is_space (ch);
  int n = g_unichar_to_utf8 (ch, text);
  return memmem (chars->data, chars->length, text, n) != NULL;
}

/* @chars: a set of characters; None and an absent value mean white space. */
TplValue
tpl_strip (TplRender *render, TplValue string, TplValue chars, gboolean left, gboolean right)
{
  const TplString *text = string.as.string, *set = chars.kind == TPL_STRING ? chars.as.string : NULL;
  const char *begin = text->data, *end = text->data + text->length;

  if (chars.kind != TPL_ABSENT && chars.kind != TPL_NONE && !set)
    tpl_fail (render, "strip wants a str, not a %s", tpl_type_name (chars));
  if (!tpl_tick (render, text->length / 64))
    return string;
  while (left && begin < end && is_stripped (g_utf8_get_char (begin), set))
    begin = g_utf8_next_char (begin);
  while (right && begin < end)
    {
      const char *last = g_utf8_prev_char (end);
      if (!is_stripped (g_utf8_get_char (last), set))
        break;
      end = last;
    }
  return tpl_substring (render, string, begin - text->data, end - text->data);
}

TplValue
tpl_replace (TplRender *render, TplValue string, TplValue old, TplValue replacement, gint64 count)
{
  const TplString *text = string.as.string, *from = old.as.string, *to = replacement.as.string;
  const char *p = text->data, *end = text->data + text->length;
  GString *out = g_string_new (NULL);
  gint64 done = 0;

  for (; (count < 0 || done < count) && !render->error; done++)
    {
      const char *found = from->length ? memmem (p, end - p, from->data, from->length) : p;
      if (!found)
        break;
      g_string_append_len (out, p, found - p);
      g_string_append_len (out, to->data, to->length);
      p = found + from->length;
      if (from->length == 0)
        {
          /* between all characters, and at both ends */
          if (p >= end)
            break;
          const char *next = g_utf8_next_char (p);
          g_string_append_len (out, p, next - p);
          p = next;
        }
      if (out->len > tpl_max_text)
        tpl_fail (render, "a text grows too long");
      tpl_tick (render, 0);
    }
  g_string_append_len (out, p, end - p);
  return tpl_string_take (render, out);
}
