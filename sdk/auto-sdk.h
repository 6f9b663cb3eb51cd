/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What a plugin includes: the operations, the configuration and model classes, and the blocks of common architectures. */

#include <math.h>

#include "core/auto/auto-model.h"
#include "core/math/auto-cache.h"
#include "core/math/auto-ops.h"
#include "sdk/auto-alibi.h"
#include "sdk/auto-attention.h"
#include "sdk/auto-backbone.h"
#include "sdk/auto-config-macros.h"
#include "sdk/auto-config-values.h"
#include "sdk/auto-conformer.h"
#include "sdk/auto-contrast.h"
#include "sdk/auto-deformable.h"
#include "sdk/auto-gated-decoder.h"
#include "sdk/auto-global-attention.h"
#include "sdk/auto-heads.h"
#include "sdk/auto-image.h"
#include "sdk/auto-image-encoder.h"
#include "sdk/auto-image-positions.h"
#include "sdk/auto-masks.h"
#include "sdk/auto-model-macros.h"
#include "sdk/auto-part.h"
#include "sdk/auto-plugin-macros.h"
#include "sdk/auto-post-norm-encoder.h"
#include "sdk/auto-query-masks.h"
#include "sdk/auto-relative.h"
#include "sdk/auto-rope.h"
#include "sdk/auto-rotary-decoder.h"
#include "sdk/auto-seq2seq.h"
#include "sdk/auto-speech.h"
#include "sdk/auto-tokenizers.h"
#include "sdk/auto-transformer.h"
#include "sdk/auto-windows.h"
