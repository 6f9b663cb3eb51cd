/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-template-private.h"

#define MAX_DEPTH 1000

static void check (TplParser *self, const TplNode *node, gboolean conditional, guint depth);

static void
check_all (TplParser *self, const TplNodes *nodes, gboolean conditional, guint depth)
{
  for (guint i = 0; i < nodes->n_nodes; i++)
    check (self, nodes->nodes[i], conditional, depth);
}

/* Whether the node's statements are a frame of their own, which no condition around it reaches. */
static gboolean
begins_frame (const TplNode *node)
{
  switch (node->type)
    {
    case TPL_NODE_FOR:
    case TPL_NODE_SET_BLOCK:
    case TPL_NODE_WITH:
    case TPL_NODE_MACRO:
    case TPL_NODE_FILTER_BLOCK:
    case TPL_NODE_BODY:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
check (TplParser *self, const TplNode *node, gboolean conditional, guint depth)
{
  /* what lies deeper is found out when it is used */
  if (!node || self->error || depth > MAX_DEPTH)
    return;
  if ((node->type == TPL_NODE_FILTER || node->type == TPL_NODE_TEST) && !node->entry && !conditional)
    tpl_parser_fail (self, node->line, "no %s named '%s'", node->type == TPL_NODE_FILTER ? "filter" : "test", node->name);
  if (node->type == TPL_NODE_IF || node->type == TPL_NODE_CONDITION)
    conditional = TRUE;
  gboolean inside = conditional && !begins_frame (node);
  gboolean first_inside = node->type == TPL_NODE_FILTER_BLOCK || node->type == TPL_NODE_MACRO;
  check (self, node->first, first_inside ? inside : conditional, depth + 1);
  check (self, node->second, node->type == TPL_NODE_SET_BLOCK ? inside : conditional, depth + 1);
  check (self, node->third, node->type == TPL_NODE_FOR ? inside : conditional, depth + 1);
  check (self, node->star, conditional, depth + 1);
  check (self, node->star_star, conditional, depth + 1);
  check_all (self, &node->items, inside, depth + 1);
  check_all (self, &node->other, inside, depth + 1);
}

/* A filter or test that does not exist is an error at once, but where a condition stands before it: a template may ask
 * first whether there is one. */
void
tpl_check_names (TplParser *self, const TplNode *root)
{
  check_all (self, &root->items, FALSE, 0);
}
