/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/**
 * AutoPadding:
 * @AUTO_PADDING_NO: rows keep their lengths
 * @AUTO_PADDING_LONGEST: rows become as long as the longest one
 * @AUTO_PADDING_MAX_LENGTH: rows become as long as `max-length`, or as the model allows
 * @AUTO_PADDING_UNSET: as the tokenizer's class does, which as a rule is as if `no`
 *
 * How rows are filled up with padding tokens.
 */
typedef enum {
  AUTO_PADDING_NO,
  AUTO_PADDING_LONGEST,
  AUTO_PADDING_MAX_LENGTH,
  AUTO_PADDING_UNSET,
} AutoPadding;

/**
 * AutoTruncation:
 * @AUTO_TRUNCATION_UNSET: as if `longest-first`, if `max-length` is set and `padding` is not; otherwise as if `no`
 * @AUTO_TRUNCATION_NO: rows keep their lengths
 * @AUTO_TRUNCATION_LONGEST_FIRST: the longer of the two texts is cut, then both
 * @AUTO_TRUNCATION_ONLY_FIRST: only the first text is cut
 * @AUTO_TRUNCATION_ONLY_SECOND: only the second text is cut
 * @AUTO_TRUNCATION_DROP_ROWS_TO_FIT: the table's cells are cut to fewer tokens, or else its last rows are left out, as `longest-first` does too
 *   with a tokenizer that does so
 *
 * How rows that are too long are cut.
 */
typedef enum {
  AUTO_TRUNCATION_UNSET,
  AUTO_TRUNCATION_NO,
  AUTO_TRUNCATION_LONGEST_FIRST,
  AUTO_TRUNCATION_ONLY_FIRST,
  AUTO_TRUNCATION_ONLY_SECOND,
  AUTO_TRUNCATION_DROP_ROWS_TO_FIT,
} AutoTruncation;

/**
 * AutoChoice:
 * @AUTO_CHOICE_DEFAULT: as the tokenizer is configured
 * @AUTO_CHOICE_NO: no
 * @AUTO_CHOICE_YES: yes
 *
 * Yes, no, or whatever the tokenizer's own files say.
 */
typedef enum {
  AUTO_CHOICE_DEFAULT = -1,
  AUTO_CHOICE_NO = 0,
  AUTO_CHOICE_YES = 1,
} AutoChoice;

#define AUTO_TYPE_PADDING (auto_padding_get_type ())
#define AUTO_TYPE_TRUNCATION (auto_truncation_get_type ())
#define AUTO_TYPE_CHOICE (auto_choice_get_type ())
AUTO_AVAILABLE_IN_1_0 GType auto_padding_get_type (void);
AUTO_AVAILABLE_IN_1_0 GType auto_truncation_get_type (void);
AUTO_AVAILABLE_IN_1_0 GType auto_choice_get_type (void);

#define AUTO_TYPE_TOKENIZER_OPTIONS (auto_tokenizer_options_get_type ())

/**
 * AutoTokenizerOptions:
 *
 * The keywords of a call of a tokenizer. Everything is a property; %NULL instead of options means the defaults.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoTokenizerOptions, auto_tokenizer_options, AUTO, TOKENIZER_OPTIONS, GObject)

AUTO_AVAILABLE_IN_1_0 AutoTokenizerOptions *auto_tokenizer_options_new (void);

G_END_DECLS
