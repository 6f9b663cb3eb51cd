/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whisper's tokenizer: GPT-2's over bytes, with marks of the language, the task and the time before a text of speech. */
#include "decoding.h"

#include <string.h>

#include "core/base/auto-json.h"
#include "whisper_tokenizer.h"

/* Languages' codes and names. */
static const char *const whisper_languages[][2] = {
  { "en", "english" }, { "zh", "chinese" }, { "zh", "mandarin" }, { "de", "german" }, { "es", "spanish" }, { "es", "castilian" },
  { "ru", "russian" }, { "ko", "korean" }, { "fr", "french" }, { "ja", "japanese" }, { "pt", "portuguese" }, { "tr", "turkish" },
  { "pl", "polish" }, { "ca", "catalan" }, { "ca", "valencian" }, { "nl", "dutch" }, { "nl", "flemish" }, { "ar", "arabic" },
  { "sv", "swedish" }, { "it", "italian" }, { "id", "indonesian" }, { "hi", "hindi" }, { "fi", "finnish" }, { "vi", "vietnamese" },
  { "he", "hebrew" }, { "uk", "ukrainian" }, { "el", "greek" }, { "ms", "malay" }, { "cs", "czech" }, { "ro", "romanian" },
  { "ro", "moldavian" }, { "ro", "moldovan" }, { "da", "danish" }, { "hu", "hungarian" }, { "ta", "tamil" }, { "no", "norwegian" },
  { "th", "thai" }, { "ur", "urdu" }, { "hr", "croatian" }, { "bg", "bulgarian" }, { "lt", "lithuanian" }, { "la", "latin" },
  { "mi", "maori" }, { "ml", "malayalam" }, { "cy", "welsh" }, { "sk", "slovak" }, { "te", "telugu" }, { "fa", "persian" },
  { "lv", "latvian" }, { "bn", "bengali" }, { "sr", "serbian" }, { "az", "azerbaijani" }, { "sl", "slovenian" }, { "kn", "kannada" },
  { "et", "estonian" }, { "mk", "macedonian" }, { "br", "breton" }, { "eu", "basque" }, { "is", "icelandic" }, { "hy", "armenian" },
  { "ne", "nepali" }, { "mn", "mongolian" }, { "bs", "bosnian" }, { "kk", "kazakh" }, { "sq", "albanian" }, { "sw", "swahili" },
  { "gl", "galician" }, { "mr", "marathi" }, { "pa", "punjabi" }, { "pa", "panjabi" }, { "si", "sinhala" }, { "si", "sinhalese" },
  { "km", "khmer" }, { "sn", "shona" }, { "yo", "yoruba" }, { "so", "somali" }, { "af", "afrikaans" }, { "oc", "occitan" },
  { "ka", "georgian" }, { "be", "belarusian" }, { "tg", "tajik" }, { "sd", "sindhi" }, { "gu", "gujarati" }, { "am", "amharic" },
  { "yi", "yiddish" }, { "lo", "lao" }, { "uz", "uzbek" }, { "fo", "faroese" }, { "ht", "haitian creole" }, { "ht", "haitian" },
  { "ps", "pashto" }, { "ps", "pushto" }, { "tk", "turkmen" }, { "nn", "nynorsk" }, { "mt", "maltese" }, { "sa", "sanskrit" },
  { "lb", "luxembourgish" }, { "lb", "letzeburgesch" }, { "my", "myanmar" }, { "my", "burmese" }, { "bo", "tibetan" },
  { "tl", "tagalog" }, { "mg", "malagasy" }, { "as", "assamese" }, { "tt", "tatar" }, { "haw", "hawaiian" }, { "ln", "lingala" },
  { "ha", "hausa" }, { "ba", "bashkir" }, { "jw", "javanese" }, { "su", "sundanese" }, { "yue", "cantonese" } };

/* The code of a language by its name or code, whatever its case; NULL for one that isn't known. */
static const char *
whisper_language_code (const char *language)
{
  g_autofree char *lower = g_utf8_strdown (language, -1);

  for (guint i = 0; i < G_N_ELEMENTS (whisper_languages); i++)
    if (g_str_equal (lower, whisper_languages[i][0]) || g_str_equal (lower, whisper_languages[i][1]))
      return whisper_languages[i][0];
  return NULL;
}

const char *
whisper_language_name (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (whisper_languages); i++)
    if (g_str_equal (code, whisper_languages[i][0]))
      return whisper_languages[i][1];
  return NULL;
}

static gboolean
is_task (const char *task)
{
  return g_str_equal (task, "transcribe") || g_str_equal (task, "translate");
}

/* What isn't known has no mark: whisper_check complains of it. */
static void
whisper_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  const char *language = auto_json_string (settings, "language"), *task = auto_json_string (settings, "task");
  const char *code = language ? whisper_language_code (language) : NULL;
  g_autofree char *mark = code ? g_strdup_printf ("<|%s|>", code) : NULL;
  g_autofree char *of_task = task && is_task (task) ? g_strdup_printf ("<|%s|>", task) : NULL;

  json_object_set_boolean_member (settings, "_has_language", mark != NULL);
  json_object_set_string_member (settings, "_language", mark);
  json_object_set_boolean_member (settings, "_has_task", of_task != NULL);
  json_object_set_string_member (settings, "_task", of_task);
}

static gboolean
whisper_check (const AutoTokenizerSpec *self, JsonObject *settings, GError **error)
{
  const char *language = auto_json_string (settings, "language"), *task = auto_json_string (settings, "task");

  if (language && !whisper_language_code (language))
    {
      g_autoptr(GString) choices = g_string_new (NULL);
      gboolean names = strlen (language) > 3;
      for (guint i = 0; i < G_N_ELEMENTS (whisper_languages); i++)
        if (names || i == 0 || !g_str_equal (whisper_languages[i][0], whisper_languages[i - 1][0]))
          g_string_append_printf (choices, "%s%s", i ? ", " : "", whisper_languages[i][names]);
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "the language \"%s\" is not known; set it to one of %s", language,
                   choices->str);
      return FALSE;
    }
  if (task && !is_task (task))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "the task \"%s\" is not known; set it to transcribe or translate", task);
      return FALSE;
    }
  return TRUE;
}

#define WHISPER_PREFIX                                                                                                         \
  "<|startoftranscript|>:0 ?_has_language${_language}:0 ?_has_task${_task}:0 ?!predict_timestamps<|notimestamps|>:0 "

const AutoTokenizerSpec whisper_tokenizer = {
  .class_name = "WhisperTokenizer", AUTO_BYTE_BPE_KIND, .settle = whisper_settle, .check = whisper_check, .words_need = "add_prefix_space",
  .beside = "normalizer.json", .speech = &whisper_tokenizer_speech,
  .defaults = "{\"add_prefix_space\": false, \"language\": null, \"task\": null, \"predict_timestamps\": false,"
              " \"unk_token\": \"<|endoftext|>\", \"bos_token\": \"<|endoftext|>\", \"eos_token\": \"<|endoftext|>\"}",
  .json_defaults = "{\"unk_token\": {\"content\": \"<|endoftext|>\"}, \"bos_token\": {\"content\": \"<|endoftext|>\"},"
                   " \"eos_token\": {\"content\": \"<|endoftext|>\"}}",
  .single = WHISPER_PREFIX "$A:0 ${eos_token}:0", .pair = WHISPER_PREFIX "$A:0 $B:1 ${eos_token}:1", .templates_follow = TRUE,
  .adjust = "pre_tokenizer.add_prefix_space=add_prefix_space", .model_input_names = auto_tokenizer_plain_inputs,
  .chat_template = AUTO_PLAIN_CHAT,
  .slow = AUTO_SLOW_BYTE_BPE (SPACE, .no_spaces = TRUE, .keeps_spaces = TRUE, .ids_vanish = TRUE,
                              .pair = WHISPER_PREFIX "$A:0 $B:0 ${eos_token}:0") };
