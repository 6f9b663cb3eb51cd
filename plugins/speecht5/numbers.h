/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The text with its numbers, amounts of money and percentages in English words; those that there are no words for stay. */
char *speecht5_spell_numbers (const char *text, gsize length);
