/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processors and warpers of scores, against the reference's. */
#include <math.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/generation/auto-processors.h"
#include "fixture.h"

static void
process_rows (AutoProcessors *self, gboolean warp, const gint64 *ids, gsize length, float *scores, gsize rows, gsize n)
{
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < rows; i++)
    {
      AutoLogitsRow row = { ids + i * length, length, scores + i * n, i, rows, NULL, 0 };
      if (warp)
        auto_processors_warp (self, &row);
      else
        auto_processors_apply (self, &row, &error);
      g_assert_no_error (error);
    }
}

static void
compare (const float *got, const float *want, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gboolean same = want[i] == got[i] || (isnan (want[i]) && isnan (got[i])) || fabsf (got[i] - want[i]) <= 2e-5f * fmaxf (1, fabsf (want[i]));
      if (!same)
        g_test_message ("score %" G_GSIZE_FORMAT " is %g instead of %g", i, got[i], want[i]);
      g_assert_true (same);
    }
}

static void
test_processor (gconstpointer data)
{
  JsonObject *entry = (JsonObject *) data;
  g_autofree char *text = auto_json_print (json_object_get_member (entry, "settings"), -1, FALSE);
  g_autoptr(GError) error = NULL;
  AutoGenerationSettings settings = { 0 };
  gsize n_ids, n_source, n_scores, n;
  g_autofree gint64 *ids = fixture_ids (auto_json_array (fixture_get (), "rows"), &n_ids);
  g_autofree gint64 *source = fixture_ids (auto_json_array (fixture_get (), "encoder"), &n_source);
  g_autofree float *scores = fixture_numbers (auto_json_array (auto_json_object (fixture_get (), "scores"), auto_json_string (entry, "scores")), &n_scores);
  g_autofree float *want = fixture_numbers (auto_json_array (entry, "expected"), &n);
  gsize rows = json_array_get_length (auto_json_array (fixture_get (), "rows"));

  g_test_message ("%s", text);
  g_assert_true (auto_generation_settings_init (&settings, auto_json_object (entry, "settings"), &error));
  AutoProcessors processors = { .settings = &settings, .prompt_length = auto_json_int (entry, "prompt_length", 0), .encoder_ids = source,
                                .n_encoder_rows = 2, .encoder_length = n_source / 2, .batch = rows };
  g_assert_true (auto_processors_init (&processors, &error));
  g_assert_true (auto_processors_set_vocabulary (&processors, n_scores / rows, &error));
  process_rows (&processors, auto_json_bool (entry, "warp", FALSE), ids, n_ids / rows, scores, rows, n_scores / rows);
  compare (scores, want, n);
  auto_processors_clear (&processors);
  auto_generation_settings_clear (&settings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  JsonArray *all = auto_json_array (fixture_get (), "processors");
  for (guint i = 0; i < json_array_get_length (all); i++)
    {
      g_autofree char *name = g_strdup_printf ("/generation/processors/%u", i);
      g_test_add_data_func (name, json_array_get_object_element (all, i), test_processor);
    }
  return g_test_run ();
}
