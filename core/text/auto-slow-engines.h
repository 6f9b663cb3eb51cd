/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

typedef struct _AutoSlowEngine AutoSlowEngine;

/* vocab.txt, words as BERT cuts them (the settings do_basic_tokenize, do_lower_case, tokenize_chinese_chars, strip_accents, never_split)
 * and their pieces. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_wordpiece;

G_END_DECLS
