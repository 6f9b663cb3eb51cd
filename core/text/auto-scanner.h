/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-scan-block.h"

G_BEGIN_DECLS

/* Length of the match at the start of @text (not empty, valid UTF-8), 0 when there is none. */
typedef gsize (*AutoScanner) (const char *text, gsize length);

/* A scanner written by hand for one of the word patterns that tokenizer files share, or NULL. */
AUTO_INTERNAL AutoScanner auto_scanner_recognize (const char *expression);
/* The pattern of the ByteLevel part. */
AUTO_INTERNAL gsize auto_scan_gpt2 (const char *text, gsize length);
/* The length of a contraction that @text begins with, 0 for none; @folded: in either case. */
AUTO_INTERNAL gsize auto_scan_contraction (const char *text, gsize length, gboolean folded);
/* How the same words are found in many bytes at once. */
AUTO_INTERNAL AutoScanBlock auto_scanner_get_block (AutoScanner scanner);
/* Whether a space, or none, and all ASCII letters after it are a match, unless a character beyond ASCII follows. */
AUTO_INTERNAL gboolean auto_scanner_ignores_case (AutoScanner scanner);
/* Whether a space, or none, capitals, and small letters are a match, unless an apostrophe or a character beyond ASCII follows. */
AUTO_INTERNAL gboolean auto_scanner_minds_case (AutoScanner scanner);
/* Whether there are characters that the pattern leaves between its matches. */
AUTO_INTERNAL gboolean auto_scanner_leaves_out (AutoScanner scanner);

G_END_DECLS
