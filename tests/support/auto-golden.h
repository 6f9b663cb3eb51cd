/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-inputs.h"
#include "core/auto/auto-model.h"
#include "core/checkpoint/auto-checkpoint.h"

/* A golden: what the reference computed on a tiny model. It has no weights: they follow from the names. */
typedef struct
{
  AutoCheckpoint *file;
  JsonNode *roots[6];
  JsonObject *info, *config, *tensors, *tied, *sampled;
  char *folder;
} AutoGolden;

void auto_golden_open (AutoGolden *self, const char *path);
/* A model folder as the reference would have saved it, with the golden's own seed for @seed < 0. */
void auto_golden_write_folder (AutoGolden *self, gint64 seed);
void auto_golden_close (AutoGolden *self);
/* The inputs of its call, which asks for hidden states and attentions. (transfer full) */
AutoInputs *auto_golden_get_inputs (AutoGolden *self);
/* The model of the folder that was written. (transfer full) */
AutoModel *auto_golden_load (AutoGolden *self, GError **error);
