/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-errors.h"

G_BEGIN_DECLS

/* The length of the part at the beginning of @text that is UTF-8, up to the end of a whole character: @length when all of it is. NUL is a
 * character here. */
AUTO_INTERNAL gsize auto_utf8_valid (const char *text, gsize length);
/* The same as any processor does it. */
AUTO_INTERNAL gsize auto_utf8_valid_base (const char *text, gsize length);

G_END_DECLS
