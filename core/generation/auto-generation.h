/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../auto/auto-model.h"
#include "auto-generation-config.h"
#include "auto-generation-segment.h"

G_BEGIN_DECLS

#define AUTO_TYPE_GENERATION (auto_generation_get_type ())

/**
 * AutoGeneration:
 *
 * What a model has generated.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoGeneration, auto_generation, AUTO, GENERATION, GObject)

AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_generation_get_sequences (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_generation_get_sequences_scores (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_generation_get_beam_indices (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 gsize auto_generation_get_prompt_length (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 guint auto_generation_get_n_scores (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_generation_get_scores (AutoGeneration *self, guint step);
AUTO_AVAILABLE_IN_1_0 guint auto_generation_get_n_outputs (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 AutoModelOutput *auto_generation_get_output (AutoGeneration *self, guint step);
AUTO_AVAILABLE_IN_1_0 AutoModelOutput *auto_generation_get_encoder_output (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_generation_get_token_timestamps (AutoGeneration *self);
AUTO_AVAILABLE_IN_1_0 guint auto_generation_get_n_segments (AutoGeneration *self, guint row);
AUTO_AVAILABLE_IN_1_0 AutoGenerationSegment *auto_generation_get_segment (AutoGeneration *self, guint row, guint i);
AUTO_AVAILABLE_IN_1_0 char **auto_generation_list_warnings (AutoGeneration *self);

AUTO_AVAILABLE_IN_1_0 AutoGenerationConfig *auto_model_get_generation_config (AutoModel *self, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoGeneration *auto_model_generate (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config,
                                                           GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoGeneration *auto_model_generate_plain (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config,
                                                                 GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_model_generate_async (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config, int io_priority,
                                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 AutoGeneration *auto_model_generate_finish (AutoModel *self, GAsyncResult *result, GError **error);

G_END_DECLS
