/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cache of a generation: growth, windows, rows that change places. */
#include "core/math/auto-cache.h"
#include "core/math/auto-context-private.h"
#include "core/tensor/auto-tensor-private.h"
#include "fixture.h"

typedef struct
{
  AutoContext *cx;
  AutoCache *cache;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->cx = auto_context_new (NULL, FALSE);
  self->cache = auto_cache_new (8);
  self->cx->cache = self->cache;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  auto_context_reset (self->cx);
  g_object_unref (self->cx);
  auto_cache_free (self->cache);
}

/* (rows, 2 heads, n, 3): every number tells its row, head, position and place. */
static AutoTensor *
numbers (gint64 rows, gint64 first, gint64 n)
{
  AutoTensor *x = auto_tensor_new_empty (AUTO_DTYPE_F32, (const gint64[]) { rows, 2, n, 3 }, 4);
  float *to = (float *) x->data;

  for (gint64 r = 0; r < rows; r++)
    for (gint64 h = 0; h < 2; h++)
      for (gint64 s = 0; s < n; s++)
        for (gint64 i = 0; i < 3; i++)
          *to++ = (float) (r * 100000 + h * 10000 + (first + s) * 10 + i);
  return x;
}

static void
check (AutoTensor *x, const gint64 *rows, gint64 n_rows, gint64 first, gint64 n)
{
  g_assert_cmpint (x->shape[0], ==, n_rows);
  g_assert_cmpint (x->shape[2], ==, n);
  for (gint64 r = 0; r < n_rows; r++)
    for (gint64 h = 0; h < 2; h++)
      for (gint64 s = 0; s < n; s++)
        for (gint64 i = 0; i < 3; i++)
          g_assert_cmpfloat (((float *) x->data)[r * x->strides[0] + h * x->strides[1] + s * x->strides[2] + i], ==,
                             (float) (rows[r] * 100000 + h * 10000 + (first + s) * 10 + i));
}

static void
append (Fixture *self, gint64 rows, gint64 first, gint64 n, gint64 window, AutoTensor **k)
{
  g_autoptr(AutoTensor) x = numbers (rows, first, n);
  AutoTensor *v = x;

  *k = x;
  auto_cache_append (self->cx, k, &v, window);
  g_assert_no_error (self->cx->error);
  g_assert_cmpint ((*k)->shape[2], ==, v->shape[2]);
}

static const gint64 same[] = { 0, 1, 2, 3 };

static void
test_growth (Fixture *self, gconstpointer data)
{
  AutoTensor *k;
  gint64 length = 0;

  for (gint64 n = 7; length < 300; n = 1 + length % 5)
    {
      append (self, 2, length, n, 0, &k);
      length += n;
      check (k, same, 2, 0, length);
      g_assert_cmpint (auto_cache_get_length (self->cache), ==, length);
    }
}

/* Each query sees as many positions as the window has, and the buffer stays small. */
static void
test_window (Fixture *self, gconstpointer data)
{
  AutoTensor *k;
  gint64 window = 5, length = 9;

  append (self, 2, 0, length, window, &k);
  check (k, same, 2, 0, length);
  for (; length < 400; length++)
    {
      append (self, 2, length, 1, window, &k);
      check (k, same, 2, length + 1 - window, window);
      g_assert_cmpint (auto_cache_get_length (self->cache), ==, length + 1);
      g_assert_cmpint (k->strides[1] / k->strides[2], <, 100);
    }
  append (self, 2, length, 3, window, &k);
  check (k, same, 2, length - window + 1, window + 2);
}

static void
test_reorder (Fixture *self, gconstpointer data)
{
  AutoTensor *k;
  gint64 now[4] = { 0, 1, 2, 3 };

  append (self, 4, 0, 6, 0, &k);
  for (guint code = 0; code < 256; code++) /* every way of choosing 4 rows of 4 */
    {
      gint64 rows[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 }, next[4];
      for (guint i = 0; i < 4; i++)
        next[i] = now[rows[i]];
      auto_cache_reorder (self->cache, rows, 4);
      check (k, next, 4, 0, 6);
      auto_cache_free (self->cache);
      self->cx->cache = self->cache = auto_cache_new (8);
      append (self, 4, 0, 6, 0, &k);
    }
  auto_cache_reorder (self->cache, (const gint64[]) { 0, 0, 1, 1, 2, 2, 3, 3 }, 8);
  g_autoptr(AutoTensor) fresh = numbers (8, 6, 1);
  AutoTensor *v = fresh;
  k = fresh;
  auto_cache_append (self->cx, &k, &v, 0);
  g_assert_no_error (self->cx->error);
  for (gint64 i = 0; i < 8; i++)
    g_assert_cmpfloat (((float *) k->data)[i * k->strides[0]], ==, (float) (i / 2 * 100000));
}

static void
test_constants (Fixture *self, gconstpointer data)
{
  g_autoptr(AutoTensor) x = numbers (4, 0, 3);
  AutoTensor *k, *v;

  g_assert_false (auto_cache_get (self->cx, "source", &k, &v));
  auto_cache_put (self->cx, "source", x, x);
  auto_cache_set_state (self->cx, "state", x);
  auto_cache_set_group (self->cache, 2);
  auto_cache_reorder (self->cache, (const gint64[]) { 1, 0, 2, 2 }, 4); /* inside of groups */
  g_assert_true (auto_cache_get (self->cx, "source", &k, &v));
  check (k, same, 4, 0, 3);
  check (auto_cache_get_state (self->cx, "state"), (const gint64[]) { 1, 0, 2, 2 }, 4, 0, 3);
  g_assert_null (auto_cache_get_state (self->cx, "other"));
  g_assert_cmpint (auto_cache_get_length (self->cache), ==, 0);
  g_assert_true (auto_cache_is_used (self->cache));
}

static void
test_mismatch (Fixture *self, gconstpointer data)
{
  AutoTensor *k, *v;
  g_autoptr(AutoTensor) other = numbers (3, 0, 1);

  append (self, 2, 0, 4, 0, &k);
  k = v = other;
  auto_cache_append (self->cx, &k, &v, 0);
  g_assert_error (self->cx->error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/generation/cache/growth", Fixture, NULL, set_up, test_growth, tear_down);
  g_test_add ("/generation/cache/window", Fixture, NULL, set_up, test_window, tear_down);
  g_test_add ("/generation/cache/reorder", Fixture, NULL, set_up, test_reorder, tear_down);
  g_test_add ("/generation/cache/constants", Fixture, NULL, set_up, test_constants, tear_down);
  g_test_add ("/generation/cache/mismatch", Fixture, NULL, set_up, test_mismatch, tear_down);
  return g_test_run ();
}
