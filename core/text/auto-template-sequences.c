/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

/* An attribute's path: names and places, divided by dots. */
static TplValue
get_path (TplRender *render, TplValue item, TplValue path)
{
  if (path.kind == TPL_ABSENT || path.kind == TPL_NONE)
    return item;
  if (path.kind != TPL_STRING)
    return tpl_get_item (render, item, path);
  g_autofree char *text = tpl_to_name (render, path);
  g_auto(GStrv) parts = g_strsplit (text, ".", -1);
  for (guint i = 0; parts[i] && !render->error; i++)
    {
      gboolean digits = parts[i][0] && strlen (parts[i]) < 18 && strspn (parts[i], "0123456789") == strlen (parts[i]);
      TplValue key = digits ? tpl_int (g_ascii_strtoll (parts[i], NULL, 10)) : tpl_string_copy (render, parts[i], -1);
      item = tpl_get_item (render, item, key);
    }
  return item;
}

static TplValue
ignore_case (TplRender *render, TplValue value, TplValue case_sensitive)
{
  return value.kind == TPL_STRING && !tpl_is_truthy (case_sensitive) ? tpl_change_case (render, value, FALSE) : value;
}

typedef struct
{
  TplValue key;
  TplValue item;
} Keyed;

/* A stable merge sort by the keys. */
static void
sort_keyed (TplRender *render, Keyed *items, gsize n, gboolean reverse)
{
  g_autofree Keyed *scratch = g_new (Keyed, n + 1);

  for (gsize width = 1; width < n && !render->error; width *= 2)
    {
      for (gsize begin = 0; begin < n; begin += 2 * width)
        {
          gsize middle = MIN (begin + width, n), end = MIN (middle + width, n), a = begin, b = middle;
          for (gsize to = begin; to < end; to++)
            {
              gboolean right = a >= middle;
              if (!right && b < end)
                {
                  int order = tpl_compare (render, items[b].key, items[a].key);
                  right = order != 2 && (reverse ? order > 0 : order < 0);
                }
              scratch[to] = right ? items[b++] : items[a++];
              tpl_tick (render, 0);
            }
        }
      memcpy (items, scratch, n * sizeof *items);
    }
}

/* The keys of a sort by several attributes, divided by commas, are lists. */
static TplValue
sort_key (TplRender *render, TplValue item, TplValue attribute, TplValue case_sensitive)
{
  TplValue keys = tpl_sequence (render, TPL_LIST);

  if (attribute.kind != TPL_STRING)
    {
      tpl_append (render, keys.as.sequence, ignore_case (render, get_path (render, item, attribute), case_sensitive));
      return keys;
    }
  g_autofree char *text = tpl_to_name (render, attribute);
  g_auto(GStrv) paths = g_strsplit (text, ",", -1);
  for (guint i = 0; paths[i] && !render->error; i++)
    {
      TplValue key = get_path (render, item, tpl_string_copy (render, paths[i], -1));
      tpl_append (render, keys.as.sequence, ignore_case (render, key, case_sensitive));
    }
  return keys;
}

static TplValue
filter_sort (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, result = tpl_sequence (render, TPL_LIST);
  TplSequence *items = tpl_iterate (render, a[0]);

  if (!items)
    return result;
  g_autofree Keyed *keyed = g_new (Keyed, items->n_items + 1);
  for (gsize i = 0; i < items->n_items; i++)
    keyed[i] = (Keyed){ render->error ? TPL_VALUE_NONE : sort_key (render, items->items[i], a[3], a[2]), items->items[i] };
  sort_keyed (render, keyed, items->n_items, tpl_is_truthy (a[1]));
  for (gsize i = 0; i < items->n_items && !render->error; i++)
    tpl_append (render, result.as.sequence, keyed[i].item);
  return result;
}

static TplValue
filter_dictsort (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, result = tpl_sequence (render, TPL_LIST);
  g_autofree char *by = a[2].kind == TPL_ABSENT ? g_strdup ("key") : tpl_to_name (render, a[2]);

  if (a[0].kind != TPL_DICT && !tpl_fail_undefined (render, a[0]))
    tpl_fail (render, "dictsort wants a dict, not a %s", tpl_type_name (a[0]));
  if (!render->error && strcmp (by, "key") != 0 && strcmp (by, "value") != 0)
    tpl_fail (render, "You can only sort by either \"key\" or \"value\"");
  if (render->error)
    return result;
  TplDict *dict = a[0].as.dict;
  g_autofree Keyed *keyed = g_new (Keyed, dict->n_pairs + 1);
  for (gsize i = 0; i < dict->n_pairs; i++)
    {
      TplValue key = strcmp (by, "key") == 0 ? dict->pairs[i].key : dict->pairs[i].value;
      keyed[i] = (Keyed){ ignore_case (render, key, a[1]), tpl_pair (render, dict->pairs[i].key, dict->pairs[i].value) };
    }
  sort_keyed (render, keyed, dict->n_pairs, tpl_is_truthy (a[3]));
  for (gsize i = 0; i < dict->n_pairs && !render->error; i++)
    tpl_append (render, result.as.sequence, keyed[i].item);
  return result;
}

static TplValue
filter_unique (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, result = tpl_sequence (render, TPL_ITERATOR), seen = tpl_dict (render);
  TplSequence *items = tpl_iterate (render, a[0]);

  for (gsize i = 0; items && i < items->n_items && !render->error; i++)
    {
      TplValue key = ignore_case (render, get_path (render, items->items[i], a[2]), a[1]);
      if (render->error || tpl_dict_get (render, seen.as.dict, key))
        continue;
      tpl_dict_set (render, seen.as.dict, key, TPL_VALUE_NONE);
      tpl_append (render, result.as.sequence, items->items[i]);
    }
  return result;
}

static TplValue
extreme (TplRender *render, TplArgs *args, int sign)
{
  TplValue *a = args->items, best = TPL_VALUE_UNDEFINED, best_key = TPL_VALUE_UNDEFINED;
  TplSequence *items = tpl_iterate (render, a[0]);

  if (items && items->n_items == 0)
    return tpl_undefined (render, "No aggregated item, sequence was empty.");
  for (gsize i = 0; items && i < items->n_items && !render->error; i++)
    {
      TplValue key = ignore_case (render, get_path (render, items->items[i], a[2]), a[1]);
      int order = i == 0 ? 0 : tpl_compare (render, key, best_key);
      if (i > 0 && (order == 2 || order * sign <= 0))
        continue;
      best = items->items[i];
      best_key = key;
    }
  return best;
}

static TplValue
filter_min (TplRender *render, TplArgs *args)
{
  return extreme (render, args, -1);
}

static TplValue
filter_max (TplRender *render, TplArgs *args)
{
  return extreme (render, args, 1);
}

static TplValue
filter_sum (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, total = a[2].kind == TPL_ABSENT ? tpl_int (0) : a[2];
  TplSequence *items = tpl_iterate (render, a[0]);

  if (total.kind == TPL_STRING)
    tpl_fail (render, "sum() can't sum strings");
  for (gsize i = 0; items && i < items->n_items && !render->error; i++)
    total = tpl_arithmetic (render, TPL_OP_ADD, total, get_path (render, items->items[i], a[1]));
  return total;
}

static TplValue
filter_join (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items;
  TplSequence *items = tpl_iterate (render, a[0]);
  GString *out = g_string_new (NULL);

  for (gsize i = 0; items && i < items->n_items && !render->error; i++)
    {
      if (i && a[1].kind != TPL_ABSENT)
        tpl_append_text (render, out, a[1]);
      tpl_append_text (render, out, get_path (render, items->items[i], a[2]));
    }
  return tpl_string_take (render, out);
}

/* An iterator gives one element and keeps the rest. */
static TplValue
filter_first (TplRender *render, TplArgs *args)
{
  TplValue value = args->items[0];

  if (value.kind == TPL_ITERATOR && value.as.sequence->cursor < value.as.sequence->n_items)
    return value.as.sequence->items[value.as.sequence->cursor++];
  TplSequence *items = tpl_iterate (render, value);
  return items && items->n_items ? items->items[0] : tpl_undefined (render, "No first item, sequence was empty.");
}

static TplValue
filter_last (TplRender *render, TplArgs *args)
{
  if (args->items[0].kind == TPL_ITERATOR)
    tpl_fail (render, "a generator can't be reversed");
  TplSequence *items = tpl_iterate (render, args->items[0]);
  return items && items->n_items ? items->items[items->n_items - 1] : tpl_undefined (render, "No last item, sequence was empty.");
}

static TplValue
filter_list (TplRender *render, TplArgs *args)
{
  TplValue list = tpl_sequence (render, TPL_LIST);
  TplSequence *items = tpl_iterate (render, args->items[0]);

  for (gsize i = 0; items && i < items->n_items && !render->error; i++)
    tpl_append (render, list.as.sequence, items->items[i]);
  return list;
}

static TplValue
filter_reverse (TplRender *render, TplArgs *args)
{
  TplValue value = args->items[0], result = tpl_sequence (render, TPL_ITERATOR);

  if (value.kind == TPL_STRING)
    return tpl_get_slice (render, value, TPL_VALUE_NONE, TPL_VALUE_NONE, tpl_int (-1));
  if (value.kind == TPL_ITERATOR)
    result.kind = TPL_LIST;
  TplSequence *items = tpl_iterate (render, value);
  for (gsize i = items ? items->n_items : 0; i-- > 0 && !render->error;)
    tpl_append (render, result.as.sequence, items->items[i]);
  return result;
}

static TplValue
filter_items (TplRender *render, TplArgs *args)
{
  TplValue value = args->items[0], result = tpl_sequence (render, TPL_ITERATOR);

  if (value.kind != TPL_DICT && value.kind != TPL_UNDEFINED)
    tpl_fail (render, "Can only get item pairs from a mapping.");
  for (gsize i = 0; !render->error && value.kind == TPL_DICT && i < value.as.dict->n_pairs; i++)
    tpl_append (render, result.as.sequence, tpl_pair (render, value.as.dict->pairs[i].key, value.as.dict->pairs[i].value));
  return result;
}

/* The arguments of a filter or test that is named by the argument at @place, with room for the subject in front. */
static const TplFunction *
named_function (TplRender *render, TplArgs *args, gsize place, const TplFunction *(*find) (const char *name), TplArgs *rest)
{
  g_autofree char *name = tpl_to_name (render, args->items[place]);
  const TplFunction *function = name ? find (name) : NULL;

  if (name && !function)
    tpl_fail (render, "no filter or test named '%.100s'", name);
  *rest = *args;
  rest->n_items = args->n_items - place;
  rest->items = tpl_alloc (render, rest->n_items * sizeof (TplValue));
  if (rest->items)
    memcpy (rest->items, args->items + place, rest->n_items * sizeof (TplValue));
  return render->error ? NULL : function;
}

static TplValue
map_attribute (TplRender *render, TplSequence *items, TplArgs *args)
{
  TplValue result = tpl_sequence (render, TPL_ITERATOR), attribute = TPL_VALUE_NONE, otherwise = TPL_VALUE_NONE;

  for (gsize i = 0; i < args->n_names; i++)
    if (strcmp (args->names[i], "attribute") == 0)
      attribute = args->values[i];
    else if (strcmp (args->names[i], "default") == 0)
      otherwise = args->values[i];
    else
      tpl_fail (render, "Unexpected keyword argument '%.100s'", args->names[i]);
  for (gsize i = 0; i < items->n_items && !render->error; i++)
    {
      TplValue value = get_path (render, items->items[i], attribute);
      tpl_append (render, result.as.sequence, value.kind == TPL_UNDEFINED && otherwise.kind != TPL_NONE ? otherwise : value);
    }
  return result;
}

static TplValue
filter_map (TplRender *render, TplArgs *args)
{
  TplValue result = tpl_sequence (render, TPL_ITERATOR);
  gboolean by_attribute = FALSE;
  TplArgs rest;

  if (args->n_items == 0 || !tpl_is_truthy (args->items[0]))
    return result;
  TplSequence *items = tpl_iterate (render, args->items[0]);
  for (gsize i = 0; i < args->n_names; i++)
    by_attribute |= strcmp (args->names[i], "attribute") == 0;
  if (items && args->n_items == 1 && by_attribute)
    return map_attribute (render, items, args);
  if (args->n_items == 1)
    tpl_fail (render, "map requires a filter argument");
  if (render->error)
    return result;
  const TplFunction *filter = named_function (render, args, 1, tpl_find_filter, &rest);
  for (gsize i = 0; filter && i < items->n_items && tpl_enter (render); i++)
    {
      rest.items[0] = items->items[i];
      tpl_append (render, result.as.sequence, tpl_call_function (render, filter, &rest));
      tpl_leave (render);
    }
  return result;
}

/* select, reject, and the same by an attribute. */
static TplValue
filter_by_test (TplRender *render, TplArgs *args, gboolean wanted, gboolean by_attribute)
{
  TplValue result = tpl_sequence (render, TPL_ITERATOR);
  gsize place = by_attribute ? 2 : 1;
  const TplFunction *test = NULL;
  TplArgs rest;

  if (args->n_items == 0 || !tpl_is_truthy (args->items[0]))
    return result;
  if (args->n_items < place)
    tpl_fail (render, "Missing parameter for attribute name");
  TplSequence *items = tpl_iterate (render, args->items[0]);
  if (render->error)
    return result;
  if (args->n_items > place)
    test = named_function (render, args, place, tpl_find_test, &rest);
  for (gsize i = 0; items && i < items->n_items && tpl_enter (render); i++)
    {
      TplValue subject = by_attribute ? get_path (render, items->items[i], args->items[1]) : items->items[i];
      if (test)
        {
          rest.items[0] = subject;
          subject = tpl_call_function (render, test, &rest);
        }
      if (tpl_is_truthy (subject) == wanted)
        tpl_append (render, result.as.sequence, items->items[i]);
      tpl_leave (render);
    }
  return result;
}

static TplValue
filter_select (TplRender *render, TplArgs *args)
{
  return filter_by_test (render, args, TRUE, FALSE);
}

static TplValue
filter_reject (TplRender *render, TplArgs *args)
{
  return filter_by_test (render, args, FALSE, FALSE);
}

static TplValue
filter_selectattr (TplRender *render, TplArgs *args)
{
  return filter_by_test (render, args, TRUE, TRUE);
}

static TplValue
filter_rejectattr (TplRender *render, TplArgs *args)
{
  return filter_by_test (render, args, FALSE, TRUE);
}

static gint64
positive_argument (TplRender *render, TplValue value)
{
  if (value.kind == TPL_INT && value.as.integer > 0)
    return MIN (value.as.integer, G_MAXINT32);
  tpl_fail (render, "a positive number is wanted");
  return 1;
}

static TplValue
filter_batch (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, result = tpl_sequence (render, TPL_ITERATOR), row = TPL_VALUE_NONE;
  TplSequence *items = tpl_iterate (render, a[0]);
  gsize size = positive_argument (render, a[1]);

  for (gsize i = 0; items && i < items->n_items && !render->error; i++)
    {
      if (i % size == 0)
        {
          row = tpl_sequence (render, TPL_LIST);
          tpl_append (render, result.as.sequence, row);
        }
      tpl_append (render, row.as.sequence, items->items[i]);
    }
  while (row.kind == TPL_LIST && a[2].kind > TPL_NONE && row.as.sequence->n_items < size && !render->error)
    tpl_append (render, row.as.sequence, a[2]);
  return result;
}

static TplValue
filter_slice (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, result = tpl_sequence (render, TPL_ITERATOR);
  TplSequence *items = tpl_iterate (render, a[0]);
  gsize slices = positive_argument (render, a[1]), next = 0;

  for (gsize k = 0; items && k < slices && !render->error; k++)
    {
      TplValue row = tpl_sequence (render, TPL_LIST);
      gsize extra = items->n_items % slices, size = items->n_items / slices + (k < extra);
      for (gsize i = 0; i < size; i++)
        tpl_append (render, row.as.sequence, items->items[next++]);
      if (a[2].kind > TPL_NONE && k >= extra)
        tpl_append (render, row.as.sequence, a[2]);
      tpl_append (render, result.as.sequence, row);
    }
  return result;
}

static TplValue
filter_groupby (TplRender *render, TplArgs *args)
{
  TplValue *a = args->items, result = tpl_sequence (render, TPL_LIST), group = TPL_VALUE_NONE;
  TplSequence *items = tpl_iterate (render, a[0]);

  if (!items)
    return result;
  g_autofree Keyed *keyed = g_new (Keyed, items->n_items + 1);
  for (gsize i = 0; i < items->n_items; i++)
    {
      TplValue key = render->error ? TPL_VALUE_NONE : get_path (render, items->items[i], a[1]);
      if (key.kind == TPL_UNDEFINED && a[2].kind > TPL_NONE)
        key = a[2];
      keyed[i] = (Keyed){ ignore_case (render, key, a[3]), items->items[i] };
    }
  sort_keyed (render, keyed, items->n_items, FALSE);
  for (gsize i = 0; i < items->n_items && !render->error; i++)
    {
      if (i == 0 || !tpl_equal (render, keyed[i].key, keyed[i - 1].key))
        {
          TplValue shown = get_path (render, keyed[i].item, a[1]);
          group = tpl_sequence (render, TPL_LIST);
          TplValue pair = tpl_pair (render, shown.kind == TPL_UNDEFINED ? keyed[i].key : shown, group);
          pair.as.sequence->group = TRUE;
          tpl_append (render, result.as.sequence, pair);
        }
      tpl_append (render, group.as.sequence, keyed[i].item);
    }
  return result;
}

static const TplFunction filters[] = {
  { "sort", filter_sort, "value reverse case_sensitive attribute", 1 },
  { "dictsort", filter_dictsort, "value case_sensitive by reverse", 1 },
  { "unique", filter_unique, "value case_sensitive attribute", 1 },
  { "min", filter_min, "value case_sensitive attribute", 1 },
  { "max", filter_max, "value case_sensitive attribute", 1 },
  { "sum", filter_sum, "iterable attribute start", 1 },
  { "join", filter_join, "value d attribute", 1 },
  { "first", filter_first, "seq", 1 },
  { "last", filter_last, "seq", 1 },
  { "list", filter_list, "value", 1 },
  { "reverse", filter_reverse, "value", 1 },
  { "items", filter_items, "value", 1 },
  { "map", filter_map },
  { "select", filter_select },
  { "reject", filter_reject },
  { "selectattr", filter_selectattr },
  { "rejectattr", filter_rejectattr },
  { "batch", filter_batch, "value linecount fill_with", 2 },
  { "slice", filter_slice, "value slices fill_with", 2 },
  { "groupby", filter_groupby, "value attribute default case_sensitive", 2 },
};

const TplFunction *
tpl_find_sequence_filter (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    if (strcmp (filters[i].name, name) == 0)
      return &filters[i];
  return NULL;
}
