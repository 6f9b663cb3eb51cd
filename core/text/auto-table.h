/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

#define AUTO_TYPE_TABLE (auto_table_get_type ())

/**
 * AutoTable:
 *
 * A table of texts that a model is asked about: named columns, and rows of as many cells. It never changes.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoTable, auto_table, AUTO, TABLE, GObject)

AUTO_AVAILABLE_IN_1_0 AutoTable *auto_table_new (const char *const *columns, const char *const *cells, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoTable *auto_table_new_from_csv (const char *text, gssize length, GError **error);
AUTO_AVAILABLE_IN_1_0 guint auto_table_get_n_columns (AutoTable *self);
AUTO_AVAILABLE_IN_1_0 guint auto_table_get_n_rows (AutoTable *self);
AUTO_AVAILABLE_IN_1_0 const char *const *auto_table_get_columns (AutoTable *self);
AUTO_AVAILABLE_IN_1_0 const char *auto_table_get_cell (AutoTable *self, guint row, guint column);

G_END_DECLS
