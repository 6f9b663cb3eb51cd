/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../auto/auto-model-private.h"
#include "../base/auto-errors.h"
#include "auto-generation-call.h"

static gboolean
can_generate (AutoModel *model, GError **error)
{
  static const char *const tasks[] = { "AutoModelForCausalLM", "AutoModelForSeq2SeqLM", "AutoModelForVision2Seq", "AutoModelForSpeechSeq2Seq",
                                       "AutoModelForPreTraining", "AutoModelForMaskedLM", "AutoModelWithLMHead" };

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      GType type = g_type_from_name (tasks[i]);
      if (type && g_type_is_a (G_OBJECT_TYPE (model), type))
        return TRUE;
    }
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED,
               "%s can't generate, for it has no language model head; load the model with AutoModelForCausalLM or AutoModelForSeq2SeqLM",
               G_OBJECT_TYPE_NAME (model));
  return FALSE;
}

/**
 * auto_model_get_generation_config:
 * @self: a model
 * @error: return location for an error
 *
 * The settings that a model generates with when nothing else is said: those of its `generation_config.json`, or else those that its
 * configuration has.
 *
 * Returns: (transfer none): the settings, which may be changed, or %NULL with an error
 */
AutoGenerationConfig *
auto_model_get_generation_config (AutoModel *self, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  AutoModelPrivate *priv = auto_model_get_private (AUTO_PRETRAINED_MODEL (self));
  g_autofree char *path = priv->folder ? g_build_filename (priv->folder, "generation_config.json", NULL) : NULL;

  g_mutex_lock (&priv->lock);
  if (!priv->generation && path && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    priv->generation = auto_generation_config_from_pretrained (priv->folder, NULL, NULL, error);
  else if (!priv->generation)
    priv->generation = auto_generation_config_from_model_config (priv->config, error);
  g_mutex_unlock (&priv->lock);
  return priv->generation;
}

/**
 * auto_model_generate_plain:
 * @self: a model with a language model head
 * @inputs: the call's arguments
 * @config: how to generate
 * @cancellable: (nullable): stops it, between and inside steps
 * @error: return location for an error
 *
 * Generates as every model does; for classes whose own `generate` prepares the call, or divides it.
 *
 * Returns: (transfer full): what was generated, or %NULL with an error
 */
AutoGeneration *
auto_model_generate_plain (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  g_return_val_if_fail (AUTO_IS_INPUTS (inputs), NULL);
  g_return_val_if_fail (AUTO_IS_GENERATION_CONFIG (config), NULL);
  AutoGeneration *generation = NULL;
  AutoGenerationCall call = {
    .model = self, .inputs = auto_inputs_copy (inputs), .config = auto_generation_config_copy (config),
    .encoder_decoder = auto_model_decoder_has_encoder (self),
    .search = { .warnings = g_ptr_array_new_with_free_func (g_free), .cancellable = cancellable },
  };

  if (can_generate (self, error) && auto_generation_call_prepare (&call, error) && auto_generation_call_run (&call, error))
    generation = auto_generation_new (&call.search, call.prompt->shape[1]);
  if (call.search.streamer)
    auto_streamer_end (call.search.streamer);
  auto_generation_call_clear (&call);
  return generation;
}

/**
 * auto_model_generate:
 * @self: a model with a language model head
 * @inputs: the call's arguments: `input_ids` with `attention_mask`, or what the model's encoder takes
 * @config: (nullable): how to generate; %NULL for the model's own settings
 * @cancellable: (nullable): stops it, between and inside steps
 * @error: return location for an error
 *
 * Generates token after token. Several threads may do so with one model at a time.
 *
 * Returns: (transfer full): what was generated, or %NULL with an error
 */
AutoGeneration *
auto_model_generate (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  g_return_val_if_fail (AUTO_IS_INPUTS (inputs), NULL);
  g_return_val_if_fail (!config || AUTO_IS_GENERATION_CONFIG (config), NULL);
  AutoPretrainedModelClass *klass = AUTO_PRETRAINED_MODEL_GET_CLASS (self);

  if (!can_generate (self, error))
    return NULL;
  if (!config && !(config = auto_model_get_generation_config (self, error)))
    return NULL;
  if (!klass->generate)
    return auto_model_generate_plain (self, inputs, config, cancellable, error);
  g_autoptr(AutoInputs) own_inputs = auto_inputs_copy (inputs);
  g_autoptr(AutoGenerationConfig) own_config = auto_generation_config_copy (config);
  return klass->generate (AUTO_PRETRAINED_MODEL (self), own_inputs, own_config, cancellable, error);
}

typedef struct
{
  AutoInputs *inputs;
  AutoGenerationConfig *config;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->inputs);
  g_clear_object (&job->config);
  g_free (job);
}

static void
generate_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  GError *error = NULL;
  AutoGeneration *generation = auto_model_generate (source, job->inputs, job->config, cancellable, &error);

  if (generation)
    g_task_return_pointer (task, generation, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * auto_model_generate_async:
 * @self: a model with a language model head
 * @inputs: the call's arguments; not to be changed before the answer
 * @config: (nullable): how to generate; not to be changed before the answer
 * @io_priority: the priority of the answer in the main loop
 * @cancellable: (nullable): stops it
 * @callback: (scope async) (closure user_data): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Generates in a thread, in which a streamer's signals are emitted too.
 */
void
auto_model_generate_async (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config, int io_priority, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (AUTO_IS_PRETRAINED_MODEL (self));
  g_return_if_fail (AUTO_IS_INPUTS (inputs));
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->inputs = g_object_ref (inputs);
  g_set_object (&job->config, config);
  g_task_set_source_tag (task, auto_model_generate_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, generate_in_thread);
}

/**
 * auto_model_generate_finish:
 * @self: a model
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): what was generated, or %NULL with an error
 */
AutoGeneration *
auto_model_generate_finish (AutoModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
