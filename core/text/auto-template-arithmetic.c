/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "auto-template-private.h"

static const char *const symbols[] = { "+", "-", "*", "/", "//", "%", "**" };

static TplValue
fail_operands (TplRender *render, TplOp op, TplValue a, TplValue b)
{
  if (!tpl_fail_undefined (render, a) && !tpl_fail_undefined (render, b))
    tpl_fail (render, "unsupported operands for %s: '%s' and '%s'", symbols[op], tpl_type_name (a), tpl_type_name (b));
  return TPL_VALUE_UNDEFINED;
}

static gint64
floor_divide (gint64 a, gint64 b, gint64 *remainder)
{
  gint64 quotient = a / b;

  *remainder = a % b;
  if (*remainder != 0 && (*remainder < 0) != (b < 0))
    {
      quotient--;
      *remainder += b;
    }
  return quotient;
}

/* FALSE when it leaves 64 bits. */
static gboolean
integer_power (gint64 base, gint64 exponent, gint64 *result)
{
  gboolean overflow = FALSE;

  for (*result = 1; exponent > 0 && !overflow; exponent >>= 1)
    {
      if (exponent & 1)
        overflow = __builtin_mul_overflow (*result, base, result);
      if (exponent > 1)
        overflow |= __builtin_mul_overflow (base, base, &base);
    }
  return !overflow;
}

static TplValue
integer_arithmetic (TplRender *render, TplOp op, gint64 a, gint64 b)
{
  gint64 result = 0, remainder;
  gboolean overflow = FALSE;

  switch (op)
    {
    case TPL_OP_ADD:
      overflow = __builtin_add_overflow (a, b, &result);
      break;
    case TPL_OP_SUBTRACT:
      overflow = __builtin_sub_overflow (a, b, &result);
      break;
    case TPL_OP_MULTIPLY:
      overflow = __builtin_mul_overflow (a, b, &result);
      break;
    case TPL_OP_POWER:
      overflow = !integer_power (a, b, &result);
      break;
    default:
      if (a == G_MININT64 && b == -1)
        overflow = op == TPL_OP_FLOOR_DIVIDE;
      else
        {
          result = floor_divide (a, b, &remainder);
          result = op == TPL_OP_MODULO ? remainder : result;
        }
    }
  if (overflow)
    tpl_fail (render, "the result of %s needs more than 64 bits", symbols[op]);
  return tpl_int (result);
}

static TplValue
float_arithmetic (TplRender *render, TplOp op, double a, double b)
{
  double remainder;

  switch (op)
    {
    case TPL_OP_ADD:
      return tpl_float (a + b);
    case TPL_OP_SUBTRACT:
      return tpl_float (a - b);
    case TPL_OP_MULTIPLY:
      return tpl_float (a * b);
    case TPL_OP_DIVIDE:
      return tpl_float (a / b);
    case TPL_OP_POWER:
      if (a == 0 && b < 0)
        tpl_fail (render, "0.0 cannot be raised to a negative power");
      else if (a < 0 && b != floor (b))
        tpl_fail (render, "a negative number to a fractional power is no real number");
      else if (isinf (pow (a, b)) && isfinite (a) && isfinite (b))
        tpl_fail (render, "the power is too large");
      return tpl_float (pow (a, b));
    default:
      remainder = fmod (a, b);
      double quotient = (a - remainder) / b;
      if (remainder != 0 && (remainder < 0) != (b < 0))
        {
          remainder += b;
          quotient -= 1;
        }
      else if (remainder == 0)
        remainder = copysign (0, b);
      if (op == TPL_OP_MODULO)
        return tpl_float (remainder);
      return tpl_float (quotient == 0 ? copysign (0, a / b) : round (quotient));
    }
}

static TplValue
arithmetic_of_numbers (TplRender *render, TplOp op, TplValue a, TplValue b)
{
  gboolean divides = op == TPL_OP_DIVIDE || op == TPL_OP_FLOOR_DIVIDE || op == TPL_OP_MODULO;
  gboolean integers = tpl_is_integer (a) && tpl_is_integer (b) && op != TPL_OP_DIVIDE;

  if (divides && tpl_to_double (b) == 0)
    {
      tpl_fail (render, "division by zero");
      return TPL_VALUE_UNDEFINED;
    }
  if (!integers || (op == TPL_OP_POWER && tpl_to_double (b) < 0))
    return float_arithmetic (render, op, tpl_to_double (a), tpl_to_double (b));
  return integer_arithmetic (render, op, a.kind == TPL_BOOL ? a.as.boolean : a.as.integer, b.kind == TPL_BOOL ? b.as.boolean : b.as.integer);
}

static TplValue
join_strings (TplRender *render, TplValue a, TplValue b)
{
  gboolean safe = a.safe || b.safe;

  if (safe)
    {
      a = tpl_escape (render, a);
      b = tpl_escape (render, b);
    }
  TplValue value = tpl_string_join (render, a, b);
  value.safe = safe;
  return value;
}

static TplValue
join_sequences (TplRender *render, TplValue a, TplValue b)
{
  TplValue value = tpl_sequence (render, a.kind);
  TplSequence *x = a.as.sequence, *y = b.as.sequence, *joined = value.as.sequence;
  TplValue *items = tpl_extend (render, x->items, x->n_items * sizeof *items, y->n_items * sizeof *items);

  if (!items || !tpl_tick (render, y->n_items))
    return value;
  if (y->n_items)
    memcpy (items + x->n_items, y->items, y->n_items * sizeof *items);
  *joined = (TplSequence){ .items = items, .n_items = x->n_items + y->n_items, .allocated = x->n_items + y->n_items };
  return value;
}

static TplValue
repeat_string (TplRender *render, TplValue string, gsize times)
{
  gsize length = string.as.string->length;

  if (length && times > tpl_max_text / length)
    {
      tpl_fail (render, "a text grows too long");
      return string;
    }
  char *data = tpl_alloc (render, length * times + 1);
  if (!data)
    return string;
  for (gsize i = 0; i < times && length; i++)
    memcpy (data + i * length, string.as.string->data, length);
  data[length * times] = 0;
  TplValue value = tpl_string_static (render, data, length * times);
  value.safe = string.safe;
  return value;
}

static TplValue
repeat (TplRender *render, TplValue value, TplValue count)
{
  gint64 times = MAX (count.kind == TPL_BOOL ? count.as.boolean : count.as.integer, 0);

  if (value.kind == TPL_STRING)
    return repeat_string (render, value, times);
  TplValue result = tpl_sequence (render, value.kind);
  TplSequence *items = value.as.sequence;
  for (gint64 k = 0; k < times && items->n_items && !render->error; k++)
    for (gsize i = 0; i < items->n_items && !render->error; i++)
      tpl_append (render, result.as.sequence, items->items[i]);
  return result;
}

static gboolean
can_repeat (TplValue value)
{
  return value.kind == TPL_STRING || value.kind == TPL_LIST || value.kind == TPL_TUPLE;
}

TplValue
tpl_arithmetic (TplRender *render, TplOp op, TplValue a, TplValue b)
{
  if (tpl_is_number (a) && tpl_is_number (b))
    return arithmetic_of_numbers (render, op, a, b);
  if (op == TPL_OP_ADD && a.kind == TPL_STRING && b.kind == TPL_STRING)
    return join_strings (render, a, b);
  if (op == TPL_OP_ADD && a.kind == b.kind && (a.kind == TPL_LIST || a.kind == TPL_TUPLE))
    return join_sequences (render, a, b);
  if (op == TPL_OP_MULTIPLY && can_repeat (a) && tpl_is_integer (b))
    return repeat (render, a, b);
  if (op == TPL_OP_MULTIPLY && can_repeat (b) && tpl_is_integer (a))
    return repeat (render, b, a);
  if (op == TPL_OP_MODULO && a.kind == TPL_STRING)
    return tpl_format_percent (render, a, b, NULL);
  return fail_operands (render, op, a, b);
}
