/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of files and load options that can't be, and how no limit is written. What is refused is what the reference refuses. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/text/auto-tokenizer.h"
#include "tests/support/test-folder.h"

static char *
folder_of (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "tokenizers", name, NULL);
}

/* A copy of the files of a folder of the tests, with @config (nullable) as its tokenizer_config.json. */
static char *
copy_folder (const char *name, const char *config)
{
  g_autofree char *from = folder_of (name);
  char *to = g_dir_make_tmp ("auto-settings-XXXXXX", NULL);
  g_autoptr(GDir) dir = g_dir_open (from, 0, NULL);

  for (const char *file; (file = g_dir_read_name (dir));)
    {
      g_autofree char *source = g_build_filename (from, file, NULL), *target = g_build_filename (to, file, NULL), *bytes = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (source, &bytes, &length, NULL));
      g_assert_true (g_file_set_contents (target, bytes, length, NULL));
    }
  g_autofree char *path = g_build_filename (to, "tokenizer_config.json", NULL);
  g_assert_true (!config || g_file_set_contents (path, config, -1, NULL));
  return to;
}

static AutoTokenizer *
open_with (const char *folder, gboolean fast, const char *key, const char *value, GError **error)
{
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_auto(GValue) text = G_VALUE_INIT;

  g_object_set (options, "use-fast", fast, NULL);
  g_value_init (&text, G_TYPE_STRING);
  g_value_set_string (&text, value);
  if (key)
    auto_load_options_set (options, key, &text);
  return auto_tokenizer_from_pretrained (folder, options, NULL, error);
}

static void
assert_refused (GError **error, const char *const *words)
{
  g_assert_nonnull (*error);
  g_assert_cmpuint ((*error)->domain, ==, AUTO_TOKENIZER_ERROR);
  for (; *words; words++)
    {
      if (!strstr ((*error)->message, *words))
        g_test_message ("%s: no word of \"%s\"", (*error)->message, *words);
      g_assert_nonnull (strstr ((*error)->message, *words));
    }
  g_clear_error (error);
}

static void
test_sides_of_files (void)
{
  static const struct
  {
    const char *config, *key, *value;
  } cases[] = { { "{\"padding_side\": \"top\"}", "padding_side", "\"top\"" },
                { "{\"truncation_side\": \"\"}", "truncation_side", "\"\"" },
                { "{\"padding_side\": null}", "padding_side", "null" },
                { "{\"truncation_side\": 1}", "truncation_side", "1" },
                { "{\"padding_side\": \"Left\"}", "padding_side", "\"Left\"" } };
  static const char *const folders[] = { "gpt2-bos", "splinter-raw", "bert-legacy" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint k = 0; k < 2 * G_N_ELEMENTS (folders); k++)
      {
        g_autofree char *folder = copy_folder (folders[k / 2], cases[i].config), *path = g_build_filename (folder, "tokenizer_config.json", NULL);
        g_autoptr(GError) error = NULL;
        g_assert_null (open_with (folder, k % 2, NULL, NULL, &error));
        assert_refused (&error, (const char *[]){ path, cases[i].key, cases[i].value, "\"right\" or \"left\"", NULL });
        remove_folder (folder);
      }
}

static void
test_sides_of_options (void)
{
  static const char *const keys[] = { "padding_side", "truncation_side" };
  g_autofree char *folder = folder_of ("gpt2-bos");

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_null (open_with (folder, i % 2, keys[i / 2], "middle", &error));
      assert_refused (&error, (const char *[]){ folder, "load options", keys[i / 2], "\"middle\"", "\"right\" or \"left\"", NULL });
      g_autoptr(AutoTokenizer) tokenizer = open_with (folder, i % 2, keys[i / 2], "left", &error);
      g_assert_no_error (error);
    }
}

/* A program may set anything; it is told when the side is wanted, and no such thing is saved. */
static void
test_sides_of_properties (void)
{
  static const char *const names[] = { "padding-side", "truncation-side" };
  g_autofree char *folder = folder_of ("gpt2-bos"), *saved = g_dir_make_tmp ("auto-settings-XXXXXX", NULL);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoTokenizer) tokenizer = open_with (folder, i % 2, NULL, NULL, &error);
      g_object_set (tokenizer, names[i / 2], "middle", NULL);
      g_assert_null (auto_tokenizer_encode (tokenizer, "a", NULL, &error));
      assert_refused (&error, (const char *[]){ names[i / 2], "middle", "right or left", NULL });
      g_assert_false (auto_tokenizer_save_pretrained (tokenizer, saved, &error));
      assert_refused (&error, (const char *[]){ names[i / 2], NULL });
      g_object_set (tokenizer, names[i / 2], "left", NULL);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "a", NULL, &error);
      g_assert_no_error (error);
    }
  remove_folder (saved);
}

static void
test_direction (void)
{
  g_autofree char *folder = copy_folder ("gpt_neox-prefix", NULL), *path = g_build_filename (folder, "tokenizer.json", NULL), *text = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_autoptr(GString) changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, "\"padding\": null",
                                      "\"padding\": {\"strategy\": \"BatchLongest\", \"direction\": \"Up\", \"pad_to_multiple_of\": null,"
                                      " \"pad_id\": 0, \"pad_type_id\": 0, \"pad_token\": \"a\"}", 1), ==, 1);
  g_assert_true (g_file_set_contents (path, changed->str, -1, NULL));
  g_assert_null (auto_tokenizer_from_pretrained (folder, NULL, NULL, &error));
  assert_refused (&error, (const char *[]){ path, "direction", "\"Up\"", "\"Right\" or \"Left\"", NULL });
  remove_folder (folder);
}

static gint64
length_of (const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTokenizer) tokenizer = open_with (folder, TRUE, NULL, NULL, &error);
  gint64 length;

  g_assert_no_error (error);
  g_object_get (tokenizer, "model-max-length", &length, NULL);
  return length;
}

static void
test_lengths (void)
{
  static const char *const configs[][2] = { { "{\"model_max_length\": \"512\"}", "\"512\"" }, { "{\"model_max_length\": [512]}", "[512]" },
                                            { "{\"max_len\": true}", "true" } };

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autofree char *folder = copy_folder ("gpt2-bos", configs[i][0]), *path = g_build_filename (folder, "tokenizer_config.json", NULL);
      g_autoptr(GError) error = NULL;
      g_assert_null (open_with (folder, TRUE, NULL, NULL, &error));
      assert_refused (&error, (const char *[]){ path, i < 2 ? "model_max_length" : "max_len", configs[i][1], "a number", NULL });
      remove_folder (folder);
    }
}

/* No limit is int(1e30), as the reference writes it; a float of this size, null and nothing are the same. Old files say max_len. */
static void
test_no_limit (void)
{
  static const struct
  {
    const char *config, *written;
    gint64 length;
  } cases[] = { { "{}", "\"model_max_length\": 1000000000000000019884624838656,", G_MAXINT64 },
                { "{\"model_max_length\": 1e30}", "\"model_max_length\": 1000000000000000019884624838656,", G_MAXINT64 },
                { "{\"model_max_length\": 1000000000000000019884624838656}", "\"model_max_length\": 1000000000000000019884624838656,", G_MAXINT64 },
                { "{\"model_max_length\": null, \"max_len\": 12}", "\"model_max_length\": 1000000000000000019884624838656,", G_MAXINT64 },
                { "{\"model_max_length\": 12, \"max_len\": 13}", "\"model_max_length\": 12,", 12 },
                { "{\"max_len\": 12}", "\"model_max_length\": 12,", 12 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = copy_folder ("gpt2-bos", cases[i].config), *saved = g_dir_make_tmp ("auto-settings-XXXXXX", NULL);
      g_autofree char *path = g_build_filename (saved, "tokenizer_config.json", NULL), *text = NULL;
      g_autoptr(GError) error = NULL;
      g_assert_cmpint (length_of (folder), ==, cases[i].length);
      g_autoptr(AutoTokenizer) tokenizer = open_with (folder, TRUE, NULL, NULL, &error);
      g_assert_true (auto_tokenizer_save_pretrained (tokenizer, saved, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_nonnull (strstr (text, cases[i].written));
      g_assert_cmpint (length_of (saved), ==, cases[i].length);
      remove_folder (folder);
      remove_folder (saved);
    }
}

/* Python classes refuse languages that they don't know; fast ones take the unknown token for them, but when they are made of older files. */
static void
test_languages_of_texts (void)
{
  static const struct
  {
    const char *folder, *language;
    gboolean fast, taken;
  } cases[] = { { "mbart-raw", "xx_YY", FALSE, FALSE },     { "mbart-raw", "</s>", FALSE, FALSE },   { "mbart-raw", "xx_YY", TRUE, FALSE },
                { "mbart-raw", "ro_RO", TRUE, TRUE },       { "nllb-raw", "xx_YY", FALSE, FALSE },   { "nllb-raw", "fra_Latn", FALSE, TRUE },
                { "m2m_100-wmt21", "fr", FALSE, FALSE },    { "m2m_100-wmt21", "de", FALSE, TRUE },  { "plbart-multi", "cobol", FALSE, FALSE },
                { "plbart-multi", "java", FALSE, TRUE },    { "plbart-multi", "__java__", FALSE, TRUE }, { "seamless_m4t-raw", "xxx", FALSE, TRUE },
                { "seamless_m4t-raw", "xxx", TRUE, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].folder);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoTokenizer) tokenizer = open_with (folder, cases[i].fast, "src_lang", cases[i].language, &error);
      g_test_message ("%s %s: %s", cases[i].folder, cases[i].language, error ? error->message : "taken");
      g_assert_true ((tokenizer != NULL) == cases[i].taken);
      if (!cases[i].taken)
        assert_refused (&error, (const char *[]){ "src_lang", cases[i].language, "languages", NULL });
      g_clear_object (&tokenizer);
      if (cases[i].fast)
        continue;
      tokenizer = open_with (folder, FALSE, NULL, NULL, &error);
      g_assert_no_error (error);
      g_object_set (tokenizer, "src-lang", cases[i].language, NULL);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "a", NULL, &error);
      g_assert_true ((encoding != NULL) == cases[i].taken);
      if (!cases[i].taken)
        assert_refused (&error, (const char *[]){ "src_lang", cases[i].language, NULL });
    }
}

static void
test_languages_to_make (void)
{
  static const struct
  {
    const char *folder, *language, *reason; /* NULL: it is taken */
    gboolean fast;
  } cases[] = { { "mbart-raw", "xx_YY", "tgt_lang is \"xx_YY\"", FALSE },
                { "mbart-raw", "xx_YY", NULL, TRUE },
                { "mbart-raw", NULL, "set tgt-lang", FALSE },
                { "mbart-raw", NULL, "set tgt-lang", TRUE },
                { "nllb-raw", "xx_YY", "tgt_lang is \"xx_YY\"", FALSE },
                { "nllb-raw", NULL, "set tgt-lang", TRUE },
                { "m2m_100-wmt21", "fr", "tgt_lang is \"fr\"", FALSE },
                { "plbart-multi", "cobol", "tgt_lang is \"__cobol__\"", FALSE },
                { "plbart-multi", NULL, NULL, FALSE },
                { "seamless_m4t-raw", "xxx", NULL, FALSE } };
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();

  g_object_set (options, "as-target", TRUE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].folder);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoTokenizer) tokenizer = open_with (folder, cases[i].fast, cases[i].language ? "tgt_lang" : NULL, cases[i].language, &error);
      g_assert_no_error (error);
      g_autoptr(AutoEncoding) text = auto_tokenizer_encode (tokenizer, "a", NULL, &error);
      g_assert_no_error (error);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "a", options, &error);
      g_test_message ("%s %s: %s", cases[i].folder, cases[i].language ? cases[i].language : "", error ? error->message : "taken");
      g_assert_true ((encoding == NULL) == (cases[i].reason != NULL));
      if (cases[i].reason)
        assert_refused (&error, (const char *[]){ cases[i].reason, NULL });
    }
}

/* A special token beyond the vocabulary is added, and stands around texts, whatever files the tokenizer is made of. */
static void
test_special_tokens (void)
{
  static const struct
  {
    const char *folder, *key;
    gboolean fast;
    guint size;
    const char *ids, *decoded;
  } cases[] = { { "mpnet-raw", "cls_token", TRUE, 646, "645 581 3 645 253 497 2", "<nope> hello [UNK] <nope> you </s>" },
                { "gpt2-bos", "bos_token", TRUE, 608, "607 260 337 78 220 158 246 225 220 607 220 88 416", "<nope>hello \xe2\x98\x83 <nope> you" },
                { "clip-raw", "eos_token", TRUE, 865, "862 649 158 246 481 864 88 78 340 864", "<|startoftext|>hello \xe2\x98\x83 <nope>you <nope>" },
                { "llama-legacy-files", "bos_token", TRUE, 804, "803 405 261 311 411 405 229 155 134 405 803 316 424 342", "<nope> hello \xe2\x98\x83 <nope>  you" },
                { "seamless_m4t-raw", "unk_token", TRUE, 647, "642 42 147 4 1 641 4 12 22 68 3 0", "__eng__ hello <unk><nope> you</s><pad>" },
                { "seamless_m4t-raw", "unk_token", FALSE, 646, "641 42 147 4 1 1 4 12 22 68 3 0", "__eng__ hello <nope><nope> you</s><pad>" },
                { "seamless_m4t-raw", "eos_token", FALSE, 647, "642 42 147 4 1 3 4 12 22 68 3 0", "__eng__ hello <unk><nope> you<nope><pad>" },
                { "seamless_m4t-raw", "pad_token", FALSE, 646, "641 42 147 4 1 0 4 12 22 68 3 0", "__eng__ hello <unk><nope> you</s><nope>" },
                { "roc_bert-raw", "unk_token", FALSE, 648, "4 584 647 647 256 500 5", "[CLS] hello <nope> <nope> you [SEP]" },
                { "roc_bert-raw", "cls_token", FALSE, 648, "647 584 3 647 256 500 5", "<nope> hello [UNK] <nope> you [SEP]" },
                { "byt5-raw", "pad_token", FALSE, 279, "107 104 111 111 114 35 229 155 134 0 124 114 120 1", "hello \xe2\x98\x83<nope>you</s>" },
                { "camembert-raw", "unk_token", FALSE, 645, "5 45 150 7 3 3 7 15 25 71 6", "<s> hello <nope><nope> you</s>" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].folder);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoTokenizer) tokenizer = open_with (folder, cases[i].fast, cases[i].key, "<nope>", &error);
      g_assert_no_error (error);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "hello \xe2\x98\x83 <nope> you", NULL, &error);
      g_assert_no_error (error);
      gsize n;
      const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
      g_autoptr(GString) text = g_string_new (NULL);
      for (gsize k = 0; k < n; k++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, k ? " " : "", ids[k]);
      g_assert_cmpstr (text->str, ==, cases[i].ids);
      g_assert_cmpuint (auto_tokenizer_get_vocab_size (tokenizer, TRUE), ==, cases[i].size);
      g_autofree char *decoded = auto_tokenizer_decode (tokenizer, ids, n, FALSE, AUTO_CHOICE_DEFAULT, &error);
      g_assert_cmpstr (decoded, ==, cases[i].decoded);
    }
}

/* A tokenizer that is made of two is saved with its class's name, and loads without the model's config.json. */
static void
test_two_folders (void)
{
  static const char *const parts[] = { "question_encoder_tokenizer", "generator_tokenizer" };
  g_autofree char *folder = folder_of ("rag-raw"), *saved = g_dir_make_tmp ("auto-settings-XXXXXX", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (auto_tokenizer_save_pretrained (tokenizer, saved, &error));
  g_assert_no_error (error);
  g_autoptr(AutoTokenizer) again = auto_tokenizer_from_pretrained (saved, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_object_set (tokenizer, "target-mode", i, NULL);
      g_object_set (again, "target-mode", i, NULL);
      g_autoptr(AutoEncoding) a = auto_tokenizer_encode (tokenizer, "Hello, world", NULL, &error), b = auto_tokenizer_encode (again, "Hello, world", NULL, &error);
      g_assert_no_error (error);
      gsize n, m;
      const gint64 *ids = auto_encoding_get_ids (a, 0, &n), *others = auto_encoding_get_ids (b, 0, &m);
      g_assert_cmpmem (ids, n * sizeof *ids, others, m * sizeof *others);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (saved, parts[i], NULL);
      remove_folder (path);
    }
  remove_folder (saved);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/settings/sides-of-files", test_sides_of_files);
  g_test_add_func ("/text/settings/sides-of-options", test_sides_of_options);
  g_test_add_func ("/text/settings/sides-of-properties", test_sides_of_properties);
  g_test_add_func ("/text/settings/direction", test_direction);
  g_test_add_func ("/text/settings/lengths", test_lengths);
  g_test_add_func ("/text/settings/no-limit", test_no_limit);
  g_test_add_func ("/text/settings/languages-of-texts", test_languages_of_texts);
  g_test_add_func ("/text/settings/languages-to-make", test_languages_to_make);
  g_test_add_func ("/text/settings/special-tokens", test_special_tokens);
  g_test_add_func ("/text/settings/two-folders", test_two_folders);
  return g_test_run ();
}
