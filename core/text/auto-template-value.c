/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "auto-template-private.h"
#include "../base/auto-message.h"

TplValue
tpl_bool (gboolean value)
{
  return (TplValue){ .kind = TPL_BOOL, .as.boolean = value != FALSE };
}

TplValue
tpl_int (gint64 value)
{
  return (TplValue){ .kind = TPL_INT, .as.integer = value };
}

TplValue
tpl_float (double value)
{
  return (TplValue){ .kind = TPL_FLOAT, .as.number = value };
}

TplValue
tpl_undefined (TplRender *render, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *hint = auto_message_valist (format, args);
  va_end (args);
  gsize size = strlen (hint) + 1;
  char *copy = tpl_alloc (render, size);
  if (copy)
    memcpy (copy, hint, size);
  return (TplValue){ .kind = TPL_UNDEFINED, .as.hint = copy };
}

static gsize
count_chars (const char *data, gsize length)
{
  gsize chars = 0;

  for (gsize i = 0; i < length; i++)
    chars += (data[i] & 0xc0) != 0x80;
  return chars;
}

TplValue
tpl_string_static (TplRender *render, const char *data, gsize length)
{
  static const TplString empty = { "", 0, 0 };
  TplString *string = tpl_tick (render, length / 64) ? tpl_alloc (render, sizeof *string) : NULL;

  if (!string)
    return (TplValue){ .kind = TPL_STRING, .as.string = &empty };
  *string = (TplString){ data, length, count_chars (data, length) };
  return (TplValue){ .kind = TPL_STRING, .as.string = string };
}

TplValue
tpl_string_copy (TplRender *render, const char *data, gssize length)
{
  gsize n = length < 0 ? strlen (data) : (gsize) length;
  char *copy = tpl_alloc (render, n + 1);

  if (!copy)
    return tpl_string_static (render, "", 0);
  memcpy (copy, data, n);
  copy[n] = 0;
  return tpl_string_static (render, copy, n);
}

TplValue
tpl_string_join (TplRender *render, TplValue first, TplValue second)
{
  const TplString *a = first.as.string, *b = second.as.string;
  char *data = tpl_extend (render, a->data, a->length, b->length);
  TplString *string = data ? tpl_alloc (render, sizeof *string) : NULL;

  if (!string || !tpl_tick (render, b->length / 64))
    return first;
  memcpy (data + a->length, b->data, b->length);
  *string = (TplString){ data, a->length + b->length, a->chars + b->chars };
  return (TplValue){ .kind = TPL_STRING, .as.string = string };
}

TplValue
tpl_string_take (TplRender *render, GString *string)
{
  TplValue value = tpl_string_copy (render, string->str, string->len);
  g_string_free (string, TRUE);
  return value;
}

/* On lack of memory the sequence stays without elements; the error is set. */
TplValue
tpl_sequence (TplRender *render, TplKind kind)
{
  TplSequence *sequence = tpl_arena_alloc (render->arena, sizeof *sequence);

  *sequence = (TplSequence){ 0 };
  return (TplValue){ .kind = kind, .as.sequence = sequence };
}

void
tpl_append (TplRender *render, TplSequence *sequence, TplValue value)
{
  if (sequence->n_items == sequence->allocated)
    {
      gsize allocated = MAX (4, sequence->allocated * 2);
      TplValue *items = tpl_alloc (render, allocated * sizeof *items);
      if (!items)
        return;
      if (sequence->n_items)
        memcpy (items, sequence->items, sequence->n_items * sizeof *items);
      sequence->items = items;
      sequence->allocated = allocated;
    }
  sequence->items[sequence->n_items++] = value;
  tpl_tick (render, 0);
}

TplValue
tpl_pair (TplRender *render, TplValue first, TplValue second)
{
  TplValue pair = tpl_sequence (render, TPL_TUPLE);

  tpl_append (render, pair.as.sequence, first);
  tpl_append (render, pair.as.sequence, second);
  return pair;
}

gboolean
tpl_is_sequence (TplValue value)
{
  return value.kind >= TPL_LIST && value.kind <= TPL_ITERATOR;
}

gboolean
tpl_is_integer (TplValue value)
{
  return value.kind == TPL_BOOL || value.kind == TPL_INT;
}

gboolean
tpl_is_number (TplValue value)
{
  return tpl_is_integer (value) || value.kind == TPL_FLOAT;
}

double
tpl_to_double (TplValue value)
{
  return value.kind == TPL_FLOAT ? value.as.number : value.kind == TPL_BOOL ? value.as.boolean : (double) value.as.integer;
}

gboolean
tpl_is_truthy (TplValue value)
{
  switch (value.kind)
    {
    case TPL_ABSENT:
    case TPL_UNDEFINED:
    case TPL_NONE:
      return FALSE;
    case TPL_BOOL:
      return value.as.boolean;
    case TPL_INT:
      return value.as.integer != 0;
    case TPL_FLOAT:
      return value.as.number != 0;
    case TPL_ITERATOR:
      return TRUE;
    default:
      return tpl_length (value) != 0;
    }
}

gssize
tpl_length (TplValue value)
{
  switch (value.kind)
    {
    case TPL_UNDEFINED:
      return 0;
    case TPL_STRING:
      return value.as.string->chars;
    case TPL_LIST:
    case TPL_TUPLE:
    case TPL_RANGE:
    case TPL_KEYS:
    case TPL_VALUES:
    case TPL_ITEMS:
      return value.as.sequence->n_items;
    case TPL_DICT:
      return value.as.dict->n_pairs;
    case TPL_LOOP:
      return value.as.loop->sequence->n_items;
    default:
      return -1;
    }
}

const char *
tpl_type_name (TplValue value)
{
  static const char *names[] = { "nothing",   "undefined value", "None",       "bool",      "int",        "float",     "str",    "list",
                                 "tuple",     "range",           "dict_keys",  "dict_values", "dict_items", "generator", "dict", "namespace",
                                 "loop",      "macro",           "function",   "method",    "cycler",     "joiner" };
  return names[value.kind];
}

gboolean
tpl_fail_undefined (TplRender *render, TplValue value)
{
  if (value.kind != TPL_UNDEFINED)
    return FALSE;
  tpl_fail (render, "%s", value.as.hint ? value.as.hint : "a value is undefined");
  return TRUE;
}

static gboolean
equal_sequences (TplRender *render, TplSequence *a, TplSequence *b)
{
  gboolean equal = a->n_items == b->n_items;

  if (a == b)
    return TRUE;
  for (gsize i = 0; equal && i < a->n_items && !render->error; i++)
    equal = tpl_equal (render, a->items[i], b->items[i]);
  return equal;
}

static gboolean
equal_dicts (TplRender *render, TplDict *a, TplDict *b)
{
  gboolean equal = a->n_pairs == b->n_pairs;

  for (gsize i = 0; equal && i < a->n_pairs && !render->error; i++)
    {
      const TplValue *other = tpl_dict_get (render, b, a->pairs[i].key);
      equal = other && tpl_equal (render, a->pairs[i].value, *other);
    }
  return equal;
}

static gboolean
equal_inside (TplRender *render, TplValue a, TplValue b)
{
  gboolean equal = FALSE;

  if (tpl_enter (render))
    equal = a.kind == TPL_DICT ? equal_dicts (render, a.as.dict, b.as.dict) : equal_sequences (render, a.as.sequence, b.as.sequence);
  tpl_leave (render);
  return equal;
}

gboolean
tpl_equal (TplRender *render, TplValue a, TplValue b)
{
  if (tpl_is_number (a) && tpl_is_number (b))
    return tpl_compare (render, a, b) == 0;
  if (a.kind != b.kind)
    return FALSE;
  switch (a.kind)
    {
    case TPL_UNDEFINED:
    case TPL_NONE:
      return TRUE;
    case TPL_STRING:
      return a.as.string->length == b.as.string->length && memcmp (a.as.string->data, b.as.string->data, a.as.string->length) == 0;
    case TPL_LIST:
    case TPL_TUPLE:
    case TPL_RANGE:
    case TPL_KEYS:
    case TPL_ITEMS:
    case TPL_DICT:
      return equal_inside (render, a, b);
    default:
      return a.as.sequence == b.as.sequence;
    }
}

static int
compare_numbers (TplValue a, TplValue b)
{
  if (a.kind != TPL_FLOAT && b.kind != TPL_FLOAT)
    {
      gint64 x = a.kind == TPL_BOOL ? a.as.boolean : a.as.integer, y = b.kind == TPL_BOOL ? b.as.boolean : b.as.integer;
      return (x > y) - (x < y);
    }
  long double x = a.kind == TPL_INT ? (long double) a.as.integer : tpl_to_double (a);
  long double y = b.kind == TPL_INT ? (long double) b.as.integer : tpl_to_double (b);
  return isnan (x) || isnan (y) ? 2 : (x > y) - (x < y);
}

static int
compare_sequences (TplRender *render, TplSequence *a, TplSequence *b)
{
  int order = 0;

  if (tpl_enter (render))
    for (gsize i = 0; order == 0 && i < a->n_items && i < b->n_items && !render->error; i++)
      if (!tpl_equal (render, a->items[i], b->items[i]))
        order = tpl_compare (render, a->items[i], b->items[i]);
  tpl_leave (render);
  return order ? order : (a->n_items > b->n_items) - (a->n_items < b->n_items);
}

int
tpl_compare (TplRender *render, TplValue a, TplValue b)
{
  if (tpl_is_number (a) && tpl_is_number (b))
    return compare_numbers (a, b);
  if (a.kind == TPL_STRING && b.kind == TPL_STRING)
    {
      const TplString *x = a.as.string, *y = b.as.string;
      tpl_tick (render, MIN (x->length, y->length) / 64);
      int order = memcmp (x->data, y->data, MIN (x->length, y->length));
      return order ? (order > 0) - (order < 0) : (x->length > y->length) - (x->length < y->length);
    }
  if (a.kind == b.kind && (a.kind == TPL_LIST || a.kind == TPL_TUPLE))
    return compare_sequences (render, a.as.sequence, b.as.sequence);
  if (!tpl_fail_undefined (render, a) && !tpl_fail_undefined (render, b))
    tpl_fail (render, "a %s can't be ordered with a %s", tpl_type_name (a), tpl_type_name (b));
  return 0;
}

gboolean
tpl_compare_op (TplRender *render, TplOp op, TplValue a, TplValue b)
{
  if (op == TPL_OP_EQUAL || op == TPL_OP_UNEQUAL)
    return tpl_equal (render, a, b) == (op == TPL_OP_EQUAL);
  if (op == TPL_OP_IN || op == TPL_OP_NOT_IN)
    return tpl_contains (render, b, a) == (op == TPL_OP_IN);
  int order = tpl_compare (render, a, b);
  if (order == 2)
    return FALSE;
  return op == TPL_OP_LESS ? order < 0 : op == TPL_OP_LESS_EQUAL ? order <= 0 : op == TPL_OP_GREATER ? order > 0 : order >= 0;
}

gboolean
tpl_contains (TplRender *render, TplValue container, TplValue item)
{
  if (container.kind == TPL_DICT)
    return tpl_dict_get (render, container.as.dict, item) != NULL;
  if (container.kind == TPL_STRING)
    {
      if (item.kind != TPL_STRING)
        {
          tpl_fail (render, "only a str can be in a str, not a %s", tpl_type_name (item));
          return FALSE;
        }
      tpl_tick (render, container.as.string->length / 64);
      return memmem (container.as.string->data, container.as.string->length, item.as.string->data, item.as.string->length) != NULL;
    }
  TplSequence *items = tpl_iterate (render, container);
  for (gsize i = 0; items && i < items->n_items && tpl_tick (render, 0); i++)
    if (tpl_equal (render, items->items[i], item))
      return TRUE;
  return FALSE;
}

static TplSequence *
characters (TplRender *render, const TplString *string)
{
  TplSequence *items = tpl_sequence (render, TPL_LIST).as.sequence;
  const char *end = string->data + string->length;

  for (const char *p = string->data, *next; p < end && !render->error; p = next)
    {
      next = g_utf8_next_char (p);
      tpl_append (render, items, tpl_string_static (render, p, next - p));
    }
  return items;
}

/* What is left of an iterator; afterwards it has nothing. */
static TplSequence *
drain (TplRender *render, TplSequence *iterator)
{
  TplSequence *rest = tpl_sequence (render, TPL_LIST).as.sequence;

  rest->items = iterator->items ? iterator->items + iterator->cursor : NULL;
  rest->n_items = rest->allocated = iterator->n_items - iterator->cursor;
  iterator->cursor = iterator->n_items;
  return rest;
}

TplSequence *
tpl_iterate (TplRender *render, TplValue value)
{
  TplSequence *items;

  switch (value.kind)
    {
    case TPL_UNDEFINED:
      return tpl_sequence (render, TPL_LIST).as.sequence;
    case TPL_STRING:
      return characters (render, value.as.string);
    case TPL_ITERATOR:
      return drain (render, value.as.sequence);
    case TPL_DICT:
      items = tpl_sequence (render, TPL_LIST).as.sequence;
      for (gsize i = 0; i < value.as.dict->n_pairs && !render->error; i++)
        tpl_append (render, items, value.as.dict->pairs[i].key);
      return items;
    default:
      if (tpl_is_sequence (value))
        return value.as.sequence;
      tpl_fail (render, "a %s can't be looped over", tpl_type_name (value));
      return NULL;
    }
}
