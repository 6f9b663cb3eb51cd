/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Repairs a text, which is valid UTF-8, as ftfy.fix_text does with its usual settings; transfer full. The time is linear in the text's length: what takes
 * many times as many steps as there are characters, such as entities in entities in entities, is left as far as it got. */
char *text_fixer_fix (const char *text, gsize length);
