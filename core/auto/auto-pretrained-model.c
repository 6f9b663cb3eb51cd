/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../tensor/auto-tensor-private.h"
#include "core/auto/auto-config-fields.h"
#include "registry/auto-registry-private.h"
#include "auto-model-private.h"

enum
{
  PROP_CONFIG = 1,
};

typedef AutoModelPrivate AutoPretrainedModelPrivate;

static void auto_pretrained_model_iface_init (AutoModelInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (AutoPretrainedModel, auto_pretrained_model, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (AutoPretrainedModel) G_IMPLEMENT_INTERFACE (AUTO_TYPE_MODEL, auto_pretrained_model_iface_init))

AutoModelPrivate *
auto_model_get_private (AutoPretrainedModel *self)
{
  return auto_pretrained_model_get_instance_private (self);
}

static void
auto_pretrained_model_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AutoModelPrivate *priv = auto_model_get_private (AUTO_PRETRAINED_MODEL (object));

  priv->config = g_value_dup_object (value);
}

static void
auto_pretrained_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, auto_model_get_private (AUTO_PRETRAINED_MODEL (object))->config);
}

static void
auto_pretrained_model_finalize (GObject *object)
{
  AutoModelPrivate *priv = auto_model_get_private (AUTO_PRETRAINED_MODEL (object));

  g_ptr_array_unref (priv->idle);
  auto_weights_free (priv->weights);
  g_hash_table_unref (priv->input_names);
  g_clear_object (&priv->config);
  g_mutex_clear (&priv->lock);
  g_free (priv->prefix);
  g_free (priv->folder);
  g_clear_object ((GObject **) &priv->generation);
  g_strfreev (priv->missing);
  g_strfreev (priv->unexpected);
  g_strfreev (priv->mismatched);
  G_OBJECT_CLASS (auto_pretrained_model_parent_class)->finalize (object);
}

static void
default_example (AutoPretrainedModel *self, AutoInputs *inputs)
{
  auto_inputs_set_example (inputs, "input_ids", AUTO_DTYPE_I64, (const gint64[]) { 1, 8 }, 2);
}

static void
auto_pretrained_model_class_init (AutoPretrainedModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = auto_pretrained_model_set_property;
  object_class->get_property = auto_pretrained_model_get_property;
  object_class->finalize = auto_pretrained_model_finalize;
  klass->example = default_example;
  g_object_class_install_property (object_class, PROP_CONFIG,
                                   g_param_spec_object ("config", NULL, "The model's configuration", AUTO_TYPE_CONFIG,
                                                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
}

static void
auto_pretrained_model_init (AutoPretrainedModel *self)
{
  AutoModelPrivate *priv = auto_model_get_private (self);

  priv->weights = auto_weights_new ();
  priv->input_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  priv->idle = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&priv->lock);
}

static void
auto_pretrained_model_iface_init (AutoModelInterface *iface)
{
}

/**
 * auto_pretrained_model_get_prefix:
 * @self: a model
 *
 * Returns: (nullable): what the names of the base model's weights begin with inside a model with a head, such as `bert`
 */
const char *
auto_pretrained_model_get_prefix (AutoPretrainedModel *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  const char *prefix = auto_model_get_private (self)->prefix;
  return prefix ? prefix : AUTO_PRETRAINED_MODEL_GET_CLASS (self)->default_prefix;
}

/**
 * auto_inputs_set_example:
 * @self: inputs
 * @name: an argument's name
 * @dtype: its data type
 * @shape: (array length=n_dims): its shape
 * @n_dims: how many dimensions it has
 *
 * Sets a tensor without data: enough for a declaring context.
 */
void
auto_inputs_set_example (AutoInputs *self, const char *name, AutoDType dtype, const gint64 *shape, gsize n_dims)
{
  g_return_if_fail (AUTO_IS_INPUTS (self));
  g_return_if_fail (n_dims <= AUTO_TENSOR_MAX_DIMS);
  g_autoptr(AutoTensor) tensor = auto_tensor_new_over (dtype, shape, n_dims, NULL, NULL);
  auto_inputs_set (self, name, tensor);
}

AutoContext *
auto_model_acquire_context (AutoPretrainedModel *self, GCancellable *cancellable)
{
  AutoModelPrivate *priv = auto_model_get_private (self);
  AutoContext *cx = NULL;

  g_mutex_lock (&priv->lock);
  if (priv->idle->len)
    cx = g_ptr_array_steal_index_fast (priv->idle, priv->idle->len - 1);
  g_mutex_unlock (&priv->lock);
  if (!cx)
    cx = auto_context_new (priv->weights, FALSE);
  auto_context_set_cancellable (cx, cancellable);
  return cx;
}

void
auto_model_release_context (AutoPretrainedModel *self, AutoContext *cx)
{
  AutoModelPrivate *priv = auto_model_get_private (self);

  auto_context_reset (cx);
  g_mutex_lock (&priv->lock);
  g_ptr_array_add (priv->idle, cx);
  g_mutex_unlock (&priv->lock);
}

/* A misspelt argument must not pass for an absent one. */
static void
check_inputs_used (AutoPretrainedModel *self, AutoContext *cx, AutoInputs *inputs)
{
  AutoModelPrivate *priv = auto_model_get_private (self);
  g_auto(GStrv) unused = auto_inputs_list_unused (inputs);

  g_mutex_lock (&priv->lock);
  auto_inputs_collect_asked (inputs, priv->input_names);
  for (char **name = unused; *name; name++)
    if (!g_hash_table_contains (priv->input_names, *name))
      {
        g_autofree char **known = (char **) g_hash_table_get_keys_as_array (priv->input_names, NULL);
        g_autofree char *list = g_strjoinv (", ", known);
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s has no input %s; it takes %s", G_OBJECT_TYPE_NAME (self), *name, list);
      }
  g_mutex_unlock (&priv->lock);
}

static void
name_inputs (AutoContext *cx, AutoInputs *inputs)
{
  g_auto(GStrv) names = auto_inputs_list (inputs);

  for (char **name = names; *name; name++)
    auto_context_name_tensor (cx, auto_inputs_peek (inputs, *name), *name);
}

AutoModelOutput *
auto_model_forward_in (AutoPretrainedModel *self, AutoContext *cx, AutoInputs *inputs, GError **error)
{
  g_autoptr(AutoModelOutput) output = auto_model_output_new ();
  g_autoptr(AutoInputs) own = auto_inputs_copy (inputs);
  AutoConfig *config = auto_model_get_private (self)->config;

  cx->want_hidden_states = auto_inputs_get_flag (own, "output_hidden_states", auto_config_get_bool (config, "output_hidden_states", FALSE));
  cx->want_attentions = auto_inputs_get_flag (own, "output_attentions", auto_config_get_bool (config, "output_attentions", FALSE));
  name_inputs (cx, own);
  AUTO_PRETRAINED_MODEL_GET_CLASS (self)->forward (self, cx, own, output);
  if (!cx->error)
    check_inputs_used (self, cx, own);
  if (cx->error)
    {
      g_propagate_error (error, g_steal_pointer (&cx->error));
      return NULL;
    }
  for (guint i = 0; i < cx->collected->len; i++)
    auto_model_output_append (output, cx->collected_names->pdata[i], cx->collected->pdata[i]);
  return g_steal_pointer (&output);
}

static gboolean
declare (AutoPretrainedModel *self, AutoStoredShape stored, gpointer data, GError **error)
{
  AutoModelPrivate *priv = auto_model_get_private (self);
  g_autoptr(AutoContext) cx = auto_context_new (priv->weights, TRUE);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();

  priv->weights->stored = stored;
  priv->weights->stored_data = data;
  AUTO_PRETRAINED_MODEL_GET_CLASS (self)->example (self, inputs);
  g_autoptr(AutoModelOutput) output = auto_model_forward_in (self, cx, inputs, error);
  priv->weights->stored = NULL;
  return output != NULL;
}

AutoPretrainedModel *
auto_model_new_bare (GType type, AutoConfig *config)
{
  const AutoArchitectureInfo *architecture = auto_registry_find_by_config (G_OBJECT_TYPE (config));
  AutoPretrainedModel *self = g_object_new (type, "config", config, NULL);

  auto_model_get_private (self)->prefix = g_strdup (architecture ? architecture->prefix : NULL);
  return self;
}

AutoModel *
auto_model_new_declared (GType type, AutoConfig *config, AutoStoredShape stored, gpointer data, GError **error)
{
  if (G_TYPE_IS_ABSTRACT (type) || !g_type_is_a (type, AUTO_TYPE_PRETRAINED_MODEL))
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_TASK, "%s is no class of models that can be made", g_type_name (type));
      return NULL;
    }
  if (!auto_config_validate (config, error))
    return NULL;
  AutoPretrainedModel *self = auto_model_new_bare (type, config);
  AutoModelPrivate *priv = auto_model_get_private (self);
  if (!AUTO_PRETRAINED_MODEL_GET_CLASS (self)->forward)
    g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s has no forward", g_type_name (type));
  else
    {
      priv->weights->initializer_range = auto_config_get_double (config, "initializer_range", 0.02);
      if (declare (self, stored, data, error))
        return AUTO_MODEL (self);
    }
  g_object_unref (self);
  return NULL;
}
