/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-pretrained-config.h"

G_BEGIN_DECLS

/* What many configurations derive, for their `loaded`. */

/* A key that is null gets the value of the integer key @other. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_default_to (AutoPretrainedConfig *config, const char *key, const char *other, GError **error);
/* The value of @old_name, where a file has it, becomes that of @key. */
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_renamed (AutoPretrainedConfig *config, const char *old_name, const char *key, GError **error);

G_END_DECLS
