/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-plugin-info.h"

G_BEGIN_DECLS

/* What is installed: public. */
AUTO_AVAILABLE_IN_1_0 void auto_registry_add_path (const char *folder);
AUTO_AVAILABLE_IN_1_0 char **auto_registry_list_paths (void);
AUTO_AVAILABLE_IN_1_0 GPtrArray *auto_registry_list_plugins (void);
AUTO_AVAILABLE_IN_1_0 GPtrArray *auto_registry_list_failed (void);
AUTO_AVAILABLE_IN_1_0 char **auto_registry_list_model_types (void);

G_END_DECLS
