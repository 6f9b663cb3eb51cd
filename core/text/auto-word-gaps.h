/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-normalizer.h"
#include "auto-pre-tokenizer.h"

G_BEGIN_DECLS

/* What stands between words for a pre-tokenizer that parts them at spaces: spaces, and what is as good as one. */
typedef struct
{
  const AutoNormalizer *normalizer; /* or NULL */
  const AutoPreTokenizer *pre_tokenizer;
  gboolean drops_spaces;  /* white space is left out */
  gboolean one_gap;       /* several gaps are as good as one */
  gboolean each_gap;      /* or all but one are words of their own */
} AutoWordGaps;

/* Of parts that outlive it, such as auto_normalizer_is_local () and auto_pre_tokenizer_get_mark () accept. */
AUTO_INTERNAL AutoWordGaps *auto_word_gaps_new (const AutoNormalizer *normalizer, const AutoPreTokenizer *pre_tokenizer, gboolean drops_spaces);
/* Whether @c is as good as a space, among spaces and others like it, between characters that the normalizer treats by themselves. */
AUTO_INTERNAL gboolean auto_word_gaps_has (const AutoWordGaps *self, gunichar c);
/* Whether a character that becomes nothing changes no gap that it stands in. */
AUTO_INTERNAL gboolean auto_word_gaps_ignores (const AutoWordGaps *self, gunichar c);

G_END_DECLS
