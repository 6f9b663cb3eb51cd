/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-slow-tables.h"

#include <string.h>

#include "auto-rows.h"

/* Answers are of a class that knows places in a table, and both their places and their texts are given. */
static gboolean
check_answers (const AutoTableForm *form, const AutoTableCall *call, gsize n, GError **error)
{
  if (!call->coordinates && !call->texts)
    return TRUE;
  if (!form || !form->apart)
    return auto_call_fail (error, "the tokenizer takes no answers in a table; unset answer-coordinates and answer-text");
  if (!call->coordinates || !call->texts)
    return auto_call_fail (error, "answers need both answer-coordinates and answer-text");
  return auto_call_fits (call->coordinates, n) && auto_call_fits (call->texts, n)
             ? TRUE
             : auto_call_fail (error, "answer-coordinates and answer-text must have as many rows as there are texts");
}

static gboolean
check_list (GListModel *list, gsize n, GError **error)
{
  if (!g_type_is_a (g_list_model_get_item_type (list), AUTO_TYPE_TABLE))
    for (guint i = 0; i < g_list_model_get_n_items (list); i++)
      {
        g_autoptr(GObject) item = g_list_model_get_object (list, i);
        if (!AUTO_IS_TABLE (item))
          return auto_call_fail (error, "tables holds something that isn't a table");
      }
  return g_list_model_get_n_items (list) == n ? TRUE : auto_call_fail (error, "tables must have as many tables as there are texts");
}

/* Truncation drops rows. */
static gboolean
settle_lengths (AutoTokenizerCall *call, gint64 limit, GError **error)
{
  AutoTableCall *tables = &call->tables;
  gboolean drops = call->truncation == AUTO_TRUNCATION_LONGEST_FIRST || call->truncation == AUTO_TRUNCATION_DROP_ROWS_TO_FIT;

  if (call->truncation > AUTO_TRUNCATION_NO && !drops)
    return auto_call_fail (error, "the tokenizer can't cut one text alone; set truncation to drop-rows-to-fit");
  if (call->return_overflowing_tokens)
    return auto_call_fail (error, "the tokenizer drops whole rows and can't return overflowing tokens; unset return-overflowing-tokens");
  tables->most = call->max_length;
  tables->room = !drops ? -1 : call->max_length >= 0 ? call->max_length : limit;
  call->truncation = AUTO_TRUNCATION_NO;
  return TRUE;
}

gboolean
auto_tables_settle (const AutoTableForm *form, AutoTokenizerCall *call, gint64 limit, gsize n, gboolean pairs, gboolean words, GError **error)
{
  AutoTableCall *tables = &call->tables;
  gboolean given = tables->table || tables->list;

  tables->room = tables->most = -1;
  if (call->truncation == AUTO_TRUNCATION_DROP_ROWS_TO_FIT && (!form || !form->apart))
    return auto_call_fail (error, "the tokenizer drops no rows of tables; set truncation to longest-first");
  if (!check_answers (form, tables, n, error))
    return FALSE;
  if (!form)
    return !given ? TRUE : auto_call_fail (error, "the tokenizer takes no tables; unset table and tables");
  if (!given && call->as_target && !form->apart)
    return TRUE;
  if (!given)
    return auto_call_fail (error, form->apart ? "the tokenizer takes texts about a table; set table"
                                    : "the tokenizer takes texts about a table; set table, or as-target for an answer");
  if (tables->table && tables->list)
    return auto_call_fail (error, "both table and tables are set; unset one of them");
  if (call->as_target)
    return auto_call_fail (error, "a text that the model is to make goes without a table; unset table or as-target");
  if (pairs)
    return auto_call_fail (error, "a text about a table has no second text beside it; leave that out");
  if (words)
    return auto_call_fail (error, "a text about a table can't be split into words; unset is-split-into-words");
  if (tables->list && !check_list (tables->list, n, error))
    return FALSE;
  return !form->apart || settle_lengths (call, limit, error);
}

AutoTable *
auto_tables_get (const AutoTableCall *call, gsize sample)
{
  return call->list ? g_list_model_get_item (call->list, sample) : call->table ? g_object_ref (call->table) : NULL;
}

void
auto_table_reader_clear (AutoTableReader *self)
{
  if (self->read)
    self->slow->class->tables->free (self->read);
  self->read = NULL;
  g_clear_object (&self->table);
}

gboolean
auto_table_reader_encode (AutoTableReader *self, const AutoTableCall *call, gsize sample, const char *text, AutoTableTokens *out, GError **error)
{
  const AutoTableForm *form = self->slow->class->tables;
  g_autoptr(AutoTable) table = auto_tables_get (call, sample);
  gsize length = strlen (text);
  g_autofree char *repaired = auto_utf8_repair (text, length, &length);

  if (table != self->table || !self->read)
    {
      auto_table_reader_clear (self);
      if (!(self->read = form->read (self->slow, table, error)))
        return FALSE;
      self->table = g_steal_pointer (&table);
    }
  for (guint i = 0; form->parts && form->parts[i].name; i++)
    out->numbers[i] = g_array_new (FALSE, FALSE, sizeof (double));
  return form->encode (self->slow, self->read, call, sample, repaired ? repaired : text, length, out, error);
}

void
auto_table_tokens_clear (AutoTableTokens *self)
{
  for (int k = 0; k < 2; k++)
    g_clear_pointer (&self->tokens[k], auto_tokens_free);
  for (guint i = 0; i < AUTO_TABLE_PARTS; i++)
    g_clear_pointer (&self->numbers[i], g_array_unref);
}

AutoTableRows *
auto_table_rows_new (const AutoTableForm *form, const AutoTableCall *call)
{
  AutoTableRows *self = g_new0 (AutoTableRows, 1);

  self->form = form;
  self->answers = call->coordinates != NULL;
  for (guint i = 0; i < AUTO_TABLE_PARTS; i++)
    self->numbers[i] = g_array_new (FALSE, FALSE, sizeof (double));
  return self;
}

void
auto_table_rows_free (AutoTableRows *self)
{
  if (!self)
    return;
  for (guint i = 0; i < AUTO_TABLE_PARTS; i++)
    g_array_unref (self->numbers[i]);
  g_free (self);
}

void
auto_table_rows_add (AutoTableRows *self, const AutoTableTokens *tokens)
{
  for (guint i = 0; i < AUTO_TABLE_PARTS; i++)
    if (tokens->numbers[i] && tokens->numbers[i]->len)
      g_array_append_vals (self->numbers[i], tokens->numbers[i]->data, tokens->numbers[i]->len);
}

void
auto_table_rows_add_names (const AutoTableRows *self, GStrvBuilder *names)
{
  for (const AutoTablePart *part = self->form->parts; part && part->name; part++)
    if (part->of_answers && self->answers)
      g_strv_builder_add (names, part->name);
}

const AutoTablePart *
auto_table_rows_find (const AutoTableRows *self, const char *name)
{
  for (const AutoTablePart *part = self ? self->form->parts : NULL; part && part->name; part++)
    if (g_str_equal (part->name, name) && (!part->of_answers || self->answers))
      return part;
  return NULL;
}

void
auto_table_rows_fill (const AutoTableRows *self, const AutoTablePart *part, const GArray *segments, gint64 pad_type, double *values)
{
  const GArray *numbers = self->numbers[part - self->form->parts];
  gsize at = 0;

  for (guint i = 0; i < segments->len; i++)
    {
      const AutoSegment *segment = &g_array_index (segments, AutoSegment, i);
      double other = segment->sequence == AUTO_SEGMENT_PADDING && part->typed ? (double) pad_type : part->outside;
      for (gsize k = 0; k < segment->n * part->width; k++)
        *values++ = segment->sequence == 1 ? g_array_index (numbers, double, at++) : other;
    }
}

AutoTensor *
auto_table_rows_get_tensor (const AutoTableRows *self, const AutoTablePart *part, const GArray *segments, gint64 pad_type, gsize n, gsize from,
                            const gint64 *shape, gsize n_dims, GError **error)
{
  gsize size = part->width;
  g_autofree double *values = g_new (double, n * part->width + 1);

  for (gsize i = 0; i < n_dims; i++)
    size *= shape[i];
  g_autofree gint64 *whole = part->real ? NULL : g_new (gint64, size + 1);
  g_autofree float *real = part->real ? g_new (float, size + 1) : NULL;
  gint64 dims[3] = { shape[0], n_dims > 1 ? shape[1] : part->width, part->width };

  auto_table_rows_fill (self, part, segments, pad_type, values);
  for (gsize i = 0; i < size; i++)
    if (real)
      real[i] = values[from * part->width + i];
    else
      whole[i] = values[from * part->width + i];
  n_dims += part->width > 1;
  return real ? auto_tensor_new_float (dims, n_dims, real, size, error) : auto_tensor_new_int64 (dims, n_dims, whole, size, error);
}
