/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

#define MAX_NESTING 150

static TplNode *parse_unary (TplParser *self, gboolean with_filter);
static TplNode *parse_or (TplParser *self);

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

static TplNode *
parse_primary (TplParser *self, gboolean with_namespace)
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
      node = tpl_parse_tuple (self, TRUE, NULL, TRUE);
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

static TplNode *
parse_call (TplParser *self, TplNode *callee)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_CALL, tpl_parser_peek (self, 0)->line);

  node->first = callee;
  parse_arguments (self, node);
  return node;
}

static TplNode *
parse_postfix (TplParser *self, TplNode *node)
{
  while (!self->error)
    {
      if (tpl_parser_is_op (self, ".") || tpl_parser_is_op (self, "["))
        node = parse_subscript (self, node);
      else if (tpl_parser_is_op (self, "("))
        node = parse_call (self, node);
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

static TplNode *
parse_test (TplParser *self, TplNode *subject)
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
      g_ptr_array_add (items, parse_postfix (self, parse_primary (self, FALSE)));
      node->items = tpl_parser_take_nodes (self, items);
    }
  if (!negated)
    return node;
  TplNode *opposite = tpl_parser_node (self, TPL_NODE_NOT, token->line);
  opposite->first = node;
  return opposite;
}

static TplNode *
parse_filter_expression (TplParser *self, TplNode *node)
{
  while (!self->error)
    {
      if (tpl_parser_is_op (self, "|"))
        node = tpl_parse_filters (self, node, FALSE);
      else if (tpl_parser_is_name (self, "is"))
        node = parse_test (self, node);
      else if (tpl_parser_is_op (self, "("))
        node = parse_call (self, node);
      else
        break;
    }
  return node;
}

static TplNode *
parse_sign (TplParser *self)
{
  TplToken *token = tpl_parser_next (self);
  TplNode *node = tpl_parser_node (self, token->op[0] == '-' ? TPL_NODE_NEGATIVE : TPL_NODE_POSITIVE, token->line);

  node->first = parse_unary (self, FALSE);
  return node;
}

static TplNode *
parse_unary (TplParser *self, gboolean with_filter)
{
  if (self->error)
    return empty (self);
  if (++self->depth > MAX_NESTING)
    tpl_parser_fail (self, tpl_parser_peek (self, 0)->line, "expressions nest too deeply");
  TplNode *node;
  if (self->error)
    node = empty (self);
  else if (tpl_parser_is_op (self, "-") || tpl_parser_is_op (self, "+"))
    node = parse_sign (self);
  else
    node = parse_primary (self, FALSE);
  node = parse_postfix (self, node);
  if (with_filter)
    node = parse_filter_expression (self, node);
  self->depth--;
  return node;
}

/* A level of binary operators, tightest first; each is left-associative, the power too. */
typedef struct
{
  const char *texts[5];
  TplOp ops[4];
} BinaryLevel;

static const BinaryLevel binary_levels[] = {
  { { "**", NULL }, { TPL_OP_POWER } },
  { { "*", "/", "//", "%", NULL }, { TPL_OP_MULTIPLY, TPL_OP_DIVIDE, TPL_OP_FLOOR_DIVIDE, TPL_OP_MODULO } },
  { { "~", NULL }, { 0 } },
  { { "+", "-", NULL }, { TPL_OP_ADD, TPL_OP_SUBTRACT } },
};

static TplNode *parse_binary (TplParser *self, int level);

static TplNode *
parse_tildes (TplParser *self, int level)
{
  TplNode *left = parse_binary (self, level - 1);
  g_autoptr(GPtrArray) items = g_ptr_array_new ();

  if (!tpl_parser_is_op (self, "~"))
    return left;
  TplNode *node = tpl_parser_node (self, TPL_NODE_CONCATENATION, left->line);
  g_ptr_array_add (items, left);
  while (tpl_parser_skip_op (self, "~"))
    g_ptr_array_add (items, parse_binary (self, level - 1));
  node->items = tpl_parser_take_nodes (self, items);
  return node;
}

static TplNode *
parse_binary (TplParser *self, int level)
{
  if (level < 0)
    return parse_unary (self, TRUE);
  const BinaryLevel *row = &binary_levels[level];
  if (row->texts[0][0] == '~')
    return parse_tildes (self, level);
  TplNode *left = parse_binary (self, level - 1);
  for (int i = 0; row->texts[i] && !self->error;)
    {
      int line = tpl_parser_peek (self, 0)->line;
      if (!tpl_parser_skip_op (self, row->texts[i]))
        {
          i++;
          continue;
        }
      TplNode *node = tpl_parser_node (self, TPL_NODE_BINARY, line);
      node->ops = &row->ops[i];
      node->first = left;
      node->second = parse_binary (self, level - 1);
      left = node;
      i = 0;
    }
  return left;
}

static gboolean
skip_comparison (TplParser *self, TplOp *op)
{
  static const char *texts[] = { "==", "!=", "<=", "<", ">=", ">" };
  static const TplOp ops[]
      = { TPL_OP_EQUAL, TPL_OP_UNEQUAL, TPL_OP_LESS_EQUAL, TPL_OP_LESS, TPL_OP_GREATER_EQUAL, TPL_OP_GREATER };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (tpl_parser_skip_op (self, texts[i]))
      {
        *op = ops[i];
        return TRUE;
      }
  *op = TPL_OP_IN;
  if (tpl_parser_skip_name (self, "in"))
    return TRUE;
  TplToken *after = tpl_parser_peek (self, 1);
  if (!tpl_parser_is_name (self, "not") || after->type != TPL_TOKEN_NAME || strcmp (after->text, "in") != 0)
    return FALSE;
  self->position += 2;
  *op = TPL_OP_NOT_IN;
  return TRUE;
}

static TplNode *
parse_comparison (TplParser *self)
{
  int level = G_N_ELEMENTS (binary_levels) - 1, line = tpl_parser_peek (self, 0)->line;
  TplNode *first = parse_binary (self, level);
  g_autoptr(GPtrArray) items = g_ptr_array_new ();
  g_autoptr(GArray) ops = g_array_new (FALSE, FALSE, sizeof (TplOp));
  TplOp op;

  while (!self->error && skip_comparison (self, &op))
    {
      g_array_append_val (ops, op);
      g_ptr_array_add (items, parse_binary (self, level));
    }
  if (ops->len == 0)
    return first;
  TplNode *node = tpl_parser_node (self, TPL_NODE_COMPARISON, line);
  TplOp *kept = tpl_arena_alloc (self->arena, ops->len * sizeof *kept);
  memcpy (kept, ops->data, ops->len * sizeof *kept);
  node->ops = kept;
  node->first = first;
  node->items = tpl_parser_take_nodes (self, items);
  return node;
}

static TplNode *
parse_not (TplParser *self)
{
  guint negations = 0;
  int line = tpl_parser_peek (self, 0)->line;

  while (tpl_parser_skip_name (self, "not"))
    negations++;
  TplNode *node = parse_comparison (self);
  /* two negations make a boolean of the value: more add nothing */
  for (guint n = negations > 2 ? 2 - negations % 2 : negations; n > 0; n--)
    {
      TplNode *opposite = tpl_parser_node (self, TPL_NODE_NOT, line);
      opposite->first = node;
      node = opposite;
    }
  return node;
}

static TplNode *
parse_logic (TplParser *self, const char *word, TplNodeType type, TplNode *(*operand) (TplParser *) )
{
  TplNode *left = operand (self);

  while (!self->error && tpl_parser_is_name (self, word))
    {
      TplNode *node = tpl_parser_node (self, type, tpl_parser_next (self)->line);
      node->first = left;
      node->second = operand (self);
      left = node;
    }
  return left;
}

static TplNode *
parse_and (TplParser *self)
{
  return parse_logic (self, "and", TPL_NODE_AND, parse_not);
}

static TplNode *
parse_or (TplParser *self)
{
  return parse_logic (self, "or", TPL_NODE_OR, parse_and);
}

TplNode *
tpl_parse_expression (TplParser *self)
{
  TplNode *node = parse_or (self);

  while (!self->error && tpl_parser_is_name (self, "if"))
    {
      TplNode *condition = tpl_parser_node (self, TPL_NODE_CONDITION, tpl_parser_next (self)->line);
      condition->first = node;
      condition->second = parse_or (self);
      if (tpl_parser_skip_name (self, "else"))
        {
          if (++self->depth > MAX_NESTING)
            tpl_parser_fail (self, condition->line, "expressions nest too deeply");
          else
            condition->third = tpl_parse_expression (self);
          self->depth--;
        }
      node = condition;
    }
  return node;
}

static gboolean
ends_tuple (TplParser *self, const char *extra_end)
{
  TplToken *token = tpl_parser_peek (self, 0);

  return token->type == TPL_TOKEN_VARIABLE_END || token->type == TPL_TOKEN_BLOCK_END || token->type == TPL_TOKEN_END
         || tpl_parser_is_op (self, ")") || (extra_end && tpl_parser_is_name (self, extra_end));
}

typedef enum
{
  ELEMENT_EXPRESSION,
  ELEMENT_NO_CONDITION,
  ELEMENT_TARGET,
  ELEMENT_NAMESPACE_TARGET,
} Element;

static TplNode *
parse_element (TplParser *self, Element element)
{
  return element == ELEMENT_EXPRESSION     ? tpl_parse_expression (self)
         : element == ELEMENT_NO_CONDITION ? parse_or (self)
                                           : parse_primary (self, element == ELEMENT_NAMESPACE_TARGET);
}

static TplNode *
parse_elements (TplParser *self, Element element, const char *extra_end, gboolean parentheses)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new ();
  int line = tpl_parser_peek (self, 0)->line;
  gboolean is_tuple = FALSE;

  while (!self->error && !ends_tuple (self, extra_end))
    {
      g_ptr_array_add (items, parse_element (self, element));
      if (!tpl_parser_skip_op (self, ","))
        break;
      is_tuple = TRUE;
    }
  if (!is_tuple && items->len)
    return items->pdata[0];
  if (!is_tuple && !parentheses)
    tpl_parser_fail (self, line, "expected an expression");
  TplNode *node = tpl_parser_node (self, TPL_NODE_TUPLE, line);
  node->items = tpl_parser_take_nodes (self, items);
  return node;
}

TplNode *
tpl_parse_tuple (TplParser *self, gboolean with_condition, const char *extra_end, gboolean parentheses)
{
  return parse_elements (self, with_condition ? ELEMENT_EXPRESSION : ELEMENT_NO_CONDITION, extra_end, parentheses);
}

static gboolean
can_assign (TplNode *node)
{
  if (node->type == TPL_NODE_TUPLE)
    {
      for (guint i = 0; i < node->items.n_nodes; i++)
        if (!can_assign (node->items.nodes[i]))
          return FALSE;
      return TRUE;
    }
  return node->type == TPL_NODE_NAME || node->type == TPL_NODE_NAMESPACE_REFERENCE;
}

TplNode *
tpl_parse_target (TplParser *self, gboolean with_namespace, const char *extra_end)
{
  TplNode *node = parse_elements (self, with_namespace ? ELEMENT_NAMESPACE_TARGET : ELEMENT_TARGET, extra_end, FALSE);

  if (!self->error && !can_assign (node))
    tpl_parser_fail (self, node->line, "can't assign to this expression");
  return node;
}
