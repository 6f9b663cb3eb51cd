/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as a sentencepiece model, and a text is encoded and decoded with it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/text/auto-sentencepiece.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char text[] = "Hello  wörld ½ ①12345 ▁<s>\r\n\xe5\x8c\x97";
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoSentencePiece) model = auto_sentencepiece_new (bytes, "fuzz", &error);

  g_assert_true ((model == NULL) == (error != NULL));
  if (!model)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  auto_sentencepiece_encode (model, text, strlen (text), pieces, ids);
  g_assert_cmpuint (pieces->len, ==, ids->len);
  g_autofree char *decoded = auto_sentencepiece_decode (model, (const char *const *) pieces->pdata, pieces->len);
  g_assert_nonnull (decoded);
  return 0;
}
