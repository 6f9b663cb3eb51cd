/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

#define AUTO_TYPE_GENERATION_SEGMENT (auto_generation_segment_get_type ())

/**
 * AutoGenerationSegment:
 *
 * A piece of what was generated from a long input, and the time that it was said in.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoGenerationSegment, auto_generation_segment, AUTO, GENERATION_SEGMENT, GObject)

AUTO_AVAILABLE_IN_1_0 AutoGenerationSegment *auto_generation_segment_new (double start, double end, AutoTensor *tokens, AutoTensor *token_timestamps);
AUTO_AVAILABLE_IN_1_0 double auto_generation_segment_get_start (AutoGenerationSegment *self);
AUTO_AVAILABLE_IN_1_0 double auto_generation_segment_get_end (AutoGenerationSegment *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_generation_segment_get_tokens (AutoGenerationSegment *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_generation_segment_get_token_timestamps (AutoGenerationSegment *self);

G_END_DECLS
