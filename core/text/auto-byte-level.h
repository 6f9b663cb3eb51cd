/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-aligned-text.h"

G_BEGIN_DECLS

/* Byte-level vocabularies write every byte as a printable character: itself where it is one in Latin-1, else one from U+0100 on. */
AUTO_INTERNAL gunichar auto_byte_to_char (guint8 byte);
/* The byte that a character stands for, or -1. */
AUTO_INTERNAL int auto_byte_from_char (gunichar c);
/* The bytes of a token written that way appended to @bytes; FALSE, and nothing appended, when a character stands for none. */
AUTO_INTERNAL gboolean auto_byte_level_decode (const char *token, gsize length, GString *bytes);
/* Whether all bytes of such a token are ASCII. */
AUTO_INTERNAL gboolean auto_byte_level_has_ascii (const char *token, gsize length);
AUTO_INTERNAL void auto_rewrite_byte_level (AutoRewrite *rewrite);

G_END_DECLS
