/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* Patterns that can be looked for in many bytes at once. */
typedef enum
{
  AUTO_SCAN_BLOCK_NONE,
  AUTO_SCAN_BLOCK_GPT2,
  AUTO_SCAN_BLOCK_CL100K, /* digits go together by threes */
  AUTO_SCAN_BLOCK_QWEN2,  /* the same, but for digits, which stand alone */
  AUTO_SCAN_BLOCK_O200K,  /* words end where capitals follow small letters, and contractions are theirs */
} AutoScanBlock;

#define AUTO_SCAN_BLOCK_BYTES 64

/* Where words begin among the AUTO_SCAN_BLOCK_BYTES of @text that begins with a word, a bit for each. The last one's end isn't known yet,
 * nor is where words begin behind it: that is up to what follows, or to characters beyond ASCII. @length: of all that can be read. */
AUTO_INTERNAL guint64 auto_scan_block (AutoScanBlock kind, const char *text, gsize length);

G_END_DECLS
