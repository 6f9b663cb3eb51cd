/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as a dictionary of words that Python or PyTorch pickled. */
#include <stddef.h>
#include <stdint.h>

#include "plugins/transfo_xl/words.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  gint64 unknown = -1;
  g_autoptr(AutoVocabulary) words = transfo_xl_words_of_pickle ("fuzz", bytes, &unknown, &error);

  g_assert_true ((words == NULL) == (error != NULL));
  if (!words)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_cmpint (unknown, <, auto_vocabulary_size (words));
  for (guint i = 0; i < auto_vocabulary_size (words); i++)
    {
      gsize length;
      const char *word = auto_vocabulary_token (words, i, &length);
      g_assert_nonnull (word);
      g_assert_true (g_utf8_validate_len (word, length, NULL));
    }
  return 0;
}
