/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-slow-columns.h"

#include <string.h>

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

gboolean
auto_slow_columns_add (const AutoSlow *slow, const GPtrArray *tokens, GPtrArray *columns, GError **error)
{
  const AutoSlowColumns *self = slow->columns;

  for (guint k = 0; k < columns->len; k++)
    for (guint i = 0; i < tokens->len; i++)
      {
        const char *token = tokens->pdata[i];
        gint64 number = auto_vocabulary_find (self->numbers->pdata[k], token, strlen (token));
        if (number < 0 && slow->unk)
          number = auto_vocabulary_find (self->numbers->pdata[k], slow->unk, strlen (slow->unk));
        if (number < 0)
          {
            g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "%s has no number of \"%.60s\", and none of the unknown token",
                         self->specs[k].file, token);
            return FALSE;
          }
        g_array_append_val (columns->pdata[k], number);
      }
  return TRUE;
}
