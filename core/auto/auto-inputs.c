/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-inputs.h"

#include "../base/auto-json.h"
#include "../tensor/auto-tensor-private.h"
#include "auto-named.h"

struct _AutoInputs
{
  GObject parent_instance;
  GArray *tensors;   /* of AutoNamedEntry */
  JsonObject *flags;
  GHashTable *asked; /* names that the model asked for */
};

G_DEFINE_FINAL_TYPE (AutoInputs, auto_inputs, G_TYPE_OBJECT)

/* Models ask for the same names in every layer and every pass: only a new one is copied. */
static void
add_name (GHashTable *names, const char *name)
{
  if (!g_hash_table_contains (names, name))
    g_hash_table_add (names, g_strdup (name));
}

static void
auto_inputs_finalize (GObject *object)
{
  AutoInputs *self = AUTO_INPUTS (object);

  g_array_unref (self->tensors);
  json_object_unref (self->flags);
  g_hash_table_unref (self->asked);
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
  return copy;
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
  add_name (self->asked, name);
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
