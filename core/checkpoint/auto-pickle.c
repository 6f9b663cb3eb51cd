/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pickle-private.h"

#include <string.h>

#include "auto-checkpoint-private.h"

/* Far above what any state dict needs (some twenty values a tensor), far below what would fill a memory. */
#define MAX_VALUES (4 << 20)
#define MAX_LENGTH ((gsize) 64 << 20)

static void
value_free (gpointer data)
{
  AutoPickleValue *value = data;

  if (value->kind == AUTO_PICKLE_LIST || value->kind == AUTO_PICKLE_TUPLE || value->kind == AUTO_PICKLE_DICT)
    g_ptr_array_unref (value->items);
  g_free (value);
}

AutoPickle *
auto_pickle_new (const char *path, const AutoPickleHost *host, gpointer user_data)
{
  AutoPickle *self = g_new0 (AutoPickle, 1);

  self->path = path;
  self->host = host;
  self->user_data = user_data;
  self->values = g_ptr_array_new_with_free_func (value_free);
  self->stack = g_ptr_array_new ();
  self->marks = g_array_new (FALSE, FALSE, sizeof (guint));
  self->memo = g_hash_table_new (NULL, NULL);
  return self;
}

void
auto_pickle_free (AutoPickle *self)
{
  g_ptr_array_unref (self->values);
  g_ptr_array_unref (self->stack);
  g_array_unref (self->marks);
  g_hash_table_unref (self->memo);
  g_free (self);
}

gpointer
auto_pickle_get_user_data (AutoPickle *self)
{
  return self->user_data;
}

gpointer
auto_pickle_fail (AutoPickle *self, GError **error, const char *what)
{
  auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path, "the pickle is not valid at byte %" G_GSIZE_FORMAT ": %s",
                        (gsize) (self->at - self->start), what);
  return NULL;
}

gboolean
auto_pickle_refuse (AutoPickle *self, const char *what)
{
  auto_pickle_fail (self, self->error, what);
  return FALSE;
}

gboolean
auto_pickle_text_equal (const AutoPickleValue *value, const char *text)
{
  return value->kind == AUTO_PICKLE_TEXT && value->text.length == strlen (text) && memcmp (value->text.data, text, value->text.length) == 0;
}

AutoPickleValue *
auto_pickle_value_new (AutoPickle *self, AutoPickleKind kind, GError **error)
{
  if (self->values->len >= MAX_VALUES)
    return auto_pickle_fail (self, error, "it makes more values than any file of weights or words has use for");
  AutoPickleValue *value = g_new0 (AutoPickleValue, 1);
  value->kind = kind;
  if (kind == AUTO_PICKLE_LIST || kind == AUTO_PICKLE_TUPLE || kind == AUTO_PICKLE_DICT)
    value->items = g_ptr_array_new ();
  g_ptr_array_add (self->values, value);
  return value;
}

/* A list can be used many times: what is copied of it is counted, so that a small file makes no huge dictionaries. */
AutoPickleValue *
auto_pickle_make_dict (AutoPickle *self, GPtrArray *args, GError **error)
{
  AutoPickleValue *dict = auto_pickle_value_new (self, AUTO_PICKLE_DICT, error);

  if (!dict || args->len == 0)
    return dict;
  AutoPickleValue *list = g_ptr_array_index (args, 0);
  if (args->len > 1 || list->kind != AUTO_PICKLE_LIST)
    return auto_pickle_fail (self, error, "a dictionary is made of something that is no list");
  if (list->items->len > MAX_VALUES - self->n_copied)
    return auto_pickle_fail (self, error, "it makes larger dictionaries than any file of weights or words has use for");
  self->n_copied += list->items->len;
  for (guint i = 0; i < list->items->len; i++)
    {
      const AutoPickleValue *pair = g_ptr_array_index (list->items, i);
      if ((pair->kind != AUTO_PICKLE_LIST && pair->kind != AUTO_PICKLE_TUPLE) || pair->items->len != 2)
        return auto_pickle_fail (self, error, "a dictionary is made of something that is no pair");
      g_ptr_array_add (dict->items, g_ptr_array_index (pair->items, 0));
      g_ptr_array_add (dict->items, g_ptr_array_index (pair->items, 1));
    }
  return dict;
}

int
auto_pickle_refuse_global (AutoPickle *self, const char *module, const char *name, const char *remedy, GError **error)
{
  g_autofree char *shown_module = g_utf8_make_valid (module, MIN (strlen (module), 200));
  g_autofree char *shown_name = g_utf8_make_valid (name, MIN (strlen (name), 200));

  auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_UNSAFE, self->path,
                        "it asks for \"%s.%s\", which is not among the few names that such files need, and could run code; nothing was run. %s",
                        shown_module, shown_name, remedy);
  return -1;
}

const char *
auto_pickle_take (AutoPickle *self, guint64 n)
{
  const char *p = self->at;

  if (n > (guint64) (self->end - self->at))
    {
      auto_pickle_refuse (self, "it is cut short");
      return NULL;
    }
  self->at += n;
  return p;
}

gboolean
auto_pickle_take_number (AutoPickle *self, guint n_bytes, guint64 *number)
{
  const char *p = auto_pickle_take (self, n_bytes);

  if (!p)
    return FALSE;
  *number = 0;
  while (n_bytes-- > 0)
    *number = *number << 8 | (guchar) p[n_bytes];
  return TRUE;
}

gboolean
auto_pickle_push (AutoPickle *self, AutoPickleValue *value)
{
  if (!value)
    return FALSE;
  g_ptr_array_add (self->stack, value);
  return TRUE;
}

AutoPickleValue *
auto_pickle_push_new (AutoPickle *self, AutoPickleKind kind)
{
  AutoPickleValue *value = auto_pickle_value_new (self, kind, self->error);

  if (value)
    g_ptr_array_add (self->stack, value);
  return value;
}

guint
auto_pickle_get_floor (AutoPickle *self)
{
  return self->marks->len ? g_array_index (self->marks, guint, self->marks->len - 1) : 0;
}

AutoPickleValue *
auto_pickle_peek (AutoPickle *self)
{
  if (self->stack->len <= auto_pickle_get_floor (self))
    {
      auto_pickle_refuse (self, "the stack is empty where a value is needed");
      return NULL;
    }
  return g_ptr_array_index (self->stack, self->stack->len - 1);
}

AutoPickleValue *
auto_pickle_pop (AutoPickle *self)
{
  AutoPickleValue *value = auto_pickle_peek (self);

  if (value)
    g_ptr_array_set_size (self->stack, (int) self->stack->len - 1);
  return value;
}

gboolean
auto_pickle_pop_mark (AutoPickle *self, guint *first)
{
  if (self->marks->len == 0)
    return auto_pickle_refuse (self, "a mark is missing");
  *first = auto_pickle_get_floor (self);
  g_array_set_size (self->marks, self->marks->len - 1);
  return TRUE;
}

static AutoPickleValue *
run (AutoPickle *self)
{
  for (;;)
    {
      const char *opcode = auto_pickle_take (self, 1);
      if (!opcode)
        return NULL;
      if (*opcode == '.')
        return auto_pickle_pop (self);
      if (!auto_pickle_operations[(guchar) *opcode].run)
        {
          g_autofree char *what = g_strdup_printf ("the operation 0x%02x is not one that plain data needs", (guchar) *opcode);
          return auto_pickle_fail (self, self->error, what);
        }
      if (!auto_pickle_operations[(guchar) *opcode].run (self, auto_pickle_operations[(guchar) *opcode].arg))
        return NULL;
    }
}

AutoPickleValue *
auto_pickle_read (AutoPickle *self, const char *data, gsize size, gsize *used, GError **error)
{
  self->error = error;
  self->start = self->at = data;
  self->end = data + MIN (size, MAX_LENGTH);
  AutoPickleValue *value = run (self);
  self->error = NULL;
  if (used)
    *used = self->at - self->start;
  g_ptr_array_set_size (self->stack, 0);
  g_array_set_size (self->marks, 0);
  g_hash_table_remove_all (self->memo);
  return value;
}

AutoPickleValue *
auto_pickle_read_next (AutoPickle *self, const char **at, const char *end, GError **error)
{
  gsize used;
  AutoPickleValue *value = auto_pickle_read (self, *at, end - *at, &used, error);

  *at += used;
  return value;
}
