/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-task-pipeline.h"

G_BEGIN_DECLS

/* What one task does with a text. The logits it gets are contiguous 32-bit floats. */
typedef struct
{
  const char *name, *other_name; /* of the task in the reference */
  const char *auto_class;
  JsonNode *(*run) (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error);
} AutoPipelineTask;

/* An option of the call, as the reference's pipeline names it. */
gint64 auto_task_pipeline_get_int (AutoTaskPipeline *self, const char *name, gint64 otherwise);
gboolean auto_task_pipeline_get_bool (AutoTaskPipeline *self, const char *name, gboolean otherwise);
const char *auto_task_pipeline_get_string (AutoTaskPipeline *self, const char *name);

/* Tokenises, with what the model allows as the longest row, and runs the model. */
AutoModelOutput *auto_task_pipeline_forward (AutoTaskPipeline *self, const char *text, const char *pair, AutoEncoding **encoding,
                                             GCancellable *cancellable, GError **error);
/* A tensor of the output as floats; an error names it when the model returned none. */
AutoTensor *auto_task_pipeline_output (AutoTaskPipeline *self, AutoModelOutput *output, const char *name, GError **error);
void auto_softmax_in_place (double *values, gsize n);

JsonNode *auto_pipeline_run_text_classification (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error);
JsonNode *auto_pipeline_run_token_classification (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error);
JsonNode *auto_pipeline_run_fill_mask (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error);
JsonNode *auto_pipeline_run_feature_extraction (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error);
JsonNode *auto_pipeline_run_question_answering (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error);

G_END_DECLS
