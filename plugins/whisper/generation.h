/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

G_BEGIN_DECLS

/* Forces the tokens of the settings language, task and prompt_ids, holds times to their order, and takes long inputs window by window. */
G_GNUC_INTERNAL AutoGeneration *whisper_generate (AutoPretrainedModel *self, AutoInputs *in, AutoGenerationConfig *generation,
                                                  GCancellable *cancellable, GError **error);

G_END_DECLS
