/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "answers.h"

#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-unicode.h"

static int
compare_tokens (const TapasToken *token, guint row, guint column)
{
  if (token->row != row)
    return token->row < row ? -1 : 1;
  return token->column < column ? -1 : token->column > column;
}

/* The tokens of a cell, which follow one another: the first, and what follows the last. Row 0 is that of names. */
static void
find_cell (GArray *tokens, guint row, guint column, gsize *from, gsize *to)
{
  gsize low = 0, high = tokens->len;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (compare_tokens (&g_array_index (tokens, TapasToken, middle), row, column) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  *from = *to = low;
  while (*to < tokens->len && compare_tokens (&g_array_index (tokens, TapasToken, *to), row, column) == 0)
    ++*to;
}

static gboolean
mark_places (const TapasTable *table, GArray *tokens, GVariant *places, guint8 *marks, GError **error)
{
  gint64 row, column;

  for (gsize i = 0; i < g_variant_n_children (places); i++)
    {
      gsize from = 0, to = 0;
      g_variant_get_child (places, i, "(xx)", &row, &column);
      if (row >= 0 && row < table->n_rows && column >= 0 && column < table->n_columns)
        find_cell (tokens, row + 1, column, &from, &to);
      if (from == to)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                       "answer-coordinates: row %" G_GINT64_FORMAT " and column %" G_GINT64_FORMAT
                       " are no cell with tokens among those of the table that are used; set a larger max-length, or leave the answer out",
                       row, column);
          return FALSE;
        }
      memset (marks + from, 1, to - from);
    }
  return TRUE;
}

/* Where the ids of an answer begin in a cell's tokens; -1: nowhere. */
static gssize
find_ids (const TapasTable *table, gsize from, gsize to, GArray *ids)
{
  for (gsize at = from; at + ids->len <= to; at++)
    {
      guint n = 0;
      while (n < ids->len && g_array_index (table->tokens, TapasToken, at + n).id == g_array_index (ids, guint32, n))
        n++;
      if (n == ids->len)
        return at - from;
    }
  return -1;
}

/* Marks an answer's text in the first cell that holds it, if the tokens there are used. */
static void
mark_text (const TapasTable *table, GArray *tokens, GArray *ids, guint8 *marks)
{
  for (guint row = 1; row <= table->n_rows && ids->len; row++)
    for (guint column = 0; column < table->n_columns; column++)
      {
        gsize from, to, all_from, all_to;
        find_cell (table->tokens, row, column, &all_from, &all_to);
        gssize at = find_ids (table, all_from, all_to, ids);
        if (at < 0)
          continue;
        find_cell (tokens, row, column, &from, &to);
        if (from + at + ids->len > to)
          continue;
        memset (marks + from + at, 1, ids->len);
        return;
      }
}

static gboolean
mark_texts (const AutoSlow *slow, const TapasTable *table, GArray *tokens, GVariant *texts, guint8 *marks, GError **error)
{
  const char *text;

  for (gsize i = 0; i < g_variant_n_children (texts); i++)
    {
      g_variant_get_child (texts, i, "&s", &text);
      g_autoptr(GArray) ids = tapas_find_ids (slow, text, strlen (text), NULL, error);
      if (!ids)
        return FALSE;
      mark_text (table, tokens, ids, marks);
    }
  return TRUE;
}

guint8 *
tapas_answers_mark (const AutoSlow *slow, const TapasTable *table, GArray *tokens, const AutoTableCall *call, gsize sample, GError **error)
{
  gboolean search = auto_json_bool (slow->settings, "update_answer_coordinates", FALSE);
  g_autoptr(GVariant) answers = g_variant_get_child_value (search ? call->texts : call->coordinates, sample);
  g_autofree guint8 *marks = g_new0 (guint8, tokens->len + 1);
  gboolean good = search ? mark_texts (slow, table, tokens, answers, marks, error) : mark_places (table, tokens, answers, marks, error);

  return good ? g_steal_pointer (&marks) : NULL;
}
