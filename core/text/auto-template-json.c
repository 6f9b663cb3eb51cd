/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "auto-template-private.h"
#include "core/base/auto-json.h"

/* How json.dumps is asked to write. */
typedef struct
{
  gboolean ascii;
  gboolean sorted;
  gboolean html_safe;
  gboolean pretty;
  const char *indent; /* of one level */
  gsize indent_length;
  const char *item_separator;
  const char *key_separator;
  GString *out;
} Writer;

static TplValue
string_from_json (TplRender *render, const char *text)
{
  gsize length = strlen (text);

  if (g_utf8_validate_len (text, length, NULL))
    return tpl_string_static (render, text, length);
  g_autofree char *valid = g_utf8_make_valid (text, length);
  return tpl_string_copy (render, valid, -1);
}

static TplValue
object_from_json (TplRender *render, JsonObject *object)
{
  TplValue dict = tpl_dict (render);
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &member) && !render->error)
    tpl_dict_set (render, dict.as.dict, string_from_json (render, key), tpl_from_json (render, member));
  return dict;
}

static TplValue
array_from_json (TplRender *render, JsonArray *array)
{
  TplValue list = tpl_sequence (render, TPL_LIST);

  for (guint i = 0; i < json_array_get_length (array) && !render->error; i++)
    tpl_append (render, list.as.sequence, tpl_from_json (render, json_array_get_element (array, i)));
  return list;
}

TplValue
tpl_from_json (TplRender *render, JsonNode *node)
{
  TplValue value = TPL_VALUE_NONE;

  if (!tpl_enter (render))
    ;
  else if (JSON_NODE_HOLDS_OBJECT (node))
    value = object_from_json (render, json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    value = array_from_json (render, json_node_get_array (node));
  else if (auto_json_is_string (node))
    value = string_from_json (render, json_node_get_string (node));
  else if (auto_json_is_bool (node))
    value = tpl_bool (json_node_get_boolean (node));
  else if (auto_json_is_int (node))
    value = tpl_int (json_node_get_int (node));
  else if (auto_json_is_number (node))
    value = tpl_float (json_node_get_double (node));
  tpl_leave (render);
  return value;
}

static void
write_char (Writer *self, const char *p)
{
  static const char names[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
  gunichar ch = g_utf8_get_char (p);
  const char *known = ch && ch < 0x80 ? strchr (names, (char) ch) : NULL;
  GString *out = self->out;

  if (known)
    g_string_append_printf (out, "\\%c", letters[known - names]);
  else if (ch < 0x20 || (self->html_safe && (ch == '<' || ch == '>' || ch == '&' || ch == '\''))
           || (self->ascii && ch >= 0x7f && ch < 0x10000))
    g_string_append_printf (out, "\\u%04x", ch);
  else if (self->ascii && ch >= 0x10000)
    g_string_append_printf (out, "\\u%04x\\u%04x", 0xd7c0 + (ch >> 10), 0xdc00 + (ch & 0x3ff));
  else
    g_string_append_unichar (out, ch);
}

static void
write_string (Writer *self, const TplString *string)
{
  const char *end = string->data + string->length;

  g_string_append_c (self->out, '"');
  for (const char *p = string->data; p < end; p = g_utf8_next_char (p))
    write_char (self, p);
  g_string_append_c (self->out, '"');
}

static void
write_number (TplRender *render, Writer *self, TplValue value)
{
  if (value.kind == TPL_BOOL)
    g_string_append (self->out, value.as.boolean ? "true" : "false");
  else if (value.kind == TPL_FLOAT && !isfinite (value.as.number))
    g_string_append (self->out, isnan (value.as.number) ? "NaN" : value.as.number > 0 ? "Infinity" : "-Infinity");
  else
    tpl_append_repr (render, self->out, value);
}

static void
write_break (Writer *self, guint depth)
{
  if (!self->pretty)
    return;
  g_string_append_c (self->out, '\n');
  for (guint i = 0; i < depth; i++)
    g_string_append_len (self->out, self->indent, self->indent_length);
}

static void
write_key (TplRender *render, Writer *self, TplValue key)
{
  if (key.kind == TPL_STRING)
    {
      write_string (self, key.as.string);
      return;
    }
  g_string_append_c (self->out, '"');
  if (key.kind == TPL_NONE)
    g_string_append (self->out, "null");
  else if (tpl_is_number (key))
    write_number (render, self, key);
  else
    tpl_fail (render, "a %s can't be a key of JSON", tpl_type_name (key));
  g_string_append_c (self->out, '"');
}

static void write_value (TplRender *render, Writer *self, TplValue value, guint depth);

/* Sorted as Python sorts the pairs, by their keys. */
static gsize *
order_of_keys (TplRender *render, TplDict *dict, gboolean sorted)
{
  gsize *order = g_new (gsize, dict->n_pairs + 1), *scratch = g_new (gsize, dict->n_pairs + 1);

  for (gsize i = 0; i < dict->n_pairs; i++)
    order[i] = i;
  for (gsize width = 1; sorted && width < dict->n_pairs && !render->error; width *= 2)
    {
      for (gsize begin = 0; begin < dict->n_pairs; begin += 2 * width)
        {
          gsize middle = MIN (begin + width, dict->n_pairs), end = MIN (middle + width, dict->n_pairs), a = begin, b = middle;
          for (gsize to = begin; to < end; to++)
            {
              gboolean right = b < end && (a >= middle || tpl_compare (render, dict->pairs[order[b]].key, dict->pairs[order[a]].key) < 0);
              scratch[to] = right ? order[b++] : order[a++];
            }
        }
      memcpy (order, scratch, dict->n_pairs * sizeof *order);
    }
  g_free (scratch);
  return order;
}

static void
write_dict (TplRender *render, Writer *self, TplDict *dict, guint depth)
{
  g_autofree gsize *order = order_of_keys (render, dict, self->sorted);

  if (dict->n_pairs == 0)
    {
      g_string_append (self->out, "{}");
      return;
    }
  g_string_append_c (self->out, '{');
  for (gsize i = 0; i < dict->n_pairs && !render->error; i++)
    {
      if (i)
        g_string_append (self->out, self->item_separator);
      write_break (self, depth + 1);
      write_key (render, self, dict->pairs[order[i]].key);
      g_string_append (self->out, self->key_separator);
      write_value (render, self, dict->pairs[order[i]].value, depth + 1);
    }
  write_break (self, depth);
  g_string_append_c (self->out, '}');
}

static void
write_list (TplRender *render, Writer *self, TplSequence *list, guint depth)
{
  if (list->n_items == 0)
    {
      g_string_append (self->out, "[]");
      return;
    }
  g_string_append_c (self->out, '[');
  for (gsize i = 0; i < list->n_items && !render->error; i++)
    {
      if (i)
        g_string_append (self->out, self->item_separator);
      write_break (self, depth + 1);
      write_value (render, self, list->items[i], depth + 1);
    }
  write_break (self, depth);
  g_string_append_c (self->out, ']');
}

static void
write_value (TplRender *render, Writer *self, TplValue value, guint depth)
{
  if (!tpl_enter (render))
    ;
  else if (value.kind == TPL_NONE)
    g_string_append (self->out, "null");
  else if (value.kind == TPL_STRING)
    write_string (self, value.as.string);
  else if (tpl_is_number (value))
    write_number (render, self, value);
  else if (value.kind == TPL_LIST || value.kind == TPL_TUPLE)
    write_list (render, self, value.as.sequence, depth);
  else if (value.kind == TPL_DICT)
    write_dict (render, self, value.as.dict, depth);
  else
    tpl_fail (render, "a %s can't be written as JSON", tpl_type_name (value));
  if (self->out->len > tpl_max_text)
    tpl_fail (render, "the JSON grows too long");
  tpl_leave (render);
}

static void
set_indent (TplRender *render, Writer *self, TplValue indent)
{
  if (indent.kind == TPL_ABSENT || indent.kind == TPL_NONE)
    return;
  self->pretty = TRUE;
  self->item_separator = ",";
  if (indent.kind == TPL_STRING)
    {
      self->indent = indent.as.string->data;
      self->indent_length = indent.as.string->length;
    }
  else if (tpl_is_integer (indent))
    {
      gint64 spaces = indent.kind == TPL_BOOL ? indent.as.boolean : indent.as.integer;
      char *text = spaces > 1000 ? NULL : tpl_alloc (render, MAX (spaces, 0) + 1);
      if (!text)
        {
          tpl_fail (render, "tojson can't indent by %" G_GINT64_FORMAT, spaces);
          return;
        }
      self->indent = memset (text, ' ', MAX (spaces, 0));
      self->indent_length = MAX (spaces, 0);
    }
  else
    tpl_fail (render, "tojson's indent can't be a %s", tpl_type_name (indent));
}

static void
set_separators (TplRender *render, Writer *self, TplValue separators)
{
  const char **texts[] = { &self->item_separator, &self->key_separator };

  if (separators.kind == TPL_ABSENT || separators.kind == TPL_NONE)
    return;
  if (!tpl_is_sequence (separators) || tpl_length (separators) != 2)
    {
      tpl_fail (render, "tojson's separators are two strings");
      return;
    }
  for (int i = 0; i < 2; i++)
    {
      TplValue text = separators.as.sequence->items[i];
      if (text.kind != TPL_STRING)
        tpl_fail (render, "tojson's separators are two strings");
      else
        *texts[i] = tpl_string_copy (render, text.as.string->data, text.as.string->length).as.string->data;
    }
}

/* value, indent; and what only later versions of the reference know: ensure_ascii, separators, sort_keys. */
TplValue
tpl_to_json (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items;
  gboolean plain = (render->flags & AUTO_TEMPLATE_LATER) || a[2].kind != TPL_ABSENT || a[3].kind != TPL_ABSENT || a[4].kind != TPL_ABSENT;
  Writer self = { .ascii = plain ? tpl_is_truthy (a[2]) : TRUE,
                  .sorted = plain ? tpl_is_truthy (a[4]) : TRUE,
                  .html_safe = !plain,
                  .indent = "",
                  .item_separator = ", ",
                  .key_separator = ": " };

  set_indent (render, &self, a[1]);
  set_separators (render, &self, a[3]);
  self.out = g_string_new (NULL);
  if (!render->error)
    write_value (render, &self, a[0], 0);
  TplValue text = tpl_string_take (render, self.out);
  text.safe = !plain;
  return text;
}
