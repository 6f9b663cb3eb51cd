/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-slow-columns.h"

#include <string.h>

#include "../base/auto-message.h"

struct _AutoSlowColumns
{
  const AutoSlowColumn *specs; /* the class's */
  GPtrArray *numbers;          /* AutoVocabulary: of each column */
};

void
auto_slow_columns_free (AutoSlowColumns *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->numbers);
  g_free (self);
}

AutoSlowColumns *
auto_slow_columns_new (AutoSlow *slow, const char *folder, GError **error)
{
  AutoSlowColumns *self = g_new0 (AutoSlowColumns, 1);

  self->specs = slow->class->columns;
  self->numbers = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_vocabulary_free);
  for (guint i = 0; self->specs[i].name; i++)
    {
      const AutoSlowColumn *spec = &self->specs[i];
      AutoVocabulary *numbers = auto_slow_read_ids (slow, folder, spec->file, error);
      if (numbers)
        g_ptr_array_add (self->numbers, numbers);
      if (numbers && auto_vocabulary_find (numbers, spec->around, strlen (spec->around)) < 0)
        g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE,
                     "%s: %s has no number of \"%s\", which special tokens around texts have", folder, spec->file, spec->around);
      else if (numbers)
        continue;
      auto_slow_columns_free (self);
      return NULL;
    }
  return self;
}

guint
auto_slow_columns_count (const AutoSlowColumns *self)
{
  return self ? self->numbers->len : 0;
}

const char *
auto_slow_columns_name (const AutoSlowColumns *self, guint column)
{
  return self->specs[column].name;
}

int
auto_slow_columns_find (const AutoSlowColumns *self, const char *name)
{
  for (guint i = 0; i < auto_slow_columns_count (self); i++)
    if (g_str_equal (self->specs[i].name, name))
      return i;
  return -1;
}

gint64
auto_slow_columns_around (const AutoSlowColumns *self, guint column)
{
  const char *around = self->specs[column].around;

  return auto_vocabulary_find (self->numbers->pdata[column], around, strlen (around));
}

static void
free_column (gpointer column)
{
  g_array_unref (column);
}

GPtrArray *
auto_slow_columns_make (const AutoSlowColumns *self)
{
  GPtrArray *columns = g_ptr_array_new_with_free_func (free_column);

  for (guint i = 0; i < self->numbers->len; i++)
    g_ptr_array_add (columns, g_array_new (FALSE, FALSE, sizeof (gint64)));
  return columns;
}

gint64
auto_slow_columns_convert (const AutoSlow *slow, guint column, const char *token)
{
  const AutoSlowColumns *self = slow->columns;
  gint64 number = auto_vocabulary_find (self->numbers->pdata[column], token, strlen (token));

  if (number < 0 && slow->unk)
    number = auto_vocabulary_find (self->numbers->pdata[column], slow->unk, strlen (slow->unk));
  return number >= 0 ? number : auto_slow_columns_around (self, column); /* where the reference gives no number at all */
}

void
auto_slow_columns_add (const AutoSlow *slow, const GPtrArray *tokens, GPtrArray *columns)
{
  for (guint k = 0; k < columns->len; k++)
    for (guint i = 0; i < tokens->len; i++)
      {
        gint64 number = auto_slow_columns_convert (slow, k, tokens->pdata[i]);
        g_array_append_val (columns->pdata[k], number);
      }
}

void
auto_slow_columns_add_ids (const AutoSlow *slow, const gint64 *ids, gsize n, GVariant *given, GPtrArray *columns)
{
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) found = auto_slow_columns_make (slow->columns);

  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      const char *token = auto_slow_token (slow, ids[i], &length);
      g_ptr_array_add (tokens, token ? g_strndup (token, length) : g_strdup (slow->unk ? slow->unk : ""));
    }
  auto_slow_columns_add (slow, tokens, found);
  for (guint k = 0; k < columns->len; k++)
    {
      GArray *own = found->pdata[k];
      g_autoptr(GVariant) numbers = given ? g_variant_lookup_value (given, slow->columns->specs[k].name, G_VARIANT_TYPE ("ax")) : NULL;
      gsize n_numbers;
      if (n)
        g_array_append_vals (columns->pdata[k], numbers ? g_variant_get_fixed_array (numbers, &n_numbers, sizeof (gint64)) : own->data, n);
    }
}

gboolean
auto_slow_columns_check (const AutoSlowColumns *self, GVariant *given, gsize ids, GError **error)
{
  GVariantIter iter;
  GVariant *numbers;
  const char *name;
  gboolean good = TRUE;

  if (!given)
    return TRUE;
  g_variant_iter_init (&iter, given);
  while (good && g_variant_iter_next (&iter, "{&s@ax}", &name, &numbers))
    {
      gsize n = g_variant_n_children (numbers);
      g_variant_unref (numbers);
      good = auto_slow_columns_find (self, name) >= 0 && n == ids;
      if (auto_slow_columns_find (self, name) < 0)
        auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "columns: the tokenizer's tokens have no numbers named \"%.60s\"", name);
      else if (n != ids)
        auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                        "columns: there are %" G_GSIZE_FORMAT " ids and %" G_GSIZE_FORMAT " numbers of \"%.60s\"; give one for each", ids, n, name);
    }
  return good;
}
