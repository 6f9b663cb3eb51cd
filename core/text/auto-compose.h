/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-aligned-text.h"

G_BEGIN_DECLS

/* Writes the slice in normalization form D, KD, C or KC. */
AUTO_INTERNAL void auto_rewrite_normalize (AutoRewrite *rewrite, gboolean compatible, gboolean compose);
/* Appends normalization form C of @text to @out (of gunichar) by the tables of Python's unicodedata, which are GLib's; g_utf8_normalize takes time
 * that grows with the square of the marks of one character. */
AUTO_INTERNAL void auto_compose (const gunichar *text, gsize n, GArray *out);

G_END_DECLS
