/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-task-pipeline.h"

#include <math.h>

#include "../auto/auto-door.h"
#include "../base/auto-json.h"
#include "auto-task-pipeline-private.h"

static const AutoPipelineTask tasks[] = {
  { "feature-extraction", NULL, "AutoModel", auto_pipeline_run_feature_extraction },
  { "fill-mask", NULL, "AutoModelForMaskedLM", auto_pipeline_run_fill_mask },
  { "question-answering", NULL, "AutoModelForQuestionAnswering", auto_pipeline_run_question_answering },
  { "text-classification", "sentiment-analysis", "AutoModelForSequenceClassification", auto_pipeline_run_text_classification },
  { "token-classification", "ner", "AutoModelForTokenClassification", auto_pipeline_run_token_classification },
};

struct _AutoTaskPipeline
{
  GObject parent_instance;
  const AutoPipelineTask *task;
  AutoTokenizer *tokenizer;
  AutoModel *model;
  JsonObject *options;
};

G_DEFINE_FINAL_TYPE (AutoTaskPipeline, auto_task_pipeline, G_TYPE_OBJECT)

static void
auto_task_pipeline_finalize (GObject *object)
{
  AutoTaskPipeline *self = AUTO_TASK_PIPELINE (object);

  g_clear_object (&self->tokenizer);
  g_clear_object (&self->model);
  json_object_unref (self->options);
  G_OBJECT_CLASS (auto_task_pipeline_parent_class)->finalize (object);
}

static void
auto_task_pipeline_class_init (AutoTaskPipelineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_task_pipeline_finalize;
}

static void
auto_task_pipeline_init (AutoTaskPipeline *self)
{
  self->options = json_object_new ();
}

static const AutoPipelineTask *
find_task (const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    if (g_str_equal (tasks[i].name, name) || g_strcmp0 (tasks[i].other_name, name) == 0)
      return &tasks[i];
  g_auto(GStrv) names = auto_task_pipeline_list_tasks ();
  g_autofree char *list = g_strjoinv (", ", names);
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_TASK, "there is no pipeline %s; there are: %s", name, list);
  return NULL;
}

/**
 * auto_task_pipeline_list_tasks:
 *
 * Returns: (transfer full): the names of the tasks that there are pipelines for
 */
char **
auto_task_pipeline_list_tasks (void)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_strv_builder_add (builder, tasks[i].name);
  return g_strv_builder_end (builder);
}

/**
 * auto_task_pipeline_new: (constructor)
 * @task: the task's name in the reference, such as `fill-mask`
 * @name_or_path: a folder or the name of a model on the hub
 * @options: (nullable): the keywords of from_pretrained
 * @cancellable: (nullable): cancels the load
 * @error: return location for an error
 *
 * Loads what a task needs.
 *
 * Returns: (transfer full): the pipeline, or %NULL with an error
 */
AutoTaskPipeline *
auto_task_pipeline_new (const char *task, const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (task != NULL && name_or_path != NULL, NULL);
  const AutoPipelineTask *found = find_task (task, error);
  if (!found)
    return NULL;
  g_autoptr(AutoTaskPipeline) self = g_object_new (AUTO_TYPE_TASK_PIPELINE, NULL);
  self->task = found;
  self->tokenizer = auto_tokenizer_from_pretrained (name_or_path, options, cancellable, error);
  self->model = self->tokenizer ? auto_door_from_pretrained (auto_task_find (found->auto_class), name_or_path, options, cancellable, error) : NULL;
  return self->model ? g_steal_pointer (&self) : NULL;
}

/**
 * auto_task_pipeline_get_task:
 * @self: a pipeline
 *
 * Returns: the task's name
 */
const char *
auto_task_pipeline_get_task (AutoTaskPipeline *self)
{
  g_return_val_if_fail (AUTO_IS_TASK_PIPELINE (self), NULL);
  return self->task->name;
}

/**
 * auto_task_pipeline_get_model:
 * @self: a pipeline
 *
 * Returns: (transfer none): its model
 */
AutoModel *
auto_task_pipeline_get_model (AutoTaskPipeline *self)
{
  g_return_val_if_fail (AUTO_IS_TASK_PIPELINE (self), NULL);
  return self->model;
}

/**
 * auto_task_pipeline_get_tokenizer:
 * @self: a pipeline
 *
 * Returns: (transfer none): its tokenizer
 */
AutoTokenizer *
auto_task_pipeline_get_tokenizer (AutoTaskPipeline *self)
{
  g_return_val_if_fail (AUTO_IS_TASK_PIPELINE (self), NULL);
  return self->tokenizer;
}

/**
 * auto_task_pipeline_set_option:
 * @self: a pipeline
 * @name: an argument of the reference's pipeline: `top_k`, `function_to_apply`, `max_answer_len`, …
 * @value: (transfer none): its value
 *
 * Sets an argument of the calls to come.
 */
void
auto_task_pipeline_set_option (AutoTaskPipeline *self, const char *name, JsonNode *value)
{
  g_return_if_fail (AUTO_IS_TASK_PIPELINE (self));
  g_return_if_fail (name != NULL && value != NULL);
  json_object_set_member (self->options, name, json_node_copy (value));
}

gint64
auto_task_pipeline_get_int (AutoTaskPipeline *self, const char *name, gint64 otherwise)
{
  return auto_json_int (self->options, name, otherwise);
}

gboolean
auto_task_pipeline_get_bool (AutoTaskPipeline *self, const char *name, gboolean otherwise)
{
  return auto_json_bool (self->options, name, otherwise);
}

const char *
auto_task_pipeline_get_string (AutoTaskPipeline *self, const char *name)
{
  return auto_json_string (self->options, name);
}

AutoModelOutput *
auto_task_pipeline_forward (AutoTaskPipeline *self, const char *text, const char *pair, AutoEncoding **encoding, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();

  g_object_set (options, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, NULL);
  g_autoptr(AutoEncoding) own = pair ? auto_tokenizer_encode_pair (self->tokenizer, text, pair, options, error)
                                     : auto_tokenizer_encode (self->tokenizer, text, options, error);
  AutoInputs *inputs = own ? auto_encoding_get_inputs (own) : NULL;
  AutoModelOutput *output = inputs ? auto_model_forward (self->model, inputs, cancellable, error) : NULL;
  if (output && encoding)
    *encoding = g_steal_pointer (&own);
  return output;
}

AutoTensor *
auto_task_pipeline_output (AutoTaskPipeline *self, AutoModelOutput *output, const char *name, GError **error)
{
  AutoTensor *tensor = auto_model_output_get (output, name);

  if (tensor)
    return auto_tensor_convert (tensor, AUTO_DTYPE_F32);
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s returns no %s, which %s needs", G_OBJECT_TYPE_NAME (self->model), name,
               self->task->name);
  return NULL;
}

void
auto_softmax_in_place (double *values, gsize n)
{
  double max = -INFINITY, sum = 0;

  for (gsize i = 0; i < n; i++)
    max = MAX (max, values[i]);
  for (gsize i = 0; i < n; i++)
    sum += values[i] = exp (values[i] - max);
  for (gsize i = 0; i < n; i++)
    values[i] /= sum;
}

/**
 * auto_task_pipeline_run:
 * @self: a pipeline
 * @text: the text; for question-answering the question
 * @pair: (nullable): a second text; for question-answering the context
 * @cancellable: (nullable): stops the computation
 * @error: return location for an error
 *
 * Returns: (transfer full): what the reference's pipeline returns, as JSON, or %NULL with an error
 */
JsonNode *
auto_task_pipeline_run (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TASK_PIPELINE (self), NULL);
  g_return_val_if_fail (text != NULL, NULL);
  return self->task->run (self, text, pair, cancellable, error);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  char **texts = data;
  GError *error = NULL;
  JsonNode *node = auto_task_pipeline_run (source, texts[0], texts[1], cancellable, &error);

  if (node)
    g_task_return_pointer (task, node, (GDestroyNotify) json_node_unref);
  else
    g_task_return_error (task, error);
}

/**
 * auto_task_pipeline_run_async:
 * @self: a pipeline
 * @text: the text
 * @pair: (nullable): a second text
 * @io_priority: the priority of the answer in the main loop
 * @cancellable: (nullable): stops the computation
 * @callback: (scope async) (closure user_data): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Runs in a thread; see [method@TaskPipeline.run].
 */
void
auto_task_pipeline_run_async (AutoTaskPipeline *self, const char *text, const char *pair, int io_priority, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (AUTO_IS_TASK_PIPELINE (self));
  g_return_if_fail (text != NULL);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  char **texts = g_new0 (char *, 3);

  texts[0] = g_strdup (text);
  texts[1] = g_strdup (pair);
  g_task_set_source_tag (task, auto_task_pipeline_run_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, texts, (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, run_in_thread);
}

/**
 * auto_task_pipeline_run_finish:
 * @self: a pipeline
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the answer as JSON, or %NULL with an error
 */
JsonNode *
auto_task_pipeline_run_finish (AutoTaskPipeline *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
