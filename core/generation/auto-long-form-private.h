/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-fallback.h"
#include "auto-long-form.h"

G_BEGIN_DECLS

/* Cuts what a window said into segments by its time tokens, adds them to @segments, and returns how many frames were read.
 * @start: when the window begins; @frames: how many it has. */
gint64 auto_long_form_cut (const AutoLongForm *self, const AutoAttempt *attempt, double start, gint64 frames, GPtrArray *segments);

G_END_DECLS
