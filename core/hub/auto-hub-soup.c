/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-soup.h"

#include <gmodule.h>

#include "../base/auto-errors.h"

AutoHubSoup auto_hub_soup;
static char *reason;  /* why it is not there; NULL when it is */

static const struct { const char *name; gsize offset; } functions[] = {
#define ENTRY(name) { "soup_" #name, G_STRUCT_OFFSET (AutoHubSoup, name) },
  AUTO_HUB_SOUP_FUNCTIONS (ENTRY)
#undef ENTRY
};

/* libsoup ends the process when its second series is there too. */
static gboolean
has_older_series (void)
{
  GModule *process = g_module_open (NULL, 0);
  gpointer symbol;
  gboolean found = process && g_module_symbol (process, "soup_uri_new", &symbol);

  g_clear_pointer (&process, g_module_close);
  return found;
}

static char *
open_library (void)
{
  if (has_older_series ())
    return g_strdup ("this program uses libsoup 2, which excludes it");
  GModule *module = g_module_open (AUTO_SOUP_LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  if (!module)
    return g_strdup (g_module_error ());
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    if (!g_module_symbol (module, functions[i].name, G_STRUCT_MEMBER_P (&auto_hub_soup, functions[i].offset)))
      return g_strdup (g_module_error ());
  g_module_make_resident (module);
  return NULL;
}

gboolean
auto_hub_soup_open (GError **error)
{
  static gsize opened;

  if (g_once_init_enter (&opened))
    {
      reason = open_library ();
      g_once_init_leave (&opened, 1);
    }
  if (reason)
    g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_NETWORK,
                 "nothing can be fetched without " AUTO_SOUP_LIBRARY ": %s; install libsoup 3, or give the path of a local folder", reason);
  return !reason;
}
