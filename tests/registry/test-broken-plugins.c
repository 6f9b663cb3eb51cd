/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <unistd.h>

#include "core/auto/auto-config.h"
#include "registry-testing.h"

/* Every kind of broken plugin is an error that names the file and the reason, and stays in the list of failed ones. */

static void
assert_listed (const char *folder, const char *name, GError *error)
{
  g_autoptr(GPtrArray) failed = auto_registry_list_failed ();
  g_autofree char *file = g_strconcat (name, ".so", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  for (guint i = 0; i < failed->len; i++)
    {
      AutoPluginInfo *info = g_ptr_array_index (failed, i);
      if (!g_str_equal (auto_plugin_info_get_path (info), path))
        continue;
      g_assert_cmpint (auto_plugin_info_get_state (info), ==, AUTO_PLUGIN_STATE_FAILED);
      g_assert_cmpstr (auto_plugin_info_get_error (info)->message, ==, error->message);
      return;
    }
  g_error ("%s is not listed as failed", path);
}

/* A fixture alone in a folder, asked for what it offers; without a sidecar the list tells what is wrong with it. */
static void
check_fault (const char *fixture, const char *model_type, int code, const char *reason)
{
  g_autofree char *folder = registry_testing_folder ();
  g_autoptr(GError) error = NULL;

  registry_testing_install (folder, fixture, fixture, FALSE);
  if (model_type)
    {
      g_assert_null (auto_registry_find_architecture (model_type, &error));
      registry_testing_assert_error (error, code, folder, fixture, reason, NULL);
      /* It does not get better by asking again. */
      g_autoptr(GError) again = NULL;
      g_assert_null (auto_registry_find_architecture (model_type, &again));
      g_assert_error (again, AUTO_PLUGIN_ERROR, code);
    }
  else
    {
      g_autoptr(GPtrArray) failed = auto_registry_list_failed ();
      g_assert_cmpuint (failed->len, ==, 1);
      error = g_error_copy (auto_plugin_info_get_error (g_ptr_array_index (failed, 0)));
      registry_testing_assert_error (error, code, folder, fixture, reason, NULL);
    }
  assert_listed (folder, fixture, error);
}

static void
test_symbol (void)
{
  check_fault ("broken-symbol", NULL, AUTO_PLUGIN_ERROR_LOAD, "auto_plugin_descriptor");
}

static void
test_abi (void)
{
  check_fault ("broken-abi-major", NULL, AUTO_PLUGIN_ERROR_ABI, "99.0");
  check_fault ("broken-abi-minor", NULL, AUTO_PLUGIN_ERROR_ABI, "1.1");
  check_fault ("broken-size", NULL, AUTO_PLUGIN_ERROR_ABI, "40 bytes");
}

static void
test_descriptor (void)
{
  check_fault ("broken-entry", NULL, AUTO_PLUGIN_ERROR_INIT, "entry 0");
  check_fault ("broken-name", NULL, AUTO_PLUGIN_ERROR_INIT, "lacks a name");
  check_fault ("broken-end", NULL, AUTO_PLUGIN_ERROR_INIT, "unknown kind");
}

static void
test_classes (void)
{
  check_fault ("broken-class-name", "test-class-name", AUTO_PLUGIN_ERROR_INIT, "TestNamedConfig");
  check_fault ("broken-base", "test-base", AUTO_PLUGIN_ERROR_INIT, "does not derive");
  check_fault ("broken-init", "test-init", AUTO_PLUGIN_ERROR_INIT, "not on a Sunday");
}

static void
load_good (void)
{
  g_autofree char *folder = registry_testing_folder ();
  g_autoptr(GError) error = NULL;

  registry_testing_install (folder, "good", "good", TRUE);
  g_assert_nonnull (auto_registry_find_architecture ("test-good", &error));
  g_assert_no_error (error);
}

static void
test_clash_type (void)
{
  load_good ();
  check_fault ("broken-clash-type", "test-clash-type", AUTO_PLUGIN_ERROR_TYPE_CLASH, "TestGoodConfig, and so has good");
}

static void
test_clash_folded (void)
{
  load_good ();
  check_fault ("broken-clash-folded", "test_good", AUTO_PLUGIN_ERROR_TYPE_CLASH, "offered by good as \"test-good\"");
}

static void
test_lying_sidecar (void)
{
  g_autofree char *folder = registry_testing_folder ();
  g_autoptr(GError) error = NULL;

  registry_testing_install (folder, "good", "good", TRUE);
  g_autofree char *text = registry_testing_read (folder, "good.plugin", NULL);
  g_autoptr(GString) lie = g_string_new (text);
  g_string_replace (lie, "AutoModel=TestOtherModel;", "AutoModel=TestOtherModel;Invented;", 0);
  registry_testing_write (folder, "good.plugin", lie->str, -1);
  g_assert_null (auto_registry_find_architecture ("test-good", &error));
  registry_testing_assert_error (error, AUTO_PLUGIN_ERROR_MISMATCH, "good.so", "good.plugin", "Invented", NULL);
  assert_listed (folder, "good", error);
  g_assert_cmpuint (g_type_from_name ("TestGoodConfig"), ==, 0);
}

static void
test_bad_sidecar (void)
{
  const char *const texts[] = { "", "[Plugin]\nName=good\n", "Name=good\n", "\xff\xfe", "[Plugin]\nName=a/b\nTitle=x\nVersion=1\nLicence=x\nAbi=1.0\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *folder = registry_testing_folder ();
      g_autoptr(GError) error = NULL;
      registry_testing_install (folder, "good", "test-good", FALSE);
      registry_testing_write (folder, "test-good.plugin", texts[i], -1);
      g_assert_null (auto_registry_find_architecture ("test-good", &error));
      registry_testing_assert_error (error, AUTO_PLUGIN_ERROR_MISMATCH, "test-good.plugin", NULL);
      assert_listed (folder, "test-good", error);
    }
}

static void
test_sidecar_alone (void)
{
  g_autofree char *folder = registry_testing_folder ();
  g_autoptr(GError) error = NULL;

  registry_testing_install (folder, "good", "good", TRUE);
  g_autofree char *path = g_build_filename (folder, "good.so", NULL);
  g_assert_no_errno (unlink (path));
  g_assert_null (auto_registry_find_architecture ("test-good", &error));
  registry_testing_assert_error (error, AUTO_PLUGIN_ERROR_LOAD, "good.so", "not there", NULL);
  assert_listed (folder, "good", error);
}

/* Cut at every eighth of its length and in the header; never a crash, as a page that is not there would be. */
static void
test_cut (void)
{
  gsize length;
  g_autofree char *bytes = registry_testing_read (g_getenv ("AUTO_TEST_PLUGINS"), "good.so", &length);

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *folder = registry_testing_folder ();
      g_autoptr(GPtrArray) failed = NULL;
      gsize cut = i < 8 ? length * i / 8 : (const gsize[]) { 4, 63, 64, length - 1 }[i - 8];
      registry_testing_write (folder, "good.so", bytes, cut);
      failed = auto_registry_list_failed ();
      g_assert_cmpuint (failed->len, ==, 1);
      g_assert_error (auto_plugin_info_get_error (g_ptr_array_index (failed, 0)), AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_LOAD);
    }
}

static void
check_header (guint offset, guint8 value, const char *reason)
{
  g_autofree char *folder = registry_testing_folder ();
  gsize length;
  g_autofree char *bytes = registry_testing_read (g_getenv ("AUTO_TEST_PLUGINS"), "good.so", &length);

  bytes[offset] = (char) value;
  registry_testing_write (folder, "good.so", bytes, length);
  g_autoptr(GPtrArray) failed = auto_registry_list_failed ();
  g_assert_cmpuint (failed->len, ==, 1);
  g_autoptr(GError) error = g_error_copy (auto_plugin_info_get_error (g_ptr_array_index (failed, 0)));
  registry_testing_assert_error (error, AUTO_PLUGIN_ERROR_LOAD, "good.so", reason, NULL);
}

static void
test_other_machine (void)
{
  check_header (4, 1, "32 bits");
  check_header (5, G_BYTE_ORDER == G_LITTLE_ENDIAN ? 2 : 1, "byte order");
  check_header (18, 0xf9, "another processor");
  check_header (16, 2, "no shared object");
  check_header (0, 'x', "no shared object");
}

static int
run_check (const char *folder, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".so", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  const char *const command[] = { g_getenv ("AUTO_PLUGIN_CHECK"), path, NULL };
  g_autoptr(GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  return status;
}

/* What only the tool looks for. */
static void
test_check (void)
{
  g_autofree char *folder = registry_testing_folder ();

  registry_testing_install (folder, "good", "good", TRUE);
  registry_testing_install (folder, "broken-exports", "broken-exports", FALSE);
  g_assert_cmpint (run_check (folder, "good"), ==, 0);
  g_assert_cmpint (run_check (folder, "broken-exports"), !=, 0);
}

/* The child dies, we don't. */
static void
test_crash (void)
{
  g_autofree char *folder = registry_testing_folder ();

  registry_testing_install (folder, "broken-crash", "broken-crash", FALSE);
  g_assert_cmpint (run_check (folder, "broken-crash"), !=, 0);

  /* With a sidecar it is listed without harm. */
  registry_testing_write (folder, "broken-crash.plugin", "[Plugin]\nName=broken-crash\nTitle=x\nVersion=1\nLicence=x\nAbi=1.0\n", -1);
  g_autoptr(GPtrArray) all = auto_registry_list_plugins ();
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpint (auto_plugin_info_get_state (g_ptr_array_index (all, 0)), ==, AUTO_PLUGIN_STATE_INSTALLED);
}

static void
add_alone (const char *path, GTestFunc func)
{
  g_autofree char *inner = g_strconcat (path, "/subprocess", NULL);

  g_test_add_func (inner, func);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    GTestFunc func;
  } tests[] = {
    { "/broken/symbol", test_symbol },
    { "/broken/abi", test_abi },
    { "/broken/descriptor", test_descriptor },
    { "/broken/classes", test_classes },
    { "/broken/clash-type", test_clash_type },
    { "/broken/clash-folded", test_clash_folded },
    { "/broken/lying-sidecar", test_lying_sidecar },
    { "/broken/bad-sidecar", test_bad_sidecar },
    { "/broken/sidecar-alone", test_sidecar_alone },
    { "/broken/cut", test_cut },
    { "/broken/other-machine", test_other_machine },
    { "/broken/check", test_check },
    { "/broken/crash", test_crash },
  };

  g_test_init (&argc, &argv, NULL);
  registry_testing_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      add_alone (tests[i].path, tests[i].func);
      g_test_add_data_func (tests[i].path, tests[i].path, registry_testing_run_alone);
    }
  int status = g_test_run ();
  registry_testing_end ();
  return status;
}
