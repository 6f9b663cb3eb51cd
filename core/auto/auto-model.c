/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-model.h"

#include <string.h>

#include "auto-model-private.h"

static AutoModelPrivate *
private (AutoModel *self)
{
  return auto_model_get_private (AUTO_PRETRAINED_MODEL (self));
}

/**
 * auto_model_forward:
 * @self: a model
 * @inputs: the call's arguments
 * @cancellable: (nullable): stops the computation
 * @error: return location for an error
 *
 * Runs the model once. Several threads may run one model at a time.
 *
 * Returns: (transfer full): what the model computed, or %NULL with an error of the model or a tensor
 */
AutoModelOutput *
auto_model_forward (AutoModel *self, AutoInputs *inputs, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  g_return_val_if_fail (AUTO_IS_INPUTS (inputs), NULL);
  AutoContext *cx = auto_model_acquire_context (AUTO_PRETRAINED_MODEL (self), cancellable);
  AutoModelOutput *output = auto_model_forward_in (AUTO_PRETRAINED_MODEL (self), cx, inputs, error);
  auto_model_release_context (AUTO_PRETRAINED_MODEL (self), cx);
  return output;
}

static void
forward_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  AutoModelOutput *output = auto_model_forward (source, data, cancellable, &error);

  if (output)
    g_task_return_pointer (task, output, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * auto_model_forward_async:
 * @self: a model
 * @inputs: the call's arguments; not to be changed before the answer
 * @io_priority: the priority of the answer in the main loop
 * @cancellable: (nullable): stops the computation
 * @callback: (scope async) (closure user_data): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Runs the model once, in a thread.
 */
void
auto_model_forward_async (AutoModel *self, AutoInputs *inputs, int io_priority, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (AUTO_IS_PRETRAINED_MODEL (self));
  g_return_if_fail (AUTO_IS_INPUTS (inputs));
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, auto_model_forward_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, g_object_ref (inputs), g_object_unref);
  g_task_run_in_thread (task, forward_in_thread);
}

/**
 * auto_model_forward_finish:
 * @self: a model
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): what the model computed, or %NULL with an error
 */
AutoModelOutput *
auto_model_forward_finish (AutoModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * auto_model_get_config:
 * @self: a model
 *
 * Returns: (transfer none): its configuration
 */
AutoConfig *
auto_model_get_config (AutoModel *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  return private (self)->config;
}

/**
 * auto_model_list_weights:
 * @self: a model
 *
 * Returns: (transfer full): the names of its weights in the order of use
 */
char **
auto_model_list_weights (AutoModel *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  GPtrArray *list = private (self)->weights->list;
  for (guint i = 0; i < list->len; i++)
    g_strv_builder_add (builder, ((AutoWeight *) list->pdata[i])->name);
  return g_strv_builder_end (builder);
}

/**
 * auto_model_get_weight:
 * @self: a model
 * @name: a weight's name
 *
 * Returns: (transfer none) (nullable): the weight as the checkpoint has it, or %NULL when there is none of this name
 */
AutoTensor *
auto_model_get_weight (AutoModel *self, const char *name)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  AutoWeight *weight = auto_weights_find (private (self)->weights, name);
  return weight ? weight->tensor : NULL;
}

/**
 * auto_model_count_parameters:
 * @self: a model
 *
 * Returns: how many numbers its weights hold, shared ones counted once, buffers not at all
 */
guint64
auto_model_count_parameters (AutoModel *self)
{
  guint64 count = 0;

  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), 0);
  GPtrArray *list = private (self)->weights->list;
  for (guint i = 0; i < list->len; i++)
    {
      AutoWeight *weight = list->pdata[i];
      guint64 n = 1;
      for (guint j = 0; j < weight->n_dims; j++)
        n *= weight->shape[j];
      if (!weight->tied && weight->kind != AUTO_WEIGHT_BUFFER && weight->kind != AUTO_WEIGHT_FREQUENCIES)
        count += n;
    }
  return count;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/**
 * auto_model_list_inputs:
 * @self: a model
 *
 * Returns: (transfer full): the names of the inputs that it has been seen to take, sorted
 */
char **
auto_model_list_inputs (AutoModel *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  guint n;

  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  AutoModelPrivate *priv = private (self);
  g_mutex_lock (&priv->lock);
  g_autofree char **names = (char **) g_hash_table_get_keys_as_array (priv->input_names, &n);
  qsort (names, n, sizeof *names, compare_names);
  g_strv_builder_addv (builder, (const char **) names);
  g_mutex_unlock (&priv->lock);
  return g_strv_builder_end (builder);
}

static char **
copy_list (char **list)
{
  static char *none[] = { NULL };

  return g_strdupv (list ? list : none);
}

/**
 * auto_model_list_missing_keys:
 * @self: a model
 *
 * Returns: (transfer full): weights that the checkpoint lacked, and that are fresh
 */
char **
auto_model_list_missing_keys (AutoModel *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  return copy_list (private (self)->missing);
}

/**
 * auto_model_list_unexpected_keys:
 * @self: a model
 *
 * Returns: (transfer full): tensors of the checkpoint that the model has no use for
 */
char **
auto_model_list_unexpected_keys (AutoModel *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  return copy_list (private (self)->unexpected);
}

/**
 * auto_model_list_mismatched_keys:
 * @self: a model
 *
 * Returns: (transfer full): weights that are fresh since the checkpoint has another shape: `name: (2, 8) in the
 *   checkpoint, (5, 8) in the model`
 */
char **
auto_model_list_mismatched_keys (AutoModel *self)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  return copy_list (private (self)->mismatched);
}

/**
 * auto_model_save_pretrained:
 * @self: a model
 * @folder: where to write; made when it does not exist
 * @max_shard_size: bytes that a file may hold before another is begun; 0 for the reference's 5 GB
 * @cancellable: (nullable): stops the writing
 * @error: return location for an error
 *
 * Writes config.json and the weights as safetensors, such that a folder is never seen half written.
 *
 * Returns: whether all was written
 */
gboolean
auto_model_save_pretrained (AutoModel *self, const char *folder, guint64 max_shard_size, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  AutoModelPrivate *priv = private (self);
  g_autoptr(GArray) tensors = g_array_new (FALSE, FALSE, sizeof (AutoNamedTensor));
  g_autofree char *architecture = g_strdup_printf ("[\"%s\"]", G_OBJECT_TYPE_NAME (self));
  g_autoptr(JsonNode) architectures = json_from_string (architecture, NULL);

  for (guint i = 0; i < priv->weights->list->len; i++)
    {
      AutoWeight *weight = g_ptr_array_index (priv->weights->list, i);
      AutoNamedTensor named = { weight->name, weight->tensor };
      if (!weight->tied)
        g_array_append_val (tensors, named);
    }
  if (!auto_config_set_value (priv->config, "architectures", architectures, error) || !auto_config_save_pretrained (priv->config, folder, error))
    return FALSE;
  return auto_checkpoint_save (folder, (const AutoNamedTensor *) tensors->data, tensors->len, max_shard_size ? max_shard_size : 5000000000, NULL,
                               cancellable, error);
}
