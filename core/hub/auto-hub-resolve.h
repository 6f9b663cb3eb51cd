/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-hub.h"

G_BEGIN_DECLS

/* The key of config.json that names the plugin a repository ships: a file of the repository. */
#define AUTO_HUB_PLUGIN_KEY "auto_plugin"

/* What every from_pretrained begins with: the local folder (or the file, when @name_or_path is one) that has those of the wanted
 * files that exist. Local paths are returned as they are, with the subfolder; nothing of the network or the cache is touched for
 * them. For a name of the hub, missing files are fetched. (transfer full) */
AUTO_INTERNAL char *auto_hub_resolve (const char *name_or_path, AutoHubWant want, AutoLoadOptions *options, GCancellable *cancellable,
                                      GError **error);
/* The same for files by name, such as those that only one tokenizer class has; those that don't exist are left out. */
AUTO_INTERNAL char *auto_hub_resolve_files (const char *name_or_path, const char *const *files, AutoLoadOptions *options,
                                            GCancellable *cancellable, GError **error);

G_END_DECLS
