/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-golden.h"

#include <glib/gstdio.h>
#include <string.h>

#include "auto-formula.h"
#include "core/auto/auto-door.h"
#include "core/base/auto-io.h"
#include "core/base/auto-json.h"

static JsonNode *
read_metadata (AutoGolden *self, const char *key)
{
  g_autoptr(GError) error = NULL;
  const char *text = auto_checkpoint_get_metadata (self->file, key);

  g_assert_nonnull (text);
  JsonNode *node = auto_json_parse (text, strlen (text), key, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);
  g_assert_no_error (error);
  return node;
}

void
auto_golden_open (AutoGolden *self, const char *path)
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
make_weight (AutoGolden *self, const char *name, JsonArray *dims, gint64 seed)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint n = json_array_get_length (dims);
  g_autofree char *kept = g_strconcat ("w.", name, NULL);
  const char *source = auto_json_string (self->tied, name);

  if (auto_checkpoint_find (self->file, kept, NULL, NULL, NULL))
    return auto_checkpoint_get (self->file, kept, NULL);
  for (guint i = 0; i < n; i++)
    shape[i] = json_array_get_int_element (dims, i);
  return auto_formula_tensor (source ? source : name, shape, n, (guint64) (seed >= 0 ? seed : auto_json_int (self->info, "seed", 0)));
}

void
auto_golden_write_folder (AutoGolden *self, gint64 seed)
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
      AutoNamedTensor named = { name, make_weight (self, name, json_node_get_array (dims), seed) };
      g_array_append_val (tensors, named);
    }
  auto_safetensors_write (weights_path, (const AutoNamedTensor *) tensors->data, tensors->len, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < tensors->len; i++)
    auto_tensor_unref (g_array_index (tensors, AutoNamedTensor, i).tensor);
}

void
auto_golden_close (AutoGolden *self)
{
  static const char *const names[] = { "config.json", "model.safetensors" };

  for (guint i = 0; i < G_N_ELEMENTS (names) && self->folder; i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);
      g_remove (path);
    }
  if (self->folder)
    g_rmdir (self->folder);
  g_free (self->folder);
  auto_checkpoint_unref (self->file);
  for (guint i = 0; i < G_N_ELEMENTS (self->roots); i++)
    g_clear_pointer (&self->roots[i], json_node_unref);
}

AutoInputs *
auto_golden_get_inputs (AutoGolden *self)
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

AutoModel *
auto_golden_load (AutoGolden *self, GError **error)
{
  const char *name = auto_json_string (self->info, "auto_class");
  const AutoTask *task = auto_task_find (name ? name : "");

  if (!task)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_TASK, "auto_class: there is no Auto class %s", name ? name : "null");
      return NULL;
    }
  return auto_door_from_pretrained (task, self->folder, NULL, NULL, error);
}
