/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pickle.h"

#include <string.h>

#include "auto-checkpoint-private.h"

/* Far above what any state dict needs (some twenty values a tensor), far below what would fill a memory. */
#define MAX_VALUES (4 << 20)
#define MAX_LENGTH ((gsize) 64 << 20)

struct _AutoPickle
{
  const char *path;
  const AutoPickleHost *host;
  gpointer user_data;
  GPtrArray *values; /* owns them all; containers may form cycles */
  GError **error;    /* of the read in progress */
  const char *start, *at, *end;
  GPtrArray *stack;  /* borrowed values */
  GArray *marks;     /* guint: heights of the stack */
  GHashTable *memo;  /* number → borrowed value */
};

/* One operation; @arg is what its row in the table says. */
typedef gboolean (*Operation) (AutoPickle *self, int arg);

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

static gboolean
fail (AutoPickle *self, const char *what)
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
    return auto_pickle_fail (self, error, "it makes more values than any file of weights has use for");
  AutoPickleValue *value = g_new0 (AutoPickleValue, 1);
  value->kind = kind;
  if (kind == AUTO_PICKLE_LIST || kind == AUTO_PICKLE_TUPLE || kind == AUTO_PICKLE_DICT)
    value->items = g_ptr_array_new ();
  g_ptr_array_add (self->values, value);
  return value;
}

/* The bytes that belong to an operation. */
static const char *
take (AutoPickle *self, guint64 n)
{
  const char *p = self->at;

  if (n > (guint64) (self->end - self->at))
    {
      fail (self, "it is cut short");
      return NULL;
    }
  self->at += n;
  return p;
}

static gboolean
take_number (AutoPickle *self, guint n_bytes, guint64 *number)
{
  const char *p = take (self, n_bytes);

  if (!p)
    return FALSE;
  *number = 0;
  while (n_bytes-- > 0)
    *number = *number << 8 | (guchar) p[n_bytes];
  return TRUE;
}

/* A line of text without its end. */
static const char *
take_line (AutoPickle *self, gsize *length)
{
  const char *p = self->at, *newline = memchr (p, '\n', self->end - p);

  if (!newline)
    {
      fail (self, "it is cut short");
      return NULL;
    }
  *length = newline - p;
  self->at = newline + 1;
  return p;
}

static gboolean
push (AutoPickle *self, AutoPickleValue *value)
{
  if (!value)
    return FALSE;
  g_ptr_array_add (self->stack, value);
  return TRUE;
}

static AutoPickleValue *
push_new (AutoPickle *self, AutoPickleKind kind)
{
  AutoPickleValue *value = auto_pickle_value_new (self, kind, self->error);

  if (value)
    g_ptr_array_add (self->stack, value);
  return value;
}

/* Values above the last mark can't be taken by operations that know nothing of marks. */
static guint
floor_of_stack (AutoPickle *self)
{
  return self->marks->len ? g_array_index (self->marks, guint, self->marks->len - 1) : 0;
}

static AutoPickleValue *
peek (AutoPickle *self)
{
  if (self->stack->len <= floor_of_stack (self))
    {
      fail (self, "the stack is empty where a value is needed");
      return NULL;
    }
  return g_ptr_array_index (self->stack, self->stack->len - 1);
}

static AutoPickleValue *
pop (AutoPickle *self)
{
  AutoPickleValue *value = peek (self);

  if (value)
    g_ptr_array_set_size (self->stack, (int) self->stack->len - 1);
  return value;
}

/* Takes the last mark away; the values above it begin at @first. */
static gboolean
pop_mark (AutoPickle *self, guint *first)
{
  if (self->marks->len == 0)
    return fail (self, "a mark is missing");
  *first = floor_of_stack (self);
  g_array_set_size (self->marks, self->marks->len - 1);
  return TRUE;
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
  return take (self, n_bytes) != NULL;
}

static gboolean
op_proto (AutoPickle *self, int arg)
{
  guint64 version;

  if (!take_number (self, 1, &version))
    return FALSE;
  return version <= 5 || fail (self, "its protocol is newer than 5");
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

  if (self->marks->len && self->stack->len == floor_of_stack (self))
    return pop_mark (self, &first);
  return pop (self) != NULL;
}

static gboolean
op_pop_mark (AutoPickle *self, int arg)
{
  guint first;

  if (!pop_mark (self, &first))
    return FALSE;
  g_ptr_array_set_size (self->stack, (int) first);
  return TRUE;
}

static gboolean
op_dup (AutoPickle *self, int arg)
{
  return push (self, peek (self));
}

static gboolean
op_none (AutoPickle *self, int arg)
{
  return push_new (self, AUTO_PICKLE_NONE) != NULL;
}

static gboolean
op_bool (AutoPickle *self, int arg)
{
  AutoPickleValue *value = push_new (self, AUTO_PICKLE_BOOL);

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

  if (!take_number (self, n_bytes, &number) || !(value = push_new (self, AUTO_PICKLE_INT)))
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

  if (!take_number (self, n_bytes, &length) || !(p = take (self, length)))
    return FALSE;
  if (!(value = push_new (self, length <= 8 ? AUTO_PICKLE_INT : AUTO_PICKLE_LONG)))
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
  const char *p = take (self, 8);
  AutoPickleValue *value = p ? push_new (self, AUTO_PICKLE_FLOAT) : NULL;
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

  if (!take_number (self, n_bytes, &length) || !(p = take (self, length)) || !(value = push_new (self, kind)))
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
  return push_new (self, kind) != NULL;
}

static gboolean
op_marked (AutoPickle *self, int kind)
{
  AutoPickleValue *value = auto_pickle_value_new (self, kind, self->error);
  guint first;

  if (!value || !pop_mark (self, &first))
    return FALSE;
  move_from (self, first, value->items);
  if (kind == AUTO_PICKLE_DICT && value->items->len % 2)
    return fail (self, "a dictionary has a key without a value");
  return push (self, value);
}

static gboolean
op_tuple (AutoPickle *self, int n)
{
  AutoPickleValue *value = auto_pickle_value_new (self, AUTO_PICKLE_TUPLE, self->error);

  if (!value)
    return FALSE;
  if (self->stack->len < floor_of_stack (self) + n)
    return fail (self, "the stack is empty where a value is needed");
  move_from (self, self->stack->len - n, value->items);
  return push (self, value);
}

/* Adds the values from @first up to the container under them. */
static gboolean
add_items (AutoPickle *self, guint first, AutoPickleKind kind)
{
  if (first <= floor_of_stack (self))
    return fail (self, "the stack is empty where a list or dictionary is needed");
  AutoPickleValue *container = g_ptr_array_index (self->stack, first - 1);
  if (container->kind != kind)
    return fail (self, kind == AUTO_PICKLE_LIST ? "items are added to what is no list" : "items are set in what is no dictionary");
  if (kind == AUTO_PICKLE_DICT && (self->stack->len - first) % 2)
    return fail (self, "a dictionary has a key without a value");
  move_from (self, first, container->items);
  return TRUE;
}

static gboolean
op_add (AutoPickle *self, int kind)
{
  guint n = kind == AUTO_PICKLE_DICT ? 2 : 1;

  if (self->stack->len < n)
    return fail (self, "the stack is empty where a value is needed");
  return add_items (self, self->stack->len - n, kind);
}

static gboolean
op_add_marked (AutoPickle *self, int kind)
{
  guint first;

  return pop_mark (self, &first) && add_items (self, first, kind);
}

static gboolean
put (AutoPickle *self, guint64 index)
{
  AutoPickleValue *value = peek (self);

  if (value)
    g_hash_table_insert (self->memo, GSIZE_TO_POINTER (index), value);
  return value != NULL;
}

static gboolean
op_put (AutoPickle *self, int n_bytes)
{
  guint64 index;

  return take_number (self, n_bytes, &index) && put (self, index);
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

  if (!take_number (self, n_bytes, &index))
    return FALSE;
  AutoPickleValue *value = g_hash_table_lookup (self->memo, GSIZE_TO_POINTER (index));
  return value ? push (self, value) : fail (self, "a value is recalled that was not kept");
}

static gboolean
push_global (AutoPickle *self, const char *module, gsize module_length, const char *name, gsize name_length)
{
  g_autofree char *m = g_strndup (module, module_length), *n = g_strndup (name, name_length);
  int global = self->host->resolve (self, m, n, self->error);
  AutoPickleValue *value = global < 0 ? NULL : push_new (self, AUTO_PICKLE_GLOBAL);

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
  return op_global (self, 0) && fail (self, "it makes an object in a way that files of weights have no use for");
}

static gboolean
op_stack_global (AutoPickle *self, int arg)
{
  AutoPickleValue *name = pop (self), *module = name ? pop (self) : NULL;

  if (!module)
    return FALSE;
  if (name->kind != AUTO_PICKLE_TEXT || module->kind != AUTO_PICKLE_TEXT)
    return fail (self, "the name of a global is no text");
  return push_global (self, module->text.data, module->text.length, name->text.data, name->text.length);
}

static gboolean
op_call (AutoPickle *self, int arg)
{
  AutoPickleValue *args = pop (self), *callable = args ? pop (self) : NULL;

  if (!callable)
    return FALSE;
  if (callable->kind != AUTO_PICKLE_GLOBAL || args->kind != AUTO_PICKLE_TUPLE)
    return fail (self, "a call is not one of a global with a tuple of arguments");
  return push (self, self->host->call (self, (int) callable->integer, args->items, self->error));
}

/* Gives an object its attributes. Only dictionaries have any here (state dicts carry version numbers of modules), and
 * nobody reads them. */
static gboolean
op_build (AutoPickle *self, int arg)
{
  AutoPickleValue *object = pop (self) ? peek (self) : NULL;

  if (!object)
    return FALSE;
  return object->kind == AUTO_PICKLE_DICT || fail (self, "attributes are given to what is no dictionary");
}

static gboolean
op_persistent (AutoPickle *self, int arg)
{
  AutoPickleValue *id = pop (self);

  return id && push (self, self->host->load (self, id, self->error));
}

static gboolean
op_extension (AutoPickle *self, int arg)
{
  return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_UNSAFE, self->path,
                               "it asks for a function by its number in Python's registry of extensions, which files of weights have no use for; "
                               "nothing was run");
}

static const struct
{
  Operation run;
  int arg;
} operations[256] = {
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

static AutoPickleValue *
run (AutoPickle *self)
{
  for (;;)
    {
      const char *opcode = take (self, 1);
      if (!opcode)
        return NULL;
      if (*opcode == '.')
        return pop (self);
      if (!operations[(guchar) *opcode].run)
        {
          g_autofree char *what = g_strdup_printf ("the operation 0x%02x is not one that files of weights need", (guchar) *opcode);
          return auto_pickle_fail (self, self->error, what);
        }
      if (!operations[(guchar) *opcode].run (self, operations[(guchar) *opcode].arg))
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
