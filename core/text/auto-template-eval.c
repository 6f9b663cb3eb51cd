/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

const TplValue *
tpl_lookup (TplScope *scope, const char *name)
{
  for (; scope; scope = scope->parent)
    for (guint i = 0; i < scope->n_bindings; i++)
      if (scope->bindings[i].name == name)
        return &scope->bindings[i].value;
  return NULL;
}

void
tpl_bind (TplRender *render, TplScope *scope, const char *name, TplValue value)
{
  for (guint i = 0; i < scope->n_bindings; i++)
    if (scope->bindings[i].name == name)
      {
        scope->bindings[i].value = value;
        return;
      }
  if (scope->n_bindings == scope->allocated)
    {
      guint allocated = MAX (4, scope->allocated * 2);
      TplBinding *bindings = tpl_alloc (render, allocated * sizeof *bindings);
      if (!bindings)
        return;
      if (scope->n_bindings)
        memcpy (bindings, scope->bindings, scope->n_bindings * sizeof *bindings);
      scope->bindings = bindings;
      scope->allocated = allocated;
    }
  scope->bindings[scope->n_bindings++] = (TplBinding){ name, value };
}

static TplValue
eval_name (TplRender *render, TplScope *scope, const TplNode *node)
{
  const TplValue *value = tpl_lookup (scope, node->name);

  if (!value)
    value = tpl_dict_get_name (render, render->globals, node->name);
  if (value)
    return *value;
  const TplFunction *function = tpl_find_global (node->name);
  if (function)
    return (TplValue){ .kind = TPL_FUNCTION, .as.function = function };
  return tpl_undefined (render, "'%s' is undefined", node->name);
}

static TplValue
eval_items (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue value = tpl_sequence (render, node->type == TPL_NODE_LIST ? TPL_LIST : TPL_TUPLE);

  for (guint i = 0; i < node->items.n_nodes && !render->error; i++)
    tpl_append (render, value.as.sequence, tpl_eval (render, scope, node->items.nodes[i]));
  return value;
}

static TplValue
eval_dict (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue value = tpl_dict (render);

  for (guint i = 0; i + 1 < node->items.n_nodes && !render->error; i += 2)
    {
      TplValue key = tpl_eval (render, scope, node->items.nodes[i]);
      tpl_dict_set (render, value.as.dict, key, tpl_eval (render, scope, node->items.nodes[i + 1]));
    }
  return value;
}

static TplValue
eval_slice (TplRender *render, TplScope *scope, TplValue object, const TplNode *slice)
{
  const TplNode *nodes[] = { slice->first, slice->second, slice->third };
  TplValue parts[3];

  for (int i = 0; i < 3; i++)
    parts[i] = nodes[i] ? tpl_eval (render, scope, nodes[i]) : TPL_VALUE_NONE;
  return render->error ? TPL_VALUE_UNDEFINED : tpl_get_slice (render, object, parts[0], parts[1], parts[2]);
}

static TplValue
eval_item (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue object = tpl_eval (render, scope, node->first);

  if (node->second->type == TPL_NODE_SLICE)
    return eval_slice (render, scope, object, node->second);
  TplValue key = tpl_eval (render, scope, node->second);
  return render->error ? TPL_VALUE_UNDEFINED : tpl_get_item (render, object, key);
}

static void
add_star_items (TplRender *render, TplSequence *items, TplValue value)
{
  TplSequence *more = tpl_iterate (render, value);

  for (gsize i = 0; more && i < more->n_items && !render->error; i++)
    tpl_append (render, items, more->items[i]);
}

static void
add_keyword (TplRender *render, TplArgs *args, const char *name, TplValue value)
{
  for (gsize i = 0; i < args->n_names; i++)
    if (strcmp (args->names[i], name) == 0)
      {
        tpl_fail (render, "the keyword argument '%s' is given twice", name);
        return;
      }
  args->names[args->n_names] = name;
  args->values[args->n_names++] = value;
}

static void
add_keywords (TplRender *render, TplScope *scope, const TplNode *node, TplArgs *args)
{
  TplValue more = node->star_star ? tpl_eval (render, scope, node->star_star) : tpl_dict (render);

  if (more.kind != TPL_DICT)
    {
      tpl_fail (render, "the argument after ** must be a dict, not a %s", tpl_type_name (more));
      return;
    }
  gsize n = node->other.n_nodes + more.as.dict->n_pairs;
  if (n == 0)
    return;
  args->names = tpl_alloc (render, n * sizeof *args->names);
  args->values = tpl_alloc (render, n * sizeof *args->values);
  if (!args->names || !args->values)
    return;
  for (guint i = 0; i < node->other.n_nodes && !render->error; i++)
    add_keyword (render, args, node->other.nodes[i]->name, tpl_eval (render, scope, node->other.nodes[i]->first));
  for (gsize i = 0; i < more.as.dict->n_pairs && !render->error; i++)
    {
      TplPair *pair = &more.as.dict->pairs[i];
      if (pair->key.kind != TPL_STRING)
        tpl_fail (render, "keywords must be strings");
      else
        add_keyword (render, args, tpl_string_copy (render, pair->key.as.string->data, pair->key.as.string->length).as.string->data,
                     pair->value);
    }
}

/* The arguments of a call; of a filter or test the @subject goes first. */
TplArgs
tpl_eval_args (TplRender *render, TplScope *scope, const TplNode *node, TplValue *subject)
{
  TplArgs args = { 0 };
  TplSequence *items = tpl_sequence (render, TPL_LIST).as.sequence;

  if (subject)
    tpl_append (render, items, *subject);
  for (guint i = 0; i < node->items.n_nodes && !render->error; i++)
    tpl_append (render, items, tpl_eval (render, scope, node->items.nodes[i]));
  if (node->star)
    add_star_items (render, items, tpl_eval (render, scope, node->star));
  add_keywords (render, scope, node, &args);
  args.items = items->items;
  args.n_items = items->n_items;
  return args;
}

static TplValue
eval_call (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue callee = tpl_eval (render, scope, node->first);
  TplArgs args = tpl_eval_args (render, scope, node, NULL);

  render->line = node->line;
  return render->error ? TPL_VALUE_UNDEFINED : tpl_call (render, callee, &args);
}

static TplValue
eval_filter (TplRender *render, TplScope *scope, const TplNode *node)
{
  if (!node->entry)
    {
      tpl_fail (render, "no filter named '%s'", node->name);
      return TPL_VALUE_UNDEFINED;
    }
  TplValue subject = tpl_eval (render, scope, node->first);
  TplArgs args = tpl_eval_args (render, scope, node, &subject);
  render->line = node->line;
  return render->error ? TPL_VALUE_UNDEFINED : tpl_call_function (render, node->entry, &args);
}

static TplValue
eval_test (TplRender *render, TplScope *scope, const TplNode *node)
{
  if (!node->entry)
    {
      tpl_fail (render, "no test named '%s'", node->name);
      return TPL_VALUE_UNDEFINED;
    }
  TplValue subject = tpl_eval (render, scope, node->first);
  TplArgs args = tpl_eval_args (render, scope, node, &subject);
  render->line = node->line;
  return render->error ? TPL_VALUE_UNDEFINED : tpl_call_function (render, node->entry, &args);
}

static TplValue
eval_condition (TplRender *render, TplScope *scope, const TplNode *node)
{
  if (tpl_is_truthy (tpl_eval (render, scope, node->second)))
    return tpl_eval (render, scope, node->first);
  if (node->third)
    return tpl_eval (render, scope, node->third);
  return tpl_undefined (render, "the inline if-expression on line %d evaluated to false and no else section was defined", node->line);
}

static TplValue
eval_logic (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue left = tpl_eval (render, scope, node->first);

  if (render->error || tpl_is_truthy (left) == (node->type == TPL_NODE_OR))
    return left;
  return tpl_eval (render, scope, node->second);
}

static TplValue
eval_sign (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue value = tpl_eval (render, scope, node->first);

  if (tpl_is_number (value))
    return tpl_arithmetic (render, node->type == TPL_NODE_NEGATIVE ? TPL_OP_SUBTRACT : TPL_OP_ADD,
                           value.kind == TPL_FLOAT ? tpl_float (node->type == TPL_NODE_NEGATIVE ? -0.0 : 0) : tpl_int (0), value);
  if (!tpl_fail_undefined (render, value))
    tpl_fail (render, "a %s has no sign", tpl_type_name (value));
  return TPL_VALUE_UNDEFINED;
}

static TplValue
eval_binary (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue left = tpl_eval (render, scope, node->first);
  TplValue right = tpl_eval (render, scope, node->second);

  return render->error ? TPL_VALUE_UNDEFINED : tpl_arithmetic (render, *node->ops, left, right);
}

static TplValue
eval_concatenation (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue text = tpl_string_static (render, "", 0);

  for (guint i = 0; i < node->items.n_nodes && !render->error; i++)
    {
      TplValue part = tpl_to_string (render, tpl_eval (render, scope, node->items.nodes[i]));
      text = i == 0 ? part : tpl_string_join (render, text, part);
    }
  text.safe = FALSE;
  return text;
}

static TplValue
eval_comparison (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue left = tpl_eval (render, scope, node->first);

  for (guint i = 0; i < node->items.n_nodes && !render->error; i++)
    {
      TplValue right = tpl_eval (render, scope, node->items.nodes[i]);
      if (render->error || !tpl_compare_op (render, node->ops[i], left, right))
        return tpl_bool (FALSE);
      left = right;
    }
  return tpl_bool (TRUE);
}

static TplValue
eval_attribute (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue object = tpl_eval (render, scope, node->first);
  return render->error ? TPL_VALUE_UNDEFINED : tpl_get_attribute (render, object, node->name);
}

static TplValue
eval_node (TplRender *render, TplScope *scope, const TplNode *node)
{
  switch (node->type)
    {
    case TPL_NODE_CONSTANT:
      return node->value;
    case TPL_NODE_NAME:
      return eval_name (render, scope, node);
    case TPL_NODE_LIST:
    case TPL_NODE_TUPLE:
      return eval_items (render, scope, node);
    case TPL_NODE_DICT:
      return eval_dict (render, scope, node);
    case TPL_NODE_ATTRIBUTE:
      return eval_attribute (render, scope, node);
    case TPL_NODE_ITEM:
      return eval_item (render, scope, node);
    case TPL_NODE_CALL:
      return eval_call (render, scope, node);
    case TPL_NODE_FILTER:
      return eval_filter (render, scope, node);
    case TPL_NODE_TEST:
      return eval_test (render, scope, node);
    case TPL_NODE_CONDITION:
      return eval_condition (render, scope, node);
    case TPL_NODE_AND:
    case TPL_NODE_OR:
      return eval_logic (render, scope, node);
    case TPL_NODE_NOT:
      return tpl_bool (!tpl_is_truthy (tpl_eval (render, scope, node->first)));
    case TPL_NODE_NEGATIVE:
    case TPL_NODE_POSITIVE:
      return eval_sign (render, scope, node);
    case TPL_NODE_BINARY:
      return eval_binary (render, scope, node);
    case TPL_NODE_CONCATENATION:
      return eval_concatenation (render, scope, node);
    case TPL_NODE_COMPARISON:
      return eval_comparison (render, scope, node);
    default:
      tpl_fail (render, "this can't stand in an expression");
      return TPL_VALUE_UNDEFINED;
    }
}

TplValue
tpl_eval (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue value = TPL_VALUE_UNDEFINED;
  int line = render->line;

  render->line = node->line;
  if (tpl_enter (render))
    value = eval_node (render, scope, node);
  tpl_leave (render);
  if (!render->error)
    render->line = line;
  return value;
}
