/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

#define MAX_NESTING 150

static TplNode *parse_unary (TplParser *self, gboolean with_filter);
static TplNode *parse_or (TplParser *self);

static TplNode *
parse_filter_expression (TplParser *self, TplNode *node)
{
  while (!self->error)
    {
      if (tpl_parser_is_op (self, "|"))
        node = tpl_parse_filters (self, node, FALSE);
      else if (tpl_parser_is_name (self, "is"))
        node = tpl_parse_test (self, node);
      else if (tpl_parser_is_op (self, "("))
        node = tpl_parse_call (self, node);
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
    return tpl_parser_node (self, TPL_NODE_CONSTANT, tpl_parser_peek (self, 0)->line);
  if (++self->depth > MAX_NESTING)
    tpl_parser_fail (self, tpl_parser_peek (self, 0)->line, "expressions nest too deeply");
  TplNode *node;
  if (self->error)
    node = tpl_parser_node (self, TPL_NODE_CONSTANT, tpl_parser_peek (self, 0)->line);
  else if (tpl_parser_is_op (self, "-") || tpl_parser_is_op (self, "+"))
    node = parse_sign (self);
  else
    node = tpl_parse_primary (self, FALSE);
  node = tpl_parse_postfix (self, node);
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
ends_tuple (TplParser *self)
{
  TplToken *token = tpl_parser_peek (self, 0);

  return token->type == TPL_TOKEN_VARIABLE_END || token->type == TPL_TOKEN_BLOCK_END || token->type == TPL_TOKEN_END
         || tpl_parser_is_op (self, ")");
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
                                           : tpl_parse_primary (self, element == ELEMENT_NAMESPACE_TARGET);
}

static TplNode *
parse_elements (TplParser *self, Element element, gboolean parentheses)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new ();
  int line = tpl_parser_peek (self, 0)->line;
  gboolean is_tuple = FALSE;

  while (!self->error && !ends_tuple (self))
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
tpl_parse_tuple (TplParser *self, gboolean with_condition, gboolean parentheses)
{
  return parse_elements (self, with_condition ? ELEMENT_EXPRESSION : ELEMENT_NO_CONDITION, parentheses);
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
tpl_parse_target (TplParser *self, gboolean with_namespace)
{
  TplNode *node = parse_elements (self, with_namespace ? ELEMENT_NAMESPACE_TARGET : ELEMENT_TARGET, FALSE);

  if (!self->error && !can_assign (node))
    tpl_parser_fail (self, node->line, "can't assign to this expression");
  return node;
}
