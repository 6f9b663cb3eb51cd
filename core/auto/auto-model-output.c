/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-model-output.h"

#include "auto-named.h"

struct _AutoModelOutput
{
  GObject parent_instance;
  GArray *tensors; /* of AutoNamedEntry */
};

G_DEFINE_FINAL_TYPE (AutoModelOutput, auto_model_output, G_TYPE_OBJECT)

static void
auto_model_output_finalize (GObject *object)
{
  g_array_unref (AUTO_MODEL_OUTPUT (object)->tensors);
  G_OBJECT_CLASS (auto_model_output_parent_class)->finalize (object);
}

static void
auto_model_output_class_init (AutoModelOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_model_output_finalize;
}

static void
auto_model_output_init (AutoModelOutput *self)
{
  self->tensors = auto_named_new ();
}

/**
 * auto_model_output_new:
 *
 * Returns: (transfer full): an output without tensors
 */
AutoModelOutput *
auto_model_output_new (void)
{
  return g_object_new (AUTO_TYPE_MODEL_OUTPUT, NULL);
}

/**
 * auto_model_output_set:
 * @self: an output
 * @name: the tensor's name in the reference
 * @tensor: (nullable): the tensor; %NULL leaves the name away, so that model code need not ask whether it failed
 *
 * Sets a tensor.
 */
void
auto_model_output_set (AutoModelOutput *self, const char *name, AutoTensor *tensor)
{
  g_return_if_fail (AUTO_IS_MODEL_OUTPUT (self));
  g_return_if_fail (name != NULL);
  auto_named_set (self->tensors, name, tensor);
}

/**
 * auto_model_output_append:
 * @self: an output
 * @list: the list's name in the reference: `hidden_states`
 * @tensor: (nullable): the tensor
 *
 * Adds a tensor at the end of a list.
 */
void
auto_model_output_append (AutoModelOutput *self, const char *list, AutoTensor *tensor)
{
  g_return_if_fail (AUTO_IS_MODEL_OUTPUT (self));
  g_return_if_fail (list != NULL);
  for (guint i = 0; tensor; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%u", list, i);
      if (auto_named_find (self->tensors, name))
        continue;
      auto_named_set (self->tensors, name, tensor);
      return;
    }
}

/**
 * auto_model_output_get:
 * @self: an output
 * @name: a tensor's name
 *
 * Returns: (transfer none) (nullable): the tensor, or %NULL when the model returned none of this name
 */
AutoTensor *
auto_model_output_get (AutoModelOutput *self, const char *name)
{
  g_return_val_if_fail (AUTO_IS_MODEL_OUTPUT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  AutoNamedEntry *entry = auto_named_find (self->tensors, name);
  return entry ? entry->tensor : NULL;
}

/**
 * auto_model_output_get_element:
 * @self: an output
 * @list: a list's name: `hidden_states`
 * @i: a place in the list
 *
 * Returns: (transfer none) (nullable): the tensor, or %NULL past the list's end
 */
AutoTensor *
auto_model_output_get_element (AutoModelOutput *self, const char *list, guint i)
{
  g_return_val_if_fail (list != NULL, NULL);
  g_autofree char *name = g_strdup_printf ("%s.%u", list, i);

  return auto_model_output_get (self, name);
}

/**
 * auto_model_output_list:
 * @self: an output
 *
 * Returns: (transfer full): the names of its tensors
 */
char **
auto_model_output_list (AutoModelOutput *self)
{
  g_return_val_if_fail (AUTO_IS_MODEL_OUTPUT (self), NULL);
  return auto_named_list (self->tensors);
}
