/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* @text with its numbers as English words: "$2.50" becomes "two dollars, fifty cents". */
char *fastspeech2_spell_numbers (const char *text);
