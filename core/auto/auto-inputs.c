/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-inputs.h"

#include <string.h>

#include "../base/auto-json.h"
#include "../tensor/auto-tensor-private.h"
#include "auto-named.h"

struct _AutoInputs
{
  GObject parent_instance;
  GArray *tensors;   /* of AutoNamedEntry */
  JsonObject *flags;
  GHashTable *asked; /* names that the model asked for */
  AutoInputs *whole; /* that these are a part of, or NULL */
  char *prefix;      /* of the part's names there */
};

G_DEFINE_FINAL_TYPE (AutoInputs, auto_inputs, G_TYPE_OBJECT)

/* Models ask for the same names in every layer and every pass: only a new one is copied. */
static void
add_name (GHashTable *names, const char *name)
{
  if (!g_hash_table_contains (names, name))
    g_hash_table_add (names, g_strdup (name));
}

/* What a part is asked for, the whole is asked for. */
static void
note_asked (AutoInputs *self, const char *name)
{
  add_name (self->asked, name);
  if (!self->whole)
    return;
  g_autofree char *full = g_strconcat (self->prefix, name, NULL);
  note_asked (self->whole, full);
}

static void
auto_inputs_finalize (GObject *object)
{
  AutoInputs *self = AUTO_INPUTS (object);

  g_array_unref (self->tensors);
  json_object_unref (self->flags);
  g_hash_table_unref (self->asked);
  g_clear_object (&self->whole);
  g_free (self->prefix);
  G_OBJECT_CLASS (auto_inputs_parent_class)->finalize (object);
}

static void
auto_inputs_class_init (AutoInputsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_inputs_finalize;
}

static void
auto_inputs_init (AutoInputs *self)
{
  self->tensors = auto_named_new ();
  self->flags = json_object_new ();
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * auto_inputs_new:
 *
 * Returns: (transfer full): no inputs yet
 */
AutoInputs *
auto_inputs_new (void)
{
  return g_object_new (AUTO_TYPE_INPUTS, NULL);
}

/**
 * auto_inputs_copy:
 * @self: inputs
 *
 * Returns: (transfer full): other inputs with the same tensors and flags
 */
AutoInputs *
auto_inputs_copy (AutoInputs *self)
{
  AutoInputs *copy = auto_inputs_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  g_return_val_if_fail (AUTO_IS_INPUTS (self), copy);
  for (guint i = 0; i < self->tensors->len; i++)
    auto_named_set (copy->tensors, g_array_index (self->tensors, AutoNamedEntry, i).name, g_array_index (self->tensors, AutoNamedEntry, i).tensor);
  json_object_iter_init (&iter, self->flags);
  while (json_object_iter_next (&iter, &name, &value))
    auto_inputs_set_flag (copy, name, value);
  return copy;
}

/**
 * auto_inputs_derive:
 * @self: inputs
 *
 * A copy for a model's own changes: what is asked of it counts as asked of @self, so that no argument of the caller passes for
 * unknown.
 *
 * Returns: (transfer full): other inputs with the same tensors and flags
 */
AutoInputs *
auto_inputs_derive (AutoInputs *self)
{
  AutoInputs *copy = auto_inputs_copy (self);

  g_hash_table_unref (copy->asked);
  copy->asked = g_hash_table_ref (self->asked);
  copy->whole = self->whole ? g_object_ref (self->whole) : NULL;
  copy->prefix = g_strdup (self->prefix);
  return copy;
}

static gboolean
has_any_prefix (const char *name, const char *const *prefixes)
{
  for (; prefixes && *prefixes; prefixes++)
    if (g_str_has_prefix (name, *prefixes))
      return TRUE;
  return FALSE;
}

/**
 * auto_inputs_part:
 * @self: inputs
 * @prefix: what the names begin with that belong to the part; may be empty
 * @others: (nullable) (array zero-terminated=1): what names begin with that belong to other parts
 *
 * The inputs of a model that is part of another one, under the names that it has by itself. What is asked of them counts as
 * asked of @self.
 *
 * Returns: (transfer full): the part's tensors and flags, without @prefix
 */
AutoInputs *
auto_inputs_part (AutoInputs *self, const char *prefix, const char *const *others)
{
  AutoInputs *part = auto_inputs_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  g_return_val_if_fail (AUTO_IS_INPUTS (self), part);
  g_return_val_if_fail (prefix != NULL, part);
  part->whole = g_object_ref (self);
  part->prefix = g_strdup (prefix);
  for (guint i = 0; i < self->tensors->len; i++)
    {
      const AutoNamedEntry *entry = &g_array_index (self->tensors, AutoNamedEntry, i);
      if (g_str_has_prefix (entry->name, prefix) && !has_any_prefix (entry->name, others))
        auto_named_set (part->tensors, entry->name + strlen (prefix), entry->tensor);
    }
  json_object_iter_init (&iter, self->flags);
  while (json_object_iter_next (&iter, &name, &value))
    if (g_str_has_prefix (name, prefix) && !has_any_prefix (name, others))
      auto_inputs_set_flag (part, name + strlen (prefix), value);
  return part;
}

/**
 * auto_inputs_was_asked:
 * @self: inputs
 * @name: an argument's name
 *
 * Returns: whether [method@Inputs.get] was called for it
 */
gboolean
auto_inputs_was_asked (AutoInputs *self, const char *name)
{
  g_return_val_if_fail (AUTO_IS_INPUTS (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  return g_hash_table_contains (self->asked, name);
}

/**
 * auto_inputs_set:
 * @self: inputs
 * @name: the argument's name in the reference: `input_ids`, `pixel_values`, …
 * @tensor: (nullable): its value; %NULL takes the argument away
 *
 * Sets an argument.
 */
void
auto_inputs_set (AutoInputs *self, const char *name, AutoTensor *tensor)
{
  g_return_if_fail (AUTO_IS_INPUTS (self));
  g_return_if_fail (name != NULL);
  auto_named_set (self->tensors, name, tensor);
}

/**
 * auto_inputs_get:
 * @self: inputs
 * @name: an argument's name
 *
 * Returns: (transfer none) (nullable): its value, or %NULL when it was not given
 */
AutoTensor *
auto_inputs_get (AutoInputs *self, const char *name)
{
  g_return_val_if_fail (AUTO_IS_INPUTS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  note_asked (self, name);
  return auto_inputs_peek (self, name);
}

AutoTensor *
auto_inputs_peek (AutoInputs *self, const char *name)
{
  AutoNamedEntry *entry = auto_named_find (self->tensors, name);

  return entry ? entry->tensor : NULL;
}

/**
 * auto_inputs_list:
 * @self: inputs
 *
 * Returns: (transfer full): the names of the tensors that are set
 */
char **
auto_inputs_list (AutoInputs *self)
{
  g_return_val_if_fail (AUTO_IS_INPUTS (self), NULL);
  return auto_named_list (self->tensors);
}

/**
 * auto_inputs_set_flag:
 * @self: inputs
 * @name: the argument's name in the reference: `output_attentions`, …
 * @value: (transfer none): its value, a boolean or number
 *
 * Sets an argument that is no tensor.
 */
void
auto_inputs_set_flag (AutoInputs *self, const char *name, JsonNode *value)
{
  g_return_if_fail (AUTO_IS_INPUTS (self));
  g_return_if_fail (name != NULL && value != NULL);
  json_object_set_member (self->flags, name, json_node_copy (value));
}

static gboolean
tensor_number (AutoInputs *self, const char *name, double *value)
{
  AutoTensor *tensor = auto_inputs_get (self, name);

  if (!tensor || tensor->n_dims != 0 || !tensor->data)
    return FALSE;
  auto_convert_elements (AUTO_DTYPE_F64, value, tensor->dtype, tensor->data, 1);
  return TRUE;
}

/**
 * auto_inputs_get_flag:
 * @self: inputs
 * @name: an argument's name
 * @otherwise: what holds when it was not given
 *
 * A tensor of no dimensions under the name counts as well.
 *
 * Returns: the argument as a truth value
 */
gboolean
auto_inputs_get_flag (AutoInputs *self, const char *name, gboolean otherwise)
{
  return auto_inputs_get_number (self, name, otherwise) != 0;
}

/**
 * auto_inputs_get_number:
 * @self: inputs
 * @name: an argument's name
 * @otherwise: what holds when it was not given
 *
 * Returns: the argument as a number
 */
double
auto_inputs_get_number (AutoInputs *self, const char *name, double otherwise)
{
  double value;

  g_return_val_if_fail (AUTO_IS_INPUTS (self), otherwise);
  JsonNode *node = auto_json_member (self->flags, name);
  if (auto_json_is_bool (node))
    return json_node_get_boolean (node);
  if (auto_json_is_number (node))
    return json_node_get_double (node);
  return tensor_number (self, name, &value) ? value : otherwise;
}

char **
auto_inputs_list_unused (AutoInputs *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->tensors->len; i++)
    if (!g_hash_table_contains (self->asked, g_array_index (self->tensors, AutoNamedEntry, i).name))
      g_strv_builder_add (builder, g_array_index (self->tensors, AutoNamedEntry, i).name);
  return g_strv_builder_end (builder);
}

void
auto_inputs_collect_asked (AutoInputs *self, GHashTable *names)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    add_name (names, name);
}
