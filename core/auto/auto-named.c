/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-named.h"

static void
clear_entry (gpointer data)
{
  AutoNamedEntry *entry = data;

  g_free (entry->name);
  auto_tensor_unref (entry->tensor);
}

GArray *
auto_named_new (void)
{
  GArray *self = g_array_new (FALSE, TRUE, sizeof (AutoNamedEntry));

  g_array_set_clear_func (self, clear_entry);
  return self;
}

AutoNamedEntry *
auto_named_find (GArray *self, const char *name)
{
  for (guint i = 0; i < self->len; i++)
    if (g_str_equal (g_array_index (self, AutoNamedEntry, i).name, name))
      return &g_array_index (self, AutoNamedEntry, i);
  return NULL;
}

void
auto_named_set (GArray *self, const char *name, AutoTensor *tensor)
{
  AutoNamedEntry *entry = auto_named_find (self, name);

  if (!tensor)
    {
      if (entry)
        g_array_remove_index (self, entry - &g_array_index (self, AutoNamedEntry, 0));
      return;
    }
  auto_tensor_ref (tensor);
  if (entry)
    {
      auto_tensor_unref (entry->tensor);
      entry->tensor = tensor;
      return;
    }
  AutoNamedEntry fresh = { g_strdup (name), tensor };
  g_array_append_val (self, fresh);
}

char **
auto_named_list (GArray *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->len; i++)
    g_strv_builder_add (builder, g_array_index (self, AutoNamedEntry, i).name);
  return g_strv_builder_end (builder);
}
