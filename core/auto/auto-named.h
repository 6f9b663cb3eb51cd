/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

/* Tensors under names, in the order in which they were set: what inputs and outputs are made of. */
typedef struct
{
  char *name;
  AutoTensor *tensor;
} AutoNamedEntry;

GArray *auto_named_new (void); /* of AutoNamedEntry */
AutoNamedEntry *auto_named_find (GArray *self, const char *name);
void auto_named_set (GArray *self, const char *name, AutoTensor *tensor); /* NULL takes the name away */
char **auto_named_list (GArray *self);

G_END_DECLS
