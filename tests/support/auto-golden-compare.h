/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "core/tensor/auto-tensor.h"

/* What is wrong with @got against the reference's @want; NULL when they are equal within @tolerance times the largest
 * magnitude (at least 1). With @sampled {shape, step}, @want holds every step-th value of a tensor of that shape. */
char *auto_golden_compare (AutoTensor *got, AutoTensor *want, JsonObject *sampled, double tolerance);
