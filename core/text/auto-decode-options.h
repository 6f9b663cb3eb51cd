/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-tokenizer-options.h"

G_BEGIN_DECLS

/**
 * AutoTimestamps:
 * @AUTO_TIMESTAMPS_NO: none
 * @AUTO_TIMESTAMPS_YES: of each piece that the model marked
 * @AUTO_TIMESTAMPS_WORD: of each word
 *
 * Which times a transcript tells.
 */
typedef enum {
  AUTO_TIMESTAMPS_NO,
  AUTO_TIMESTAMPS_YES,
  AUTO_TIMESTAMPS_WORD,
} AutoTimestamps;

#define AUTO_TYPE_TIMESTAMPS (auto_timestamps_get_type ())
AUTO_AVAILABLE_IN_1_0 GType auto_timestamps_get_type (void);

#define AUTO_TYPE_DECODE_OPTIONS (auto_decode_options_get_type ())

/**
 * AutoDecodeOptions:
 *
 * The keywords of decoding. Everything is a property; %NULL instead of options means the defaults.
 *
 * Some are for tokenizers of speech alone: `group-tokens`, `output-char-offsets`, `output-word-offsets` and `filter-word-delimiter-token` for
 * those that are decoded moment by moment (CTC), `output-offsets`, `decode-with-timestamps`, `time-precision`, `normalize`,
 * `basic-normalize`, `remove-diacritics`, `return-timestamps` and `return-language` for those with marks of time.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoDecodeOptions, auto_decode_options, AUTO, DECODE_OPTIONS, GObject)

AUTO_AVAILABLE_IN_1_0 AutoDecodeOptions *auto_decode_options_new (void);

G_END_DECLS
