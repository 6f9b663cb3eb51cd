/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* FastSpeech2Conformer's tokenizer: the phonemes of English texts; transformers:
 * models/fastspeech2_conformer/tokenization_fastspeech2_conformer.py */
#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-slow.h"
#include "core/text/auto-unicode.h"
#include "phonemes.h"
#include "sdk/auto-sdk.h"

static gboolean
fastspeech2_load (AutoSlow *self, const char *folder, GError **error)
{
  return auto_slow_load_ids (self, folder, "vocab.json", error) && (self->data = phonemes_new (folder, error)) != NULL;
}

static void
fastspeech2_clear (AutoSlow *self)
{
  phonemes_free (self->data);
}

/* Signs that are said or pause like others become those; brackets and quotes go. */
static char *
fastspeech2_prepare (const AutoSlow *self, const char *text, gsize length)
{
  g_autoptr(GString) out = g_string_sized_new (length);
  gboolean blank = FALSE;
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      gboolean space = c == '-' || auto_python_is_white (c);
      if (c < 0x80 && c && strchr ("()[]<>\"", (char) c))
        continue;
      if (space && blank)
        continue;
      blank = space;
      if (c == ';' || c == ':')
        g_string_append_c (out, ',');
      else if (space)
        g_string_append_c (out, ' ');
      else if (c == '&')
        g_string_append (out, "and");
      else
        g_string_append_len (out, text + at, size);
    }
  return auto_python_upper (out->str, out->len);
}

static void
fastspeech2_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autoptr(GPtrArray) phonemes = g_ptr_array_new_with_free_func (g_free);
  gboolean strip = auto_json_bool (self->settings, "should_strip_spaces", FALSE);
  const char *end = auto_json_string (self->settings, "eos_token");

  phonemes_add (self->data, copy, phonemes);
  for (guint i = 0; i < phonemes->len; i++)
    if (!strip || !g_str_equal (phonemes->pdata[i], " "))
      g_ptr_array_add (tokens, g_strdup (phonemes->pdata[i]));
  if (end)
    g_ptr_array_add (tokens, g_strdup (end));
}

static const AutoSlowEngine fastspeech2_phonemes = {
  .load = fastspeech2_load, .prepare = fastspeech2_prepare, .tokenize = fastspeech2_tokenize, .clear = fastspeech2_clear };

static const AutoTokenizerSpec fastspeech2_tokenizer = {
  .class_name = "FastSpeech2ConformerTokenizer", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"<sos/eos>\", \"eos_token\": \"<sos/eos>\", \"pad_token\": \"<blank>\", \"unk_token\": \"<unk>\","
              " \"should_strip_spaces\": false}",
  .slow = &(const AutoSlowTokenizer) { .engine = &fastspeech2_phonemes, .single = "$A:0", .pair = "$A:0 $B:0", .ids_fall_back = TRUE,
                                       .keeps_spaces = TRUE } };

AUTO_PLUGIN (fastspeech2_conformer, "FastSpeech2Conformer",
             AUTO_TOKENIZER ("FastSpeech2ConformerTokenizer", NULL, &fastspeech2_tokenizer, .model_type = "fastspeech2_conformer"));
