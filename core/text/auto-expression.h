/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

#include <glib.h>

G_BEGIN_DECLS

/* A regular expression of Oniguruma, which is the reference's, as PCRE2 takes it. What neither knows stays as it is, for PCRE2 to refuse; NULL when
 * classes are nested too deeply. */
AUTO_INTERNAL char *auto_expression_translate (const char *expression);

G_END_DECLS
