/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whisper's tokenizer: GPT-2's over bytes, with marks of the language, the task and the time before a text of speech. */
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

/* The mark of a language by its name or code, whatever its case; an empty text for one that isn't known. */
static char *
whisper_language_mark (const char *language)
{
  g_autofree char *lower = g_utf8_strdown (language, -1);

  for (guint i = 0; i < G_N_ELEMENTS (whisper_languages); i++)
    if (g_str_equal (lower, whisper_languages[i][0]) || g_str_equal (lower, whisper_languages[i][1]))
      return g_strconcat ("<|", whisper_languages[i][0], "|>", NULL);
  return g_strdup ("");
}

/* What can't be a mark is left empty, with which no template can be made. */
static void
whisper_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  const char *language = auto_json_string (settings, "language"), *task = auto_json_string (settings, "task");
  g_autofree char *mark = language ? whisper_language_mark (language) : NULL;
  const char *of_task = g_strcmp0 (task, "translate") == 0 ? "<|translate|>" : g_strcmp0 (task, "transcribe") == 0 ? "<|transcribe|>" : "";

  json_object_set_boolean_member (settings, "_has_language", language != NULL);
  json_object_set_string_member (settings, "_language", mark);
  json_object_set_boolean_member (settings, "_has_task", task != NULL);
  json_object_set_string_member (settings, "_task", of_task);
}

/* Takes away marks of time, such as <|1.08|>. */
static void
whisper_finish (GString *text)
{
  static gsize once;
  static GRegex *mark;

  if (g_once_init_enter (&once))
    {
      mark = g_regex_new ("<\\|\\p{Nd}+\\.\\p{Nd}+\\|>", G_REGEX_OPTIMIZE, 0, NULL);
      g_once_init_leave (&once, 1);
    }
  if (!strstr (text->str, "<|"))
    return;
  g_autofree char *timeless = g_regex_replace_literal (mark, text->str, text->len, 0, "", 0, NULL);
  if (timeless)
    g_string_assign (text, timeless);
}

#define WHISPER_PREFIX                                                                                                         \
  "<|startoftranscript|>:0 ?_has_language${_language}:0 ?_has_task${_task}:0 ?!predict_timestamps<|notimestamps|>:0 "

const AutoTokenizerSpec whisper_tokenizer = {
  .class_name = "WhisperTokenizer", AUTO_BYTE_BPE_KIND, .settle = whisper_settle, .words_need = "add_prefix_space",
  .prompt = "<|startofprev|>", .prompt_end = "<|startoftranscript|>", .finish = whisper_finish,
  .defaults = "{\"add_prefix_space\": false, \"language\": null, \"task\": null, \"predict_timestamps\": false,"
              " \"unk_token\": \"<|endoftext|>\", \"bos_token\": \"<|endoftext|>\", \"eos_token\": \"<|endoftext|>\"}",
  .single = WHISPER_PREFIX "$A:0 ${eos_token}:0", .pair = WHISPER_PREFIX "$A:0 $B:1 ${eos_token}:1", .templates_follow = TRUE,
  .adjust = "pre_tokenizer.add_prefix_space=add_prefix_space", .model_input_names = auto_tokenizer_plain_inputs,
  .chat_template = AUTO_PLAIN_CHAT,
  .slow = AUTO_SLOW_BYTE_BPE (SPACE, .no_spaces = TRUE, .keeps_spaces = TRUE, .ids_vanish = TRUE,
                              .pair = WHISPER_PREFIX "$A:0 $B:0 ${eos_token}:0") };
