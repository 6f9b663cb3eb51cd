/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-table.h"

#include <string.h>

#include "auto-unicode.h"

struct _AutoTable
{
  GObject parent_instance;

  char **columns;
  GPtrArray *cells; /* char *: row by row */
  guint n_columns, n_rows;
};

G_DEFINE_FINAL_TYPE (AutoTable, auto_table, G_TYPE_OBJECT)

static void
auto_table_finalize (GObject *object)
{
  AutoTable *self = AUTO_TABLE (object);

  g_strfreev (self->columns);
  g_ptr_array_unref (self->cells);
  G_OBJECT_CLASS (auto_table_parent_class)->finalize (object);
}

static void
auto_table_class_init (AutoTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_table_finalize;
}

static void
auto_table_init (AutoTable *self)
{
  self->cells = g_ptr_array_new_with_free_func (g_free);
}

/* What is no UTF-8 is replaced, as in all texts. */
static char *
copy_text (const char *text)
{
  gsize length = strlen (text);
  char *repaired = auto_utf8_repair (text, length, &length);

  return repaired ? repaired : g_strdup (text);
}

/**
 * auto_table_new:
 * @columns: (array zero-terminated=1): the columns' names
 * @cells: (array zero-terminated=1) (nullable): the cells' texts, row by row
 * @error: return location for an error
 *
 * Returns: (transfer full): a table
 */
AutoTable *
auto_table_new (const char *const *columns, const char *const *cells, GError **error)
{
  g_return_val_if_fail (columns != NULL, NULL);
  gsize n_columns = g_strv_length ((char **) columns), n_cells = cells ? g_strv_length ((char **) cells) : 0;

  if (n_cells % MAX (n_columns, 1) != 0 || (n_cells && !n_columns) || n_cells > G_MAXINT32 || n_columns > G_MAXINT32)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                   "%" G_GSIZE_FORMAT " cells make no rows of %" G_GSIZE_FORMAT " columns; give each row a cell for every column", n_cells,
                   n_columns);
      return NULL;
    }
  AutoTable *self = g_object_new (AUTO_TYPE_TABLE, NULL);
  self->n_columns = n_columns;
  self->n_rows = n_columns ? n_cells / n_columns : 0;
  self->columns = g_new0 (char *, n_columns + 1);
  for (gsize i = 0; i < n_columns; i++)
    self->columns[i] = copy_text (columns[i]);
  for (gsize i = 0; i < n_cells; i++)
    g_ptr_array_add (self->cells, copy_text (cells[i]));
  return self;
}

/**
 * auto_table_get_n_columns:
 * @self: a table
 *
 * Returns: how many columns there are
 */
guint
auto_table_get_n_columns (AutoTable *self)
{
  g_return_val_if_fail (AUTO_IS_TABLE (self), 0);
  return self->n_columns;
}

/**
 * auto_table_get_n_rows:
 * @self: a table
 *
 * Returns: how many rows there are, without the columns' names
 */
guint
auto_table_get_n_rows (AutoTable *self)
{
  g_return_val_if_fail (AUTO_IS_TABLE (self), 0);
  return self->n_rows;
}

/**
 * auto_table_get_columns:
 * @self: a table
 *
 * Returns: (transfer none) (array zero-terminated=1): the columns' names
 */
const char *const *
auto_table_get_columns (AutoTable *self)
{
  g_return_val_if_fail (AUTO_IS_TABLE (self), NULL);
  return (const char *const *) self->columns;
}

/**
 * auto_table_get_cell:
 * @self: a table
 * @row: a row
 * @column: a column
 *
 * Returns: (transfer none): the cell's text
 */
const char *
auto_table_get_cell (AutoTable *self, guint row, guint column)
{
  g_return_val_if_fail (AUTO_IS_TABLE (self) && row < self->n_rows && column < self->n_columns, NULL);
  return g_ptr_array_index (self->cells, (gsize) row * self->n_columns + column);
}
