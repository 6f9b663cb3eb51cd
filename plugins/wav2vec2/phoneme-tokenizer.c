/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokenizer of models that hear phonemes (Xu et al., arXiv:2109.11680): phonemes with spaces between them. */
#include "phoneme-tokenizer.h"

#include <string.h>

#include "core/text/auto-espeak.h"
#include "core/text/auto-python-text.h"
#include "core/text/auto-slow-moments.h"
#include "core/text/auto-slow.h"

static gboolean
is_phonemized (const AutoSlow *self)
{
  return auto_json_bool (self->settings, "do_phonemize", TRUE);
}

static const char *
get_language (const AutoSlow *self)
{
  const char *language = auto_json_string (self->settings, "phonemizer_lang");
  return language ? language : "en-us";
}

static gboolean
phonemes_load (AutoSlow *self, const char *folder, GError **error)
{
  return auto_slow_load_ids (self, folder, "vocab.json", error);
}

static gboolean
phonemes_encodes (const AutoSlow *self, GError **error)
{
  const char *backend = auto_json_string (self->settings, "phonemizer_backend");

  if (!is_phonemized (self))
    return TRUE;
  if (!backend || g_str_equal (backend, "espeak"))
    return auto_espeak_speaks (get_language (self), error);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
               "phonemes are made by espeak alone, not by the phonemizer_backend \"%s\"; give the tokenizer phonemes, and set do_phonemize to"
               " false", backend);
  return FALSE;
}

static char *
phonemize (const AutoSlow *self, const char *text, gsize length)
{
  const char *phone = auto_json_string (self->settings, "phone_delimiter_token");
  const char *delimiter = auto_json_string (self->settings, "word_delimiter_token");
  g_autofree char *lower = auto_python_lower (text, length), *word = delimiter ? g_strconcat (delimiter, " ", NULL) : g_strdup ("");
  AutoPhonemes form = { .language = get_language (self), .phone = phone ? phone : "", .word = word };
  char *phonemes = auto_espeak_phonemize (lower, &form, NULL);

  return phonemes ? phonemes : g_strdup ("");
}

static void
phonemes_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  g_autofree char *phonemes = NULL;

  auto_python_lstrip (&text, &length);
  auto_python_rstrip (text, &length);
  if (is_phonemized (self))
    {
      text = phonemes = phonemize (self, text, length);
      length = strlen (text);
    }
  for (gsize at = 0, n; at < length; at += n + 1)
    {
      const char *space = memchr (text + at, ' ', length - at);
      n = space ? (gsize) (space - text) - at : length - at;
      const char *phoneme = text + at;
      gsize rest = n;
      auto_python_lstrip (&phoneme, &rest);
      if (rest)
        g_ptr_array_add (tokens, g_strndup (text + at, n));
    }
}

static gboolean
phonemes_join (const AutoSlow *self, GPtrArray *tokens, const AutoDecodeCall *call, GString *text, JsonObject *answer, GError **error)
{
  const char *delimiter = call->filter_word_delimiter_token ? auto_json_string (self->settings, "word_delimiter_token") : NULL;
  g_autoptr(GArray) moments = auto_moments_new (tokens, call->group_tokens, self->pad, delimiter);

  auto_moments_join (moments, " ", text);
  if (call->output_char_offsets)
    auto_moments_add_char_offsets (moments, answer);
  return TRUE;
}

static const AutoSlowEngine phonemes = { .load = phonemes_load, .encodes = phonemes_encodes, .tokenize = phonemes_tokenize,
                                         .join_call = phonemes_join };

const AutoTokenizerSpec wav2vec2_phoneme_tokenizer
    = { .class_name = "Wav2Vec2PhonemeCTCTokenizer",
        .model_input_names = auto_tokenizer_plain_inputs,
        .defaults
        = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\","
          " \"phone_delimiter_token\": \" \", \"word_delimiter_token\": null, \"do_phonemize\": true, \"phonemizer_lang\": \"en-us\","
          " \"phonemizer_backend\": \"espeak\"}",
        .slow = &(const AutoSlowTokenizer){ .engine = &phonemes,
                                            .prefix = AUTO_SLOW_PREFIX_SPACE_OF_WORDS,
                                            .joins_added = TRUE,
                                            .adds_exact = TRUE,
                                            .ids_fall_back = TRUE,
                                            .no_spaces = TRUE } };
