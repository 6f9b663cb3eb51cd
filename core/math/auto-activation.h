/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

#define AUTO_TYPE_ACTIVATION (auto_activation_get_type ())

/**
 * AutoActivation:
 * @AUTO_ACTIVATION_NONE: the identity
 * @AUTO_ACTIVATION_GELU: x/2 (1 + erf (x/√2))
 * @AUTO_ACTIVATION_GELU_10: the same, cut to [-10, 10]
 * @AUTO_ACTIVATION_GELU_FAST: GELU's tanh form as `gelu_fast` writes it
 * @AUTO_ACTIVATION_GELU_NEW: GELU's tanh form as `gelu_new` writes it
 * @AUTO_ACTIVATION_GELU_PYTHON: as @AUTO_ACTIVATION_GELU
 * @AUTO_ACTIVATION_GELU_PYTORCH_TANH: GELU's tanh form as PyTorch writes it
 * @AUTO_ACTIVATION_GELU_ACCURATE: GELU's tanh form as `gelu_accurate` writes it
 * @AUTO_ACTIVATION_LAPLACE: the distribution function of a normal variable of mean 0.707107 and deviation 0.282095
 * @AUTO_ACTIVATION_LEAKY_RELU: x, or 0.01 x when negative
 * @AUTO_ACTIVATION_LINEAR: the identity
 * @AUTO_ACTIVATION_MISH: x tanh (log (1 + exp x))
 * @AUTO_ACTIVATION_QUICK_GELU: x sigmoid (1.702 x)
 * @AUTO_ACTIVATION_RELU: max (x, 0)
 * @AUTO_ACTIVATION_RELU2: max (x, 0)²
 * @AUTO_ACTIVATION_RELU6: x cut to [0, 6]
 * @AUTO_ACTIVATION_SIGMOID: 1 / (1 + exp (-x))
 * @AUTO_ACTIVATION_SILU: x sigmoid (x)
 * @AUTO_ACTIVATION_SWISH: as @AUTO_ACTIVATION_SILU
 * @AUTO_ACTIVATION_TANH: the hyperbolic tangent
 * @AUTO_ACTIVATION_HARDSWISH: x times @AUTO_ACTIVATION_HARDSIGMOID
 * @AUTO_ACTIVATION_HARDSIGMOID: a sixth of x + 3, cut to between 0 and 1
 * @AUTO_ACTIVATION_ELU: x, or exp (x) - 1 when negative
 * @AUTO_ACTIVATION_SOFTPLUS: log (1 + exp x)
 *
 * The functions that a configuration can name in keys such as `hidden_act`, and a few that model code names itself.
 */
typedef enum {
  AUTO_ACTIVATION_NONE,
  AUTO_ACTIVATION_GELU,
  AUTO_ACTIVATION_GELU_10,
  AUTO_ACTIVATION_GELU_FAST,
  AUTO_ACTIVATION_GELU_NEW,
  AUTO_ACTIVATION_GELU_PYTHON,
  AUTO_ACTIVATION_GELU_PYTORCH_TANH,
  AUTO_ACTIVATION_GELU_ACCURATE,
  AUTO_ACTIVATION_LAPLACE,
  AUTO_ACTIVATION_LEAKY_RELU,
  AUTO_ACTIVATION_LINEAR,
  AUTO_ACTIVATION_MISH,
  AUTO_ACTIVATION_QUICK_GELU,
  AUTO_ACTIVATION_RELU,
  AUTO_ACTIVATION_RELU2,
  AUTO_ACTIVATION_RELU6,
  AUTO_ACTIVATION_SIGMOID,
  AUTO_ACTIVATION_SILU,
  AUTO_ACTIVATION_SWISH,
  AUTO_ACTIVATION_TANH,
  AUTO_ACTIVATION_HARDSWISH,
  AUTO_ACTIVATION_HARDSIGMOID,
  AUTO_ACTIVATION_ELU,
  AUTO_ACTIVATION_SOFTPLUS,
} AutoActivation;

AUTO_AVAILABLE_IN_1_0 GType auto_activation_get_type (void);
AUTO_AVAILABLE_IN_1_0 gboolean auto_activation_from_name (const char *name, AutoActivation *activation);
AUTO_AVAILABLE_IN_1_0 const char *auto_activation_get_name (AutoActivation activation);

/* y[i] = f (x[i]); y may be x. In the calling thread. */
AUTO_INTERNAL void auto_activation_apply (AutoActivation activation, const float *x, float *y, gsize n);

G_END_DECLS
