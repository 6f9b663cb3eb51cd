/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SigLIP's tokenizer: T5's pieces of a text without punctuation. */
#include "core/text/auto-python-text.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

/* Without ASCII's punctuation, with one space where there was any. */
static char *
siglip_canonical (const char *text, gsize length, GPtrArray *tokens)
{
  g_autoptr(GString) out = g_string_sized_new (length);
  gboolean space = FALSE;
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (c < 128 && g_ascii_ispunct (c))
        continue;
      if (!auto_python_is_space (c))
        g_string_append_len (out, text + at, size);
      else if (!space)
        g_string_append_c (out, ' ');
      space = auto_python_is_space (c);
    }
  auto_python_strip (out);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

#define SIGLIP_MARK(name, text) "\"" name "\": {\"content\": \"" text "\", \"lstrip\": true, \"rstrip\": true, \"normalized\": false}"

static const AutoTokenizerSpec siglip_tokenizer = {
  .class_name = "SiglipTokenizer", .vocab_file = "spiece.model", .model_input_names = auto_tokenizer_plain_inputs, .model_max_length = 64,
  .defaults = "{" SIGLIP_MARK ("eos_token", "</s>") ", " SIGLIP_MARK ("unk_token", "<unk>") ", " SIGLIP_MARK ("pad_token", "</s>") ","
              " \"do_lower_case\": true}",
  .slow = AUTO_SLOW_SENTENCEPIECE (
    (&(const AutoSlowPieces) { .mark = AUTO_MARK_BEHIND, .change = siglip_canonical, .unmark = AUTO_UNMARK_ALL }), .lower = "do_lower_case",
    .single = "$A:0 !${eos_token}:0", .pair = "$A:0 !${eos_token}:0 $B:0 !${eos_token}:0") };

AUTO_PLUGIN (siglip, "SigLIP", AUTO_TOKENIZER ("SiglipTokenizer", NULL, &siglip_tokenizer, .model_type = "siglip"));
