/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugins share that make words of numbers in English texts. */
#pragma once

#include <glib.h>

/* Exchanges what a pattern matches in @text; it stays as it is where a text is too much for the pattern. */
void english_replace (char **text, const char *pattern, GRegexEvalCallback speak);
/* Takes commas out of numbers, and says amounts of dollars and decimal points in words, the numbers still in digits ("2 dollars, 50 cents"); with
 * @pounds also those of pounds. What isn't an amount ("$,5") stays. The rules are of Keith Ito's text cleaners, which the references of several
 * classes hold (text/numbers.py of his Tacotron). */
void english_speak_amounts (char **text, gboolean pounds);
