/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs goldens: what the reference computed on tiny models. Each argument is a golden or a folder of them; each golden is a
 * test of its own. A golden has no weights: they follow from the names. */
#include <string.h>

#include "core/base/auto-json.h"
#include "tests/support/auto-golden.h"
#include "tests/support/auto-golden-compare.h"
#include "tests/support/auto-golden-generate.h"

static void G_GNUC_PRINTF (1, 2)
fail (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("%s", text);
  g_test_fail ();
}

static void
check_outputs (AutoGolden *self, AutoModelOutput *output)
{
  gsize n;
  const char *const *names = auto_checkpoint_get_names (self->file, &n);
  double tolerance = json_object_get_double_member (self->info, "tolerance");
  guint compared = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (!g_str_has_prefix (names[i], "out."))
        continue;
      const char *name = names[i] + 4;
      g_autoptr(AutoTensor) want = auto_checkpoint_get (self->file, names[i], NULL);
      g_autofree char *problem = auto_golden_compare (auto_model_output_get (output, name), want, auto_json_object (self->sampled, name), tolerance);
      if (problem)
        fail ("%s: %s", name, problem);
      compared++;
    }
  g_assert_cmpuint (compared, >, 0);
}

static void
check_keys (AutoModel *model)
{
  g_auto(GStrv) missing = auto_model_list_missing_keys (model), unexpected = auto_model_list_unexpected_keys (model);
  g_autofree char *m = g_strjoinv (", ", missing), *u = g_strjoinv (", ", unexpected);

  if (*m || *u)
    fail ("missing keys: %s; unexpected keys: %s", m, u);
}

static void
check_generation (AutoGolden *self, AutoModel *model, AutoInputs *inputs)
{
  const char *text = auto_checkpoint_get_metadata (self->file, "generate");
  g_autoptr(JsonNode) node = text ? auto_json_parse (text, strlen (text), "generate", AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, NULL) : NULL;
  JsonArray *all = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; all && i < json_array_get_length (all); i++)
    {
      g_autofree char *problem = auto_golden_generate (model, inputs, json_array_get_object_element (all, i));
      if (problem)
        fail ("%s", problem);
    }
}

static void
check_model (AutoGolden *self, GError **error)
{
  g_autoptr(AutoModel) model = auto_golden_load (self, error);

  if (!model)
    return;
  if (g_strcmp0 (G_OBJECT_TYPE_NAME (model), auto_json_string (self->info, "class")) != 0)
    fail ("the class is %s, not %s", G_OBJECT_TYPE_NAME (model), auto_json_string (self->info, "class"));
  check_keys (model);
  g_autoptr(AutoInputs) inputs = auto_golden_get_inputs (self);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, NULL, error);
  if (output)
    check_outputs (self, output);
  if (output)
    check_generation (self, model, inputs);
}

/* A golden that fails does not keep the others from running. */
static void
run_golden (gconstpointer path)
{
  AutoGolden self = { 0 };
  g_autoptr(GError) error = NULL;

  auto_golden_open (&self, path);
  auto_golden_write_folder (&self, -1);
  check_model (&self, &error);
  if (error)
    fail ("%s", error->message);
  auto_golden_close (&self);
}

static void
add_golden (const char *path)
{
  g_autofree char *base = g_path_get_basename (path), *folder = g_path_get_dirname (path), *type = g_path_get_basename (folder);
  g_autofree char *name = g_strdup_printf ("/golden/%s/%.*s", type, (int) (strlen (base) - strlen (".safetensors")), base);

  g_test_add_data_func_full (name, g_strdup (path), run_golden, g_free);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
add_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".safetensors"))
      g_ptr_array_add (paths, g_build_filename (path, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  for (guint i = 0; i < paths->len; i++)
    add_golden (paths->pdata[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    if (g_file_test (argv[i], G_FILE_TEST_IS_DIR))
      add_folder (argv[i]);
    else
      add_golden (argv[i]);
  return g_test_run ();
}
