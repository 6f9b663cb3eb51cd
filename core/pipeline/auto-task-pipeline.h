/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../auto/auto-model.h"
#include "../text/auto-tokenizer.h"

G_BEGIN_DECLS

#define AUTO_TYPE_TASK_PIPELINE (auto_task_pipeline_get_type ())

/**
 * AutoTaskPipeline:
 *
 * A task from text to answer: a tokenizer, a model and what the reference's pipeline of the same name does around them.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoTaskPipeline, auto_task_pipeline, AUTO, TASK_PIPELINE, GObject)

AUTO_AVAILABLE_IN_1_0 AutoTaskPipeline *auto_task_pipeline_new (const char *task, const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable,
                                                       GError **error);
AUTO_AVAILABLE_IN_1_0 char **auto_task_pipeline_list_tasks (void);
AUTO_AVAILABLE_IN_1_0 const char *auto_task_pipeline_get_task (AutoTaskPipeline *self);
AUTO_AVAILABLE_IN_1_0 AutoModel *auto_task_pipeline_get_model (AutoTaskPipeline *self);
AUTO_AVAILABLE_IN_1_0 AutoTokenizer *auto_task_pipeline_get_tokenizer (AutoTaskPipeline *self);
AUTO_AVAILABLE_IN_1_0 void auto_task_pipeline_set_option (AutoTaskPipeline *self, const char *name, JsonNode *value);
AUTO_AVAILABLE_IN_1_0 JsonNode *auto_task_pipeline_run (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_task_pipeline_run_async (AutoTaskPipeline *self, const char *text, const char *pair, int io_priority, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 JsonNode *auto_task_pipeline_run_finish (AutoTaskPipeline *self, GAsyncResult *result, GError **error);

G_END_DECLS
