/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../tensor/auto-tensor.h"

G_BEGIN_DECLS

/* The format's name of a data type, and its place in the order in which tensors are written (highest first). */
const char *auto_safetensors_dtype_name (AutoDType dtype);
int auto_safetensors_dtype_rank (AutoDType dtype);

G_END_DECLS
