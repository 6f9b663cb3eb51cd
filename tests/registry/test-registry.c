/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unistd.h>

#include "core/auto/auto-config.h"
#include "core/auto/auto-model.h"
#include "registry-testing.h"

static char *first; /* the folder of the first good plugin: its types are registered once a process */

static void
test_find (void)
{
  g_autoptr(GError) error = NULL;
  const AutoArchitectureInfo *info = auto_registry_find_architecture ("test-good", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (info->model_type, ==, "test-good");
  g_assert_cmpstr (info->prefix, ==, "good");
  g_assert_cmpstr (info->plugin, ==, "good");
  g_assert_cmpstr (g_type_name (info->config_type), ==, "TestGoodConfig");
  g_assert_true (auto_registry_find_by_config (info->config_type) == info);
  g_assert_true (auto_registry_has_architecture ("test_other"));
  g_assert_false (auto_registry_has_architecture ("test-nothing"));
}

static void
test_models (void)
{
  g_autoptr(GError) error = NULL;
  const AutoArchitectureInfo *info = auto_registry_find_architecture ("test-good", &error);
  g_autoptr(GPtrArray) rows = auto_registry_find_models (info->config_type, "AutoModelForPreTraining");
  g_autoptr(GPtrArray) none = auto_registry_find_models (info->config_type, "AutoModelForCausalLM");
  g_autoptr(GPtrArray) tf = auto_registry_find_models (info->config_type, "TFAutoModel");
  g_autoptr(GPtrArray) flax = auto_registry_find_models (info->config_type, "FlaxAutoModel");

  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (((AutoClassInfo *) rows->pdata[0])->class_name, ==, "TestGoodForPreTraining");
  g_assert_cmpstr (((AutoClassInfo *) rows->pdata[1])->class_name, ==, "TestGoodForMaskedLM");
  g_assert_true (g_type_is_a (((AutoClassInfo *) rows->pdata[0])->type, g_type_from_name ("AutoModelForPreTraining")));
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (tf->len, ==, 1);
  g_assert_cmpuint (flax->len, ==, 0);

  g_auto(GStrv) types = auto_registry_list_rows ("AutoModel");
  g_assert_true (g_strv_contains ((const char *const *) types, "test-good"));
  g_assert_true (g_strv_contains ((const char *const *) types, "test_other"));
  g_auto(GStrv) tf_types = auto_registry_list_rows ("TFAutoModel");
  g_assert_true (g_strv_contains ((const char *const *) tf_types, "test-good"));
  g_assert_false (g_strv_contains ((const char *const *) tf_types, "test_other"));
}

static void
test_others (void)
{
  g_autoptr(GError) error = NULL;
  const AutoTokenizerInfo *tokenizer = auto_registry_find_tokenizer ("test-good", &error);
  const AutoClassInfo *image = auto_registry_find_processor ("AutoImageProcessor", "test-good", &error);
  const AutoClassInfo *model = auto_registry_find_class ("TestGoodForMaskedLM", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (tokenizer->fast_class, ==, "TestGoodTokenizerFast");
  g_assert_cmpstr (tokenizer->spec, ==, "spec");
  g_assert_true (auto_registry_find_tokenizer_class ("TestGoodTokenizerFast", &error) == tokenizer);
  g_assert_true (auto_registry_find_tokenizer_class ("TestGoodTokenizer", &error) == tokenizer);
  g_assert_cmpstr (image->class_name, ==, "TestGoodImageProcessor");
  g_assert_cmpstr (model->class_name, ==, "TestGoodForMaskedLM");
  g_assert_null (auto_registry_find_class ("NoSuchClass", NULL, &error));
  g_assert_null (auto_registry_find_tokenizer_class ("NoSuchTokenizer", &error));
  g_assert_null (auto_registry_find_processor ("AutoFeatureExtractor", "test-good", &error));
  g_assert_no_error (error);
}

/* A type without a model may name a class that is described elsewhere; one that nobody describes is no row. */
static void
test_lent_tokenizer (void)
{
  g_autoptr(GError) error = NULL;
  const AutoTokenizerInfo *lent = auto_registry_find_tokenizer ("test-lent", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (lent->slow_class, ==, "TestGoodTokenizer");
  g_assert_null (lent->spec);
  g_assert_cmpstr (auto_registry_find_tokenizer_class (lent->slow_class, &error)->spec, ==, "spec");
  g_assert_null (auto_registry_find_tokenizer_class ("TestUnknownTokenizer", &error));
  g_assert_no_error (error);
  g_assert_false (auto_registry_has_architecture ("test-lent"));
  g_auto(GStrv) types = auto_registry_list_rows ("AutoTokenizer");
  g_assert_true (g_strv_contains ((const char *const *) types, "test-good"));
  g_assert_true (g_strv_contains ((const char *const *) types, "test-lent"));
  g_assert_false (g_strv_contains ((const char *const *) types, "test-named"));
}

/* Beside a thousand others, finding a type opens its sidecar and its shared object, and nothing else. */
static void
test_thousand (void)
{
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("dummy%u", i);
      g_autofree char *sidecar = g_strconcat (name, ".plugin", NULL);
      g_autofree char *object = g_strconcat (name, ".so", NULL);
      g_autofree char *text = g_strdup_printf ("[Plugin]\nName=%s\nTitle=x\nVersion=1\nLicence=x\nAbi=1.0\n\n[Type %s]\nConfig=C%u\nPrefix=\n", name, name, i);
      registry_testing_write (first, sidecar, text, -1);
      registry_testing_write (first, object, "", 0);
    }
  guint before = auto_registry_get_n_opened ();
  gint64 start = g_get_monotonic_time ();
  g_assert_nonnull (auto_registry_find_architecture ("test-good", &error));
  g_assert_no_error (error);
  g_test_message ("%" G_GINT64_FORMAT " µs", g_get_monotonic_time () - start);
  g_assert_cmpuint (auto_registry_get_n_opened () - before, ==, 2);
  /* The second type is found through its link, and is the same plugin. */
  g_assert_nonnull (auto_registry_find_architecture ("test_other", &error));
  g_assert_cmpuint (auto_registry_get_n_opened () - before, ==, 2);
  g_auto(GStrv) types = auto_registry_list_model_types ();
  g_assert_cmpuint (g_strv_length (types), ==, 1002);
}

static AutoPluginInfo *
find_listed (GPtrArray *list, const char *folder)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_has_prefix (auto_plugin_info_get_path (list->pdata[i]), folder))
      return list->pdata[i];
  return NULL;
}

static void
test_shadowed (void)
{
  g_autofree char *winner = registry_testing_folder ();
  g_autofree char *loser = registry_testing_folder ();
  g_autofree char *path = g_strconcat ("", ":", winner, "::", loser, ":", NULL);

  registry_testing_install (winner, "good", "good", TRUE);
  registry_testing_install (loser, "good", "good", TRUE);
  g_setenv ("AUTO_PLUGIN_PATH", path, TRUE);
  g_autoptr(GPtrArray) list = auto_registry_list_plugins ();
  AutoPluginInfo *used = find_listed (list, winner), *shadowed = find_listed (list, loser);
  g_assert_cmpint (auto_plugin_info_get_state (used), ==, AUTO_PLUGIN_STATE_INSTALLED);
  g_assert_cmpint (auto_plugin_info_get_state (shadowed), ==, AUTO_PLUGIN_STATE_SHADOWED);
  g_assert_cmpstr (auto_plugin_info_get_shadowed_by (shadowed), ==, auto_plugin_info_get_path (used));
  g_assert_cmpstr (auto_plugin_info_get_title (used), ==, "A good plugin");
  g_assert_cmpstr (auto_plugin_info_get_version (used), ==, "1.5");
  g_auto(GStrv) types = auto_plugin_info_list_architectures (used);
  g_assert_cmpstr (types[0], ==, "test-good");
  g_assert_cmpstr (types[1], ==, "test_other");
  g_auto(GStrv) classes = auto_plugin_info_list_classes (used, "test-good", "AutoModelForPreTraining");
  g_assert_cmpuint (g_strv_length (classes), ==, 2);

  g_auto(GStrv) folders = auto_registry_list_paths ();
  for (guint i = 0; folders[i]; i++)
    g_assert_true (g_path_is_absolute (folders[i]));
  g_assert_cmpstr (folders[0], ==, winner);
  g_assert_cmpstr (folders[1], ==, loser);
}

/* Neither an empty element of the path nor "." mean the current folder. */
static void
test_current_folder (void)
{
  g_autofree char *folder = registry_testing_folder ();
  g_autofree char *old = g_get_current_dir ();

  registry_testing_install (folder, "good", "good", TRUE);
  g_assert_no_errno (chdir (folder));
  for (guint i = 0; i < 5; i++)
    {
      g_setenv ("AUTO_PLUGIN_PATH", (const char *const[]) { "", ":", "::", ".", ":.:" }[i], TRUE);
      g_autoptr(GPtrArray) list = auto_registry_list_plugins ();
      g_assert_null (find_listed (list, folder));
    }
  g_assert_no_errno (chdir (old));
}

static void
test_user_folder (void)
{
  g_autofree char *user = g_build_filename (g_get_user_data_dir (), "auto-1", "plugins", NULL);
  g_autofree char *other = registry_testing_folder ();

  g_assert_no_errno (g_mkdir_with_parents (user, 0777));
  registry_testing_install (user, "good", "user-good", FALSE);
  g_autoptr(GPtrArray) list = auto_registry_list_plugins ();
  g_assert_nonnull (find_listed (list, user));
  g_autofree char *path = g_build_filename (user, "user-good.so", NULL);
  g_assert_no_errno (unlink (path));
}

static void
write_model (const char *folder, const char *text)
{
  registry_testing_write (folder, "config.json", text, -1);
}

/* A model that ships its plugin. */
static void
test_trust (void)
{
  g_autofree char *plugins = registry_testing_folder ();
  g_autofree char *model = registry_testing_folder ();
  g_autoptr(AutoLoadOptions) trust = g_object_new (AUTO_TYPE_LOAD_OPTIONS, "trust-remote-code", TRUE, NULL);
  g_autoptr(GError) error = NULL;
  const char *const bad[] = { "../good.so", "/tmp/good.so", "good", "sub/good.so", ".good.so" };

  g_setenv ("AUTO_PLUGIN_PATH", plugins, TRUE);
  registry_testing_install (model, "good", "shipped", FALSE);
  write_model (model, "{\"model_type\": \"test-good\", \"auto_plugin\": \"shipped.so\", \"hidden_size\": 9}");
  g_assert_null (auto_config_from_pretrained (model, NULL, NULL, &error));
  registry_testing_assert_error (error, AUTO_PLUGIN_ERROR_NOT_TRUSTED, "shipped.so", "trust-remote-code", NULL);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"model_type\": \"test-good\", \"auto_plugin\": \"%s\"}", bad[i]);
      write_model (model, text);
      g_assert_null (auto_config_from_pretrained (model, trust, NULL, &error));
      g_assert_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_LOAD);
      g_clear_error (&error);
    }
  g_assert_cmpuint (g_type_from_name ("TestGoodConfig"), ==, 0);

  write_model (model, "{\"model_type\": \"test-good\", \"auto_plugin\": \"shipped.so\", \"hidden_size\": 9}");
  g_autoptr(AutoConfig) config = auto_config_from_pretrained (model, trust, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (auto_config_get_int (config, "hidden_size", -1), ==, 9);
}

static void
test_not_found (void)
{
  g_autofree char *folder = registry_testing_folder ();
  g_autoptr(GError) error = NULL;

  registry_testing_install (folder, "good", "good", TRUE);
  g_assert_null (auto_registry_find_architecture ("test-goode", &error));
  registry_testing_assert_error (error, AUTO_PLUGIN_ERROR_NOT_FOUND, "\"test-goode\"", "\"test-good\"", folder, NULL);
  g_clear_error (&error);
  /* Names that are no names are only not found. */
  for (guint i = 0; i < 5; i++)
    {
      const char *const odd[] = { "", "../good", "/etc/passwd", ".", "a\nb" };
      g_assert_null (auto_registry_find_architecture (odd[i], &error));
      g_assert_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
}

static void
test_register (void)
{
  g_autofree char *folder = registry_testing_folder ();
  g_autoptr(GError) error = NULL;

  registry_testing_install (folder, "good", "good", TRUE);
  const AutoArchitectureInfo *info = auto_registry_find_architecture ("test-good", &error);
  GType config = info->config_type, model = g_type_from_name ("TestOtherModel");
  g_assert_false (auto_registry_register_config ("test-good", config, FALSE, &error));
  g_assert_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_TYPE_CLASH);
  g_clear_error (&error);
  g_assert_false (auto_registry_register_model (config, "AutoModel", model, FALSE, &error));
  g_assert_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_TYPE_CLASH);
  g_clear_error (&error);

  g_assert_true (auto_registry_register_model (config, "AutoModel", model, TRUE, &error));
  g_autoptr(GPtrArray) models = auto_registry_find_models (config, "AutoModel");
  g_assert_cmpuint (models->len, ==, 1);
  g_assert_cmpuint (((AutoClassInfo *) models->pdata[0])->type, ==, model);
  g_assert_true (auto_registry_register_model (config, "AutoModelForCausalLM", model, FALSE, &error));
  g_assert_true (auto_registry_register_config ("test-new", config, FALSE, &error));
  g_assert_nonnull (auto_registry_find_architecture ("test-new", &error));
  g_assert_no_error (error);
  g_auto(GStrv) types = auto_registry_list_model_types ();
  g_assert_true (g_strv_contains ((const char *const *) types, "test-new"));
}

static gpointer
find_in_thread (gpointer data)
{
  g_autoptr(GError) error = NULL;
  const AutoArchitectureInfo *info = auto_registry_find_architecture (GPOINTER_TO_INT (data) % 2 ? "test-good" : "test_other", &error);

  g_assert_no_error (error);
  g_auto(GStrv) types = auto_registry_list_model_types ();
  g_assert_cmpuint (g_strv_length (types), ==, 2);
  return (gpointer) info;
}

static void
test_threads (void)
{
  g_autofree char *folder = registry_testing_folder ();
  GThread *threads[16];

  registry_testing_install (folder, "good", "good", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("find", find_in_thread, GINT_TO_POINTER (i));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_nonnull (g_thread_join (threads[i]));
}

static void
in_first_folder (gconstpointer func)
{
  first = registry_testing_folder ();
  registry_testing_install (first, "good", "good", TRUE);
  ((GTestFunc) func) ();
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    GTestFunc func;
  } tests[] = {
    { "/registry/find", test_find },
    { "/registry/models", test_models },
    { "/registry/others", test_others },
    { "/registry/lent-tokenizer", test_lent_tokenizer },
    { "/registry/thousand", test_thousand },
    { "/registry/shadowed", test_shadowed },
    { "/registry/current-folder", test_current_folder },
    { "/registry/user-folder", test_user_folder },
    { "/registry/trust", test_trust },
    { "/registry/not-found", test_not_found },
    { "/registry/register", test_register },
    { "/registry/threads", test_threads },
  };

  g_test_init (&argc, &argv, NULL);
  registry_testing_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *inner = g_strconcat (tests[i].path, "/subprocess", NULL);
      g_test_add_data_func (inner, (gconstpointer) tests[i].func, in_first_folder);
      g_test_add_data_func (tests[i].path, tests[i].path, registry_testing_run_alone);
    }
  int status = g_test_run ();
  registry_testing_end ();
  return status;
}
