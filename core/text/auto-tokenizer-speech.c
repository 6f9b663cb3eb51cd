/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tokenizer-speech.h"

#include <string.h>

#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow.h"
#include "auto-tokenizer-speech-private.h"
#include "auto-unicode.h"

/* What the class does, or NULL with an error. */
static const AutoTokenizerSpeech *
get_speech (AutoPretrainedTokenizer *self, const char *what, gsize offset, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  const AutoTokenizerSpeech *speech = priv->build.spec ? priv->build.spec->speech : NULL;

  if (speech && G_STRUCT_MEMBER (gpointer, speech, offset))
    return speech;
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s: tokenizers of this class don't %s",
               priv->build.class_name ? priv->build.class_name : G_OBJECT_TYPE_NAME (self), what);
  return NULL;
}

static char *
normalize (AutoPretrainedTokenizer *self, const char *text, gboolean english, gboolean remove_diacritics, GError **error)
{
  const AutoTokenizerSpeech *speech = get_speech (self, "make texts plain", G_STRUCT_OFFSET (AutoTokenizerSpeech, normalize), error);
  gsize length = strlen (text);
  g_autofree char *repaired = auto_utf8_repair (text, length, &length);

  return speech ? speech->normalize (AUTO_TOKENIZER (self), repaired ? repaired : text, english, remove_diacritics, error) : NULL;
}

/**
 * auto_pretrained_tokenizer_normalize:
 * @self: a tokenizer of English speech
 * @text: a transcript
 * @error: return location for an error
 *
 * Makes a text plain, so that transcripts can be compared: lower case, no punctuation, numbers as digits, American spelling, no contractions.
 *
 * Returns: (transfer full): the plain text
 */
char *
auto_pretrained_tokenizer_normalize (AutoPretrainedTokenizer *self, const char *text, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && text != NULL, NULL);
  return normalize (self, text, TRUE, FALSE, error);
}

/**
 * auto_pretrained_tokenizer_basic_normalize:
 * @self: a tokenizer of speech
 * @text: a transcript in any language
 * @remove_diacritics: take away accents too
 * @error: return location for an error
 *
 * Makes a text plain, so that transcripts can be compared: lower case, no punctuation and no symbols.
 *
 * Returns: (transfer full): the plain text
 */
char *
auto_pretrained_tokenizer_basic_normalize (AutoPretrainedTokenizer *self, const char *text, gboolean remove_diacritics, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && text != NULL, NULL);
  return normalize (self, text, FALSE, remove_diacritics, error);
}

/**
 * auto_pretrained_tokenizer_get_prompt_ids:
 * @self: a tokenizer of speech
 * @text: what was said before, or words that will be
 * @n: (out): how many ids there are
 * @error: return location for an error
 *
 * The ids with which the model is told of something before it hears.
 *
 * Returns: (transfer full) (array length=n): the ids of a prompt
 */
gint64 *
auto_pretrained_tokenizer_get_prompt_ids (AutoPretrainedTokenizer *self, const char *text, gsize *n, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && text != NULL && n != NULL, NULL);
  const AutoTokenizerSpeech *speech = get_speech (self, "make prompts", G_STRUCT_OFFSET (AutoTokenizerSpeech, prompt_ids), error);

  *n = 0;
  return speech ? speech->prompt_ids (AUTO_TOKENIZER (self), text, n, error) : NULL;
}

/**
 * auto_pretrained_tokenizer_get_decoder_prompt_ids:
 * @self: a tokenizer of speech
 * @task: (nullable): transcribe or translate; %NULL for the tokenizer's own
 * @language: (nullable): the language of the speech; %NULL for the tokenizer's own
 * @no_timestamps: the text has no marks of time
 * @n: (out): how many ids there are
 * @error: return location for an error
 *
 * The ids that a text of speech begins with behind the very first, which is at position 0. The task and the language stay the tokenizer's.
 *
 * Returns: (transfer full) (array length=n): the ids of the positions from 1 on
 */
gint64 *
auto_pretrained_tokenizer_get_decoder_prompt_ids (AutoPretrainedTokenizer *self, const char *task, const char *language,
                                                  gboolean no_timestamps, gsize *n, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && n != NULL, NULL);

  *n = 0;
  if (!get_speech (self, "make prompts", G_STRUCT_OFFSET (AutoTokenizerSpeech, prompt_ids), error))
    return NULL;
  if (task)
    g_object_set (self, "task", task, NULL);
  if (language)
    g_object_set (self, "language", language, NULL);
  g_object_set (self, "predict-timestamps", !no_timestamps, NULL);
  gsize all;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (AUTO_TOKENIZER (self), "", NULL, error);
  const gint64 *ids = encoding ? auto_encoding_get_ids (encoding, 0, &all) : NULL;
  if (!ids)
    return NULL;
  *n = all > 2 ? all - 2 : 0; /* the text ends with another mark */
  gint64 *prompt = g_new0 (gint64, *n + 1);
  memcpy (prompt, ids + 1, *n * sizeof *ids);
  return prompt;
}

/**
 * auto_pretrained_tokenizer_decode_asr:
 * @self: a tokenizer of speech
 * @outputs: an array with an object for each piece of the recording
 * @options: (nullable): `return-timestamps`, `return-language` and `time-precision`
 * @cancellable: (nullable): stops the work
 * @error: return location for an error
 *
 * Makes one transcript of what the model made of a recording that was cut into pieces.
 *
 * An object of @outputs has the member `tokens`, the ids that the model made of the piece. If pieces overlap, `stride` is a list of three numbers:
 * the seconds of the piece, and how many of them it shares with the pieces before and behind it. For the times of words, `token_timestamps` lists
 * the second at which each token is said.
 *
 * The answer is an object with the member `text` and, if times or languages are asked for, `chunks`: a list of
 * `{"text", "timestamp": [start, end], "language"}` with those that are; a time or a language that isn't known is null.
 *
 * Returns: (transfer full): an object
 */
JsonNode *
auto_pretrained_tokenizer_decode_asr (AutoPretrainedTokenizer *self, JsonNode *outputs, AutoDecodeOptions *options, GCancellable *cancellable,
                                      GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && outputs != NULL, NULL);
  g_return_val_if_fail (options == NULL || AUTO_IS_DECODE_OPTIONS (options), NULL);
  const gsize offset = G_STRUCT_OFFSET (AutoTokenizerSpeech, decode_asr);
  const AutoTokenizerSpeech *speech = get_speech (self, "join the pieces of a recording", offset, error);
  AutoDecodeCall call = auto_decode_options_get_call (options);

  if (!speech)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (outputs))
    return speech->decode_asr (AUTO_TOKENIZER (self), json_node_get_array (outputs), &call, cancellable, error);
  g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "outputs must be an array of objects");
  return NULL;
}

/**
 * auto_pretrained_tokenizer_set_target_lang:
 * @self: a tokenizer of a model that hears several languages, each with a vocabulary of its own
 * @target_lang: the language that is spoken, such as `fra`
 * @error: return location for an error
 *
 * Takes the vocabulary of another language. The tokenizer's folder must still be there.
 *
 * Returns: whether there is one
 */
gboolean
auto_pretrained_tokenizer_set_target_lang (AutoPretrainedTokenizer *self, const char *target_lang, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && target_lang != NULL, FALSE);
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoSlow *slow = pipeline ? auto_pipeline_get_slow (pipeline) : NULL;
  const char *key = slow ? slow->class->engine->language : NULL;

  if (pipeline && !key)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s: tokenizers of this class have one vocabulary for all languages",
                 priv->build.class_name);
  if (!key)
    return FALSE;
  JsonObject *values = priv->build.settings->values;
  g_autofree char *before = g_strdup (auto_json_string (values, key));
  json_object_set_string_member (values, key, target_lang);
  AutoSlow *changed = auto_slow_reload (slow, priv->build.settings, priv->name_or_path, error);
  if (!changed && before)
    json_object_set_string_member (values, key, before);
  else if (!changed)
    json_object_set_null_member (values, key);
  if (!changed)
    return FALSE;
  auto_pretrained_set_pipeline (priv, auto_pipeline_new_slow (changed));
  return TRUE;
}
