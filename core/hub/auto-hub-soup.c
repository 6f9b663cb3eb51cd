/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-soup.h"

#include <gmodule.h>

#include "../base/auto-errors.h"
#include "../base/auto-library.h"

AutoHubSoup auto_hub_soup;
static char *reason;  /* why it is not there; NULL when it is */

static const AutoLibraryFunction functions[] = {
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
  return auto_library_open (AUTO_SOUP_LIBRARY, functions, G_N_ELEMENTS (functions), &auto_hub_soup);
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
