/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

static void exec_body (TplRender *render, TplScope *scope, const TplNodes *body);

static void
assign (TplRender *render, TplScope *scope, const TplNode *target, TplValue value)
{
  TplSequence *parts;
  TplValue namespace;

  switch (target->type)
    {
    case TPL_NODE_NAME:
      tpl_bind (render, scope, target->name, value);
      return;
    case TPL_NODE_NAMESPACE_REFERENCE:
      namespace = tpl_eval (render, scope, target->first);
      if (namespace.kind != TPL_NAMESPACE)
        tpl_fail (render, "cannot assign attribute '%s' on a non-namespace object", target->name);
      else
        tpl_dict_set (render, namespace.as.dict, tpl_string_static (render, target->name, strlen (target->name)), value);
      return;
    default:
      parts = tpl_iterate (render, value);
      if (parts && parts->n_items != target->items.n_nodes)
        tpl_fail (render, "%u values are wanted to unpack, there are %" G_GSIZE_FORMAT, target->items.n_nodes, parts->n_items);
      for (guint i = 0; parts && i < target->items.n_nodes && !render->error; i++)
        assign (render, scope, target->items.nodes[i], parts->items[i]);
    }
}

/* What the body writes, as a value. */
static TplValue
capture (TplRender *render, TplScope *scope, const TplNodes *body)
{
  GString *outer = render->out;

  render->out = g_string_new (NULL);
  exec_body (render, scope, body);
  GString *inner = render->out;
  render->out = outer;
  return tpl_string_take (render, inner);
}

/* Filters of a block: the innermost of the chain has nothing to filter yet. */
static TplValue
apply_filters (TplRender *render, TplScope *scope, const TplNode *filter, TplValue text)
{
  if (!filter)
    return text;
  TplValue subject = apply_filters (render, scope, filter->first, text);
  if (!filter->entry)
    tpl_fail (render, "no filter named '%s'", filter->name);
  TplArgs args = tpl_eval_args (render, scope, filter, &subject);
  return render->error ? text : tpl_call_function (render, filter->entry, &args);
}

static void
emit_value (TplRender *render, TplValue value)
{
  TplValue text = tpl_to_string (render, value);
  tpl_emit (render, text.as.string->data, text.as.string->length);
}

static TplScope *
new_scope (TplRender *render, TplScope *parent)
{
  TplScope *scope = tpl_alloc (render, sizeof *scope);

  if (scope)
    *scope = (TplScope){ .parent = parent };
  return scope;
}

/* The elements that the loop's condition lets through. */
static TplSequence *
select_elements (TplRender *render, TplScope *scope, const TplNode *node, TplSequence *all)
{
  TplSequence *selected = tpl_sequence (render, TPL_LIST).as.sequence;

  for (gsize i = 0; i < all->n_items && !render->error; i++)
    {
      TplScope inner = { .parent = scope };
      assign (render, &inner, node->first, all->items[i]);
      if (!render->error && tpl_is_truthy (tpl_eval (render, &inner, node->third)))
        tpl_append (render, selected, all->items[i]);
    }
  return selected;
}

static void
run_loop (TplRender *render, TplScope *scope, const TplNode *node, TplSequence *elements, guint depth, const char *loop_name)
{
  TplLoop *loop = tpl_alloc (render, sizeof *loop);

  if (!loop)
    return;
  *loop = (TplLoop){ .sequence = elements, .depth = depth, .node = node, .scope = scope };
  TplValue value = { .kind = TPL_LOOP, .as.loop = loop };
  for (; loop->index < elements->n_items && tpl_tick (render, 0); loop->index++)
    {
      TplScope *inner = new_scope (render, scope);
      if (!inner)
        return;
      tpl_bind (render, inner, loop_name, value);
      assign (render, inner, node->first, elements->items[loop->index]);
      exec_body (render, inner, &node->items);
      TplFlow flow = render->flow;
      render->flow = TPL_FLOW_NORMAL;
      if (flow == TPL_FLOW_BREAK)
        break;
    }
}

static void
loop_over (TplRender *render, TplScope *scope, const TplNode *node, TplValue iterable, guint depth)
{
  TplSequence *elements = tpl_iterate (render, iterable);

  if (elements && node->third)
    elements = select_elements (render, scope, node, elements);
  if (!elements || render->error)
    return;
  run_loop (render, scope, node, elements, depth, node->name);
  if (elements->n_items == 0 && node->other.n_nodes)
    {
      TplScope *inner = new_scope (render, scope);
      if (inner)
        exec_body (render, inner, &node->other);
    }
}

TplValue
tpl_call_loop (TplRender *render, TplLoop *loop, TplArgs *args)
{
  GString *outer = render->out;

  if (!loop->node->recursive || args->n_items != 1 || args->n_names)
    {
      tpl_fail (render, "the loop must have the 'recursive' marker to be called recursively, with one argument");
      return TPL_VALUE_UNDEFINED;
    }
  render->out = g_string_new (NULL);
  loop_over (render, loop->scope, loop->node, args->items[0], loop->depth + 1);
  GString *inner = render->out;
  render->out = outer;
  return tpl_string_take (render, inner);
}

static TplValue
neighbour (TplRender *render, TplLoop *loop, gboolean exists, gssize step)
{
  if (!exists)
    return tpl_undefined (render, step < 0 ? "there is no previous item" : "there is no next item");
  return loop->sequence->items[loop->index + step];
}

TplValue
tpl_loop_attribute (TplRender *render, TplLoop *loop, const char *name, gboolean *found)
{
  gint64 index = loop->index, length = loop->sequence->n_items;

  *found = TRUE;
  if (strcmp (name, "index") == 0)
    return tpl_int (index + 1);
  if (strcmp (name, "index0") == 0)
    return tpl_int (index);
  if (strcmp (name, "revindex") == 0)
    return tpl_int (length - index);
  if (strcmp (name, "revindex0") == 0)
    return tpl_int (length - index - 1);
  if (strcmp (name, "first") == 0)
    return tpl_bool (index == 0);
  if (strcmp (name, "last") == 0)
    return tpl_bool (index + 1 >= length);
  if (strcmp (name, "length") == 0)
    return tpl_int (length);
  if (strcmp (name, "depth") == 0 || strcmp (name, "depth0") == 0)
    return tpl_int (loop->depth + (name[5] ? 0 : 1));
  if (strcmp (name, "previtem") == 0)
    return neighbour (render, loop, index > 0, -1);
  if (strcmp (name, "nextitem") == 0)
    return neighbour (render, loop, index + 1 < length, 1);
  *found = FALSE;
  return TPL_VALUE_UNDEFINED;
}

static void
exec_if (TplRender *render, TplScope *scope, const TplNode *node)
{
  for (; node && !render->error; node = node->second)
    {
      render->line = node->line;
      if (tpl_is_truthy (tpl_eval (render, scope, node->first)))
        {
          if (!render->error)
            exec_body (render, scope, &node->items);
          return;
        }
      if (!node->second)
        exec_body (render, scope, &node->other);
    }
}

static void
exec_with (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplScope *inner = new_scope (render, scope);

  for (guint i = 0; inner && i < node->first->items.n_nodes && !render->error; i++)
    assign (render, inner, node->first->items.nodes[i], tpl_eval (render, scope, node->first->other.nodes[i]));
  if (inner)
    exec_body (render, inner, &node->items);
}

static TplValue
make_macro (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplMacro *macro = tpl_alloc (render, sizeof *macro);

  if (!macro)
    return TPL_VALUE_UNDEFINED;
  *macro = (TplMacro){ node, scope };
  return (TplValue){ .kind = TPL_MACRO, .as.macro = macro };
}

static void
exec_call_block (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplValue callee = tpl_eval (render, scope, node->first->first);
  TplArgs args = tpl_eval_args (render, scope, node->first, NULL), more = args;

  more.names = tpl_alloc (render, (args.n_names + 1) * sizeof *more.names);
  more.values = tpl_alloc (render, (args.n_names + 1) * sizeof *more.values);
  if (!more.names || !more.values || render->error)
    return;
  for (gsize i = 0; i < args.n_names; i++)
    {
      more.names[i] = args.names[i];
      more.values[i] = args.values[i];
    }
  more.names[more.n_names] = "caller";
  more.values[more.n_names++] = make_macro (render, scope, node->second);
  TplValue text = tpl_call (render, callee, &more);
  if (!render->error)
    emit_value (render, text);
}

static const TplValue *
keyword (const TplArgs *args, const char *name)
{
  for (gsize i = 0; i < args->n_names; i++)
    if (strcmp (args->names[i], name) == 0)
      return &args->values[i];
  return NULL;
}

/* The names that a macro's body can read beyond its parameters: what it does not read may not be passed. */
static void
bind_extra (TplRender *render, TplScope *scope, const TplMacro *macro, const TplArgs *args)
{
  const TplNode *extra = macro->node->second; /* caller, kwargs, varargs by which of them the body reads */
  const TplNodes *parameters = &macro->node->first->items;

  for (guint i = 0; extra && i < extra->items.n_nodes && !render->error; i++)
    {
      const char *name = extra->items.nodes[i]->name;
      TplValue value = TPL_VALUE_UNDEFINED;
      if (strcmp (name, "caller") == 0)
        {
          const TplValue *caller = keyword (args, "caller");
          value = caller && caller->kind != TPL_NONE ? *caller : tpl_undefined (render, "No caller defined");
        }
      else if (strcmp (name, "varargs") == 0)
        {
          value = tpl_sequence (render, TPL_TUPLE);
          for (gsize k = parameters->n_nodes; k < args->n_items; k++)
            tpl_append (render, value.as.sequence, args->items[k]);
        }
      else
        {
          value = tpl_dict (render);
          for (gsize k = 0; k < args->n_names; k++)
            {
              gboolean taken = strcmp (args->names[k], "caller") == 0;
              for (guint p = MIN (args->n_items, parameters->n_nodes); p < parameters->n_nodes; p++)
                taken |= strcmp (parameters->nodes[p]->name, args->names[k]) == 0;
              if (!taken)
                tpl_dict_set (render, value.as.dict, tpl_string_copy (render, args->names[k], -1), args->values[k]);
            }
        }
      tpl_bind (render, scope, name, value);
    }
}

static gboolean
reads_extra (const TplMacro *macro, const char *name)
{
  const TplNode *extra = macro->node->second;

  for (guint i = 0; extra && i < extra->items.n_nodes; i++)
    if (strcmp (extra->items.nodes[i]->name, name) == 0)
      return TRUE;
  return FALSE;
}

static void
check_arguments (TplRender *render, const TplMacro *macro, const TplArgs *args)
{
  const TplNodes *parameters = &macro->node->first->items;
  const char *name = macro->node->name;

  if (args->n_items > parameters->n_nodes && !reads_extra (macro, "varargs"))
    tpl_fail (render, "macro '%s' takes not more than %u argument(s)", name, parameters->n_nodes);
  for (gsize i = 0; i < args->n_names && !reads_extra (macro, "kwargs"); i++)
    {
      gboolean known = strcmp (args->names[i], "caller") == 0 && reads_extra (macro, "caller");
      for (guint k = MIN (args->n_items, parameters->n_nodes); k < parameters->n_nodes && !known; k++)
        known = strcmp (parameters->nodes[k]->name, args->names[i]) == 0;
      if (!known)
        tpl_fail (render, "macro '%s' takes no keyword argument '%s'", name, args->names[i]);
    }
}

TplValue
tpl_call_macro (TplRender *render, TplMacro *macro, TplArgs *args)
{
  const TplNodes *parameters = &macro->node->first->items;
  TplScope *scope = new_scope (render, macro->scope);
  TplValue text = TPL_VALUE_UNDEFINED;

  check_arguments (render, macro, args);
  if (!scope || render->error)
    return text;
  for (guint i = 0; i < parameters->n_nodes && !render->error; i++)
    {
      const TplNode *parameter = parameters->nodes[i];
      const TplValue *given = i < args->n_items ? &args->items[i] : keyword (args, parameter->name);
      tpl_bind (render, scope, parameter->name,
                given              ? *given
                : parameter->first ? tpl_eval (render, scope, parameter->first)
                                   : tpl_undefined (render, "parameter '%s' was not provided", parameter->name));
    }
  bind_extra (render, scope, macro, args);
  if (!render->error && tpl_enter (render))
    text = capture (render, scope, &macro->node->items);
  tpl_leave (render);
  return text;
}

static void
exec_set_block (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplScope *inner = new_scope (render, scope);

  if (!inner)
    return;
  TplValue text = capture (render, inner, &node->items);
  text = apply_filters (render, scope, node->second, text);
  if (!render->error)
    assign (render, scope, node->first, text);
}

static void
exec_filter_block (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplScope *inner = new_scope (render, scope);

  if (!inner)
    return;
  TplValue text = apply_filters (render, scope, node->first, capture (render, inner, &node->items));
  if (!render->error)
    emit_value (render, text);
}

static void
exec_scoped (TplRender *render, TplScope *scope, const TplNode *node)
{
  TplScope *inner = new_scope (render, scope);

  if (inner)
    exec_body (render, inner, &node->items);
}

static void
exec_output (TplRender *render, TplScope *scope, const TplNode *node)
{
  for (guint i = 0; i < node->items.n_nodes && !render->error; i++)
    {
      TplValue value = tpl_eval (render, scope, node->items.nodes[i]);
      if (!render->error)
        emit_value (render, value);
    }
}

static void
exec_node (TplRender *render, TplScope *scope, const TplNode *node)
{
  switch (node->type)
    {
    case TPL_NODE_DATA:
      tpl_emit (render, node->value.as.string->data, node->value.as.string->length);
      break;
    case TPL_NODE_OUTPUT:
      exec_output (render, scope, node);
      break;
    case TPL_NODE_FOR:
      loop_over (render, scope, node, tpl_eval (render, scope, node->second), 0);
      break;
    case TPL_NODE_IF:
      exec_if (render, scope, node);
      break;
    case TPL_NODE_SET:
      assign (render, scope, node->first, tpl_eval (render, scope, node->second));
      break;
    case TPL_NODE_SET_BLOCK:
      exec_set_block (render, scope, node);
      break;
    case TPL_NODE_WITH:
      exec_with (render, scope, node);
      break;
    case TPL_NODE_MACRO:
      tpl_bind (render, scope, node->name, make_macro (render, scope, node));
      break;
    case TPL_NODE_CALL_BLOCK:
      exec_call_block (render, scope, node);
      break;
    case TPL_NODE_FILTER_BLOCK:
      exec_filter_block (render, scope, node);
      break;
    case TPL_NODE_BODY:
      exec_scoped (render, scope, node);
      break;
    case TPL_NODE_BREAK:
      render->flow = TPL_FLOW_BREAK;
      break;
    case TPL_NODE_CONTINUE:
      render->flow = TPL_FLOW_CONTINUE;
      break;
    default:
      tpl_fail (render, "no other template can be loaded");
    }
}

static void
exec_body (TplRender *render, TplScope *scope, const TplNodes *body)
{
  if (tpl_enter (render))
    for (guint i = 0; i < body->n_nodes && render->flow == TPL_FLOW_NORMAL && !render->error; i++)
      {
        render->line = body->nodes[i]->line;
        exec_node (render, scope, body->nodes[i]);
      }
  tpl_leave (render);
}

void
tpl_exec (TplRender *render, TplScope *scope, const TplNodes *body)
{
  exec_body (render, scope, body);
}
