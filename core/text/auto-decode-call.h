/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-decode-options.h"

G_BEGIN_DECLS

/* The values of the options of decoding. */
typedef struct
{
  gboolean skip_special_tokens, group_tokens, output_char_offsets, output_word_offsets, filter_word_delimiter_token;
  gboolean output_offsets, decode_with_timestamps, normalize, basic_normalize, remove_diacritics, return_language;
  int clean_up, spaces; /* AutoChoice */
  int return_timestamps;
  double time_precision;
} AutoDecodeCall;

/* NULL gives the defaults. */
AUTO_INTERNAL AutoDecodeCall auto_decode_options_get_call (AutoDecodeOptions *self);

G_END_DECLS
