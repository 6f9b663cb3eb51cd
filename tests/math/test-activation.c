/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check.h"
#include "core/math/auto-activation.h"
#include "core/math/auto-rows.h"

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static double
gelu_tanh (double x)
{
  return 0.5 * x * (1 + tanh (sqrt (2 / M_PI) * (x + 0.044715 * x * x * x)));
}

static double
gelu (double x)
{
  return 0.5 * x * erfc (-x / sqrt (2));
}

static double
expected (AutoActivation activation, double x)
{
  switch (activation)
    {
    case AUTO_ACTIVATION_GELU:
    case AUTO_ACTIVATION_GELU_PYTHON: return gelu (x);
    case AUTO_ACTIVATION_GELU_10: return fmin (fmax (gelu (x), -10), 10);
    case AUTO_ACTIVATION_GELU_FAST:
    case AUTO_ACTIVATION_GELU_NEW:
    case AUTO_ACTIVATION_GELU_PYTORCH_TANH:
    case AUTO_ACTIVATION_GELU_ACCURATE: return gelu_tanh (x);
    case AUTO_ACTIVATION_LAPLACE: return 0.5 * erfc (-(x - 0.707107) / (0.282095 * sqrt (2)));
    case AUTO_ACTIVATION_LEAKY_RELU: return x < 0 ? 0.01 * x : x;
    case AUTO_ACTIVATION_MISH: return x * tanh (log1p (exp (x)));
    case AUTO_ACTIVATION_QUICK_GELU: return x * sigmoid (1.702 * x);
    case AUTO_ACTIVATION_RELU: return fmax (x, 0);
    case AUTO_ACTIVATION_RELU2: return fmax (x, 0) * fmax (x, 0);
    case AUTO_ACTIVATION_RELU6: return fmin (fmax (x, 0), 6);
    case AUTO_ACTIVATION_SIGMOID: return sigmoid (x);
    case AUTO_ACTIVATION_SILU:
    case AUTO_ACTIVATION_SWISH: return x * sigmoid (x);
    case AUTO_ACTIVATION_TANH: return tanh (x);
    case AUTO_ACTIVATION_HARDSWISH: return x * fmin (fmax (x + 3, 0), 6) / 6;
    case AUTO_ACTIVATION_HARDSIGMOID: return fmin (fmax (x + 3, 0), 6) / 6;
    case AUTO_ACTIVATION_ELU: return x > 0 ? x : expm1 (x);
    case AUTO_ACTIVATION_SOFTPLUS: return x > 20 ? x : log1p (exp (x));
    default: return x;
    }
}

static void
test_values (void)
{
  gint64 n = 40003;
  float *x = malloc (n * sizeof *x), *y = malloc (n * sizeof *y);

  for (gint64 i = 0; i < n; i++)
    x[i] = i < 20000 ? (float) (i - 10000) * 1e-3f : i < 40000 ? (float) (i - 30000) * 1e-5f : i == 40000 ? 0.0f : i == 40001 ? 60.0f : -60.0f;
  for (int a = AUTO_ACTIVATION_NONE; a <= AUTO_ACTIVATION_SOFTPLUS; a++)
    {
      auto_activation_apply (a, x, y, n);
      for (gint64 i = 0; i < n; i++)
        check_close (auto_activation_get_name (a), i, y[i], expected (a, x[i]), 0.5, 4e-7);
    }
  free (x);
  free (y);
}

/* Relative to the value itself: two or three units in the last place. */
static void
test_relative (void)
{
  static const AutoActivation exact[] = { AUTO_ACTIVATION_TANH, AUTO_ACTIVATION_SIGMOID, AUTO_ACTIVATION_SILU, AUTO_ACTIVATION_SOFTPLUS, AUTO_ACTIVATION_ELU };
  gint64 n = 30001;
  float *x = malloc (n * sizeof *x), *y = malloc (n * sizeof *y);

  for (gint64 i = 0; i < n; i++)
    x[i] = (float) (i - 15000) * 1e-3f;
  for (guint a = 0; a < G_N_ELEMENTS (exact); a++)
    {
      auto_activation_apply (exact[a], x, y, n);
      for (gint64 i = 0; i < n; i++)
        check_close (auto_activation_get_name (exact[a]), i, y[i], expected (exact[a], x[i]), 1e-30, 4e-7);
    }
  auto_activation_apply (AUTO_ACTIVATION_GELU, x, y, n);
  for (gint64 i = 15000 - 4000; i < n; i++)
    check_close ("gelu", i, y[i], expected (AUTO_ACTIVATION_GELU, x[i]), 1e-30, 3e-6);
  free (x);
  free (y);
}

static void
test_exp (void)
{
  gint64 n = 200001;
  float *x = malloc (n * sizeof *x), *y = malloc (n * sizeof *y);

  for (gint64 i = 0; i < n; i++)
    x[i] = (float) (i - 110000) * 1e-3f;
  x[0] = -INFINITY;
  x[1] = INFINITY;
  x[2] = NAN;
  auto_vec_exp (n, x, y);
  for (gint64 i = 0; i < n; i++)
    check_close ("exp", i, y[i], (float) exp (x[i]), FLT_MIN, 2.4e-7);
  free (x);
  free (y);
}

/* Every length up to two vectors, in place, and nothing touched beyond the end. */
static void
test_lengths (void)
{
  for (gint64 n = 0; n <= 40; n++)
    {
      float *x = check_numbers (n), *y = check_filled (n + 1, 9.0f);
      auto_activation_apply (AUTO_ACTIVATION_GELU, x, y, n);
      g_assert_cmpfloat (y[n], ==, 9.0f);
      auto_activation_apply (AUTO_ACTIVATION_GELU, x, x, n);
      g_assert_cmpmem (x, n * sizeof *x, y, n * sizeof *y);
      free (x);
      free (y);
    }
}

static void
test_special (void)
{
  float x[3] = { NAN, INFINITY, -INFINITY }, y[3];

  for (int a = AUTO_ACTIVATION_NONE; a <= AUTO_ACTIVATION_SOFTPLUS; a++)
    {
      auto_activation_apply (a, x, y, 3);
      g_assert_true (isnan (y[0]));
      check_close (auto_activation_get_name (a), 1, y[1], expected (a, INFINITY), 1, 1e-6);
    }
}

static void
test_names (void)
{
  static const char *const names[] = { "gelu", "gelu_10", "gelu_fast", "gelu_new", "gelu_python", "gelu_pytorch_tanh", "gelu_accurate",
                                       "laplace", "leaky_relu", "linear", "mish", "quick_gelu", "relu", "relu2", "relu6", "sigmoid", "silu",
                                       "swish", "tanh" };
  AutoActivation activation = AUTO_ACTIVATION_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (auto_activation_from_name (names[i], &activation));
      g_assert_cmpstr (auto_activation_get_name (activation), ==, names[i]);
    }
  g_assert_false (auto_activation_from_name ("gelu_nouveau", &activation));
  g_assert_null (auto_activation_get_name (1000));
  GEnumClass *class = g_type_class_ref (AUTO_TYPE_ACTIVATION);
  g_assert_cmpint (g_enum_get_value_by_nick (class, "gelu_new")->value, ==, AUTO_ACTIVATION_GELU_NEW);
  g_type_class_unref (class);
}

/* What PyTorch 1.13 gives for these x, so that the formulas above are the reference's and not only ours. */
static void
test_reference (void)
{
#include "activation-values.h"
  float y[G_N_ELEMENTS (reference_x)];

  for (guint a = 0; a < G_N_ELEMENTS (reference); a++)
    {
      AutoActivation activation = AUTO_ACTIVATION_NONE;
      g_assert_true (auto_activation_from_name (reference[a].name, &activation));
      auto_activation_apply (activation, reference_x, y, G_N_ELEMENTS (reference_x));
      for (guint i = 0; i < G_N_ELEMENTS (reference_x); i++)
        check_close (reference[a].name, i, y[i], reference[a].y[i], 1, 3e-7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activation/values", test_values);
  g_test_add_func ("/activation/relative", test_relative);
  g_test_add_func ("/activation/exp", test_exp);
  g_test_add_func ("/activation/lengths", test_lengths);
  g_test_add_func ("/activation/special", test_special);
  g_test_add_func ("/activation/names", test_names);
  g_test_add_func ("/activation/reference", test_reference);
  return g_test_run ();
}
