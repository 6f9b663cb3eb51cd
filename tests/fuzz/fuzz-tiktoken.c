/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as a file of tiktoken ranks, and the merges in it are found. */
#include <stddef.h>
#include <stdint.h>

#include "core/text/auto-tiktoken.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTiktoken) ranks = auto_tiktoken_new ((const char *) data, size, "fuzz", &error);

  g_assert_true ((ranks == NULL) == (error != NULL));
  if (ranks)
    {
      g_autoptr(GArray) merges = auto_tiktoken_merges (ranks, NULL);
      g_assert_cmpuint (merges->len, <=, auto_tiktoken_get_n_tokens (ranks));
    }
  return 0;
}
