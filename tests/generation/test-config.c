/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Generation configs as JSON, against the reference's. */
#include <glib/gstdio.h>

#include "core/base/auto-io.h"
#include "core/base/auto-json.h"
#include "core/generation/auto-generation-config.h"
#include "fixture.h"

static void
test_json (void)
{
  JsonArray *all = auto_json_array (fixture_get (), "configs");

  for (guint i = 0; i < json_array_get_length (all); i++)
    {
      JsonObject *entry = json_array_get_object_element (all, i);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoGenerationConfig) config = auto_generation_config_from_dict (auto_json_object (entry, "settings"), &error);
      g_assert_no_error (error);
      g_autofree char *diff = auto_generation_config_to_json_string (config, TRUE), *whole = auto_generation_config_to_json_string (config, FALSE);
      g_assert_cmpstr (diff, ==, auto_json_string (entry, "json"));
      g_assert_cmpstr (whole, ==, auto_json_string (entry, "whole"));
    }
}

static void
test_model_config (void)
{
  JsonArray *all = auto_json_array (fixture_get (), "model_configs");

  for (guint i = 0; i < json_array_get_length (all); i++)
    {
      JsonObject *entry = json_array_get_object_element (all, i);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoConfig) model_config = auto_config_copy (auto_model_get_config (fixture_model ()));
      g_assert_true (auto_config_update (model_config, auto_json_object (entry, "config"), &error));
      g_autoptr(AutoGenerationConfig) config = auto_generation_config_from_model_config (model_config, &error);
      g_assert_no_error (error);
      g_autofree char *text = auto_generation_config_to_json_string (config, TRUE);
      g_assert_cmpstr (text, ==, auto_json_string (entry, "json"));
    }
}

static void
test_save (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("auto-generation-XXXXXX", NULL), *path = g_build_filename (folder, "generation_config.json", NULL);
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();

  auto_generation_config_set_int (config, "num_beams", 3, &error);
  auto_generation_config_set_text (config, "language", "fr", &error);
  auto_generation_config_set_text (config, "eos_token_id", "[4, 5]", &error);
  g_assert_true (auto_generation_config_save_pretrained (config, folder, &error));
  g_assert_no_error (error);
  g_autoptr(AutoGenerationConfig) again = auto_generation_config_from_pretrained (folder, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (auto_generation_config_get_int (again, "num_beams", 0), ==, 3);
  g_assert_cmpstr (auto_generation_config_get_string (again, "language"), ==, "fr");
  auto_generation_config_set_int (again, "num_beams", 1, NULL);
  auto_generation_config_set_double (again, "length_penalty", 2, NULL);
  g_assert_false (auto_generation_config_save_pretrained (again, folder, &error)); /* a warning, as in the reference */
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
  g_remove (path);
  g_rmdir (folder);
}

static void
test_bad_values (void)
{
  static const char *const bad[][2] = { { "max_length", "\"x\"" }, { "max_length", "1.5" }, { "top_p", "true" }, { "do_sample", "3" }, { "eos_token_id", "[1, \"a\"]" },
                                        { "bad_words_ids", "[1]" }, { "early_stopping", "\"x\"" }, { "sequence_bias", "{}" }, { "sequence_bias", "[[1, 2]]" },
                                        { "forced_decoder_ids", "{}" }, { "exponential_decay_length_penalty", "[1]" } };
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_false (auto_generation_config_set_text (config, bad[i][0], bad[i][1], &error));
      g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
      g_assert_nonnull (strstr (error->message, bad[i][0]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/generation/config/json", test_json);
  g_test_add_func ("/generation/config/of-a-model", test_model_config);
  g_test_add_func ("/generation/config/save", test_save);
  g_test_add_func ("/generation/config/bad-values", test_bad_values);
  return g_test_run ();
}
