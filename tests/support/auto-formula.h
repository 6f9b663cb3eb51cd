/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/tensor/auto-tensor-private.h"

/* The weights of a golden: a function of the tensor's name and shape, the same as in tests/reference/make-golden.py. */
AutoTensor *auto_formula_tensor (const char *name, const gint64 *shape, guint n_dims, guint64 seed);
