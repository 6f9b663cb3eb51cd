/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-plugin-rows.h"

#include <string.h>

#include "core/base/auto-io.h"

#define MAX_SIDECAR (1 << 20)
#define MAX_ENTRIES 20000
#define TYPE_GROUP "Type "
#define PLUGIN_GROUP "Plugin"
#define TOKENIZER_DOOR "AutoTokenizer"
#define ONLY_NAMED "named"

static void
row_free (gpointer data)
{
  AutoPluginRow *row = data;

  g_free (row->model_type);
  g_free (row->door);
  g_free (row->class_name);
  g_free (row->fast_class_name);
  g_free (row->prefix);
  g_free (row);
}

static AutoPluginContents *
contents_new (void)
{
  AutoPluginContents *self = g_new0 (AutoPluginContents, 1);

  self->rows = g_ptr_array_new_with_free_func (row_free);
  return self;
}

void
auto_plugin_contents_free (AutoPluginContents *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->version);
  g_free (self->licence);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

static AutoPluginRow *
add_row (AutoPluginContents *self, AutoPluginEntryKind kind, const char *model_type, const char *door, const char *class_name)
{
  AutoPluginRow *row = g_new0 (AutoPluginRow, 1);

  row->kind = kind;
  row->model_type = g_strdup (model_type);
  row->door = g_strdup (door);
  row->class_name = g_strdup (class_name);
  g_ptr_array_add (self->rows, row);
  return row;
}

AutoPluginContents *
auto_plugin_contents_copy (const AutoPluginContents *self)
{
  AutoPluginContents *copy = contents_new ();

  copy->name = g_strdup (self->name);
  copy->title = g_strdup (self->title);
  copy->version = g_strdup (self->version);
  copy->licence = g_strdup (self->licence);
  copy->abi_major = self->abi_major;
  copy->abi_minor = self->abi_minor;
  for (guint i = 0; i < self->rows->len; i++)
    {
      const AutoPluginRow *row = g_ptr_array_index (self->rows, i);
      AutoPluginRow *added = add_row (copy, row->kind, row->model_type, row->door, row->class_name);
      added->fast_class_name = g_strdup (row->fast_class_name);
      added->prefix = g_strdup (row->prefix);
      added->described = row->described;
    }
  return copy;
}

/* From a descriptor */

static gboolean
is_word (const char *text)
{
  if (!text || !*text || strlen (text) > 200)
    return FALSE;
  for (; *text; text++)
    if (!g_ascii_isalnum (*text) && !strchr ("_-.", *text))
      return FALSE;
  return TRUE;
}

static const char *
entry_problem (const AutoPluginEntry *entry, const char *model_type)
{
  gboolean tokenizer = entry->kind == AUTO_PLUGIN_TOKENIZER, processor = entry->kind == AUTO_PLUGIN_PROCESSOR;

  if (entry->kind < AUTO_PLUGIN_ARCHITECTURE || entry->kind > AUTO_PLUGIN_PROCESSOR)
    return "is of an unknown kind";
  if (!is_word (model_type))
    return "has no model type, and follows no architecture";
  if (entry->kind != AUTO_PLUGIN_ARCHITECTURE && !is_word (entry->door))
    return "does not say its Auto class";
  if (tokenizer ? !is_word (entry->class_name) && !is_word (entry->fast_class_name) : !is_word (entry->class_name))
    return "does not say its class";
  if (!tokenizer && !entry->get_type && !(processor && entry->spec))
    return "has no function that gives its type";
  return NULL;
}

static void
add_entry (AutoPluginContents *self, const AutoPluginEntry *entry, const char *model_type)
{
  AutoPluginRow *row = add_row (self, entry->kind, model_type, entry->kind == AUTO_PLUGIN_ARCHITECTURE ? NULL : entry->door, entry->class_name);

  row->fast_class_name = g_strdup (entry->kind == AUTO_PLUGIN_TOKENIZER ? entry->fast_class_name : NULL);
  row->prefix = g_strdup (entry->kind == AUTO_PLUGIN_ARCHITECTURE ? entry->prefix : NULL);
  row->described = entry->kind == AUTO_PLUGIN_TOKENIZER && entry->spec;
  if (entry->kind != AUTO_PLUGIN_MODEL)
    return;
  g_autofree char *tf = g_strconcat ("TF", entry->door, NULL), *flax = g_strconcat ("Flax", entry->door, NULL);
  if (entry->tf)
    add_row (self, AUTO_PLUGIN_MODEL, model_type, tf, entry->class_name);
  if (entry->flax)
    add_row (self, AUTO_PLUGIN_MODEL, model_type, flax, entry->class_name);
}

AutoPluginContents *
auto_plugin_contents_from_descriptor (const AutoPlugin *plugin, const char *path, GError **error)
{
  g_autoptr(AutoPluginContents) self = contents_new ();
  const char *model_type = NULL;

  if (!is_word (plugin->name) || !plugin->title || !plugin->version || !plugin->licence || !plugin->entries)
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_INIT, "%s: the descriptor lacks a name, title, version, licence or its entries", path);
      return NULL;
    }
  self->name = g_strdup (plugin->name);
  self->title = g_strdup (plugin->title);
  self->version = g_strdup (plugin->version);
  self->licence = g_strdup (plugin->licence);
  self->abi_major = plugin->abi_major;
  self->abi_minor = plugin->abi_minor;
  for (guint i = 0; i < MAX_ENTRIES; i++)
    {
      const AutoPluginEntry *entry = (const AutoPluginEntry *) ((const char *) plugin->entries + (gsize) i * plugin->entry_size);
      if (entry->kind == AUTO_PLUGIN_END)
        return g_steal_pointer (&self);
      if (entry->kind == AUTO_PLUGIN_ARCHITECTURE)
        model_type = entry->model_type;
      const char *own = entry->model_type ? entry->model_type : model_type;
      const char *problem = entry_problem (entry, own);
      if (problem)
        {
          g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_INIT, "%s: entry %u of the descriptor (%s) %s", path, i,
                       is_word (entry->class_name) ? entry->class_name : "unnamed", problem);
          return NULL;
        }
      add_entry (self, entry, own);
    }
  g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_INIT, "%s: the descriptor's entries have no end", path);
  return NULL;
}

/* To and from a sidecar: a group for the plugin, a group for each model type, in it a key for each Auto class with the
 * list of classes; of tokenizers slow and fast class with a slash between, and "/named" behind a class that isn't described. */

static char *
class_text (const AutoPluginRow *row)
{
  if (row->kind != AUTO_PLUGIN_TOKENIZER)
    return g_strdup (row->class_name);
  return g_strconcat (row->class_name ? row->class_name : "", "/", row->fast_class_name ? row->fast_class_name : "",
                      row->described ? NULL : "/" ONLY_NAMED, NULL);
}

static void
append_class (GKeyFile *file, const char *group, const char *key, const AutoPluginRow *row)
{
  g_auto(GStrv) old = g_key_file_get_string_list (file, group, key, NULL, NULL);
  g_autofree char *text = class_text (row);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (old)
    g_strv_builder_addv (builder, (const char **) old);
  g_strv_builder_add (builder, text);
  g_auto(GStrv) list = g_strv_builder_end (builder);
  g_key_file_set_string_list (file, group, key, (const char *const *) list, g_strv_length (list));
}

char *
auto_plugin_contents_to_sidecar (const AutoPluginContents *self)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *abi = g_strdup_printf ("%u.%u", self->abi_major, self->abi_minor);

  g_key_file_set_string (file, PLUGIN_GROUP, "Name", self->name);
  g_key_file_set_string (file, PLUGIN_GROUP, "Title", self->title);
  g_key_file_set_string (file, PLUGIN_GROUP, "Version", self->version);
  g_key_file_set_string (file, PLUGIN_GROUP, "Licence", self->licence);
  g_key_file_set_string (file, PLUGIN_GROUP, "Abi", abi);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const AutoPluginRow *row = g_ptr_array_index (self->rows, i);
      g_autofree char *group = g_strconcat (TYPE_GROUP, row->model_type, NULL);
      if (row->kind != AUTO_PLUGIN_ARCHITECTURE)
        {
          append_class (file, group, row->door, row);
          continue;
        }
      g_key_file_set_string (file, group, "Config", row->class_name);
      g_key_file_set_string (file, group, "Prefix", row->prefix ? row->prefix : "");
    }
  return g_key_file_to_data (file, NULL, NULL);
}

static AutoPluginEntryKind
door_kind (const char *door)
{
  if (g_str_equal (door, TOKENIZER_DOOR))
    return AUTO_PLUGIN_TOKENIZER;
  return strstr (door, "AutoModel") || strstr (door, "AutoBackbone") ? AUTO_PLUGIN_MODEL : AUTO_PLUGIN_PROCESSOR;
}

static void
read_classes (AutoPluginContents *self, GKeyFile *file, const char *group, const char *door)
{
  g_auto(GStrv) classes = g_key_file_get_string_list (file, group, door, NULL, NULL);
  const char *model_type = group + strlen (TYPE_GROUP);

  for (guint i = 0; classes && classes[i]; i++)
    {
      g_auto(GStrv) parts = g_strsplit (classes[i], "/", 3);
      guint n = g_strv_length (parts);
      AutoPluginRow *row = add_row (self, door_kind (door), model_type, door, n > 0 && parts[0][0] ? parts[0] : NULL);
      row->fast_class_name = g_strdup (n > 1 && parts[1][0] ? parts[1] : NULL);
      row->described = row->kind == AUTO_PLUGIN_TOKENIZER && !(n > 2 && g_str_equal (parts[2], ONLY_NAMED));
    }
}

static void
read_type (AutoPluginContents *self, GKeyFile *file, const char *group)
{
  g_auto(GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys && keys[i]; i++)
    {
      if (g_str_equal (keys[i], "Config"))
        {
          g_autofree char *class_name = g_key_file_get_string (file, group, keys[i], NULL);
          AutoPluginRow *row = add_row (self, AUTO_PLUGIN_ARCHITECTURE, group + strlen (TYPE_GROUP), NULL, class_name);
          row->prefix = g_key_file_get_string (file, group, "Prefix", NULL);
        }
      else if (!g_str_equal (keys[i], "Prefix"))
        read_classes (self, file, group, keys[i]);
    }
}

AutoPluginContents *
auto_plugin_contents_read (const char *path, GError **error)
{
  g_autoptr(AutoPluginContents) self = contents_new ();
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) local = NULL;
  gsize length;
  g_autofree char *text = auto_io_read_text (path, MAX_SIDECAR, &length, &local);

  if (!text || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, &local))
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_MISMATCH, "%s: the sidecar can't be read: %s", path, local->message);
      return NULL;
    }
  g_autofree char *abi = g_key_file_get_string (file, PLUGIN_GROUP, "Abi", NULL);
  self->name = g_key_file_get_string (file, PLUGIN_GROUP, "Name", NULL);
  self->title = g_key_file_get_string (file, PLUGIN_GROUP, "Title", NULL);
  self->version = g_key_file_get_string (file, PLUGIN_GROUP, "Version", NULL);
  self->licence = g_key_file_get_string (file, PLUGIN_GROUP, "Licence", NULL);
  if (!is_word (self->name) || !self->title || !self->version || !self->licence || !abi || !strchr (abi, '.'))
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_MISMATCH, "%s: the sidecar lacks a name, title, version, licence or ABI", path);
      return NULL;
    }
  self->abi_major = (guint) g_ascii_strtoull (abi, NULL, 10);
  self->abi_minor = (guint) g_ascii_strtoull (strchr (abi, '.') + 1, NULL, 10);

  g_auto(GStrv) groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i]; i++)
    if (g_str_has_prefix (groups[i], TYPE_GROUP))
      read_type (self, file, groups[i]);
  return g_steal_pointer (&self);
}

char *
auto_plugin_contents_compare (const AutoPluginContents *a, const AutoPluginContents *b)
{
  g_autofree char *left = auto_plugin_contents_to_sidecar (a), *right = auto_plugin_contents_to_sidecar (b);

  if (g_str_equal (left, right))
    return NULL;
  g_auto(GStrv) x = g_strsplit (left, "\n", -1), y = g_strsplit (right, "\n", -1);
  guint i = 0;
  while (x[i] && y[i] && g_str_equal (x[i], y[i]))
    i++;
  return g_strdup_printf ("\"%s\" against \"%s\"", x[i] ? x[i] : "nothing", y[i] ? y[i] : "nothing");
}

gboolean
auto_plugin_row_matches (const AutoPluginRow *row, const AutoPluginRow *query)
{
  if (query->kind && query->kind != row->kind)
    return FALSE;
  if (query->model_type && !g_str_equal (query->model_type, row->model_type))
    return FALSE;
  if (query->door && g_strcmp0 (query->door, row->door) != 0)
    return FALSE;
  if (query->described && !row->described)
    return FALSE;
  return !query->class_name || g_strcmp0 (query->class_name, row->class_name) == 0 || g_strcmp0 (query->class_name, row->fast_class_name) == 0;
}

const AutoPluginRow *
auto_plugin_contents_find (const AutoPluginContents *self, const AutoPluginRow *query)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (auto_plugin_row_matches (g_ptr_array_index (self->rows, i), query))
      return g_ptr_array_index (self->rows, i);
  return NULL;
}
