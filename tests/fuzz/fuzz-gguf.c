/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as a GGUF file, and the tokenizer in it takes a text. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/text/auto-tokenizer-gguf.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
use (AutoPipeline *pipeline)
{
  static const char text[] = "Hello  wörld 12345's ▁[MASK]\r\n\xe5\x8c\x97";
  g_autoptr(AutoTokens) tokens = auto_tokens_new (FALSE);
  g_autoptr(GError) error = NULL;
  gboolean good = auto_pipeline_encode (pipeline, text, strlen (text), -1, tokens, &error);

  g_assert_true (good == (error == NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoGguf) file = auto_gguf_new (bytes, "fuzz", &error);
  AutoTokenizerBuild build = { 0 };
  AutoTokenizerParts *parts = file ? auto_tokenizer_gguf_make (&build, file, "/nonexistent/fuzz", &error) : NULL;

  g_assert_true ((parts == NULL) == (error != NULL));
  build.pipeline = parts ? auto_pipeline_new (parts, &error) : NULL;
  g_assert_true ((build.pipeline == NULL) == (error != NULL));
  if (build.pipeline)
    use (build.pipeline);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  auto_tokenizer_build_clear (&build);
  return 0;
}
