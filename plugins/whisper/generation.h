/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

G_BEGIN_DECLS

/* Turns the settings language, task and return_timestamps into forced tokens and a rule over the scores. */
G_GNUC_INTERNAL gboolean whisper_prepare_generation (AutoPretrainedModel *self, AutoGenerationConfig *generation, AutoInputs *in, GError **error);

G_END_DECLS
