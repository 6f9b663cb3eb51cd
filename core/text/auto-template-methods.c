/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

#define OF(kind) (1u << TPL_##kind)

static TplValue
method_get (TplRender *render, TplArgs *args)
{
  const TplValue *value = tpl_dict_get (render, args->items[0].as.dict, args->items[1]);

  return value ? *value : args->items[2].kind == TPL_ABSENT ? TPL_VALUE_NONE : args->items[2];
}

static TplValue
dict_view (TplRender *render, TplDict *dict, TplKind kind)
{
  TplValue view = tpl_sequence (render, kind);

  for (gsize i = 0; i < dict->n_pairs && !render->error; i++)
    tpl_append (render, view.as.sequence,
                kind == TPL_KEYS     ? dict->pairs[i].key
                : kind == TPL_VALUES ? dict->pairs[i].value
                                     : tpl_pair (render, dict->pairs[i].key, dict->pairs[i].value));
  return view;
}

static TplValue
method_keys (TplRender *render, TplArgs *args)
{
  return dict_view (render, args->items[0].as.dict, TPL_KEYS);
}

static TplValue
method_values (TplRender *render, TplArgs *args)
{
  return dict_view (render, args->items[0].as.dict, TPL_VALUES);
}

static TplValue
method_items (TplRender *render, TplArgs *args)
{
  return dict_view (render, args->items[0].as.dict, TPL_ITEMS);
}

/* Nothing can change a value, so that a copy is the value. */
static TplValue
method_copy (TplRender *render, TplArgs *args)
{
  return args->items[0];
}

static TplValue
method_count (TplRender *render, TplArgs *args)
{
  TplSequence *items = args->items[0].as.sequence;
  gint64 count = 0;

  for (gsize i = 0; i < items->n_items && tpl_tick (render, 0); i++)
    count += tpl_equal (render, items->items[i], args->items[1]);
  return tpl_int (count);
}

static TplValue
method_index (TplRender *render, TplArgs *args)
{
  TplSequence *items = args->items[0].as.sequence;

  for (gsize i = 0; i < items->n_items && tpl_tick (render, 0); i++)
    if (tpl_equal (render, items->items[i], args->items[1]))
      return tpl_int (i);
  tpl_fail (render, "the value is not in the list");
  return TPL_VALUE_UNDEFINED;
}

static TplValue
method_cycle (TplRender *render, TplArgs *args)
{
  if (args->n_items < 2)
    {
      tpl_fail (render, "no items for cycling given");
      return TPL_VALUE_UNDEFINED;
    }
  return args->items[1 + args->items[0].as.loop->index % (args->n_items - 1)];
}

static TplValue
method_changed (TplRender *render, TplArgs *args)
{
  TplLoop *loop = args->items[0].as.loop;
  TplValue values = tpl_sequence (render, TPL_TUPLE);

  for (gsize i = 1; i < args->n_items; i++)
    tpl_append (render, values.as.sequence, args->items[i]);
  gboolean changed = !loop->has_changed || !tpl_equal (render, loop->changed, values);
  loop->has_changed = TRUE;
  loop->changed = values;
  return tpl_bool (changed);
}

static TplValue
method_next (TplRender *render, TplArgs *args)
{
  TplSequence *items = args->items[0].as.sequence;
  TplValue value = items->items[items->cursor];

  items->cursor = (items->cursor + 1) % items->n_items;
  return value;
}

static TplValue
method_reset (TplRender *render, TplArgs *args)
{
  args->items[0].as.sequence->cursor = 0;
  return TPL_VALUE_NONE;
}

static const TplMethod methods[] = {
  { OF (DICT), { "get", method_get, "self key default", 2 } },
  { OF (DICT), { "keys", method_keys, "self", 1 } },
  { OF (DICT), { "values", method_values, "self", 1 } },
  { OF (DICT), { "items", method_items, "self", 1 } },
  { OF (DICT) | OF (LIST), { "copy", method_copy, "self", 1 } },
  { OF (LIST) | OF (TUPLE) | OF (RANGE), { "count", method_count, "self value", 2 } },
  { OF (LIST) | OF (TUPLE) | OF (RANGE), { "index", method_index, "self value", 2 } },
  { OF (LOOP), { "cycle", method_cycle } },
  { OF (LOOP), { "changed", method_changed } },
  { OF (CYCLER), { "next", method_next, "self", 1 } },
  { OF (CYCLER), { "reset", method_reset, "self", 1 } },
  /* what the sandbox forbids, for it changes the object */
  { OF (DICT) | OF (LIST), { "clear" } },
  { OF (DICT) | OF (LIST), { "pop" } },
  { OF (DICT), { "popitem" } },
  { OF (DICT), { "setdefault" } },
  { OF (DICT), { "update" } },
  { OF (LIST), { "append" } },
  { OF (LIST), { "extend" } },
  { OF (LIST), { "insert" } },
  { OF (LIST), { "remove" } },
  { OF (LIST), { "reverse" } },
  { OF (LIST), { "sort" } },
};

gboolean
tpl_find_method (TplValue object, const char *name, const TplMethod **method)
{
  const TplMethod *const of_strings[] = { tpl_string_methods, tpl_text_form_methods };

  for (guint i = 0; object.kind == TPL_STRING && i < G_N_ELEMENTS (of_strings); i++)
    for (const TplMethod *known = of_strings[i]; known->function.name; known++)
      if (strcmp (known->function.name, name) == 0)
        {
          *method = known;
          return TRUE;
        }
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if ((methods[i].kinds >> object.kind & 1) && strcmp (methods[i].function.name, name) == 0)
      {
        *method = methods[i].function.call ? &methods[i] : NULL;
        return TRUE;
      }
  return FALSE;
}
