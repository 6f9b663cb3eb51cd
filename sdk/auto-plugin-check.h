/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "registry/auto-plugin-info-private.h"

G_BEGIN_DECLS

/* All that can be found out about a plugin without a model. */
gboolean auto_plugin_check (const char *path, GError **error);

/* The symbols that a shared object exports, or NULL when they can't be told. */
char **auto_plugin_list_exports (const char *path);

G_END_DECLS
