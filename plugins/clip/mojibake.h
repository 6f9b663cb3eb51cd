/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Whether @text has characters side by side that texts hardly ever have, unless their bytes were read in the wrong encoding (mojibake). */
gboolean mojibake_is_bad (const gunichar *text, gsize n);
/* Reads mojibake in @text (of gunichar) as what it was meant to be, as ftfy.fix_encoding does, as long as @work lasts: how many characters may be
 * looked at. */
void mojibake_fix (GArray *text, gsize *work);
/* What a control character from 0x80 on is in windows-1252, which then was meant; others stay. */
gunichar mojibake_fix_control (gunichar c);
/* Whether there is work left for @n characters, which is then done. */
gboolean mojibake_spend (gsize *work, gsize n);
/* Whether two texts (of gunichar) are the same. */
gboolean mojibake_is_same (const GArray *a, const GArray *b);
