/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

static TplValue
undefined_member (TplRender *render, TplValue object, const char *name)
{
  return tpl_undefined (render, "'%s object' has no attribute '%.100s'", tpl_type_name (object), name);
}

/* The attributes of the objects that are Jinja's own. */
static TplValue
own_attribute (TplRender *render, TplValue object, const char *name, gboolean *found)
{
  const TplValue *value = NULL;

  *found = FALSE;
  if (object.kind == TPL_LOOP)
    return tpl_loop_attribute (render, object.as.loop, name, found);
  if (object.kind == TPL_NAMESPACE)
    value = tpl_dict_get_name (render, object.as.dict, name);
  if (object.kind == TPL_CYCLER && strcmp (name, "current") == 0)
    value = &object.as.sequence->items[object.as.sequence->cursor];
  if (object.kind == TPL_MACRO && strcmp (name, "name") == 0)
    {
      *found = TRUE;
      return tpl_string_copy (render, object.as.macro->node->name, -1);
    }
  if (object.kind == TPL_MACRO && strcmp (name, "arguments") == 0)
    {
      TplValue names = tpl_sequence (render, TPL_TUPLE);
      for (guint i = 0; i < object.as.macro->node->first->items.n_nodes; i++)
        tpl_append (render, names.as.sequence, tpl_string_copy (render, object.as.macro->node->first->items.nodes[i]->name, -1));
      *found = TRUE;
      return names;
    }
  if (object.kind == TPL_TUPLE && object.as.sequence->group && object.as.sequence->n_items == 2)
    value = strcmp (name, "grouper") == 0 ? &object.as.sequence->items[0] : strcmp (name, "list") == 0 ? &object.as.sequence->items[1] : NULL;
  *found = value != NULL;
  return value ? *value : TPL_VALUE_UNDEFINED;
}

static TplValue
get_method (TplRender *render, TplValue object, const char *name, gboolean *found)
{
  const TplMethod *method = NULL;

  *found = tpl_find_method (object, name, &method);
  if (!*found)
    return TPL_VALUE_UNDEFINED;
  if (!method)
    return tpl_undefined (render, "access to attribute '%.100s' of '%s' object is unsafe", name, tpl_type_name (object));
  TplBound *bound = tpl_alloc (render, sizeof *bound);
  if (!bound)
    return TPL_VALUE_UNDEFINED;
  *bound = (TplBound){ method, object };
  return (TplValue){ .kind = TPL_METHOD, .as.bound = bound };
}

static TplValue
find_attribute (TplRender *render, TplValue object, const char *name, gboolean *found)
{
  TplValue value = own_attribute (render, object, name, found);

  return *found || render->error ? value : get_method (render, object, name, found);
}

/* object.name: an attribute, else an element. */
TplValue
tpl_get_attribute (TplRender *render, TplValue object, const char *name)
{
  gboolean found;

  if (tpl_fail_undefined (render, object))
    return TPL_VALUE_UNDEFINED;
  TplValue value = find_attribute (render, object, name, &found);
  if (found || render->error)
    return value;
  if (object.kind == TPL_DICT)
    {
      const TplValue *element = tpl_dict_get_name (render, object.as.dict, name);
      if (element)
        return *element;
    }
  return undefined_member (render, object, name);
}

static gint64
integer_of (TplValue value)
{
  return value.kind == TPL_BOOL ? value.as.boolean : value.as.integer;
}

/* Whether the type takes subscripts by place. */
static gboolean
has_places (TplValue object)
{
  return object.kind == TPL_STRING || object.kind == TPL_LIST || object.kind == TPL_TUPLE || object.kind == TPL_RANGE;
}

static TplValue
get_place (TplRender *render, TplValue object, gint64 index)
{
  gint64 length = tpl_length (object);

  if (index < 0)
    index += length;
  if (index < 0 || index >= length)
    return tpl_undefined (render, "the %s has no element %" G_GINT64_FORMAT, tpl_type_name (object), index);
  if (object.kind != TPL_STRING)
    return object.as.sequence->items[index];
  tpl_tick (render, object.as.string->length / 64);
  gsize begin = tpl_char_offset (object.as.string, index);
  const char *p = object.as.string->data + begin;
  return tpl_substring (render, object, begin, begin + (g_utf8_next_char (p) - p));
}

/* object[key]: an element, else an attribute. */
TplValue
tpl_get_item (TplRender *render, TplValue object, TplValue key)
{
  if (tpl_fail_undefined (render, object))
    return TPL_VALUE_UNDEFINED;
  if (object.kind == TPL_DICT && key.kind != TPL_LIST && key.kind != TPL_DICT)
    {
      const TplValue *element = tpl_dict_get (render, object.as.dict, key);
      if (element || render->error)
        return element ? *element : TPL_VALUE_UNDEFINED;
    }
  if (has_places (object) && tpl_is_integer (key))
    return get_place (render, object, integer_of (key));
  if (key.kind == TPL_STRING)
    {
      gboolean found;
      g_autofree char *name = tpl_to_name (render, key);
      TplValue value = find_attribute (render, object, name, &found);
      return found || render->error ? value : undefined_member (render, object, name);
    }
  return tpl_undefined (render, "the %s has no such element", tpl_type_name (object));
}

/* A bound of a slice as Python adjusts it. */
static gint64
adjust_bound (TplRender *render, TplValue value, gint64 length, gint64 step, gboolean is_start)
{
  gint64 low = step < 0 ? -1 : 0, high = step < 0 ? length - 1 : length;

  if (value.kind == TPL_NONE)
    return (step < 0) == is_start ? high : low;
  gint64 bound = integer_of (value);
  if (bound < 0)
    bound = MAX (bound, -length - 1) + length;
  return CLAMP (bound, low, high);
}

static TplValue
slice_string (TplRender *render, TplValue string, gint64 start, gint64 stop, gint64 step)
{
  const TplString *text = string.as.string;
  GString *out;

  if (!tpl_tick (render, text->length / 16))
    return string;
  if (step == 1)
    {
      gsize begin = tpl_char_offset (text, start);
      return tpl_substring (render, string, begin, stop > start ? tpl_char_offset (text, stop) : begin);
    }
  g_autofree gunichar *chars = g_utf8_to_ucs4_fast (text->data, text->length, NULL);
  out = g_string_new (NULL);
  for (gint64 i = start; step > 0 ? i < stop : i > stop; i += step)
    g_string_append_unichar (out, chars[i]);
  TplValue result = tpl_string_take (render, out);
  result.safe = string.safe;
  return result;
}

TplValue
tpl_get_slice (TplRender *render, TplValue object, TplValue start, TplValue stop, TplValue step)
{
  TplValue bounds[] = { start, stop, step };

  if (tpl_fail_undefined (render, object))
    return TPL_VALUE_UNDEFINED;
  for (int i = 0; i < 3; i++)
    if (bounds[i].kind != TPL_NONE && !tpl_is_integer (bounds[i]))
      tpl_fail (render, "slice indices must be integers or None");
  gint64 stride = step.kind == TPL_NONE ? 1 : integer_of (step), length = tpl_length (object);
  if (!has_places (object))
    tpl_fail (render, "a %s can't be sliced", tpl_type_name (object));
  else if (stride == 0)
    tpl_fail (render, "slice step cannot be zero");
  if (render->error)
    return TPL_VALUE_UNDEFINED;
  stride = CLAMP (stride, -(length + 1), length + 1);
  gint64 from = adjust_bound (render, start, length, stride, TRUE), to = adjust_bound (render, stop, length, stride, FALSE);
  if (object.kind == TPL_STRING)
    return slice_string (render, object, from, to, stride);
  TplValue part = tpl_sequence (render, object.kind);
  for (gint64 i = from; (stride > 0 ? i < to : i > to) && !render->error; i += stride)
    tpl_append (render, part.as.sequence, object.as.sequence->items[i]);
  return part;
}
