/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The text as it is spoken: lower case without what isn't ASCII, its numbers, dollars and abbreviations in words. */
char *clvp_speak_english (const char *text, gsize length);
