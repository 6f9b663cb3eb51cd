/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What weights hold that no checkpoint has. */
#include "core/math/auto-ops-private.h"
#include "core/math/auto-ops.h"

static void
test_fresh (void)
{
  /* 1.0 / 500 ** (torch.arange (0, 8, 2).float () / 8) */
  static const float expected[4][4] = {
    { 1.0f, 0.2114742398262024f, 0.04472136124968529f, 0.009457415901124477f }, { 1, 1, 1, 1 }, { 0 }, { 0 } };
  AutoWeights *weights = auto_weights_new ();
  g_autoptr(AutoContext) shapes = auto_context_new (weights, TRUE), cx = auto_context_new (weights, FALSE);

  for (guint pass = 0; pass < 2; pass++)
    {
      AutoContext *now = pass ? cx : shapes;
      AutoTensor *made[4] = { auto_frequencies_buffer (now, "frequencies", 4, 500), auto_ones_parameter (now, "ones", AUTO_DIMS (4)),
        auto_zeros_parameter (now, "zeros", AUTO_DIMS (4)), auto_buffer (now, "buffer", AUTO_DIMS (4)) };
      g_assert_no_error (now->error);
      for (guint i = 0; i < 4 && pass; i++)
        for (guint j = 0; j < 4; j++)
          g_assert_cmpfloat_with_epsilon (auto_floats (made[i])[j], expected[i][j], 1e-7);
      auto_weights_initialize (weights, 1);
    }
  auto_weights_free (weights);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weights/fresh", test_fresh);
  return g_test_run ();
}
