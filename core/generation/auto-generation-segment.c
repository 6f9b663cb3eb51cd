/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-generation-segment.h"

struct _AutoGenerationSegment
{
  GObject parent_instance;

  double start, end;
  AutoTensor *tokens, *token_timestamps;
};

G_DEFINE_FINAL_TYPE (AutoGenerationSegment, auto_generation_segment, G_TYPE_OBJECT)

static void
auto_generation_segment_finalize (GObject *object)
{
  AutoGenerationSegment *self = AUTO_GENERATION_SEGMENT (object);

  g_clear_pointer (&self->tokens, auto_tensor_unref);
  g_clear_pointer (&self->token_timestamps, auto_tensor_unref);
  G_OBJECT_CLASS (auto_generation_segment_parent_class)->finalize (object);
}

static void
auto_generation_segment_class_init (AutoGenerationSegmentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_generation_segment_finalize;
}

static void
auto_generation_segment_init (AutoGenerationSegment *self)
{
}

/**
 * auto_generation_segment_new:
 * @start: when it begins, in seconds
 * @end: when it ends
 * @tokens: what was said: a row of 64-bit integers
 * @token_timestamps: (nullable): when each token was said, in seconds
 *
 * Returns: (transfer full): a segment
 */
AutoGenerationSegment *
auto_generation_segment_new (double start, double end, AutoTensor *tokens, AutoTensor *token_timestamps)
{
  g_return_val_if_fail (tokens != NULL, NULL);
  AutoGenerationSegment *self = g_object_new (AUTO_TYPE_GENERATION_SEGMENT, NULL);

  self->start = start;
  self->end = end;
  self->tokens = auto_tensor_ref (tokens);
  self->token_timestamps = token_timestamps ? auto_tensor_ref (token_timestamps) : NULL;
  return self;
}

/**
 * auto_generation_segment_get_start:
 * @self: a segment
 *
 * Returns: when it begins, in seconds
 */
double
auto_generation_segment_get_start (AutoGenerationSegment *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_SEGMENT (self), 0);
  return self->start;
}

/**
 * auto_generation_segment_get_end:
 * @self: a segment
 *
 * Returns: when it ends, in seconds
 */
double
auto_generation_segment_get_end (AutoGenerationSegment *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_SEGMENT (self), 0);
  return self->end;
}

/**
 * auto_generation_segment_get_tokens:
 * @self: a segment
 *
 * Returns: (transfer none): what was said, a row of 64-bit integers; tokens that say times are among them
 */
AutoTensor *
auto_generation_segment_get_tokens (AutoGenerationSegment *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_SEGMENT (self), NULL);
  return self->tokens;
}

/**
 * auto_generation_segment_get_token_timestamps:
 * @self: a segment
 *
 * Returns: (transfer none) (nullable): when each token was said, in seconds from the input's start; with `return_token_timestamps` only
 */
AutoTensor *
auto_generation_segment_get_token_timestamps (AutoGenerationSegment *self)
{
  g_return_val_if_fail (AUTO_IS_GENERATION_SEGMENT (self), NULL);
  return self->token_timestamps;
}
