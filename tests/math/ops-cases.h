/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops-private.h"
#include "core/math/auto-ops.h"

/* One operation on inputs of the fixture, and what it is compared with: see tests/reference/ops.py. */
typedef struct
{
  const char *name;
  AutoTensor *(*run) (AutoContext *cx, AutoTensor **x);
} OpsCase;

#define OPS_FUNCTION(NAME, EXPRESSION)                                                                                                               \
  static AutoTensor *case_##NAME (AutoContext *cx, AutoTensor **x)                                                                                   \
  {                                                                                                                                                  \
    return EXPRESSION;                                                                                                                               \
  }
#define OPS_ENTRY(NAME, EXPRESSION) { #NAME, case_##NAME },

/* Adds a test for every case, and one that the fixture has no further ones. */
void ops_add_cases (const char *group, const OpsCase *cases, gsize n);

/* A tensor in the context's care that holds the numbers. */
AutoTensor *ops_tensor (AutoContext *cx, const gint64 *shape, gsize n_dims, const double *values, gsize n_values);

/* Computes @expression and asserts that it fails the context with an AutoTensorError and the text in it. */
#define OPS_ASSERT_FAILS(cx, expression, code, text)                                                                                                 \
  G_STMT_START                                                                                                                                       \
  {                                                                                                                                                  \
    g_assert_no_error ((cx)->error);                                                                                                                 \
    g_assert_null (expression);                                                                                                                      \
    g_assert_error ((cx)->error, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_##code);                                                                            \
    if (!strstr ((cx)->error->message, text))                                                                                                        \
      g_error ("%s: the message is \"%s\"", #expression, (cx)->error->message);                                                                      \
    g_clear_error (&(cx)->error);                                                                                                                    \
  }                                                                                                                                                  \
  G_STMT_END
