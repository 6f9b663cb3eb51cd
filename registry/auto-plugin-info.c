/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-plugin-info-private.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (AutoPluginInfo, auto_plugin_info, G_TYPE_OBJECT)

guint auto_plugin_n_opened;

static void
auto_plugin_info_finalize (GObject *object)
{
  AutoPluginInfo *self = AUTO_PLUGIN_INFO (object);

  g_free (self->path);
  g_free (self->sidecar);
  g_free (self->shadowed_by);
  g_free (self->file_name);
  g_clear_pointer (&self->contents, auto_plugin_contents_free);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (auto_plugin_info_parent_class)->finalize (object);
}

static void
auto_plugin_info_class_init (AutoPluginInfoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_plugin_info_finalize;
}

static void
auto_plugin_info_init (AutoPluginInfo *self)
{
}

static char *
name_of_file (const char *path)
{
  char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (dot && dot != name)
    *dot = 0;
  return name;
}

/* Takes the error. */
void
auto_plugin_info_fail (AutoPluginInfo *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  self->state = AUTO_PLUGIN_STATE_FAILED;
}

AutoPluginInfo *
auto_plugin_info_new (const char *path, const char *sidecar)
{
  AutoPluginInfo *self = g_object_new (AUTO_TYPE_PLUGIN_INFO, NULL);
  GError *error = NULL;

  self->path = g_strdup (path);
  self->sidecar = g_strdup (sidecar);
  self->file_name = name_of_file (path);
  self->state = AUTO_PLUGIN_STATE_INSTALLED;
  if (sidecar)
    {
      auto_plugin_n_opened++;
      self->contents = auto_plugin_contents_read (sidecar, &error);
    }
  else
    auto_plugin_info_open (self, &error);
  if (!error && !g_file_test (path, G_FILE_TEST_EXISTS))
    g_set_error (&error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_LOAD, "%s: the shared object of the sidecar %s is not there", path, sidecar);
  if (error)
    auto_plugin_info_fail (self, error);
  return self;
}

AutoPluginInfo *
auto_plugin_info_snapshot (AutoPluginInfo *self)
{
  AutoPluginInfo *copy = g_object_new (AUTO_TYPE_PLUGIN_INFO, NULL);

  copy->path = g_strdup (self->path);
  copy->sidecar = g_strdup (self->sidecar);
  copy->file_name = g_strdup (self->file_name);
  copy->shadowed_by = g_strdup (self->shadowed_by);
  copy->error = self->error ? g_error_copy (self->error) : NULL;
  copy->state = self->state;
  copy->contents = self->contents ? auto_plugin_contents_copy (self->contents) : NULL;
  return copy;
}

/**
 * auto_plugin_info_get_name:
 * @self: a plugin
 *
 * Returns: its short name
 */
const char *
auto_plugin_info_get_name (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return self->contents ? self->contents->name : self->file_name;
}

/**
 * auto_plugin_info_get_title:
 * @self: a plugin
 *
 * Returns: (nullable): its name for people, %NULL when it could not be read
 */
const char *
auto_plugin_info_get_title (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return self->contents ? self->contents->title : NULL;
}

/**
 * auto_plugin_info_get_version:
 * @self: a plugin
 *
 * Returns: (nullable): its version, %NULL when it could not be read
 */
const char *
auto_plugin_info_get_version (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return self->contents ? self->contents->version : NULL;
}

/**
 * auto_plugin_info_get_licence:
 * @self: a plugin
 *
 * Returns: (nullable): its licence as an SPDX expression, %NULL when it could not be read
 */
const char *
auto_plugin_info_get_licence (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return self->contents ? self->contents->licence : NULL;
}

/**
 * auto_plugin_info_get_path:
 * @self: a plugin
 *
 * Returns: (type filename): its shared object
 */
const char *
auto_plugin_info_get_path (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return self->path;
}

/**
 * auto_plugin_info_get_state:
 * @self: a plugin
 *
 * Returns: how it stood when the list was made
 */
AutoPluginState
auto_plugin_info_get_state (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), AUTO_PLUGIN_STATE_FAILED);
  return self->state;
}

/**
 * auto_plugin_info_get_error:
 * @self: a plugin
 *
 * Returns: (nullable): why it can't be used
 */
const GError *
auto_plugin_info_get_error (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return self->error;
}

/**
 * auto_plugin_info_get_shadowed_by:
 * @self: a plugin
 *
 * Returns: (type filename) (nullable): the plugin of the same name that is used in its place
 */
const char *
auto_plugin_info_get_shadowed_by (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return self->shadowed_by;
}

/* The different values of a column, in order, of the rows that match. */
static char **
collect (AutoPluginInfo *self, const AutoPluginRow *query, gsize column)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; self->contents && i < self->contents->rows->len; i++)
    {
      const AutoPluginRow *row = g_ptr_array_index (self->contents->rows, i);
      const char *value = G_STRUCT_MEMBER (const char *, row, column);
      if (value && auto_plugin_row_matches (row, query) && g_hash_table_add (seen, (gpointer) value))
        g_strv_builder_add (builder, value);
    }
  return g_strv_builder_end (builder);
}

/**
 * auto_plugin_info_list_architectures:
 * @self: a plugin
 *
 * Returns: (transfer full): the model types that it offers
 */
char **
auto_plugin_info_list_architectures (AutoPluginInfo *self)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return collect (self, &(AutoPluginRow) { .kind = AUTO_PLUGIN_ARCHITECTURE }, G_STRUCT_OFFSET (AutoPluginRow, model_type));
}

/**
 * auto_plugin_info_list_doors:
 * @self: a plugin
 * @model_type: (nullable): only those of this model type
 *
 * Returns: (transfer full): the Auto classes under which it offers something
 */
char **
auto_plugin_info_list_doors (AutoPluginInfo *self, const char *model_type)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return collect (self, &(AutoPluginRow) { .model_type = (char *) model_type }, G_STRUCT_OFFSET (AutoPluginRow, door));
}

/**
 * auto_plugin_info_list_classes:
 * @self: a plugin
 * @model_type: (nullable): only those of this model type
 * @door: (nullable): only those under this Auto class
 *
 * Returns: (transfer full): the classes that it offers
 */
char **
auto_plugin_info_list_classes (AutoPluginInfo *self, const char *model_type, const char *door)
{
  g_return_val_if_fail (AUTO_IS_PLUGIN_INFO (self), NULL);
  return collect (self, &(AutoPluginRow) { .model_type = (char *) model_type, .door = (char *) door }, G_STRUCT_OFFSET (AutoPluginRow, class_name));
}

char **
auto_plugin_info_list_model_types (AutoPluginInfo *self)
{
  return collect (self, &(AutoPluginRow) { 0 }, G_STRUCT_OFFSET (AutoPluginRow, model_type));
}

char *
auto_plugin_info_to_sidecar (AutoPluginInfo *self)
{
  return auto_plugin_contents_to_sidecar (self->contents);
}
