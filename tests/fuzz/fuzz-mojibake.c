/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are a damaged text that is repaired. */
#include <stddef.h>
#include <stdint.h>

#include "core/text/auto-unicode.h"
#include "plugins/clip/text-fixer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gsize length = size;
  g_autofree char *repaired = auto_utf8_repair ((const char *) data, size, &length);
  g_autofree char *fixed = text_fixer_fix (repaired ? repaired : (const char *) data, length);

  g_assert_true (g_utf8_validate (fixed, -1, NULL));
  return 0;
}
