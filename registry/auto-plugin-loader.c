/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gmodule.h>

#include "auto-elf.h"
#include "auto-plugin-info-private.h"

/* From a file to a descriptor that can be believed. */

static gboolean
check_abi (const char *path, const AutoPlugin *plugin, GError **error)
{
  if (plugin->abi_major == AUTO_PLUGIN_ABI_MAJOR && plugin->abi_minor <= AUTO_PLUGIN_ABI_MINOR && plugin->size >= sizeof (AutoPlugin)
      && plugin->entry_size >= sizeof (AutoPluginEntry) && plugin->entry_size % sizeof (gpointer) == 0)
    return TRUE;
  g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_ABI,
               "%s: built for version %u.%u of the plugin interface (descriptor of %u bytes, entries of %u), and this library has %d.%d (%u, %u): build it anew",
               path, plugin->abi_major, plugin->abi_minor, plugin->size, plugin->entry_size, AUTO_PLUGIN_ABI_MAJOR, AUTO_PLUGIN_ABI_MINOR,
               (guint) sizeof (AutoPlugin), (guint) sizeof (AutoPluginEntry));
  return FALSE;
}

static const AutoPlugin *
open_descriptor (const char *path, GError **error)
{
  gpointer symbol = NULL;

  if (!auto_elf_check (path, error))
    return NULL;
  auto_plugin_n_opened++;
  GModule *module = g_module_open (path, G_MODULE_BIND_LOCAL);
  if (!module)
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_LOAD, "%s: the file can't be loaded: %s", path, g_module_error ());
      return NULL;
    }
  g_module_make_resident (module);
  if (!g_module_symbol (module, AUTO_PLUGIN_SYMBOL, &symbol) || !symbol)
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_LOAD, "%s: this is no plugin: it lacks the symbol %s", path, AUTO_PLUGIN_SYMBOL);
      return NULL;
    }
  return check_abi (path, symbol, error) ? symbol : NULL;
}

gboolean
auto_plugin_info_open (AutoPluginInfo *self, GError **error)
{
  if (self->descriptor)
    return TRUE;

  g_autofree char *absolute = g_canonicalize_filename (self->path, NULL);
  const AutoPlugin *descriptor = open_descriptor (absolute, error);
  g_autoptr(AutoPluginContents) contents = descriptor ? auto_plugin_contents_from_descriptor (descriptor, self->path, error) : NULL;
  if (!contents)
    return FALSE;
  g_autofree char *difference = self->contents ? auto_plugin_contents_compare (self->contents, contents) : NULL;
  if (difference)
    {
      g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_MISMATCH, "%s: the plugin and its sidecar %s disagree: the sidecar says %s", self->path,
                   self->sidecar, difference);
      return FALSE;
    }
  if (!self->contents)
    self->contents = g_steal_pointer (&contents);
  self->descriptor = descriptor;
  return TRUE;
}
