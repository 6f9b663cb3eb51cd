/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ops-cases.h"

#include <math.h>

#include "core/checkpoint/auto-checkpoint.h"
#include "core/math/auto-pool.h"

#define MAX_INPUTS 4

typedef struct
{
  const char *group;
  const OpsCase *cases;
  gsize n;
} Group;

typedef struct
{
  const char *group;
  const OpsCase *test;
  AutoTensor *inputs[MAX_INPUTS], *expected;
  guint n_inputs;
  AutoWeights *weights;
} Fixture;

static AutoCheckpoint *
open_fixture (void)
{
  static AutoCheckpoint *checkpoint;
  g_autoptr(GError) error = NULL;

  if (!checkpoint)
    checkpoint = auto_checkpoint_open (g_test_get_filename (G_TEST_DIST, "data", "ops.safetensors", NULL), AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error);
  g_assert_no_error (error);
  return checkpoint;
}

static AutoTensor *
stored (const Fixture *self, const char *what)
{
  g_autofree char *name = g_strdup_printf ("%s/%s/%s", self->group, self->test->name, what);
  g_autoptr(GError) error = NULL;

  if (!auto_checkpoint_find (open_fixture (), name, NULL, NULL, NULL))
    return NULL;
  AutoTensor *tensor = auto_checkpoint_get (open_fixture (), name, &error);
  g_assert_no_error (error);
  return tensor;
}

static void
compare (const Fixture *self, const char *how, AutoTensor *y)
{
  AutoTensor *want = self->expected;
  g_autofree char *got_text = auto_tensor_describe (y), *want_text = auto_tensor_describe (want);

  if (!g_str_equal (got_text, want_text))
    g_error ("%s/%s (%s): got %s, not %s", self->group, self->test->name, how, got_text, want_text);
  g_autoptr(AutoTensor) got64 = auto_tensor_convert (y, AUTO_DTYPE_F64), want64 = auto_tensor_convert (want, AUTO_DTYPE_F64);
  const double *a = (const double *) got64->data, *b = (const double *) want64->data;
  double tolerance = auto_dtype_is_float (want->dtype) ? 1e-5 : 0;
  for (gint64 i = 0, n = auto_tensor_get_n_elements (y); i < n; i++)
    if (!(a[i] == b[i] || (isnan (a[i]) && isnan (b[i])) || fabs (a[i] - b[i]) <= tolerance * (1 + fabs (b[i]))))
      g_error ("%s/%s (%s): element %" G_GINT64_FORMAT " is %.9g, not %.9g", self->group, self->test->name, how, i, a[i], b[i]);
}

/* In a declaring context the operation has to find the shape and the weights without data. */
static void
declare (Fixture *self)
{
  g_autoptr(AutoContext) cx = auto_context_new (self->weights, TRUE);
  AutoTensor *x[MAX_INPUTS] = { NULL };

  for (guint i = 0; i < self->n_inputs; i++)
    x[i] = auto_context_adopt (cx, auto_tensor_new_over (self->inputs[i]->dtype, self->inputs[i]->shape, self->inputs[i]->n_dims, NULL, NULL));
  AutoTensor *y = self->test->run (cx, x);
  g_assert_no_error (cx->error);
  g_assert_nonnull (y);
  g_autofree char *text = auto_tensor_describe (y), *want = auto_tensor_describe (self->expected);
  if (!g_str_equal (self->test->name, "nonzero") && !g_str_has_prefix (self->test->name, "nms")) /* only data tell their size */
    g_assert_cmpstr (text, ==, want);
  for (guint i = 0; i < self->weights->list->len; i++)
    {
      AutoWeight *weight = g_ptr_array_index (self->weights->list, i);
      g_autofree char *name = g_strconcat ("w.", weight->name, NULL);
      g_autoptr(AutoTensor) tensor = stored (self, name);
      g_assert_nonnull (tensor);
      g_autofree char *declared = auto_shape_to_string (weight->shape, weight->n_dims), *has = auto_shape_to_string (tensor->shape, tensor->n_dims);
      g_assert_cmpstr (declared, ==, has);
      auto_weights_set_tensor (self->weights, weight, tensor);
    }
}

/* The same elements with gaps between them, every other dimension running backwards. */
static AutoTensor *
scatter_in_memory (AutoTensor *x)
{
  gint64 strides[AUTO_TENSOR_MAX_DIMS], stride = 1, offset = 0;
  gsize size = auto_dtype_get_size (x->dtype);

  for (int d = (int) x->n_dims - 1; d >= 0; d--)
    {
      strides[d] = d % 2 ? -2 * stride : 2 * stride;
      offset += d % 2 ? 2 * stride * MAX (x->shape[d] - 1, 0) : stride;
      stride *= 2 * x->shape[d] + 1;
    }
  AutoStorage *storage = auto_storage_new ((stride + 1) * size);
  memset (storage->data, 0x5a, storage->size);
  g_autoptr(AutoTensor) base = auto_tensor_new_over (x->dtype, x->shape, x->n_dims, storage, storage->data);
  AutoTensor *y = auto_tensor_new_view (base, x->shape, strides, x->n_dims, offset);
  auto_storage_unref (storage);
  auto_walk_copy (y, x);
  return y;
}

static void
compute (Fixture *self, const char *how, gboolean scattered, guint n_threads)
{
  g_autoptr(AutoContext) cx = auto_context_new (self->weights, FALSE);
  AutoTensor *x[MAX_INPUTS] = { NULL };

  auto_set_n_threads (n_threads);
  for (guint i = 0; i < self->n_inputs; i++)
    x[i] = auto_context_adopt (cx, scattered ? scatter_in_memory (self->inputs[i]) : auto_tensor_ref (self->inputs[i]));
  AutoTensor *y = self->test->run (cx, x);
  g_assert_no_error (cx->error);
  g_assert_nonnull (y);
  compare (self, how, y);

  /* once more, into memory that was used */
  auto_context_reset (cx);
  for (guint i = 0; i < self->n_inputs; i++)
    x[i] = self->inputs[i];
  y = self->test->run (cx, x);
  g_assert_no_error (cx->error);
  compare (self, "again", y);
}

static void
refuse (Fixture *self)
{
  g_autoptr(AutoContext) cx = auto_context_new (self->weights, FALSE);
  AutoTensor *x[MAX_INPUTS];

  for (guint absent = 0; absent < self->n_inputs; absent++)
    {
      if (absent == 2 && (g_str_equal (self->test->name, "conv_with") || g_str_equal (self->test->name, "nms_classes")))
        continue; /* a bias and classes are optional */
      for (guint i = 0; i < MAX_INPUTS; i++)
        x[i] = i == absent ? NULL : self->inputs[i];
      g_assert_null (self->test->run (cx, x));
      g_assert_error (cx->error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT);
      auto_context_reset (cx);
    }
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "the first error");
  g_assert_null (self->test->run (cx, self->inputs));
  g_assert_cmpstr (cx->error->message, ==, "the first error");
}

static void
test_case (gconstpointer data)
{
  Fixture self = *(const Fixture *) data;

  for (; self.n_inputs < MAX_INPUTS; self.n_inputs++)
    {
      g_autofree char *name = g_strdup_printf ("%u", self.n_inputs);
      if (!(self.inputs[self.n_inputs] = stored (&self, name)))
        break;
    }
  self.expected = stored (&self, "y");
  if (!self.expected)
    g_error ("the fixture has no %s/%s", self.group, self.test->name);
  self.weights = auto_weights_new ();
  declare (&self);
  compute (&self, "contiguous", FALSE, 1);
  compute (&self, "scattered", TRUE, 3);
  refuse (&self);

  auto_weights_free (self.weights);
  for (guint i = 0; i < self.n_inputs; i++)
    auto_tensor_unref (self.inputs[i]);
  auto_tensor_unref (self.expected);
}

static void
test_complete (gconstpointer data)
{
  const Group *self = data;
  g_autofree char *prefix = g_strconcat (self->group, "/", NULL);
  gsize n, found = 0;
  const char *const *names = auto_checkpoint_get_names (open_fixture (), &n);

  for (gsize i = 0; i < n; i++)
    found += g_str_has_prefix (names[i], prefix) && g_str_has_suffix (names[i], "/y");
  g_assert_cmpuint (found, ==, self->n);
}

void
ops_add_cases (const char *group, const OpsCase *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      Fixture *fixture = g_new0 (Fixture, 1);
      g_autofree char *path = g_strdup_printf ("/ops/%s/%s", group, cases[i].name);
      fixture->group = group;
      fixture->test = &cases[i];
      g_test_add_data_func_full (path, fixture, test_case, g_free);
    }
  Group *all = g_new (Group, 1);
  *all = (Group) { group, cases, n };
  g_autofree char *path = g_strdup_printf ("/ops/%s/complete", group);
  g_test_add_data_func_full (path, all, test_complete, g_free);
}

AutoTensor *
ops_tensor (AutoContext *cx, const gint64 *shape, gsize n_dims, const double *values, gsize n_values)
{
  return auto_reshape (cx, auto_constant (cx, values, n_values), shape, n_dims);
}
