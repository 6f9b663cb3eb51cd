/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"
#include "core/base/auto-errors.h"
#include "../base/auto-message.h"

#define MAX_BLOCKS 100

const char *const tpl_extra_names[TPL_N_EXTRAS] = { "caller", "kwargs", "varargs" };

static TplNodes parse_body (TplParser *self, const char *const *ends);

void
tpl_parser_fail (TplParser *self, int line, const char *format, ...)
{
  va_list args;

  if (self->error)
    return;
  va_start (args, format);
  g_autofree char *reason = auto_message_valist (format, args);
  va_end (args);
  g_set_error (&self->error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_TEMPLATE, "%s:%d: %s", self->name, line, reason);
}

TplToken *
tpl_parser_peek (TplParser *self, guint ahead)
{
  return &g_array_index (self->tokens, TplToken, MIN (self->position + ahead, self->tokens->len - 1));
}

TplToken *
tpl_parser_next (TplParser *self)
{
  TplToken *token = tpl_parser_peek (self, 0);
  self->position++;
  return token;
}

gboolean
tpl_parser_is_name (TplParser *self, const char *name)
{
  TplToken *token = tpl_parser_peek (self, 0);
  return token->type == TPL_TOKEN_NAME && strcmp (token->text, name) == 0;
}

gboolean
tpl_parser_skip_name (TplParser *self, const char *name)
{
  gboolean found = tpl_parser_is_name (self, name);
  self->position += found;
  return found;
}

gboolean
tpl_parser_is_op (TplParser *self, const char *op)
{
  TplToken *token = tpl_parser_peek (self, 0);
  return token->type == TPL_TOKEN_OPERATOR && strcmp (token->op, op) == 0;
}

gboolean
tpl_parser_skip_op (TplParser *self, const char *op)
{
  gboolean found = tpl_parser_is_op (self, op);
  self->position += found;
  return found;
}

static const char *
describe (const TplToken *token)
{
  switch (token->type)
    {
    case TPL_TOKEN_NAME:
    case TPL_TOKEN_STRING:
    case TPL_TOKEN_DATA:
      return token->text;
    case TPL_TOKEN_OPERATOR:
      return token->op;
    case TPL_TOKEN_END:
      return "the end of the template";
    case TPL_TOKEN_VARIABLE_END:
      return "}}";
    case TPL_TOKEN_BLOCK_END:
      return "%}";
    case TPL_TOKEN_VARIABLE_BEGIN:
      return "{{";
    case TPL_TOKEN_BLOCK_BEGIN:
      return "{%";
    default:
      return "a number";
    }
}

void
tpl_parser_expect_op (TplParser *self, const char *op)
{
  TplToken *token = tpl_parser_peek (self, 0);
  if (!tpl_parser_skip_op (self, op))
    tpl_parser_fail (self, token->line, "expected '%s', got '%.60s'", op, describe (token));
}

static void
expect (TplParser *self, TplTokenType type, const char *text)
{
  TplToken *token = tpl_parser_next (self);
  if (token->type != type)
    tpl_parser_fail (self, token->line, "expected '%s', got '%.60s'", text, describe (token));
}

const char *
tpl_parser_intern (TplParser *self, const char *name)
{
  const char *known = g_hash_table_lookup (self->names, name);

  if (!known)
    {
      gsize size = strlen (name) + 1;
      known = memcpy (tpl_arena_alloc (self->arena, size), name, size);
      g_hash_table_add (self->names, (char *) known);
    }
  return known;
}

const char *
tpl_parser_expect_name (TplParser *self)
{
  TplToken *token = tpl_parser_next (self);

  if (token->type == TPL_TOKEN_NAME)
    return tpl_parser_intern (self, token->text);
  tpl_parser_fail (self, token->line, "expected a name, got '%.60s'", describe (token));
  return tpl_parser_intern (self, "");
}

TplNode *
tpl_parser_node (TplParser *self, TplNodeType type, int line)
{
  TplNode *node = tpl_arena_alloc (self->arena, sizeof *node);

  *node = (TplNode){ .type = type, .line = line, .value = TPL_VALUE_NONE };
  return node;
}

TplNodes
tpl_parser_take_nodes (TplParser *self, GPtrArray *nodes)
{
  TplNodes taken = { tpl_arena_alloc (self->arena, nodes->len * sizeof (TplNode *)), nodes->len };

  if (nodes->len)
    memcpy (taken.nodes, nodes->pdata, nodes->len * sizeof (TplNode *));
  return taken;
}

/* The statements after a tag's end up to one of @ends, which is left as the current token. */
static TplNodes
parse_statements (TplParser *self, const char *const *ends)
{
  tpl_parser_skip_op (self, ":");
  expect (self, TPL_TOKEN_BLOCK_END, "%}");
  TplNodes body = parse_body (self, ends);
  TplToken *token = tpl_parser_peek (self, 0);
  if (token->type == TPL_TOKEN_END)
    tpl_parser_fail (self, token->line, "the template ends before '%s'", ends[0]);
  return body;
}

static TplNodes
parse_until (TplParser *self, const char *end)
{
  const char *ends[] = { end, NULL };
  TplNodes body = parse_statements (self, ends);

  tpl_parser_next (self);
  return body;
}

static TplNode *
parse_jump (TplParser *self, TplNodeType type, int line)
{
  if (self->loops == 0)
    tpl_parser_fail (self, line, "'%s' outside of a loop", type == TPL_NODE_BREAK ? "break" : "continue");
  return tpl_parser_node (self, type, line);
}

static TplNode *
parse_break (TplParser *self, int line)
{
  return parse_jump (self, TPL_NODE_BREAK, line);
}

static TplNode *
parse_continue (TplParser *self, int line)
{
  return parse_jump (self, TPL_NODE_CONTINUE, line);
}

/* The body of a macro: no loop reaches into it, and the names it reads say what may be passed. */
static void
parse_function_body (TplParser *self, TplNode *macro, const char *end)
{
  guint loops = self->loops, extras = self->extras;
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  self->loops = self->extras = 0;
  macro->items = parse_until (self, end);
  for (guint i = 0; i < TPL_N_EXTRAS; i++)
    if (self->extras & 1u << i)
      {
        TplNode *name = tpl_parser_node (self, TPL_NODE_NAME, macro->line);
        name->name = tpl_parser_intern (self, tpl_extra_names[i]);
        g_ptr_array_add (names, name);
      }
  macro->second = tpl_parser_node (self, TPL_NODE_TUPLE, macro->line);
  macro->second->items = tpl_parser_take_nodes (self, names);
  self->loops = loops;
  self->extras |= extras;
}

static TplNode *
parse_set (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_SET, line);

  node->first = tpl_parse_target (self, TRUE);
  if (tpl_parser_skip_op (self, "="))
    {
      node->second = tpl_parse_tuple (self, TRUE, FALSE);
      return node;
    }
  node->type = TPL_NODE_SET_BLOCK;
  node->second = tpl_parse_filters (self, NULL, FALSE);
  node->items = parse_until (self, "endset");
  return node;
}

static TplNode *
parse_for (TplParser *self, int line)
{
  static const char *const ends[] = { "endfor", "else", NULL };
  TplNode *node = tpl_parser_node (self, TPL_NODE_FOR, line);

  node->name = tpl_parser_intern (self, "loop");
  node->first = tpl_parse_target (self, FALSE);
  if (!tpl_parser_skip_name (self, "in"))
    tpl_parser_fail (self, line, "expected 'in' after the variable of the loop");
  node->second = tpl_parse_tuple (self, FALSE, FALSE);
  if (tpl_parser_skip_name (self, "if"))
    node->third = tpl_parse_expression (self);
  node->recursive = tpl_parser_skip_name (self, "recursive");
  self->loops++;
  node->items = parse_statements (self, ends);
  self->loops--;
  if (tpl_parser_is_name (self, "endfor"))
    tpl_parser_next (self);
  else
    {
      tpl_parser_next (self);
      node->other = parse_until (self, "endfor");
    }
  return node;
}

/* The branches are a chain of nodes, each in the else part of the one before. */
static TplNode *
parse_if (TplParser *self, int line)
{
  static const char *const ends[] = { "elif", "else", "endif", NULL };
  TplNode *first = NULL, *last = NULL;

  while (!self->error)
    {
      TplNode *node = tpl_parser_node (self, TPL_NODE_IF, line);
      node->first = tpl_parse_tuple (self, FALSE, FALSE);
      node->items = parse_statements (self, ends);
      if (last)
        last->second = node;
      else
        first = node;
      last = node;
      TplToken *token = tpl_parser_next (self);
      line = token->line;
      if (self->error || strcmp (token->text, "endif") == 0)
        break;
      if (strcmp (token->text, "else") == 0)
        {
          node->other = parse_until (self, "endif");
          break;
        }
    }
  return first;
}

static TplNode *
parse_with (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_WITH, line);
  g_autoptr(GPtrArray) targets = g_ptr_array_new (), values = g_ptr_array_new ();

  while (!self->error && tpl_parser_peek (self, 0)->type != TPL_TOKEN_BLOCK_END)
    {
      if (targets->len)
        tpl_parser_expect_op (self, ",");
      g_ptr_array_add (targets, tpl_parse_target (self, FALSE));
      tpl_parser_expect_op (self, "=");
      g_ptr_array_add (values, tpl_parse_expression (self));
    }
  TplNode *assignments = tpl_parser_node (self, TPL_NODE_TUPLE, line);
  assignments->items = tpl_parser_take_nodes (self, targets);
  assignments->other = tpl_parser_take_nodes (self, values);
  node->first = assignments;
  node->items = parse_until (self, "endwith");
  return node;
}

/* The parameters of a macro or caller: names in the nodes, the default in each node's first. */
static TplNode *
parse_signature (TplParser *self, int line)
{
  TplNode *signature = tpl_parser_node (self, TPL_NODE_TUPLE, line);
  g_autoptr(GPtrArray) parameters = g_ptr_array_new ();
  gboolean has_default = FALSE;

  tpl_parser_expect_op (self, "(");
  while (!self->error && !tpl_parser_is_op (self, ")"))
    {
      if (parameters->len)
        tpl_parser_expect_op (self, ",");
      TplNode *parameter = tpl_parser_node (self, TPL_NODE_NAME, line);
      parameter->name = tpl_parser_expect_name (self);
      for (guint i = 0; i < parameters->len; i++)
        if (((TplNode *) parameters->pdata[i])->name == parameter->name)
          tpl_parser_fail (self, line, "the parameter '%s' is named twice", parameter->name);
      if (tpl_parser_skip_op (self, "="))
        {
          parameter->first = tpl_parse_expression (self);
          has_default = TRUE;
        }
      else if (has_default)
        tpl_parser_fail (self, line, "non-default argument follows default argument");
      g_ptr_array_add (parameters, parameter);
    }
  tpl_parser_expect_op (self, ")");
  signature->items = tpl_parser_take_nodes (self, parameters);
  return signature;
}

static TplNode *
parse_macro (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_MACRO, line);

  node->name = tpl_parser_expect_name (self);
  node->first = parse_signature (self, line);
  parse_function_body (self, node, "endmacro");
  return node;
}

static TplNode *
parse_call_block (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_CALL_BLOCK, line), *caller = tpl_parser_node (self, TPL_NODE_MACRO, line);

  caller->name = tpl_parser_intern (self, "caller");
  caller->first = tpl_parser_is_op (self, "(") ? parse_signature (self, line) : tpl_parser_node (self, TPL_NODE_TUPLE, line);
  node->first = tpl_parse_expression (self);
  if (node->first->type != TPL_NODE_CALL)
    tpl_parser_fail (self, line, "expected call");
  parse_function_body (self, caller, "endcall");
  node->second = caller;
  return node;
}

static TplNode *
parse_filter_block (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_FILTER_BLOCK, line);

  node->first = tpl_parse_filters (self, NULL, TRUE);
  node->items = parse_until (self, "endfilter");
  return node;
}

static TplNode *
parse_print (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_OUTPUT, line);
  g_autoptr(GPtrArray) items = g_ptr_array_new ();

  while (!self->error && tpl_parser_peek (self, 0)->type != TPL_TOKEN_BLOCK_END)
    {
      if (items->len)
        tpl_parser_expect_op (self, ",");
      g_ptr_array_add (items, tpl_parse_expression (self));
    }
  node->items = tpl_parser_take_nodes (self, items);
  return node;
}

static TplNode *
parse_block (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_BODY, line);
  const char *name = tpl_parser_expect_name (self);

  tpl_parser_skip_name (self, "scoped");
  tpl_parser_skip_name (self, "required");
  node->items = parse_until (self, "endblock");
  tpl_parser_skip_name (self, name);
  return node;
}

/* Marks what an assistant wrote, for training; here it is its body. */
static TplNode *
parse_generation (TplParser *self, int line)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_BODY, line);

  node->items = parse_until (self, "endgeneration");
  return node;
}

static TplNode *
parse_missing (TplParser *self, int line)
{
  while (tpl_parser_peek (self, 0)->type != TPL_TOKEN_BLOCK_END && tpl_parser_peek (self, 0)->type != TPL_TOKEN_END)
    tpl_parser_next (self);
  return tpl_parser_node (self, TPL_NODE_MISSING, line);
}

static const struct
{
  const char *tag;
  TplNode *(*parse) (TplParser *self, int line);
} statements[] = {
  { "set", parse_set },
  { "for", parse_for },
  { "if", parse_if },
  { "with", parse_with },
  { "macro", parse_macro },
  { "call", parse_call_block },
  { "filter", parse_filter_block },
  { "print", parse_print },
  { "block", parse_block },
  { "generation", parse_generation },
  { "break", parse_break },
  { "continue", parse_continue },
  { "include", parse_missing },
  { "import", parse_missing },
  { "from", parse_missing },
  { "extends", parse_missing },
};

static TplNode *
parse_statement (TplParser *self)
{
  TplToken *token = tpl_parser_next (self);

  if (token->type != TPL_TOKEN_NAME)
    {
      tpl_parser_fail (self, token->line, "tag name expected");
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    if (strcmp (token->text, statements[i].tag) == 0)
      return statements[i].parse (self, token->line);
  tpl_parser_fail (self, token->line, "encountered unknown tag '%s'", token->text);
  return NULL;
}

static TplNode *
parse_output (TplParser *self)
{
  TplNode *node = tpl_parser_node (self, TPL_NODE_OUTPUT, tpl_parser_next (self)->line);
  g_autoptr(GPtrArray) items = g_ptr_array_new ();

  g_ptr_array_add (items, tpl_parse_tuple (self, TRUE, FALSE));
  expect (self, TPL_TOKEN_VARIABLE_END, "}}");
  node->items = tpl_parser_take_nodes (self, items);
  return node;
}

static TplNode *
parse_data (TplParser *self)
{
  TplToken *token = tpl_parser_next (self);
  TplNode *node = tpl_parser_node (self, TPL_NODE_DATA, token->line);
  TplString *string = tpl_arena_alloc (self->arena, sizeof *string);

  *string = (TplString){ token->text, token->length, g_utf8_strlen (token->text, token->length) };
  node->value = (TplValue){ .kind = TPL_STRING, .as.string = string };
  return node;
}

static gboolean
is_end (TplParser *self, const char *const *ends)
{
  for (guint i = 0; ends && ends[i]; i++)
    if (tpl_parser_is_name (self, ends[i]))
      return TRUE;
  return FALSE;
}

static TplNodes
parse_body (TplParser *self, const char *const *ends)
{
  g_autoptr(GPtrArray) nodes = g_ptr_array_new ();
  TplTokenType type;

  if (++self->depth > MAX_BLOCKS)
    tpl_parser_fail (self, tpl_parser_peek (self, 0)->line, "blocks nest too deeply");
  while (!self->error && (type = tpl_parser_peek (self, 0)->type) != TPL_TOKEN_END)
    {
      if (type == TPL_TOKEN_DATA)
        g_ptr_array_add (nodes, parse_data (self));
      else if (type == TPL_TOKEN_VARIABLE_BEGIN)
        g_ptr_array_add (nodes, parse_output (self));
      else
        {
          expect (self, TPL_TOKEN_BLOCK_BEGIN, "{%");
          if (is_end (self, ends))
            break;
          g_ptr_array_add (nodes, parse_statement (self));
          if (!self->error)
            expect (self, TPL_TOKEN_BLOCK_END, "%}");
        }
    }
  self->depth--;
  return tpl_parser_take_nodes (self, nodes);
}

TplNode *
tpl_parse_template (TplParser *self)
{
  TplNode *root = tpl_parser_node (self, TPL_NODE_BODY, 1);

  root->items = parse_body (self, NULL);
  if (!self->error)
    tpl_check_names (self, root);
  return root;
}
