/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../math/auto-context.h"
#include "auto-inputs.h"
#include "auto-model-output.h"
#include "core/auto/auto-tasks.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 AutoModelOutput *auto_model_forward (AutoModel *self, AutoInputs *inputs, GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_model_forward_async (AutoModel *self, AutoInputs *inputs, int io_priority, GCancellable *cancellable,
                                                     GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 AutoModelOutput *auto_model_forward_finish (AutoModel *self, GAsyncResult *result, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoConfig *auto_model_get_config (AutoModel *self);
AUTO_AVAILABLE_IN_1_0 char **auto_model_list_weights (AutoModel *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_model_get_weight (AutoModel *self, const char *name);
AUTO_AVAILABLE_IN_1_0 guint64 auto_model_count_parameters (AutoModel *self);
AUTO_AVAILABLE_IN_1_0 char **auto_model_list_inputs (AutoModel *self);
AUTO_AVAILABLE_IN_1_0 char **auto_model_list_missing_keys (AutoModel *self);
AUTO_AVAILABLE_IN_1_0 char **auto_model_list_unexpected_keys (AutoModel *self);
AUTO_AVAILABLE_IN_1_0 char **auto_model_list_mismatched_keys (AutoModel *self);
AUTO_AVAILABLE_IN_1_0 gboolean auto_model_save_pretrained (AutoModel *self, const char *folder, guint64 max_shard_size, GCancellable *cancellable, GError **error);

#define AUTO_TYPE_PRETRAINED_MODEL (auto_pretrained_model_get_type ())

/**
 * AutoPretrainedModel:
 *
 * The base class of models. A subclass computes in its `forward`; which weights it has follows from what its forward
 * names.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (AutoPretrainedModel, auto_pretrained_model, AUTO, PRETRAINED_MODEL, GObject)

typedef struct _AutoGeneration AutoGeneration;
typedef struct _AutoGenerationConfig AutoGenerationConfig;

/**
 * AutoPretrainedModelClass:
 * @forward: computes @outputs from @inputs with operations on @context
 * @example: sets inputs of a valid shape (their values don't matter), from which the weights are found; by default
 *   `input_ids` of shape (1, 8)
 * @prepare_generation: may change the settings and inputs of a generation before anything else happens
 * @generate: generates in a way of its own, from copies of the call's inputs and settings that it may change, with the help of
 *   [method@Model.generate_plain]; by default that is all
 */
struct _AutoPretrainedModelClass
{
  GObjectClass parent_class;

  void (*forward) (AutoPretrainedModel *self, AutoContext *context, AutoInputs *inputs, AutoModelOutput *outputs);
  void (*example) (AutoPretrainedModel *self, AutoInputs *inputs);
  gboolean (*prepare_generation) (AutoPretrainedModel *self, AutoGenerationConfig *config, AutoInputs *inputs, GError **error);

  AutoGeneration *(*generate) (AutoPretrainedModel *self, AutoInputs *inputs, AutoGenerationConfig *config, GCancellable *cancellable, GError **error);

  /*< private >*/
  const char *default_prefix; /* of the base model's weights, where the registry says none */
  gpointer padding[12];
};

AUTO_AVAILABLE_IN_1_0 const char *auto_pretrained_model_get_prefix (AutoPretrainedModel *self);
AUTO_AVAILABLE_IN_1_0 void auto_inputs_set_example (AutoInputs *self, const char *name, AutoDType dtype, const gint64 *shape, gsize n_dims);

G_END_DECLS
