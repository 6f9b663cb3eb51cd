/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* Whether @text is UTF-8, in which NULs are characters as others are. Takes as long for any text: 16 bytes at once. */
AUTO_INTERNAL gboolean auto_utf8_check (const char *text, gsize length);

G_END_DECLS
