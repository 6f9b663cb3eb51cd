/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/text/auto-slow.h"

/* vocab.txt and emoji.json; the setting do_clean_text. */
extern const AutoSlowEngine gpt_neox_japanese_longest_match;
