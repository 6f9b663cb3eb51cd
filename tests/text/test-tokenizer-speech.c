/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tokenizers of speech refuse, and what they keep; their answers are in the folders' cases. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/text/auto-tokenizer-speech.h"
#include "tests/support/test-folder.h"

static AutoPretrainedTokenizer *
open_folder (const char *path, gboolean fast)
{
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(GError) error = NULL;

  g_object_set (options, "use-fast", fast, NULL);
  AutoTokenizer *tokenizer = auto_tokenizer_from_pretrained (path, options, NULL, &error);
  g_assert_no_error (error);
  return AUTO_PRETRAINED_TOKENIZER (tokenizer);
}

static AutoPretrainedTokenizer *
open_golden (const char *name, gboolean fast)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tokenizers", name, NULL);
  return open_folder (path, fast);
}

static void
assert_refused (gpointer answer, GError **error, const char *reason)
{
  g_assert_null (answer);
  g_assert_nonnull (*error);
  if (!strstr ((*error)->message, reason))
    g_error ("\"%s\" isn't in \"%s\"", reason, (*error)->message);
  g_clear_error (error);
}

/* Texts aren't encoded with the language of before; those that are decoded, or get no marks, need none. */
static void
test_language (void)
{
  for (int fast = 0; fast < 2; fast++)
    {
      g_autoptr(AutoPretrainedTokenizer) tokenizer = open_golden ("whisper-raw", fast);
      g_autoptr(AutoTokenizerOptions) bare = auto_tokenizer_options_new ();
      g_autoptr(GError) error = NULL;
      gsize n;
      g_object_set (bare, "add-special-tokens", FALSE, NULL);
      g_object_set (tokenizer, "language", "klingon", NULL);
      assert_refused (auto_tokenizer_encode (AUTO_TOKENIZER (tokenizer), "hi", NULL, &error), &error, "\"klingon\"");
      assert_refused (auto_pretrained_tokenizer_get_decoder_prompt_ids (tokenizer, NULL, "xx", TRUE, &n, &error), &error, "zh, de");
      g_autoptr(AutoEncoding) without = auto_tokenizer_encode (AUTO_TOKENIZER (tokenizer), "hi", bare, &error);
      g_assert_no_error (error);
      g_object_set (tokenizer, "language", "German", "task", "sing", NULL);
      assert_refused (auto_tokenizer_encode (AUTO_TOKENIZER (tokenizer), "hi", NULL, &error), &error, "transcribe or translate");
      g_object_set (tokenizer, "task", "translate", NULL);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (AUTO_TOKENIZER (tokenizer), "hi", NULL, &error);
      g_assert_no_error (error);
      g_auto(GStrv) tokens = auto_encoding_get_tokens (encoding, 0, &error);
      g_assert_cmpstr (tokens[1], ==, "<|de|>");
      g_assert_cmpstr (tokens[2], ==, "<|translate|>");
    }
}

static void
test_options (void)
{
  g_autoptr(AutoPretrainedTokenizer) whisper = open_golden ("whisper-raw", TRUE), ctc = open_golden ("wav2vec2-delimiters", FALSE);
  g_autoptr(AutoDecodeOptions) options = auto_decode_options_new ();
  g_autoptr(GError) error = NULL;
  const gint64 ids[] = { 5, 6 };
  gsize n;

  g_object_set (options, "output-word-offsets", TRUE, NULL);
  assert_refused (auto_tokenizer_decode_with_options (AUTO_TOKENIZER (whisper), ids, 2, options, &error), &error, "output-word-offsets");
  g_object_set (options, "output-word-offsets", FALSE, "output-offsets", TRUE, NULL);
  assert_refused (auto_tokenizer_decode_with_options (AUTO_TOKENIZER (ctc), ids, 2, options, &error), &error, "output-offsets");
  assert_refused (auto_pretrained_tokenizer_normalize (ctc, "a", &error), &error, "Wav2Vec2CTCTokenizer");
  assert_refused (auto_pretrained_tokenizer_get_prompt_ids (whisper, "a <|endoftext|>", &n, &error), &error, "<|endoftext|>");
  g_assert_false (auto_pretrained_tokenizer_set_target_lang (whisper, "fra", &error));
  assert_refused (NULL, &error, "one vocabulary");
}

static void
test_outputs (void)
{
  static const struct
  {
    const char *outputs, *reason;
  } cases[] = { { "{}", "array" },
                { "[{\"tokens\": [5], \"token_timestamps\": [1]}, 7]", "output 1" },
                { "[{}]", "needs tokens" },
                { "[{\"tokens\": [\"a\"]}]", "needs tokens" },
                { "[{\"tokens\": [5], \"token_timestamps\": []}]", "token_timestamps" },
                { "[{\"tokens\": [[5]], \"token_timestamps\": [[0.5]], \"stride\": [30, 5]}]", "stride" },
                { "[{\"tokens\": [[5, -3, 9223372036854775807]], \"token_timestamps\": [[0.5, 1, 1e300]], \"stride\": [30, 5, 5]}]", NULL } };
  g_autoptr(AutoPretrainedTokenizer) tokenizer = open_golden ("whisper-raw", FALSE);
  g_autoptr(AutoDecodeOptions) options = auto_decode_options_new ();
  g_autoptr(GCancellable) cancelled = g_cancellable_new ();

  g_object_set (options, "return-timestamps", AUTO_TIMESTAMPS_WORD, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) outputs = json_from_string (cases[i].outputs, NULL);
      g_autoptr(JsonNode) answer = auto_pretrained_tokenizer_decode_asr (tokenizer, outputs, options, NULL, &error);
      if (cases[i].reason)
        assert_refused (answer, &error, cases[i].reason);
      else
        g_assert_no_error (error);
    }
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) outputs = json_from_string ("[{\"tokens\": [5]}]", NULL);
  g_cancellable_cancel (cancelled);
  g_assert_null (auto_pretrained_tokenizer_decode_asr (tokenizer, outputs, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Spellings are kept and saved; without them English can't be made plain, but any other text can. */
static void
test_spellings (void)
{
  for (int fast = 0; fast < 2; fast++)
    {
      g_autofree char *folder = g_dir_make_tmp ("auto-speech-XXXXXX", NULL), *spellings = g_build_filename (folder, "normalizer.json", NULL);
      g_autoptr(AutoPretrainedTokenizer) tokenizer = open_golden ("whisper-raw", fast);
      g_autoptr(GError) error = NULL;
      auto_tokenizer_save_pretrained (AUTO_TOKENIZER (tokenizer), folder, &error);
      g_assert_no_error (error);
      g_autofree char *before = auto_pretrained_tokenizer_normalize (tokenizer, "Colour, ISN'T it?", &error);
      g_autoptr(AutoPretrainedTokenizer) again = open_folder (folder, fast);
      g_autofree char *after = auto_pretrained_tokenizer_normalize (again, "Colour, ISN'T it?", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (after, ==, before);
      g_unlink (spellings);
      g_autoptr(AutoPretrainedTokenizer) bare = open_folder (folder, fast);
      assert_refused (auto_pretrained_tokenizer_normalize (bare, "a", &error), &error, "normalizer.json");
      g_autofree char *plain = auto_pretrained_tokenizer_basic_normalize (bare, "\xc3\x84\xff!", TRUE, &error);
      g_assert_cmpstr (plain, ==, "a "); /* what is no UTF-8 is a symbol */
      remove_folder (folder);
    }
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* The vocabulary of another language; a language that there isn't leaves the tokenizer as it was. */
static void
test_target_language (void)
{
  g_autofree char *folder = g_dir_make_tmp ("auto-speech-XXXXXX", NULL), *language = NULL;
  g_autoptr(GError) error = NULL;

  write_file (folder, "vocab.json", "{\"eng\": {\"<pad>\": 0, \"<s>\": 1, \"</s>\": 2, \"<unk>\": 3, \"|\": 4, \"A\": 5},"
                                    " \"fra\": {\"<pad>\": 0, \"<s>\": 1, \"</s>\": 2, \"<unk>\": 3, \"|\": 4, \"\xc3\x89\": 5, \"A\": 6}}");
  write_file (folder, "tokenizer_config.json", "{\"tokenizer_class\": \"Wav2Vec2CTCTokenizer\", \"target_lang\": \"eng\"}");
  g_autoptr(AutoPretrainedTokenizer) tokenizer = open_folder (folder, FALSE);
  g_assert_cmpint (auto_tokenizer_convert_token_to_id (AUTO_TOKENIZER (tokenizer), "A"), ==, 5);
  g_assert_false (auto_pretrained_tokenizer_set_target_lang (tokenizer, "deu", &error));
  assert_refused (NULL, &error, "eng, fra");
  g_assert_cmpint (auto_tokenizer_convert_token_to_id (AUTO_TOKENIZER (tokenizer), "A"), ==, 5);
  g_assert_true (auto_pretrained_tokenizer_set_target_lang (tokenizer, "fra", &error));
  g_assert_cmpint (auto_tokenizer_convert_token_to_id (AUTO_TOKENIZER (tokenizer), "A"), ==, 6);
  g_assert_cmpint (auto_tokenizer_convert_token_to_id (AUTO_TOKENIZER (tokenizer), "\xc3\x89"), ==, 5);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/speech/language", test_language);
  g_test_add_func ("/text/speech/options", test_options);
  g_test_add_func ("/text/speech/outputs", test_outputs);
  g_test_add_func ("/text/speech/spellings", test_spellings);
  g_test_add_func ("/text/speech/target-language", test_target_language);
  return g_test_run ();
}
