/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-activation.h"
#include "auto-kernels.h"

/* The reference's strings, ours after them, in the order of the enumeration. */
static const GEnumValue activations[] = {
  { AUTO_ACTIVATION_NONE, "AUTO_ACTIVATION_NONE", "none" },
  { AUTO_ACTIVATION_GELU, "AUTO_ACTIVATION_GELU", "gelu" },
  { AUTO_ACTIVATION_GELU_10, "AUTO_ACTIVATION_GELU_10", "gelu_10" },
  { AUTO_ACTIVATION_GELU_FAST, "AUTO_ACTIVATION_GELU_FAST", "gelu_fast" },
  { AUTO_ACTIVATION_GELU_NEW, "AUTO_ACTIVATION_GELU_NEW", "gelu_new" },
  { AUTO_ACTIVATION_GELU_PYTHON, "AUTO_ACTIVATION_GELU_PYTHON", "gelu_python" },
  { AUTO_ACTIVATION_GELU_PYTORCH_TANH, "AUTO_ACTIVATION_GELU_PYTORCH_TANH", "gelu_pytorch_tanh" },
  { AUTO_ACTIVATION_GELU_ACCURATE, "AUTO_ACTIVATION_GELU_ACCURATE", "gelu_accurate" },
  { AUTO_ACTIVATION_LAPLACE, "AUTO_ACTIVATION_LAPLACE", "laplace" },
  { AUTO_ACTIVATION_LEAKY_RELU, "AUTO_ACTIVATION_LEAKY_RELU", "leaky_relu" },
  { AUTO_ACTIVATION_LINEAR, "AUTO_ACTIVATION_LINEAR", "linear" },
  { AUTO_ACTIVATION_MISH, "AUTO_ACTIVATION_MISH", "mish" },
  { AUTO_ACTIVATION_QUICK_GELU, "AUTO_ACTIVATION_QUICK_GELU", "quick_gelu" },
  { AUTO_ACTIVATION_RELU, "AUTO_ACTIVATION_RELU", "relu" },
  { AUTO_ACTIVATION_RELU2, "AUTO_ACTIVATION_RELU2", "relu2" },
  { AUTO_ACTIVATION_RELU6, "AUTO_ACTIVATION_RELU6", "relu6" },
  { AUTO_ACTIVATION_SIGMOID, "AUTO_ACTIVATION_SIGMOID", "sigmoid" },
  { AUTO_ACTIVATION_SILU, "AUTO_ACTIVATION_SILU", "silu" },
  { AUTO_ACTIVATION_SWISH, "AUTO_ACTIVATION_SWISH", "swish" },
  { AUTO_ACTIVATION_TANH, "AUTO_ACTIVATION_TANH", "tanh" },
  { AUTO_ACTIVATION_HARDSWISH, "AUTO_ACTIVATION_HARDSWISH", "hardswish" },
  { AUTO_ACTIVATION_HARDSIGMOID, "AUTO_ACTIVATION_HARDSIGMOID", "hardsigmoid" },
  { AUTO_ACTIVATION_ELU, "AUTO_ACTIVATION_ELU", "elu" },
  { AUTO_ACTIVATION_SOFTPLUS, "AUTO_ACTIVATION_SOFTPLUS", "softplus" },
  { 0, NULL, NULL },
};

GType
auto_activation_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("AutoActivation", activations));
  return type;
}

/**
 * auto_activation_from_name:
 * @name: the reference's name of a function, such as `gelu_new`
 * @activation: (out): the function
 *
 * Returns: whether the name is known
 */
gboolean
auto_activation_from_name (const char *name, AutoActivation *activation)
{
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (activation != NULL, FALSE);
  for (guint i = 0; activations[i].value_nick; i++)
    if (g_str_equal (name, activations[i].value_nick))
      {
        *activation = activations[i].value;
        return TRUE;
      }
  return FALSE;
}

/**
 * auto_activation_get_name:
 * @activation: a function
 *
 * Returns: (nullable): its name in the reference, or %NULL for a number that is no function
 */
const char *
auto_activation_get_name (AutoActivation activation)
{
  return (gsize) activation < G_N_ELEMENTS (activations) - 1 ? activations[activation].value_nick : NULL;
}

void
auto_activation_apply (AutoActivation activation, const float *x, float *y, gsize n)
{
  auto_kernels ()->activate (activation, x, y, n);
}
