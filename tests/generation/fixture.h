/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-model.h"

/* generation.json, which tests/reference/generation.py has written; lives as long as the test. */
JsonObject *fixture_get (void);
/* The toy model of that script. */
AutoModel *fixture_model (void);
/* One that says nearly the same. */
AutoModel *fixture_assistant (void);
/* The inputs of one of its prompts. (transfer full) */
AutoInputs *fixture_inputs (const char *prompt);
/* A matrix of numbers or of their names. (transfer full) (array length=n) */
float *fixture_numbers (JsonArray *rows, gsize *n);
gint64 *fixture_ids (JsonArray *rows, gsize *n);
