/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-generation-private.h"

struct _AutoGeneration
{
  GObject parent_instance;

  AutoTensor *sequences, *sequences_scores, *beam_indices;
  GPtrArray *scores, *outputs, *warnings;
  AutoModelOutput *encoder_output;
  AutoTensor *token_timestamps;
  GPtrArray *segments; /* of a GPtrArray of segments a row */
  gsize prompt_length;
};

G_DEFINE_FINAL_TYPE (AutoGeneration, auto_generation, G_TYPE_OBJECT)

static void
auto_generation_finalize (GObject *object)
{
  AutoGeneration *self = AUTO_GENERATION (object);

  g_clear_pointer (&self->sequences, auto_tensor_unref);
  g_clear_pointer (&self->sequences_scores, auto_tensor_unref);
  g_clear_pointer (&self->beam_indices, auto_tensor_unref);
  g_clear_pointer (&self->scores, g_ptr_array_unref);
  g_clear_pointer (&self->outputs, g_ptr_array_unref);
  g_clear_object (&self->encoder_output);
  g_clear_pointer (&self->token_timestamps, auto_tensor_unref);
  g_clear_pointer (&self->segments, g_ptr_array_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  G_OBJECT_CLASS (auto_generation_parent_class)->finalize (object);
}

static void
auto_generation_class_init (AutoGenerationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_generation_finalize;
}

static void
auto_generation_init (AutoGeneration *self)
{
}

AutoGeneration *
auto_generation_new (AutoSearch *search, gsize prompt_length)
{
  AutoGeneration *self = g_object_new (AUTO_TYPE_GENERATION, NULL);

  self->sequences = g_steal_pointer (&search->result);
  self->sequences_scores = g_steal_pointer (&search->result_scores);
  self->beam_indices = g_steal_pointer (&search->beam_indices);
  self->scores = g_steal_pointer (&search->scores);
  self->outputs = g_steal_pointer (&search->outputs);
  if (self->outputs)
    self->encoder_output = g_steal_pointer (&search->encoder_output);
  self->warnings = g_ptr_array_ref (search->warnings);
  self->prompt_length = prompt_length;
  return self;
}

AutoGeneration *
auto_generation_new_segmented (AutoTensor *sequences, GPtrArray *segments)
{
  AutoGeneration *self = g_object_new (AUTO_TYPE_GENERATION, NULL);

  self->sequences = sequences;
  self->segments = segments;
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
auto_generation_take_token_timestamps (AutoGeneration *self, AutoTensor *times)
{
  g_clear_pointer (&self->token_timestamps, auto_tensor_unref);
  self->token_timestamps = times;
}

/**
 * auto_generation_get_sequences:
 * @self: a generation
 *
 * Returns: (transfer none): the sequences (batch · returned sequences, length) of 64-bit integers; a decoder-only model's begin with
 *   the prompt
 */
AutoTensor *
auto_generation_get_sequences (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return self->sequences;
}

/**
 * auto_generation_get_sequences_scores:
 * @self: a generation
 *
 * Returns: (transfer none) (nullable): the score of each sequence that beams have found
 */
AutoTensor *
auto_generation_get_sequences_scores (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return self->sequences_scores;
}

/**
 * auto_generation_get_beam_indices:
 * @self: a generation
 *
 * Returns: (transfer none) (nullable): for each sequence the beams that its tokens came from, -1 after them; with `output_scores` only
 */
AutoTensor *
auto_generation_get_beam_indices (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return self->beam_indices;
}

/**
 * auto_generation_get_prompt_length:
 * @self: a generation
 *
 * Returns: how many tokens of each sequence were there before
 */
gsize
auto_generation_get_prompt_length (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), 0);
  return self->prompt_length;
}

/**
 * auto_generation_get_n_scores:
 * @self: a generation
 *
 * Returns: of how many steps there are scores: 0 without `output_scores`
 */
guint
auto_generation_get_n_scores (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), 0);
  return self->scores ? self->scores->len : 0;
}

/**
 * auto_generation_get_scores:
 * @self: a generation
 * @step: which step
 *
 * Returns: (transfer none) (nullable): the processed scores of a step (rows, vocabulary)
 */
AutoTensor *
auto_generation_get_scores (AutoGeneration *self, guint step)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return self->scores && step < self->scores->len ? self->scores->pdata[step] : NULL;
}

/**
 * auto_generation_get_n_outputs:
 * @self: a generation
 *
 * Returns: of how many steps there are hidden states or attentions: 0 without `output_hidden_states` and `output_attentions`
 */
guint
auto_generation_get_n_outputs (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), 0);
  return self->outputs ? self->outputs->len : 0;
}

/**
 * auto_generation_get_output:
 * @self: a generation
 * @step: which step
 *
 * What the decoder's layers said in a step, under the names that a call of the model gives them: `hidden_states.0`, `attentions.0`, … of
 * a decoder alone, `decoder_hidden_states.0`, `decoder_attentions.0`, `cross_attentions.0`, … of one with an encoder. The first step tells
 * of the whole prompt.
 *
 * Returns: (transfer none) (nullable): the hidden states and attentions of a step
 */
AutoModelOutput *
auto_generation_get_output (AutoGeneration *self, guint step)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return self->outputs && step < self->outputs->len ? self->outputs->pdata[step] : NULL;
}

/**
 * auto_generation_get_encoder_output:
 * @self: a generation
 *
 * Returns: (transfer none) (nullable): what the encoder said, with its hidden states and attentions when they were asked for
 */
AutoModelOutput *
auto_generation_get_encoder_output (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return self->encoder_output;
}

/**
 * auto_generation_get_token_timestamps:
 * @self: a generation
 *
 * Returns: (transfer none) (nullable): when each token of the sequences was said, in seconds, of models that can tell it
 */
AutoTensor *
auto_generation_get_token_timestamps (AutoGeneration *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return self->token_timestamps;
}

/**
 * auto_generation_get_n_segments:
 * @self: a generation
 * @row: which row of the batch
 *
 * Returns: into how many segments a row is divided: 0 when the input was not longer than what the model takes at once
 */
guint
auto_generation_get_n_segments (AutoGeneration *self, guint row)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), 0);
  return self->segments && row < self->segments->len ? ((GPtrArray *) self->segments->pdata[row])->len : 0;
}

/**
 * auto_generation_get_segment:
 * @self: a generation
 * @row: which row of the batch
 * @i: which segment of the row
 *
 * Returns: (transfer none) (nullable): a segment
 */
AutoGenerationSegment *
auto_generation_get_segment (AutoGeneration *self, guint row, guint i)
{
  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  return i < auto_generation_get_n_segments (self, row) ? ((GPtrArray *) self->segments->pdata[row])->pdata[i] : NULL;
}

/**
 * auto_generation_list_warnings:
 * @self: a generation
 *
 * Returns: (transfer full): what was odd about the call
 */
char **
auto_generation_list_warnings (AutoGeneration *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (AUTO_IS_GENERATION (self), NULL);
  for (guint i = 0; i < self->warnings->len; i++)
    g_strv_builder_add (builder, self->warnings->pdata[i]);
  return g_strv_builder_end (builder);
}
