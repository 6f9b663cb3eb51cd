/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pickle-private.h"

#include <string.h>

#include "auto-checkpoint-private.h"

/* A line of text without its end. */
static const char *
take_line (AutoPickle *self, gsize *length)
{
  const char *p = self->at, *newline = memchr (p, '\n', self->end - p);

  if (!newline)
    {
      auto_pickle_refuse (self, "it is cut short");
      return NULL;
    }
  *length = newline - p;
  self->at = newline + 1;
  return p;
}

/* Moves the values from @first up to the end of @items. */
static void
move_from (AutoPickle *self, guint first, GPtrArray *items)
{
  for (guint i = first; i < self->stack->len; i++)
    g_ptr_array_add (items, g_ptr_array_index (self->stack, i));
  g_ptr_array_set_size (self->stack, (int) first);
}

static gboolean
op_skip (AutoPickle *self, int n_bytes)
{
  return auto_pickle_take (self, n_bytes) != NULL;
}

static gboolean
op_proto (AutoPickle *self, int arg)
{
  guint64 version;

  if (!auto_pickle_take_number (self, 1, &version))
    return FALSE;
  return version <= 5 || auto_pickle_refuse (self, "its protocol is newer than 5");
}

static gboolean
op_mark (AutoPickle *self, int arg)
{
  g_array_append_val (self->marks, self->stack->len);
  return TRUE;
}

static gboolean
op_pop (AutoPickle *self, int arg)
{
  guint first;

  if (self->marks->len && self->stack->len == auto_pickle_get_floor (self))
    return auto_pickle_pop_mark (self, &first);
  return auto_pickle_pop (self) != NULL;
}

static gboolean
op_pop_mark (AutoPickle *self, int arg)
{
  guint first;

  if (!auto_pickle_pop_mark (self, &first))
    return FALSE;
  g_ptr_array_set_size (self->stack, (int) first);
  return TRUE;
}

static gboolean
op_dup (AutoPickle *self, int arg)
{
  return auto_pickle_push (self, auto_pickle_peek (self));
}

static gboolean
op_none (AutoPickle *self, int arg)
{
  return auto_pickle_push_new (self, AUTO_PICKLE_NONE) != NULL;
}

static gboolean
op_bool (AutoPickle *self, int arg)
{
  AutoPickleValue *value = auto_pickle_push_new (self, AUTO_PICKLE_BOOL);

  if (value)
    value->integer = arg;
  return value != NULL;
}

/* Four bytes have a sign, fewer have none. */
static gboolean
op_int (AutoPickle *self, int n_bytes)
{
  guint64 number;
  AutoPickleValue *value;

  if (!auto_pickle_take_number (self, n_bytes, &number) || !(value = auto_pickle_push_new (self, AUTO_PICKLE_INT)))
    return FALSE;
  value->integer = n_bytes == 4 ? (gint32) (guint32) number : (gint64) number;
  return TRUE;
}

static gboolean
op_long (AutoPickle *self, int n_bytes)
{
  guint64 length, number = 0;
  const char *p;
  AutoPickleValue *value;

  if (!auto_pickle_take_number (self, n_bytes, &length) || !(p = auto_pickle_take (self, length)))
    return FALSE;
  if (!(value = auto_pickle_push_new (self, length <= 8 ? AUTO_PICKLE_INT : AUTO_PICKLE_LONG)))
    return FALSE;
  if (length > 8)
    {
      value->text.data = p;
      value->text.length = length;
      return TRUE;
    }
  if (length && (p[length - 1] & 0x80))
    number = G_MAXUINT64;
  while (length-- > 0)
    number = number << 8 | (guchar) p[length];
  value->integer = (gint64) number;
  return TRUE;
}

static gboolean
op_float (AutoPickle *self, int arg)
{
  const char *p = auto_pickle_take (self, 8);
  AutoPickleValue *value = p ? auto_pickle_push_new (self, AUTO_PICKLE_FLOAT) : NULL;
  guint64 bits;

  if (!value)
    return FALSE;
  memcpy (&bits, p, sizeof bits);
  bits = GUINT64_FROM_BE (bits);
  memcpy (&value->real, &bits, sizeof bits);
  return TRUE;
}

static gboolean
take_string (AutoPickle *self, AutoPickleKind kind, int n_bytes)
{
  guint64 length;
  const char *p;
  AutoPickleValue *value;

  if (!auto_pickle_take_number (self, n_bytes, &length) || !(p = auto_pickle_take (self, length))
      || !(value = auto_pickle_push_new (self, kind)))
    return FALSE;
  value->text.data = p;
  value->text.length = length;
  return TRUE;
}

static gboolean
op_text (AutoPickle *self, int n_bytes)
{
  return take_string (self, AUTO_PICKLE_TEXT, n_bytes);
}

static gboolean
op_bytes (AutoPickle *self, int n_bytes)
{
  return take_string (self, AUTO_PICKLE_BYTES, n_bytes);
}

static gboolean
op_empty (AutoPickle *self, int kind)
{
  return auto_pickle_push_new (self, kind) != NULL;
}

static gboolean
op_marked (AutoPickle *self, int kind)
{
  AutoPickleValue *value = auto_pickle_value_new (self, kind, self->error);
  guint first;

  if (!value || !auto_pickle_pop_mark (self, &first))
    return FALSE;
  move_from (self, first, value->items);
  if (kind == AUTO_PICKLE_DICT && value->items->len % 2)
    return auto_pickle_refuse (self, "a dictionary has a key without a value");
  return auto_pickle_push (self, value);
}

static gboolean
op_tuple (AutoPickle *self, int n)
{
  AutoPickleValue *value = auto_pickle_value_new (self, AUTO_PICKLE_TUPLE, self->error);

  if (!value)
    return FALSE;
  if (self->stack->len < auto_pickle_get_floor (self) + n)
    return auto_pickle_refuse (self, "the stack is empty where a value is needed");
  move_from (self, self->stack->len - n, value->items);
  return auto_pickle_push (self, value);
}

/* Adds the values from @first up to the container under them. */
static gboolean
add_items (AutoPickle *self, guint first, AutoPickleKind kind)
{
  if (first <= auto_pickle_get_floor (self))
    return auto_pickle_refuse (self, "the stack is empty where a list or dictionary is needed");
  AutoPickleValue *container = g_ptr_array_index (self->stack, first - 1);
  if (container->kind != kind)
    return auto_pickle_refuse (self, kind == AUTO_PICKLE_LIST ? "items are added to what is no list"
                                                              : "items are set in what is no dictionary");
  if (kind == AUTO_PICKLE_DICT && (self->stack->len - first) % 2)
    return auto_pickle_refuse (self, "a dictionary has a key without a value");
  move_from (self, first, container->items);
  return TRUE;
}

static gboolean
op_add (AutoPickle *self, int kind)
{
  guint n = kind == AUTO_PICKLE_DICT ? 2 : 1;

  if (self->stack->len < n)
    return auto_pickle_refuse (self, "the stack is empty where a value is needed");
  return add_items (self, self->stack->len - n, kind);
}

static gboolean
op_add_marked (AutoPickle *self, int kind)
{
  guint first;

  return auto_pickle_pop_mark (self, &first) && add_items (self, first, kind);
}

static gboolean
put (AutoPickle *self, guint64 index)
{
  AutoPickleValue *value = auto_pickle_peek (self);

  if (value)
    g_hash_table_insert (self->memo, GSIZE_TO_POINTER (index), value);
  return value != NULL;
}

static gboolean
op_put (AutoPickle *self, int n_bytes)
{
  guint64 index;

  return auto_pickle_take_number (self, n_bytes, &index) && put (self, index);
}

static gboolean
op_memoize (AutoPickle *self, int arg)
{
  return put (self, g_hash_table_size (self->memo));
}

static gboolean
op_get (AutoPickle *self, int n_bytes)
{
  guint64 index;

  if (!auto_pickle_take_number (self, n_bytes, &index))
    return FALSE;
  AutoPickleValue *value = g_hash_table_lookup (self->memo, GSIZE_TO_POINTER (index));
  return value ? auto_pickle_push (self, value) : auto_pickle_refuse (self, "a value is recalled that was not kept");
}

static gboolean
push_global (AutoPickle *self, const char *module, gsize module_length, const char *name, gsize name_length)
{
  g_autofree char *m = g_strndup (module, module_length), *n = g_strndup (name, name_length);
  int global = self->host->resolve (self, m, n, self->error);
  AutoPickleValue *value = global < 0 ? NULL : auto_pickle_push_new (self, AUTO_PICKLE_GLOBAL);

  if (value)
    value->integer = global;
  return value != NULL;
}

static gboolean
op_global (AutoPickle *self, int arg)
{
  gsize module_length, name_length;
  const char *module = take_line (self, &module_length), *name = module ? take_line (self, &name_length) : NULL;

  return name && push_global (self, module, module_length, name, name_length);
}

/* Names a class and makes one of it: the name is looked at first, so that a foreign one is refused as such. */
static gboolean
op_inst (AutoPickle *self, int arg)
{
  return op_global (self, 0) && auto_pickle_refuse (self, "it makes an object in a way that plain data has no use for");
}

static gboolean
op_stack_global (AutoPickle *self, int arg)
{
  AutoPickleValue *name = auto_pickle_pop (self), *module = name ? auto_pickle_pop (self) : NULL;

  if (!module)
    return FALSE;
  if (name->kind != AUTO_PICKLE_TEXT || module->kind != AUTO_PICKLE_TEXT)
    return auto_pickle_refuse (self, "the name of a global is no text");
  return push_global (self, module->text.data, module->text.length, name->text.data, name->text.length);
}

static gboolean
op_call (AutoPickle *self, int arg)
{
  AutoPickleValue *args = auto_pickle_pop (self), *callable = args ? auto_pickle_pop (self) : NULL;

  if (!callable)
    return FALSE;
  if (callable->kind != AUTO_PICKLE_GLOBAL || args->kind != AUTO_PICKLE_TUPLE)
    return auto_pickle_refuse (self, "a call is not one of a global with a tuple of arguments");
  return auto_pickle_push (self, self->host->call (self, (int) callable->integer, args->items, self->error));
}

/* Gives an object its attributes. Dictionaries have some (state dicts carry version numbers of modules), and what the host
 * lets have them; nobody reads them. */
static gboolean
op_build (AutoPickle *self, int arg)
{
  AutoPickleValue *object = auto_pickle_pop (self) ? auto_pickle_peek (self) : NULL;

  if (!object)
    return FALSE;
  return object->kind == AUTO_PICKLE_DICT || (object->kind == AUTO_PICKLE_OBJECT && self->host->attributes)
         || auto_pickle_refuse (self, "attributes are given to what is no dictionary");
}

static gboolean
op_persistent (AutoPickle *self, int arg)
{
  AutoPickleValue *id = auto_pickle_pop (self);

  return id && auto_pickle_push (self, self->host->load (self, id, self->error));
}

static gboolean
op_extension (AutoPickle *self, int arg)
{
  return auto_checkpoint_fail (
      self->error, AUTO_CHECKPOINT_ERROR_UNSAFE, self->path,
      "it asks for a function by its number in Python's registry of extensions, which plain data has no use for; "
      "nothing was run");
}

const AutoPickleOperation auto_pickle_operations[256] = {
  [0x80] = { op_proto, 0 },
  [0x95] = { op_skip, 8 }, /* FRAME: says only how much to read at a time */
  ['('] = { op_mark, 0 },
  ['0'] = { op_pop, 0 },
  ['1'] = { op_pop_mark, 0 },
  ['2'] = { op_dup, 0 },
  ['N'] = { op_none, 0 },
  [0x88] = { op_bool, TRUE },
  [0x89] = { op_bool, FALSE },
  ['K'] = { op_int, 1 },
  ['M'] = { op_int, 2 },
  ['J'] = { op_int, 4 },
  [0x8a] = { op_long, 1 },
  [0x8b] = { op_long, 4 },
  ['G'] = { op_float, 0 },
  ['U'] = { op_text, 1 },
  ['T'] = { op_text, 4 },
  [0x8c] = { op_text, 1 },
  ['X'] = { op_text, 4 },
  [0x8d] = { op_text, 8 },
  ['C'] = { op_bytes, 1 },
  ['B'] = { op_bytes, 4 },
  [0x8e] = { op_bytes, 8 },
  [']'] = { op_empty, AUTO_PICKLE_LIST },
  [')'] = { op_empty, AUTO_PICKLE_TUPLE },
  ['}'] = { op_empty, AUTO_PICKLE_DICT },
  [0x8f] = { op_empty, AUTO_PICKLE_LIST },      /* EMPTY_SET */
  [0x90] = { op_add_marked, AUTO_PICKLE_LIST }, /* ADDITEMS: to a set */
  [0x91] = { op_marked, AUTO_PICKLE_LIST },     /* FROZENSET */
  ['l'] = { op_marked, AUTO_PICKLE_LIST },
  ['t'] = { op_marked, AUTO_PICKLE_TUPLE },
  ['d'] = { op_marked, AUTO_PICKLE_DICT },
  [0x85] = { op_tuple, 1 },
  [0x86] = { op_tuple, 2 },
  [0x87] = { op_tuple, 3 },
  ['a'] = { op_add, AUTO_PICKLE_LIST },
  ['s'] = { op_add, AUTO_PICKLE_DICT },
  ['e'] = { op_add_marked, AUTO_PICKLE_LIST },
  ['u'] = { op_add_marked, AUTO_PICKLE_DICT },
  ['q'] = { op_put, 1 },
  ['r'] = { op_put, 4 },
  [0x94] = { op_memoize, 0 },
  ['h'] = { op_get, 1 },
  ['j'] = { op_get, 4 },
  ['c'] = { op_global, 0 },
  [0x93] = { op_stack_global, 0 },
  ['i'] = { op_inst, 0 },
  ['R'] = { op_call, 0 },
  [0x81] = { op_call, 0 }, /* NEWOBJ: a class called with arguments */
  ['b'] = { op_build, 0 },
  ['Q'] = { op_persistent, 0 },
  [0x82] = { op_extension, 0 },
  [0x83] = { op_extension, 0 },
  [0x84] = { op_extension, 0 },
};
