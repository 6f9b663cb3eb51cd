/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-library.h"

#include <gmodule.h>

char *
auto_library_open (const char *file, const AutoLibraryFunction *functions, gsize n, gpointer table)
{
  GModule *module = g_module_open (file, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

  if (!module)
    return g_strdup (g_module_error ());
  for (gsize i = 0; i < n; i++)
    if (!g_module_symbol (module, functions[i].name, G_STRUCT_MEMBER_P (table, functions[i].offset)))
      {
        char *reason = g_strdup (g_module_error ());
        g_module_close (module);
        return reason;
      }
  g_module_make_resident (module);
  return NULL;
}
