/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Puts characters in place of HTML's entities in @text (of gunichar), as ftfy.fixes.unescape_html does. */
void entities_replace (GArray *text);
