/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <string.h>

#include "core/base/auto-json.h"

#define LEAST_SHARE 0.7 /* of a column's cells that must have values of one kind */

GArray *
tapas_find_ids (const AutoSlow *slow, const char *text, gsize length, GArray *begins, GError **error)
{
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint begin = 0;

  auto_slow_tokenize (slow, text, length, FALSE, tokens);
  for (guint i = 0; i < tokens->len; i++)
    {
      const char *token = g_ptr_array_index (tokens, i);
      gint64 id = auto_slow_find (slow, token);
      if (id < 0)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                       "\"%.60s\" is not in the vocabulary, and there is no unknown token", token);
          return NULL;
        }
      if (!g_str_has_prefix (token, "##"))
        begin = i;
      g_array_append_val (ids, ((guint32){ id }));
      if (begins)
        g_array_append_val (begins, begin);
    }
  return g_steal_pointer (&ids);
}

static gboolean
add_cell (TapasTable *self, const AutoSlow *slow, const char *text, guint row, guint column, GError **error)
{
  g_autoptr(GArray) begins = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr(GArray) ids = tapas_find_ids (slow, text, strlen (text), begins, error);

  for (guint i = 0; ids && i < ids->len; i++)
    g_array_append_val (self->tokens, ((TapasToken){ g_array_index (ids, guint32, i), row, column, g_array_index (begins, guint, i) }));
  self->longest = ids ? MAX (self->longest, ids->len) : 0;
  return ids != NULL;
}

static void
start_row (TapasTable *self)
{
  gsize at = self->tokens->len;

  g_array_append_val (self->row_starts, at);
}

static gboolean
add_tokens (TapasTable *self, const AutoSlow *slow, AutoTable *table, GError **error)
{
  gboolean strip = auto_json_bool (slow->settings, "strip_column_names", FALSE);
  const char *const *names = auto_table_get_columns (table);

  start_row (self);
  for (guint column = 0; column < self->n_columns; column++)
    if (!add_cell (self, slow, strip ? "" : names[column], 0, column, error))
      return FALSE;
  for (guint row = 0; row < self->n_rows; row++)
    {
      start_row (self);
      for (guint column = 0; column < self->n_columns; column++)
        if (!add_cell (self, slow, auto_table_get_cell (table, row, column), row + 1, column, error))
          return FALSE;
    }
  start_row (self);
  return TRUE;
}

/* The first value of a kind. */
static const TapasValue *
find_kind (GArray *values, TapasKind kind)
{
  for (guint i = 0; i < values->len; i++)
    if (g_array_index (values, TapasValue, i).kind == kind)
      return &g_array_index (values, TapasValue, i);
  return NULL;
}

/* Gives a column's cells their values of the kind that more of them have, dates if as many have both. */
static void
read_column (TapasTable *self, AutoTable *table, guint column)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  guint numbers = 0, dates = 0;

  for (guint row = 0; row < self->n_rows; row++)
    {
      const char *text = auto_table_get_cell (table, row, column);
      GArray *values = tapas_read_values (text, strlen (text));
      g_ptr_array_add (cells, values);
      numbers += find_kind (values, TAPAS_NUMBER) != NULL;
      dates += find_kind (values, TAPAS_DATE) != NULL;
    }
  if (MAX (numbers, dates) == 0 || MAX (numbers, dates) < self->n_rows * LEAST_SHARE)
    return;
  for (guint row = 0; row < self->n_rows; row++)
    {
      const TapasValue *value = find_kind (g_ptr_array_index (cells, row), dates >= numbers ? TAPAS_DATE : TAPAS_NUMBER);
      if (value)
        self->values[(gsize) row * self->n_columns + column] = *value;
    }
}

static int
compare_cells (gconstpointer a, gconstpointer b, gpointer order)
{
  return tapas_order_compare (order, *(const TapasValue *const *) a, *(const TapasValue *const *) b);
}

static void
rank_column (TapasTable *self, guint column)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new (); /* TapasValue: in self->values */
  TapasOrder order = { 0 };
  gboolean comparable = TRUE;
  guint rank = 0;

  for (guint row = 0; row < self->n_rows; row++)
    {
      TapasValue *value = &self->values[(gsize) row * self->n_columns + column];
      if (value->kind == TAPAS_NOTHING)
        continue;
      tapas_order_add (&order, value, &comparable);
      g_ptr_array_add (cells, value);
    }
  if (!comparable)
    return;
  g_ptr_array_sort_with_data (cells, compare_cells, &order);
  for (guint i = 0; i < cells->len; i++)
    {
      rank += i == 0 || tapas_order_compare (&order, cells->pdata[i - 1], cells->pdata[i]) != 0;
      self->ranks[(TapasValue *) cells->pdata[i] - self->values] = rank;
    }
  for (guint i = 0; i < cells->len; i++)
    {
      gsize cell = (TapasValue *) cells->pdata[i] - self->values;
      self->inverse_ranks[cell] = rank + 1 - self->ranks[cell];
    }
}

gpointer
tapas_table_read (const AutoSlow *slow, AutoTable *table, GError **error)
{
  TapasTable *self = g_new0 (TapasTable, 1);

  self->n_rows = auto_table_get_n_rows (table);
  self->n_columns = auto_table_get_n_columns (table);
  gsize n = (gsize) self->n_rows * self->n_columns;
  self->tokens = g_array_new (FALSE, FALSE, sizeof (TapasToken));
  self->row_starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->values = g_new0 (TapasValue, n + 1);
  self->ranks = g_new0 (guint, n + 1);
  self->inverse_ranks = g_new0 (guint, n + 1);
  if (!add_tokens (self, slow, table, error))
    {
      tapas_table_free (self);
      return NULL;
    }
  for (guint column = 0; column < self->n_columns; column++)
    {
      read_column (self, table, column);
      rank_column (self, column);
    }
  return self;
}

void
tapas_table_free (gpointer table)
{
  TapasTable *self = table;

  g_array_unref (self->tokens);
  g_array_unref (self->row_starts);
  g_free (self->values);
  g_free (self->ranks);
  g_free (self->inverse_ranks);
  g_free (self);
}

/* Adds to @counts, or takes from it, the tokens of rows by where their words begin. */
static void
count_tokens (const TapasTable *self, gint64 from, gint64 to, int sign, gint64 *counts)
{
  gsize end = g_array_index (self->row_starts, gsize, to);

  for (gsize i = g_array_index (self->row_starts, gsize, from); i < end; i++)
    counts[g_array_index (self->tokens, TapasToken, i).begin] += sign;
}

/* How many tokens of each cell fit; -1: none, or fewer than they are to be trimmed to. */
static gint64
fit_cells (const TapasTable *self, const gint64 *counts, gint64 room, gint64 trim)
{
  gint64 most = trim >= 0 ? MIN (self->longest, trim) : self->longest, cost = 0, n;

  for (n = 0; n <= most; n++)
    {
      cost += n < self->longest ? counts[n] : 0;
      if (cost > room)
        break;
    }
  n = MIN (n, most);
  return n < most && (trim >= 0 || n == 0) ? -1 : n;
}

TapasExtent
tapas_table_fit (const TapasTable *self, gint64 n_rows, gint64 room, gint64 trim)
{
  g_autofree gint64 *counts = g_new0 (gint64, self->longest + 1);
  gint64 n_tokens;

  count_tokens (self, 0, n_rows + 1, 1, counts);
  while ((n_tokens = fit_cells (self, counts, room, trim)) < 0 && --n_rows > 0)
    count_tokens (self, n_rows + 1, n_rows + 2, -1, counts);
  return (TapasExtent){ n_rows, n_tokens > 0 ? n_tokens : 1 };
}

GArray *
tapas_table_list (const TapasTable *self, TapasExtent extent)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (TapasToken));

  for (guint i = 0; i < self->tokens->len; i++)
    {
      const TapasToken *token = &g_array_index (self->tokens, TapasToken, i);
      if (token->row <= extent.n_rows && token->begin < extent.n_tokens)
        g_array_append_vals (list, token, 1);
    }
  return list;
}

guint8 *
tapas_table_relate (const TapasTable *self, GArray *values)
{
  guint8 *relations = g_new0 (guint8, (gsize) self->n_rows * self->n_columns + 1);

  for (guint column = 0; column < self->n_columns; column++)
    {
      TapasOrder all = { 0 };
      gboolean comparable = TRUE;
      for (guint row = 0; row < self->n_rows; row++)
        if (self->values[(gsize) row * self->n_columns + column].kind != TAPAS_NOTHING)
          tapas_order_add (&all, &self->values[(gsize) row * self->n_columns + column], &comparable);
      for (guint i = 0; comparable && all.kind != TAPAS_NOTHING && i < values->len; i++)
        {
          const TapasValue *value = &g_array_index (values, TapasValue, i);
          TapasOrder order = all;
          gboolean fits = TRUE;
          tapas_order_add (&order, value, &fits);
          for (guint row = 0; fits && row < self->n_rows; row++)
            {
              gsize cell = (gsize) row * self->n_columns + column;
              if (self->values[cell].kind == TAPAS_NOTHING)
                continue;
              int c = tapas_order_compare (&order, value, &self->values[cell]);
              relations[cell] |= c == 0 ? 1 : c < 0 ? 2 : 4;
            }
        }
    }
  return relations;
}
