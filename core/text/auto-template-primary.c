/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

static TplNode *
empty (TplParser *self)
{
  return tpl_parser_node (self, TPL_NODE_CONSTANT, tpl_parser_peek (self, 0)->line);
}

/* Names and literals alone, when @with_namespace `ns.name` too: what can be assigned to begins like this. */
static TplNode *
parse_name (TplParser *self, gboolean with_namespace)
{
  TplToken *token = tpl_parser_next (self);
  TplNode *node = tpl_parser_node (self, TPL_NODE_CONSTANT, token->line);
  const char *text = token->text;

  if (strcmp (text, "true") == 0 || strcmp (text, "True") == 0)
    node->value = tpl_bool (TRUE);
  else if (strcmp (text, "false") == 0 || strcmp (text, "False") == 0)
    node->value = tpl_bool (FALSE);
  else if (strcmp (text, "none") == 0 || strcmp (text, "None") == 0)
    node->value = TPL_VALUE_NONE;
  else
    {
      node->type = TPL_NODE_NAME;
      node->name = tpl_parser_intern (self, text);
      for (guint i = 0; i < TPL_N_EXTRAS; i++)
        self->extras |= (guint) (strcmp (text, tpl_extra_names[i]) == 0) << i;
      if (with_namespace && tpl_parser_skip_op (self, "."))
        {
          TplNode *reference = tpl_parser_node (self, TPL_NODE_NAMESPACE_REFERENCE, token->line);
          reference->first = node;
          reference->name = tpl_parser_expect_name (self);
          return reference;
        }
    }
  return node;
}

static TplNode *
parse_strings (TplParser *self)
{
  TplNode *node = empty (self);
  TplString *string = tpl_arena_alloc (self->arena, sizeof *string);
  g_autoptr(GString) text = g_string_new (NULL);

  while (tpl_parser_peek (self, 0)->type == TPL_TOKEN_STRING)
    {
      TplToken *token = tpl_parser_next (self);
      g_string_append_len (text, token->text, token->length);
    }
  char *data = tpl_arena_alloc (self->arena, text->len + 1);
  memcpy (data, text->str, text->len + 1);
  string->data = data;
  string->length = text->len;
  string->chars = g_utf8_strlen (data, text->len);
  node->value = (TplValue){ .kind = TPL_STRING, .as.string = string };
  return node;
}

/* The elements of a list or dict literal up to @close. */
static TplNode *
parse_display (TplParser *self, TplNodeType type, const char *close)
{
  TplNode *node = tpl_parser_node (self, type, tpl_parser_next (self)->line);
  g_autoptr(GPtrArray) items = g_ptr_array_new ();

  while (!self->error && !tpl_parser_is_op (self, close))
    {
      if (items->len)
        tpl_parser_expect_op (self, ",");
      if (tpl_parser_is_op (self, close))
        break;
      g_ptr_array_add (items, tpl_parse_expression (self));
      if (type == TPL_NODE_DICT)
        {
          tpl_parser_expect_op (self, ":");
          g_ptr_array_add (items, tpl_parse_expression (self));
        }
    }
  tpl_parser_expect_op (self, close);
  node->items = tpl_parser_take_nodes (self, items);
  return node;
}

TplNode *
tpl_parse_primary (TplParser *self, gboolean with_namespace)
{
  TplToken *token = tpl_parser_peek (self, 0);
  TplNode *node;

  switch (token->type)
    {
    case TPL_TOKEN_NAME:
      return parse_name (self, with_namespace);
    case TPL_TOKEN_STRING:
      return parse_strings (self);
    case TPL_TOKEN_INTEGER:
    case TPL_TOKEN_FLOAT:
      node = empty (self);
      tpl_parser_next (self);
      node->value = token->type == TPL_TOKEN_INTEGER ? tpl_int (token->integer) : tpl_float (token->number);
      return node;
    default:
      break;
    }
  if (tpl_parser_skip_op (self, "("))
    {
      node = tpl_parse_tuple (self, TRUE, TRUE);
      tpl_parser_expect_op (self, ")");
      return node;
    }
  if (tpl_parser_is_op (self, "["))
    return parse_display (self, TPL_NODE_LIST, "]");
  if (tpl_parser_is_op (self, "{"))
    return parse_display (self, TPL_NODE_DICT, "}");
  tpl_parser_fail (self, token->line, "unexpected %s",
                   token->type == TPL_TOKEN_OPERATOR ? token->op
                   : token->type == TPL_TOKEN_END    ? "end of template"
                                                     : "end of the tag");
  return empty (self);
}

/* One of the arguments of […]: an expression or a slice. */
static TplNode *
parse_subscript_argument (TplParser *self)
{
  TplNode *node = NULL, **parts[2];

  if (!tpl_parser_is_op (self, ":"))
    {
      node = tpl_parse_expression (self);
      if (!tpl_parser_is_op (self, ":"))
        return node;
    }
  TplNode *slice = tpl_parser_node (self, TPL_NODE_SLICE, tpl_parser_peek (self, 0)->line);
  slice->first = node;
  parts[0] = &slice->second;
  parts[1] = &slice->third;
  for (int i = 0; i < 2 && tpl_parser_skip_op (self, ":"); i++)
    if (!tpl_parser_is_op (self, "]") && !tpl_parser_is_op (self, ",") && !tpl_parser_is_op (self, ":"))
      *parts[i] = tpl_parse_expression (self);
  return slice;
}

static TplNode *
parse_subscript (TplParser *self, TplNode *object)
{
  TplToken *token = tpl_parser_next (self), *key;
  TplNode *node = tpl_parser_node (self, TPL_NODE_ITEM, token->line);
  g_autoptr(GPtrArray) items = g_ptr_array_new ();

  node->first = object;
  if (token->op[0] == '.')
    {
      key = tpl_parser_next (self);
      if (key->type == TPL_TOKEN_NAME)
        {
          node->type = TPL_NODE_ATTRIBUTE;
          node->name = tpl_parser_intern (self, key->text);
          return node;
        }
      if (key->type != TPL_TOKEN_INTEGER)
        tpl_parser_fail (self, key->line, "expected name or number");
      node->second = tpl_parser_node (self, TPL_NODE_CONSTANT, key->line);
      node->second->value = tpl_int (key->integer);
      return node;
    }
  while (!self->error && !tpl_parser_is_op (self, "]"))
    {
      if (items->len)
        tpl_parser_expect_op (self, ",");
      g_ptr_array_add (items, parse_subscript_argument (self));
    }
  tpl_parser_expect_op (self, "]");
  if (items->len == 1)
    node->second = items->pdata[0];
  else
    {
      node->second = tpl_parser_node (self, TPL_NODE_TUPLE, token->line);
      node->second->items = tpl_parser_take_nodes (self, items);
    }
  return node;
}

static void
parse_argument (TplParser *self, TplNode *call, GPtrArray *items, GPtrArray *keywords)
{
  TplToken *token = tpl_parser_peek (self, 0), *after = tpl_parser_peek (self, 1);
  gboolean ok = call->star_star == NULL;

  if (tpl_parser_skip_op (self, "*"))
    {
      ok = ok && !call->star;
      call->star = tpl_parse_expression (self);
    }
  else if (tpl_parser_skip_op (self, "**"))
    call->star_star = tpl_parse_expression (self);
  else if (token->type == TPL_TOKEN_NAME && after->type == TPL_TOKEN_OPERATOR && strcmp (after->op, "=") == 0)
    {
      TplNode *keyword = tpl_parser_node (self, TPL_NODE_CONSTANT, token->line);
      keyword->name = tpl_parser_expect_name (self);
      for (guint i = 0; i < keywords->len; i++)
        ok = ok && ((TplNode *) keywords->pdata[i])->name != keyword->name;
      tpl_parser_next (self);
      keyword->first = tpl_parse_expression (self);
      g_ptr_array_add (keywords, keyword);
    }
  else
    {
      ok = ok && !call->star && keywords->len == 0;
      g_ptr_array_add (items, tpl_parse_expression (self));
    }
  if (!ok)
    tpl_parser_fail (self, token->line, "invalid syntax for function call expression");
}

static void
parse_arguments (TplParser *self, TplNode *call)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new (), keywords = g_ptr_array_new ();
  gboolean comma = FALSE;

  tpl_parser_expect_op (self, "(");
  while (!self->error && !tpl_parser_is_op (self, ")"))
    {
      if (comma)
        {
          tpl_parser_expect_op (self, ",");
          if (tpl_parser_is_op (self, ")"))
            break;
        }
      parse_argument (self, call, items, keywords);
      comma = TRUE;
    }
  tpl_parser_expect_op (self, ")");
  call->items = tpl_parser_take_nodes (self, items);
  call->other = tpl_parser_take_nodes (self, keywords);
}

TplNode *
tpl_parse_call (TplParser *self, TplNode *callee)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_CALL, tpl_parser_peek (self, 0)->line);

  node->first = callee;
  parse_arguments (self, node);
  return node;
}

TplNode *
tpl_parse_postfix (TplParser *self, TplNode *node)
{
  while (!self->error)
    {
      if (tpl_parser_is_op (self, ".") || tpl_parser_is_op (self, "["))
        node = parse_subscript (self, node);
      else if (tpl_parser_is_op (self, "("))
        node = tpl_parse_call (self, node);
      else
        break;
    }
  return node;
}

/* A filter's or test's name, which may have dots. */
static const char *
parse_dotted (TplParser *self)
{
  const char *name = tpl_parser_expect_name (self);

  while (!self->error && tpl_parser_skip_op (self, "."))
    {
      g_autofree char *longer = g_strdup_printf ("%s.%s", name, tpl_parser_expect_name (self));
      name = tpl_parser_intern (self, longer);
    }
  return name;
}

TplNode *
tpl_parse_filters (TplParser *self, TplNode *node, gboolean start_inline)
{
  while (!self->error && (start_inline || tpl_parser_is_op (self, "|")))
    {
      if (!start_inline)
        tpl_parser_next (self);
      start_inline = FALSE;
      TplNode *filter = tpl_parser_node (self, TPL_NODE_FILTER, tpl_parser_peek (self, 0)->line);
      filter->first = node;
      filter->name = parse_dotted (self);
      filter->entry = self->error ? NULL : tpl_find_filter (filter->name);
      if (tpl_parser_is_op (self, "("))
        parse_arguments (self, filter);
      node = filter;
    }
  return node;
}

/* Whether the token begins the one argument that a test may have without parentheses. */
static gboolean
begins_test_argument (TplParser *self)
{
  switch (tpl_parser_peek (self, 0)->type)
    {
    case TPL_TOKEN_NAME:
      return !tpl_parser_is_name (self, "else") && !tpl_parser_is_name (self, "or") && !tpl_parser_is_name (self, "and");
    case TPL_TOKEN_STRING:
    case TPL_TOKEN_INTEGER:
    case TPL_TOKEN_FLOAT:
      return TRUE;
    default:
      return tpl_parser_is_op (self, "[") || tpl_parser_is_op (self, "{");
    }
}

TplNode *
tpl_parse_test (TplParser *self, TplNode *subject)
{
  TplToken *token = tpl_parser_next (self);
  gboolean negated = tpl_parser_skip_name (self, "not");
  TplNode *node = tpl_parser_node (self, TPL_NODE_TEST, token->line);

  node->first = subject;
  node->name = parse_dotted (self);
  node->entry = self->error ? NULL : tpl_find_test (node->name);
  if (tpl_parser_is_op (self, "("))
    parse_arguments (self, node);
  else if (begins_test_argument (self))
    {
      g_autoptr(GPtrArray) items = g_ptr_array_new ();
      if (tpl_parser_is_name (self, "is"))
        tpl_parser_fail (self, token->line, "you cannot chain multiple tests with is");
      g_ptr_array_add (items, tpl_parse_postfix (self, tpl_parse_primary (self, FALSE)));
      node->items = tpl_parser_take_nodes (self, items);
    }
  if (!negated)
    return node;
  TplNode *opposite = tpl_parser_node (self, TPL_NODE_NOT, token->line);
  opposite->first = node;
  return opposite;
}
