/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pickled.h"

#include <string.h>

#include "auto-torch-private.h"

struct _AutoPickled
{
  char *path;
  GBytes *bytes;
  const char *const *modules;
  AutoZip *zip;
  AutoPickle *pickle;
  AutoPickleValue *root;
};

enum
{
  GLOBAL_OBJECT, /* a class whose objects have no content here */
  GLOBAL_DICT,
  GLOBAL_COUNTER,
  GLOBAL_SET,
};

static const struct
{
  const char *module, *name;
  int global;
} globals[] = {
  { "collections", "OrderedDict", GLOBAL_DICT },
  { "collections", "Counter", GLOBAL_COUNTER },
  { "builtins", "set", GLOBAL_SET },
  { "builtins", "frozenset", GLOBAL_SET },
  { "builtins", "object", GLOBAL_OBJECT },
  { "__builtin__", "set", GLOBAL_SET },
  { "__builtin__", "frozenset", GLOBAL_SET },
  { "__builtin__", "object", GLOBAL_OBJECT },
  { "copyreg", "_reconstructor", GLOBAL_OBJECT },
  { "copy_reg", "_reconstructor", GLOBAL_OBJECT },
};

static int
resolve (AutoPickle *pickle, const char *module, const char *name, GError **error)
{
  AutoPickled *self = auto_pickle_get_user_data (pickle);

  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (g_str_equal (name, globals[i].name) && g_str_equal (module, globals[i].module))
      return globals[i].global;
  g_autofree char *full = g_strconcat (module, ".", name, NULL);
  for (const char *const *allowed = self->modules; *allowed; allowed++)
    if (g_str_has_suffix (*allowed, ".") ? g_str_has_prefix (full, *allowed) : g_str_equal (full, *allowed))
      return GLOBAL_OBJECT;
  return auto_pickle_refuse_global (pickle, module, name, "Don't trust the file", error);
}

static AutoPickleValue *
call (AutoPickle *pickle, int global, GPtrArray *args, GError **error)
{
  AutoPickleValue *first = args->len == 1 ? g_ptr_array_index (args, 0) : NULL;

  if (global == GLOBAL_DICT || (global == GLOBAL_COUNTER && !args->len))
    return auto_pickle_make_dict (pickle, args, error);
  if (global == GLOBAL_COUNTER && first && first->kind == AUTO_PICKLE_DICT)
    return first;
  if (global == GLOBAL_SET && first && first->kind == AUTO_PICKLE_LIST)
    return first;
  if (global == GLOBAL_OBJECT)
    return auto_pickle_value_new (pickle, AUTO_PICKLE_OBJECT, error);
  return auto_pickle_fail (pickle, error, "a class is called in a way that plain data has no use for");
}

static AutoPickleValue *
load (AutoPickle *pickle, AutoPickleValue *id, GError **error)
{
  return auto_pickle_fail (pickle, error, "it refers to something outside, such as a tensor");
}

static const AutoPickleHost host = { resolve, call, load, .attributes = TRUE };

static AutoPickleValue *
read_root (AutoPickled *self, GError **error)
{
  gsize size;
  const char *at = g_bytes_get_data (self->bytes, &size), *end = at + size;
  g_autofree char *prefix = NULL;

  if (size && *at == 'P')
    {
      if (!(self->zip = auto_torch_open_archive (self->path, at, size, &prefix, error)))
        return NULL;
      g_autofree char *name = g_strconcat (prefix, "data.pkl", NULL);
      if (!(at = auto_zip_get (self->zip, name, &size, error)))
        return NULL;
      return auto_pickle_read (self->pickle, at, size, NULL, error);
    }
  AutoPickleValue *root = auto_pickle_read_next (self->pickle, &at, end, error);
  if (!root || !auto_torch_is_magic (root))
    return root;
  return auto_torch_read_head (self->pickle, self->path, &at, end, error) ? auto_pickle_read_next (self->pickle, &at, end, error) : NULL;
}

AutoPickled *
auto_pickled_new (const char *path, GBytes *bytes, const char *const *modules, GError **error)
{
  g_autoptr(AutoPickled) self = g_new0 (AutoPickled, 1);

  self->path = g_strdup (path);
  self->bytes = g_bytes_ref (bytes);
  self->modules = modules;
  self->pickle = auto_pickle_new (self->path, &host, self);
  if (!(self->root = read_root (self, error)))
    return NULL;
  if (self->root->kind != AUTO_PICKLE_DICT)
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path, "it holds no dictionary");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
auto_pickled_free (AutoPickled *self)
{
  auto_pickle_free (self->pickle);
  g_clear_pointer (&self->zip, auto_zip_free);
  g_bytes_unref (self->bytes);
  g_free (self->path);
  g_free (self);
}

const AutoPickleValue *
auto_pickled_get (const AutoPickled *self, const char *key)
{
  const AutoPickleValue *found = NULL;

  for (guint i = 0; i + 1 < self->root->items->len; i += 2)
    if (auto_pickle_text_equal (g_ptr_array_index (self->root->items, i), key))
      found = g_ptr_array_index (self->root->items, i + 1);
  return found;
}
