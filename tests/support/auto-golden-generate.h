/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/auto/auto-model.h"

/* Runs one of a golden's generations, {inputs, kwargs, sequences}: what differs from its sequences, or NULL. (transfer full) */
char *auto_golden_generate (AutoModel *model, AutoInputs *inputs, JsonObject *golden);
