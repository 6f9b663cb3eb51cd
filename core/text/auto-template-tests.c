/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unicode/uchar.h>

#include "auto-template-private.h"

static TplValue
test_kinds (TplArgs *args, guint kinds)
{
  return tpl_bool ((kinds >> args->items[0].kind) & 1);
}

static gboolean
is_defined (TplRender *render, TplValue value)
{
  if (value.kind == TPL_FUNCTION && value.as.function->later)
    return (render->flags & AUTO_TEMPLATE_LATER) != 0;
  return value.kind != TPL_UNDEFINED;
}

static TplValue
test_defined (TplRender *render, TplArgs *args)
{
  return tpl_bool (is_defined (render, args->items[0]));
}

static TplValue
test_undefined (TplRender *render, TplArgs *args)
{
  return tpl_bool (!is_defined (render, args->items[0]));
}

static TplValue
test_none (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_NONE);
}

static TplValue
test_boolean (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_BOOL);
}

static TplValue
test_true (TplRender *render, TplArgs *args)
{
  return tpl_bool (args->items[0].kind == TPL_BOOL && args->items[0].as.boolean);
}

static TplValue
test_false (TplRender *render, TplArgs *args)
{
  return tpl_bool (args->items[0].kind == TPL_BOOL && !args->items[0].as.boolean);
}

static TplValue
test_integer (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_INT);
}

static TplValue
test_float (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_FLOAT);
}

static TplValue
test_number (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_is_number (args->items[0]));
}

static TplValue
test_string (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_STRING);
}

static TplValue
test_mapping (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_DICT);
}

static TplValue
test_iterable (TplRender *render, TplArgs *args)
{
  TplKind kind = args->items[0].kind;
  return tpl_bool (kind == TPL_UNDEFINED || kind == TPL_STRING || kind == TPL_DICT || kind == TPL_LOOP || tpl_is_sequence (args->items[0]));
}

/* What has a length and takes subscripts. */
static TplValue
test_sequence (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_UNDEFINED | 1u << TPL_STRING | 1u << TPL_LIST | 1u << TPL_TUPLE | 1u << TPL_RANGE | 1u << TPL_DICT);
}

static TplValue
test_callable (TplRender *render, TplArgs *args)
{
  return test_kinds (args, 1u << TPL_UNDEFINED | 1u << TPL_MACRO | 1u << TPL_FUNCTION | 1u << TPL_METHOD | 1u << TPL_LOOP | 1u << TPL_JOINER);
}

static TplValue
test_escaped (TplRender *render, TplArgs *args)
{
  return tpl_bool (args->items[0].kind == TPL_STRING && args->items[0].safe);
}

static TplValue
test_sameas (TplRender *render, TplArgs *args)
{
  TplValue a = args->items[0], b = args->items[1];

  if (a.kind != b.kind)
    return tpl_bool (FALSE);
  if (a.kind == TPL_NONE || a.kind == TPL_BOOL || a.kind == TPL_INT || a.kind == TPL_STRING)
    return tpl_bool (tpl_equal (render, a, b));
  return tpl_bool (a.kind != TPL_FLOAT && a.as.sequence == b.as.sequence);
}

/* Whether the text has letters with case, all of the one wanted. */
static TplValue
all_cased (TplRender *render, TplValue value, gboolean upper)
{
  TplValue text = tpl_to_string (render, value);
  const char *end = text.as.string->data + text.as.string->length;
  gboolean found = FALSE;

  for (const char *p = text.as.string->data; p < end; p = g_utf8_next_char (p))
    {
      gunichar ch = g_utf8_get_char (p);
      gboolean is_upper = u_hasBinaryProperty (ch, UCHAR_UPPERCASE), is_lower = u_hasBinaryProperty (ch, UCHAR_LOWERCASE);
      if ((upper ? is_lower : is_upper) || u_charType (ch) == U_TITLECASE_LETTER)
        return tpl_bool (FALSE);
      found |= upper ? is_upper : is_lower;
    }
  return tpl_bool (found);
}

static TplValue
test_lower (TplRender *render, TplArgs *args)
{
  return all_cased (render, args->items[0], FALSE);
}

static TplValue
test_upper (TplRender *render, TplArgs *args)
{
  return all_cased (render, args->items[0], TRUE);
}

static TplValue
remainder_is (TplRender *render, TplValue value, TplValue divisor, gint64 wanted)
{
  TplValue remainder = tpl_arithmetic (render, TPL_OP_MODULO, value, divisor);
  return tpl_bool (!render->error && tpl_equal (render, remainder, tpl_int (wanted)));
}

static TplValue
test_odd (TplRender *render, TplArgs *args)
{
  return remainder_is (render, args->items[0], tpl_int (2), 1);
}

static TplValue
test_even (TplRender *render, TplArgs *args)
{
  return remainder_is (render, args->items[0], tpl_int (2), 0);
}

static TplValue
test_divisibleby (TplRender *render, TplArgs *args)
{
  return remainder_is (render, args->items[0], args->items[1], 0);
}

static TplValue
test_eq (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_compare_op (render, TPL_OP_EQUAL, args->items[0], args->items[1]));
}

static TplValue
test_ne (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_compare_op (render, TPL_OP_UNEQUAL, args->items[0], args->items[1]));
}

static TplValue
test_lt (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_compare_op (render, TPL_OP_LESS, args->items[0], args->items[1]));
}

static TplValue
test_le (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_compare_op (render, TPL_OP_LESS_EQUAL, args->items[0], args->items[1]));
}

static TplValue
test_gt (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_compare_op (render, TPL_OP_GREATER, args->items[0], args->items[1]));
}

static TplValue
test_ge (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_compare_op (render, TPL_OP_GREATER_EQUAL, args->items[0], args->items[1]));
}

static TplValue
test_in (TplRender *render, TplArgs *args)
{
  return tpl_bool (tpl_contains (render, args->items[1], args->items[0]));
}

static TplValue
test_filter (TplRender *render, TplArgs *args)
{
  g_autofree char *name = args->items[0].kind == TPL_STRING ? tpl_to_name (render, args->items[0]) : NULL;
  return tpl_bool (name && tpl_find_filter (name));
}

static TplValue
test_test (TplRender *render, TplArgs *args)
{
  g_autofree char *name = args->items[0].kind == TPL_STRING ? tpl_to_name (render, args->items[0]) : NULL;
  return tpl_bool (name && tpl_find_test (name));
}

static const TplFunction tests[] = {
  { "defined", test_defined, "value", 1 },
  { "undefined", test_undefined, "value", 1 },
  { "none", test_none, "value", 1 },
  { "boolean", test_boolean, "value", 1 },
  { "true", test_true, "value", 1 },
  { "false", test_false, "value", 1 },
  { "integer", test_integer, "value", 1 },
  { "float", test_float, "value", 1 },
  { "number", test_number, "value", 1 },
  { "string", test_string, "value", 1 },
  { "mapping", test_mapping, "value", 1 },
  { "iterable", test_iterable, "value", 1 },
  { "sequence", test_sequence, "value", 1 },
  { "callable", test_callable, "value", 1 },
  { "escaped", test_escaped, "value", 1 },
  { "sameas", test_sameas, "value other", 2 },
  { "lower", test_lower, "value", 1 },
  { "upper", test_upper, "value", 1 },
  { "odd", test_odd, "value", 1 },
  { "even", test_even, "value", 1 },
  { "divisibleby", test_divisibleby, "value num", 2 },
  { "==", test_eq, "a b", 2 },
  { "eq", test_eq, "a b", 2 },
  { "equalto", test_eq, "a b", 2 },
  { "!=", test_ne, "a b", 2 },
  { "ne", test_ne, "a b", 2 },
  { "<", test_lt, "a b", 2 },
  { "lt", test_lt, "a b", 2 },
  { "lessthan", test_lt, "a b", 2 },
  { "<=", test_le, "a b", 2 },
  { "le", test_le, "a b", 2 },
  { ">", test_gt, "a b", 2 },
  { "gt", test_gt, "a b", 2 },
  { "greaterthan", test_gt, "a b", 2 },
  { ">=", test_ge, "a b", 2 },
  { "ge", test_ge, "a b", 2 },
  { "in", test_in, "value seq", 2 },
  { "filter", test_filter, "value", 1 },
  { "test", test_test, "value", 1 },
};

const TplFunction *
tpl_find_test (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    if (strcmp (tests[i].name, name) == 0)
      return &tests[i];
  return NULL;
}
