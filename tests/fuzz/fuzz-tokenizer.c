/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as a tokenizer.json, and a text is encoded and decoded with it. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/text/auto-pipeline.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
use (AutoPipeline *pipeline)
{
  static const char text[] = "Hello  wörld 12345's ▁<s>[MASK]\r\n\xe5\x8c\x97";
  g_autoptr(AutoTokens) tokens = auto_tokens_new (TRUE);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!auto_pipeline_encode (pipeline, text, strlen (text), -1, tokens, NULL))
    return;
  for (guint i = 0; i < tokens->ids->len; i++)
    {
      gint64 id = g_array_index (tokens->ids, guint32, i);
      g_array_append_val (ids, id);
    }
  GString *decoded = auto_pipeline_decode (pipeline, (gint64 *) ids->data, ids->len, TRUE, NULL);
  if (decoded)
    g_string_free (decoded, TRUE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size); /* readers may look at the byte behind the end */
  g_autoptr(GError) error = NULL;
  AutoTokenizerParts *parts = auto_tokenizer_parts_read (text, size, "fuzz", &error);

  g_assert_true ((parts == NULL) == (error != NULL));
  g_autoptr(AutoPipeline) pipeline = parts ? auto_pipeline_new (parts, &error) : NULL;
  g_assert_true ((pipeline == NULL) == (error != NULL));
  if (pipeline)
    use (pipeline);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
