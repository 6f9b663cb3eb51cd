/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-door.h"

#include <string.h>

#include "auto-model-private.h"
#include "core/hub/auto-hub-resolve.h"
#include "registry/auto-registry-private.h"

const AutoTask *
auto_task_find (const char *name)
{
  for (guint i = 0; i < auto_n_tasks; i++)
    if (g_str_equal (auto_tasks[i].name, name))
      return &auto_tasks[i];
  return NULL;
}

static void
add_interface (GType type, GType interface)
{
  static const GInterfaceInfo empty = { NULL, NULL, NULL };

  if (!g_type_is_a (type, interface))
    g_type_add_interface_static (type, interface, &empty);
}

void
auto_task_add_interface (const char *name, GType type, gboolean tf, gboolean flax)
{
  const char *prefixes[] = { "", tf ? "TF" : NULL, flax ? "Flax" : NULL };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *full = prefixes[i] ? g_strconcat (prefixes[i], name, NULL) : NULL;
      const AutoTask *task = full ? auto_task_find (full) : NULL;
      if (task)
        add_interface (type, task->get_type ());
    }
}

/* Before any plugin is loaded. */
static void __attribute__ ((constructor))
set_class_hook (void)
{
  auto_registry_set_class_hook (auto_task_add_interface);
}

/* The task's name without the framework's. */
static const char *
plain_name (const AutoTask *task)
{
  return task->framework == AUTO_FRAMEWORK_TF ? task->name + 2 : task->framework == AUTO_FRAMEWORK_FLAX ? task->name + 4 : task->name;
}

static void
set_task_error (const AutoTask *task, AutoConfig *config, GError **error)
{
  g_auto(GStrv) accepted = auto_registry_list_rows (plain_name (task));
  g_autofree char *list = g_strjoinv (", ", accepted);

  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_TASK, "%s (model_type %s) has no class for %s; it accepts: %s", G_OBJECT_TYPE_NAME (config),
               auto_config_get_model_type (config), task->name, list);
}

/* Several classes under one row: the one that config.architectures names, else the first. */
static GType
choose_from_row (const AutoTask *task, AutoConfig *config, const char *row)
{
  g_autoptr(GPtrArray) models = auto_registry_find_models (G_OBJECT_TYPE (config), row);
  g_autoptr(JsonNode) wanted = auto_config_get_value (config, "architectures");
  GType chosen = G_TYPE_INVALID;

  for (guint i = 0; i < models->len; i++)
    {
      const AutoClassInfo *model = g_ptr_array_index (models, i);
      if (!g_type_is_a (model->type, task->get_type ()))
        continue;
      if (chosen == G_TYPE_INVALID)
        chosen = model->type;
      JsonArray *names = wanted && JSON_NODE_HOLDS_ARRAY (wanted) ? json_node_get_array (wanted) : NULL;
      for (guint j = 0; names && j < json_array_get_length (names); j++)
        if (g_strcmp0 (json_array_get_string_element (names, j), model->class_name) == 0)
          return model->type;
    }
  return chosen;
}

/* The row that all frameworks share, or else one that the reference has in this framework alone. */
static GType
choose_class (const AutoTask *task, AutoConfig *config, GError **error)
{
  GType chosen = choose_from_row (task, config, plain_name (task));

  if (chosen == G_TYPE_INVALID)
    chosen = choose_from_row (task, config, task->name);
  if (chosen == G_TYPE_INVALID)
    set_task_error (task, config, error);
  return chosen;
}

AutoModel *
auto_door_from_config (const AutoTask *task, AutoConfig *config, GError **error)
{
  g_return_val_if_fail (AUTO_IS_CONFIG (config), NULL);
  GType type = choose_class (task, config, error);
  AutoModel *model = type == G_TYPE_INVALID ? NULL : auto_model_new_declared (type, config, NULL, NULL, error);

  if (model)
    auto_model_settle (AUTO_PRETRAINED_MODEL (model));
  return model;
}

static AutoConfig *
get_config (const char *name, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  AutoConfig *given = NULL;

  if (options)
    g_object_get (options, "config", &given, NULL);
  if (given && !AUTO_IS_CONFIG (given))
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "the option config is a %s, not a configuration", G_OBJECT_TYPE_NAME (given));
      g_clear_object (&given);
      return NULL;
    }
  return given ? given : auto_config_from_pretrained (name, options, cancellable, error);
}

static AutoFramework
preferred_framework (const AutoTask *task, AutoLoadOptions *options)
{
  if (auto_load_options_get_bool (options, "from-tf", FALSE))
    return AUTO_FRAMEWORK_TF;
  return auto_load_options_get_bool (options, "from-flax", FALSE) ? AUTO_FRAMEWORK_FLAX : task->framework;
}

/* What the model's folder has to hold. */
static AutoHubWant
wanted_files (const AutoTask *task, AutoLoadOptions *options)
{
  AutoFramework framework = preferred_framework (task, options);
  AutoHubWant want = AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS | AUTO_HUB_WANT_PLUGIN;

  if (task->generates)
    want |= AUTO_HUB_WANT_GENERATION;
  if (framework == AUTO_FRAMEWORK_TF)
    want |= AUTO_HUB_WANT_TF_WEIGHTS;
  else if (framework == AUTO_FRAMEWORK_FLAX)
    want |= AUTO_HUB_WANT_FLAX_WEIGHTS;
  return want;
}

/* The checkpoint of one load; opened when it is first wanted, so that errors of the configuration come first. */
typedef struct
{
  const AutoTask *task;
  const char *folder, *prefix;
  AutoLoadOptions *options;
  GCancellable *cancellable;
  AutoCheckpoint *checkpoint;
} Source;

static gboolean
source_open (Source *self, GError **error)
{
  if (!self->checkpoint)
    self->checkpoint = auto_checkpoint_open (self->folder, preferred_framework (self->task, self->options), self->options, self->cancellable, error);
  return self->checkpoint != NULL;
}

/* The name as it is, with the base model's prefix, and without it. */
static gboolean
source_shape (gpointer data, const char *name, const gint64 **shape, guint *n_dims)
{
  Source *self = data;

  if (!source_open (self, NULL))
    return FALSE;
  if (auto_checkpoint_find (self->checkpoint, name, NULL, shape, n_dims) || !self->prefix)
    return auto_checkpoint_find (self->checkpoint, name, NULL, shape, n_dims);
  gsize n = strlen (self->prefix);
  g_autofree char *longer = g_strconcat (self->prefix, ".", name, NULL);
  if (g_str_has_prefix (name, self->prefix) && name[n] == '.' && auto_checkpoint_find (self->checkpoint, name + n + 1, NULL, shape, n_dims))
    return TRUE;
  return auto_checkpoint_find (self->checkpoint, longer, NULL, shape, n_dims);
}

static gboolean
load_weights (AutoModel *model, Source *source, GError **error)
{
  AutoLoadOptions *options = source->options;
  AutoPretrainedModel *pretrained = AUTO_PRETRAINED_MODEL (model);

  if (!source_open (source, error) ||
      !auto_model_bind (pretrained, source->checkpoint, auto_load_options_get_bool (options, "ignore-mismatched-sizes", FALSE), error))
    return FALSE;
  auto_model_settle (pretrained);
  return auto_model_convert_weights (pretrained, auto_load_options_get_string (options, "dtype"), error);
}

AutoModel *
auto_door_from_pretrained (const AutoTask *task, const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (name_or_path != NULL, NULL);
  g_autofree char *folder = auto_hub_resolve (name_or_path, wanted_files (task, options), options, cancellable, error);
  g_autoptr(AutoConfig) config = folder ? get_config (name_or_path, options, cancellable, error) : NULL;
  GType type = config ? choose_class (task, config, error) : G_TYPE_INVALID;
  const AutoArchitectureInfo *architecture = config ? auto_registry_find_by_config (G_OBJECT_TYPE (config)) : NULL;
  Source source = { task, folder, architecture ? architecture->prefix : NULL, options, cancellable, NULL };
  AutoModel *model = type == G_TYPE_INVALID ? NULL : auto_model_new_declared (type, config, source_shape, &source, error);

  if (model && !load_weights (model, &source, error))
    g_clear_object (&model);
  g_clear_pointer (&source.checkpoint, auto_checkpoint_unref);
  if (model)
    auto_model_get_private (AUTO_PRETRAINED_MODEL (model))->folder = g_steal_pointer (&folder);
  return model;
}

typedef struct
{
  const AutoTask *task;
  char *name;
  AutoLoadOptions *options;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_free (load->name);
  g_clear_object (&load->options);
  g_free (load);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Load *load = data;
  GError *error = NULL;
  AutoModel *model = auto_door_from_pretrained (load->task, load->name, load->options, cancellable, &error);

  if (model)
    g_task_return_pointer (task, model, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
auto_door_from_pretrained_async (const AutoTask *task, const char *name_or_path, AutoLoadOptions *options, int io_priority, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (name_or_path != NULL);
  g_autoptr(GTask) job = g_task_new (NULL, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);

  load->task = task;
  load->name = g_strdup (name_or_path);
  load->options = options ? g_object_ref (options) : NULL;
  g_task_set_source_tag (job, auto_door_from_pretrained_async);
  g_task_set_priority (job, io_priority);
  g_task_set_task_data (job, load, load_free);
  g_task_run_in_thread (job, load_in_thread);
}

AutoModel *
auto_door_from_pretrained_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
auto_door_register (const AutoTask *task, GType config_type, GType model_type, gboolean exist_ok, GError **error)
{
  if (!g_type_is_a (model_type, AUTO_TYPE_PRETRAINED_MODEL))
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_TASK, "%s does not derive from AutoPretrainedModel", g_type_name (model_type));
      return FALSE;
    }
  if (!auto_registry_register_model (config_type, plain_name (task), model_type, exist_ok, error))
    return FALSE;
  add_interface (model_type, task->get_type ());
  return TRUE;
}
