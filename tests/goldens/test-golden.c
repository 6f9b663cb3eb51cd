/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs goldens: what the reference computed on tiny models. Each argument is a golden or a folder of them; each golden is a
 * test of its own. A golden has no weights: they follow from the names. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/auto/auto-door.h"
#include "core/auto/auto-model.h"
#include "core/base/auto-io.h"
#include "core/base/auto-json.h"
#include "core/checkpoint/auto-checkpoint.h"
#include "tests/support/auto-formula.h"
#include "tests/support/auto-golden-compare.h"
#include "tests/support/auto-golden-generate.h"

typedef struct
{
  AutoCheckpoint *file;
  JsonNode *roots[6];
  JsonObject *info, *config, *tensors, *tied, *sampled;
  char *folder;
} Golden;

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

static JsonNode *
read_metadata (Golden *self, const char *key)
{
  g_autoptr(GError) error = NULL;
  const char *text = auto_checkpoint_get_metadata (self->file, key);

  g_assert_nonnull (text);
  JsonNode *node = auto_json_parse (text, strlen (text), key, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);
  g_assert_no_error (error);
  return node;
}

static void
open_golden (Golden *self, const char *path)
{
  static const char *const keys[] = { "case", "config", "tensors", "tied", "sampled" };
  JsonObject **objects[] = { &self->info, &self->config, &self->tensors, &self->tied, &self->sampled };
  g_autoptr(GError) error = NULL;

  self->file = auto_checkpoint_open (path, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      self->roots[i] = read_metadata (self, keys[i]);
      *objects[i] = json_node_get_object (self->roots[i]);
    }
}

static AutoTensor *
make_weight (Golden *self, const char *name, JsonArray *dims)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint n = json_array_get_length (dims);
  g_autofree char *kept = g_strconcat ("w.", name, NULL);
  const char *source = auto_json_string (self->tied, name);

  if (auto_checkpoint_find (self->file, kept, NULL, NULL, NULL))
    return auto_checkpoint_get (self->file, kept, NULL);
  for (guint i = 0; i < n; i++)
    shape[i] = json_array_get_int_element (dims, i);
  return auto_formula_tensor (source ? source : name, shape, n, (guint64) auto_json_int (self->info, "seed", 0));
}

/* A model folder as the reference would have saved it. */
static void
write_folder (Golden *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) tensors = g_array_new (FALSE, FALSE, sizeof (AutoNamedTensor));
  g_autofree char *config = auto_json_print (self->roots[1], 2, TRUE);
  JsonObjectIter iter;
  const char *name;
  JsonNode *dims;

  self->folder = g_dir_make_tmp ("auto-golden-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *config_path = g_build_filename (self->folder, "config.json", NULL);
  g_autofree char *weights_path = g_build_filename (self->folder, "model.safetensors", NULL);
  g_assert_true (auto_io_write (config_path, config, -1, NULL));
  json_object_iter_init (&iter, self->tensors);
  while (json_object_iter_next (&iter, &name, &dims))
    {
      AutoNamedTensor named = { name, make_weight (self, name, json_node_get_array (dims)) };
      g_array_append_val (tensors, named);
    }
  auto_safetensors_write (weights_path, (const AutoNamedTensor *) tensors->data, tensors->len, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < tensors->len; i++)
    auto_tensor_unref (g_array_index (tensors, AutoNamedTensor, i).tensor);
}

static void
close_golden (Golden *self)
{
  static const char *const names[] = { "config.json", "model.safetensors" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);
      g_remove (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  auto_checkpoint_unref (self->file);
  for (guint i = 0; i < G_N_ELEMENTS (self->roots); i++)
    g_clear_pointer (&self->roots[i], json_node_unref);
}

static AutoInputs *
golden_inputs (Golden *self)
{
  gsize n;
  const char *const *names = auto_checkpoint_get_names (self->file, &n);
  AutoInputs *inputs = auto_inputs_new ();
  g_autoptr(JsonNode) yes = json_node_init_boolean (json_node_alloc (), TRUE);
  JsonObject *call = auto_json_object (self->info, "call");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  for (gsize i = 0; i < n; i++)
    if (g_str_has_prefix (names[i], "in."))
      {
        g_autoptr(AutoTensor) tensor = auto_checkpoint_get (self->file, names[i], NULL);
        auto_inputs_set (inputs, names[i] + 3, tensor);
      }
  auto_inputs_set_flag (inputs, "output_hidden_states", yes);
  auto_inputs_set_flag (inputs, "output_attentions", yes);
  if (!call)
    return inputs;
  json_object_iter_init (&iter, call);
  while (json_object_iter_next (&iter, &name, &value))
    auto_inputs_set_flag (inputs, name, value);
  return inputs;
}

static void
check_outputs (Golden *self, AutoModelOutput *output)
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
check_generation (Golden *self, AutoModel *model, AutoInputs *inputs)
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
check_model (Golden *self, GError **error)
{
  const AutoTask *task = auto_task_find (auto_json_string (self->info, "auto_class"));
  g_assert_nonnull (task);
  g_autoptr(AutoModel) model = auto_door_from_pretrained (task, self->folder, NULL, NULL, error);
  if (!model)
    return;
  if (g_strcmp0 (G_OBJECT_TYPE_NAME (model), auto_json_string (self->info, "class")) != 0)
    fail ("the class is %s, not %s", G_OBJECT_TYPE_NAME (model), auto_json_string (self->info, "class"));
  check_keys (model);
  g_autoptr(AutoInputs) inputs = golden_inputs (self);
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
  Golden self = { 0 };
  g_autoptr(GError) error = NULL;

  open_golden (&self, path);
  write_folder (&self);
  check_model (&self, &error);
  if (error)
    fail ("%s", error->message);
  close_golden (&self);
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
