/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"
#include "core/base/auto-errors.h"

#define MAX_RANGE 100000

/* Which of @parameters (names divided by spaces) @name is; -1 for none. */
static int
parameter_index (const char *parameters, const char *name)
{
  gsize n = strlen (name);
  int index = 0;

  for (const char *p = parameters; *p; index++)
    {
      gsize length = strcspn (p, " ");
      if (length == n && memcmp (p, name, n) == 0)
        return index;
      p += length + (p[length] != 0);
    }
  return -1;
}

static guint
count_parameters (const char *parameters)
{
  guint n = *parameters != 0;

  for (const char *p = parameters; *p; p++)
    n += *p == ' ';
  return n;
}

/* Calls with the arguments in the order of the parameters, absent ones marked. */
TplValue
tpl_call_function (TplRender *render, const TplFunction *function, TplArgs *args)
{
  TplValue bound[TPL_MAX_PARAMETERS] = { 0 };
  guint n;

  if (!function->parameters)
    return function->call (render, args);
  n = count_parameters (function->parameters);
  if (args->n_items > n)
    tpl_fail (render, "%s takes at most %u arguments", function->name, n);
  for (gsize i = 0; i < args->n_items && i < n; i++)
    bound[i] = args->items[i];
  for (gsize i = 0; i < args->n_names; i++)
    {
      int index = parameter_index (function->parameters, args->names[i]);
      if (index < 0 || bound[index].kind != TPL_ABSENT)
        tpl_fail (render, index < 0 ? "%s has no argument '%.100s'" : "%s is given its argument '%.100s' twice", function->name,
                  args->names[i]);
      else
        bound[index] = args->values[i];
    }
  for (guint i = 0; i < function->required; i++)
    if (bound[i].kind == TPL_ABSENT)
      tpl_fail (render, "%s needs more arguments", function->name);
  TplArgs all = { .items = bound, .n_items = n };
  return render->error ? TPL_VALUE_UNDEFINED : function->call (render, &all);
}

static TplValue
call_joiner (TplRender *render, TplValue joiner)
{
  TplSequence *separator = joiner.as.sequence;

  return separator->cursor++ ? separator->items[0] : tpl_string_static (render, "", 0);
}

TplValue
tpl_call (TplRender *render, TplValue callable, TplArgs *args)
{
  TplValue result = TPL_VALUE_UNDEFINED;
  TplArgs with_object = *args;
  TplSequence *items;

  switch (callable.kind)
    {
    case TPL_FUNCTION:
      return tpl_call_function (render, callable.as.function, args);
    case TPL_MACRO:
      if (tpl_enter (render))
        result = tpl_call_macro (render, callable.as.macro, args);
      tpl_leave (render);
      return result;
    case TPL_LOOP:
      if (tpl_enter (render))
        result = tpl_call_loop (render, callable.as.loop, args);
      tpl_leave (render);
      return result;
    case TPL_METHOD:
      items = tpl_sequence (render, TPL_LIST).as.sequence;
      tpl_append (render, items, callable.as.bound->object);
      for (gsize i = 0; i < args->n_items; i++)
        tpl_append (render, items, args->items[i]);
      with_object.items = items->items;
      with_object.n_items = items->n_items;
      return render->error ? result : tpl_call_function (render, &callable.as.bound->method->function, &with_object);
    case TPL_JOINER:
      return call_joiner (render, callable);
    default:
      if (!tpl_fail_undefined (render, callable))
        tpl_fail (render, "a %s is not callable", tpl_type_name (callable));
      return result;
    }
}

static TplValue
global_raise_exception (TplRender *render, TplArgs *args)
{
  TplValue text = tpl_to_string (render, args->items[0]);

  g_autofree char *message = g_strndup (text.as.string->data, text.as.string->length);
  if (!render->error)
    g_set_error_literal (&render->error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_TEMPLATE, message);
  return text;
}

static gint64
range_argument (TplRender *render, TplValue value, gint64 otherwise)
{
  if (value.kind == TPL_ABSENT)
    return otherwise;
  if (tpl_is_integer (value))
    return value.kind == TPL_BOOL ? value.as.boolean : value.as.integer;
  if (!tpl_fail_undefined (render, value))
    tpl_fail (render, "range wants integers, not a %s", tpl_type_name (value));
  return otherwise;
}

static TplValue
global_range (TplRender *render, TplArgs *args)
{
  gboolean one = args->items[1].kind == TPL_ABSENT;
  gint64 start = one ? 0 : range_argument (render, args->items[0], 0);
  gint64 stop = range_argument (render, args->items[one ? 0 : 1], 0), step = range_argument (render, args->items[2], 1);
  TplValue value = tpl_sequence (render, TPL_RANGE);

  if (step == 0)
    tpl_fail (render, "range's step must not be zero");
  if (render->error)
    return value;
  long double span = (long double) stop - start, count = span / step;
  if (count > MAX_RANGE)
    tpl_fail (render, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).", MAX_RANGE);
  gint64 n = count <= 0 ? 0 : (gint64) count + ((gint64) count < count);
  for (gint64 i = 0; i < n && !render->error; i++)
    tpl_append (render, value.as.sequence, tpl_int (start + i * step));
  return value;
}

/* dict (…) and namespace (…): from a mapping, from pairs, from keywords. */
static TplValue
make_dict (TplRender *render, TplArgs *args, TplKind kind)
{
  TplValue value = tpl_dict (render);
  TplDict *dict = value.as.dict;

  if (args->n_items > 1)
    tpl_fail (render, "dict takes at most one positional argument");
  else if (args->n_items == 1)
    tpl_fail_undefined (render, args->items[0]);
  if (args->n_items && args->items[0].kind == TPL_DICT)
    for (gsize i = 0; i < args->items[0].as.dict->n_pairs; i++)
      tpl_dict_set (render, dict, args->items[0].as.dict->pairs[i].key, args->items[0].as.dict->pairs[i].value);
  else if (args->n_items)
    {
      TplSequence *pairs = tpl_iterate (render, args->items[0]);
      for (gsize i = 0; pairs && i < pairs->n_items && !render->error; i++)
        {
          TplSequence *pair = tpl_iterate (render, pairs->items[i]);
          if (pair && pair->n_items == 2)
            tpl_dict_set (render, dict, pair->items[0], pair->items[1]);
          else
            tpl_fail (render, "dict wants pairs");
        }
    }
  for (gsize i = 0; i < args->n_names; i++)
    tpl_dict_set (render, dict, tpl_string_copy (render, args->names[i], -1), args->values[i]);
  value.kind = kind;
  return value;
}

static TplValue
global_dict (TplRender *render, TplArgs *args)
{
  return make_dict (render, args, TPL_DICT);
}

static TplValue
global_namespace (TplRender *render, TplArgs *args)
{
  return make_dict (render, args, TPL_NAMESPACE);
}

static TplValue
global_cycler (TplRender *render, TplArgs *args)
{
  TplValue value = tpl_sequence (render, TPL_CYCLER);

  if (args->n_items == 0 || args->n_names)
    tpl_fail (render, "cycler needs at least one item");
  for (gsize i = 0; i < args->n_items; i++)
    tpl_append (render, value.as.sequence, args->items[i]);
  return value;
}

static TplValue
global_joiner (TplRender *render, TplArgs *args)
{
  TplValue value = tpl_sequence (render, TPL_JOINER);

  tpl_append (render, value.as.sequence, args->items[0].kind == TPL_ABSENT ? tpl_string_static (render, ", ", 2) : args->items[0]);
  return value;
}

static const char *const month_names[]
    = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
static const char *const day_names[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };

/* One directive of strftime, in English whatever the user's language is: a prompt must not depend on it. */
static void
append_date (GString *out, GDateTime *now, char directive)
{
  const char *month = month_names[g_date_time_get_month (now) - 1], *day = day_names[g_date_time_get_day_of_week (now) - 1];
  const char *half = g_date_time_get_hour (now) < 12 ? "AM" : "PM";
  char format[3] = { '%', directive, 0 };
  g_autofree char *text = NULL;

  switch (directive)
    {
    case 'B':
      g_string_append (out, month);
      break;
    case 'b':
    case 'h':
      g_string_append_len (out, month, 3);
      break;
    case 'A':
      g_string_append (out, day);
      break;
    case 'a':
      g_string_append_len (out, day, 3);
      break;
    case 'p':
      g_string_append (out, half);
      break;
    case 'f':
      g_string_append_printf (out, "%06d", g_date_time_get_microsecond (now));
      break;
    case 'z':
    case 'Z':
      break; /* the reference's time has no zone */
    default:
      text = strchr ("CdDeFgGHIjklmMnrRsStTuVwyY%", directive) ? g_date_time_format (now, format) : NULL;
      g_string_append (out, text ? text : format);
    }
}

static TplValue
global_strftime_now (TplRender *render, TplArgs *args)
{
  TplValue format = args->items[0];
  GString *out = g_string_new (NULL);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  if (format.kind != TPL_STRING)
    tpl_fail (render, "strftime_now wants a str, not a %s", tpl_type_name (format));
  for (gsize i = 0; !render->error && i < format.as.string->length; i++)
    {
      const char *p = format.as.string->data + i;
      if (*p == '%' && i + 1 < format.as.string->length && g_ascii_isgraph (p[1]))
        {
          append_date (out, now, p[1]);
          i++;
        }
      else
        g_string_append_c (out, *p);
    }
  return tpl_string_take (render, out);
}

static const TplFunction globals[] = {
  { "raise_exception", global_raise_exception, "message", 1 },
  { "range", global_range, "start stop step", 1 },
  { "dict", global_dict },
  { "namespace", global_namespace },
  { "cycler", global_cycler },
  { "joiner", global_joiner, "sep", 0 },
  { "strftime_now", global_strftime_now, "format", 1, TRUE },
};

const TplFunction *
tpl_find_global (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (strcmp (globals[i].name, name) == 0)
      return &globals[i];
  return NULL;
}
