/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only Python classes do: their refusals, what truncation leaves and cuts off, their files. Expected values are the reference's. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-tokenizer.h"
#include "growth.h"
#include "tests/support/test-variant.h"

static char *
folder_of (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "tokenizers", name, NULL);
}

/* @setting: one that is true; NULL: as in the files. */
static AutoTokenizer *
open_slow_with (const char *folder, const char *setting)
{
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(JsonNode) yes = json_node_init_boolean (json_node_alloc (), TRUE);
  g_autoptr(GError) error = NULL;

  g_object_set (options, "use-fast", FALSE, NULL);
  if (setting)
    auto_load_options_set_json (options, setting, yes);
  AutoTokenizer *tokenizer = auto_tokenizer_from_pretrained (folder, options, NULL, &error);
  g_assert_no_error (error);
  return tokenizer;
}

static AutoTokenizer *
open_slow (const char *folder)
{
  return open_slow_with (folder, NULL);
}

static void
assert_ids (const gint64 *ids, gsize n, const char *expected)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? " " : "", ids[i]);
  g_assert_cmpstr (text->str, ==, expected);
}

static const char dog[] = "The quick brown fox jumps over the lazy dog.";

static void
test_overflow (void)
{
  g_autofree char *folder = folder_of ("bert-added-slow");
  g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;
  gsize n;

  g_object_set (options, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, "max-length", (gint64) 8, "stride", (gint64) 2, "return-overflowing-tokens", TRUE, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, dog, options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (auto_encoding_get_n_rows (encoding), ==, 1);
  const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
  assert_ids (ids, n, "4 621 611 26 444 233 506 5");
  ids = auto_encoding_get_overflowing_tokens (encoding, 0, &n);
  assert_ids (ids, n, "233 506 31 576 40 241 510 35 246 517 34 621 590 42 41 567 24 217");
  g_assert_cmpint (auto_encoding_get_num_truncated_tokens (encoding, 0), ==, 16);
  g_autoptr(AutoTensor) cut = auto_encoding_get_tensor (encoding, "overflowing_tokens", &error);
  g_assert_no_error (error);
  g_assert_nonnull (cut);

  g_object_set (options, "truncation", AUTO_TRUNCATION_ONLY_SECOND, "max-length", (gint64) 12, "stride", (gint64) 0, NULL);
  g_autoptr(AutoEncoding) pair = auto_tokenizer_encode_pair (tokenizer, "Hello", dog, options, &error);
  g_assert_no_error (error);
  ids = auto_encoding_get_ids (pair, 0, &n);
  assert_ids (ids, n, "4 584 5 621 611 26 444 233 506 31 576 5");
  ids = auto_encoding_get_type_ids (pair, 0, &n);
  assert_ids (ids, n, "0 0 0 1 1 1 1 1 1 1 1 1");
  g_assert_cmpint (auto_encoding_get_num_truncated_tokens (pair, 0), ==, 14);
}

/* A text that has no token to spare is left as it is. */
static void
test_too_short (void)
{
  g_autofree char *folder = folder_of ("bert-added-slow");
  g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;

  g_object_set (options, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, "max-length", (gint64) 1, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, dog, options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (auto_encoding_get_length (encoding, 0), ==, 24);
  g_autoptr(AutoEncoding) empty = auto_tokenizer_encode (tokenizer, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (auto_encoding_get_length (empty, 0), ==, 2);
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *property, *other;
    int value, other_value;
    const char *reason;
  } cases[] = {
    { "return-offsets-mapping", "add-special-tokens", TRUE, TRUE, "use-fast" },
    { "return-token-type-ids", "add-special-tokens", AUTO_CHOICE_YES, FALSE, "add-special-tokens" },
    { "return-overflowing-tokens", "truncation", TRUE, AUTO_TRUNCATION_LONGEST_FIRST, "longest-first" },
  };
  g_autofree char *folder = folder_of ("bert-legacy");
  g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
      g_autoptr(GError) error = NULL;
      g_object_set (options, cases[i].property, cases[i].value, cases[i].other, cases[i].other_value, NULL);
      if (i == 2)
        g_object_set (options, "max-length", (gint64) 6, NULL);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_pair (tokenizer, "a b", "c d e f g", options, &error);
      g_assert_null (encoding);
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
      g_assert_nonnull (strstr (error->message, cases[i].reason));
    }
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "a b", NULL, &error);
  g_assert_null (auto_encoding_get_offsets (encoding, 0, NULL, &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED);
}

/* Without a file of merges there is nothing to encode with. */
static void
test_decodes_alone (void)
{
  g_autofree char *folder = folder_of ("speech_to_text_2-decode-only");
  g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "a", NULL, &error);

  g_assert_null (encoding);
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "merges.txt"));
  g_clear_error (&error);
  g_assert_null (auto_tokenizer_tokenize (tokenizer, "a", NULL, FALSE, &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED);
}

/* Opens a tokenizer whose words are in a pickle, and says why it can't be. */
static char *
refusal_of_pickle (const char *data, gsize size)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("pickle-XXXXXX", &error);
  g_autofree char *config = g_build_filename (folder, "config.json", NULL), *words = g_build_filename (folder, "vocab.pkl", NULL);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (config, "{\"model_type\": \"transfo-xl\"}", -1, &error));
  g_assert_true (g_file_set_contents (words, data, size, &error));
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);
  g_assert_null (tokenizer);
  g_assert_cmpint (error->domain, ==, AUTO_TOKENIZER_ERROR);
  g_unlink (config);
  g_unlink (words);
  g_rmdir (folder);
  return g_strdup (error->message);
}

#define DATA(text) text, sizeof text - 1

static void
test_pickles (void)
{
  static const struct
  {
    const char *data;
    gsize size;
    const char *reason;
  } cases[] = {
    { DATA ("\x80\x02" "cos\nsystem\nX\x04\0\0\0true\x85R."), "os.system" },
    { DATA ("\x80\x04\x8c\x08" "builtins\x8c\x04" "eval\x93\x8c\x01" "1\x85R."), "builtins.eval" },
    { DATA ("\x80\x02" "ctransformersx\nTrie\n)\x81."), "transformersx.Trie" },
    { DATA ("\x80\x02]."), "no dictionary" },
    { DATA ("\x80\x02}."), "idx2sym" },
    { DATA ("\x80\x02}X\x07\0\0\0idx2sym](X\x01\0\0\0aX\x01\0\0\0aes."), "twice" },
    { DATA ("\x80\x02}X\x07\0\0\0idx2sym](K\x01" "es."), "no text" },
    { DATA ("\x80\x02}(X\x07\0\0\0idx2sym](X\x01\0\0\0aeX\x07\0\0\0sym2idx}X\x01\0\0\0aK\x05su."), "don't agree" },
    { DATA ("\x80\x02}X\x07\0\0\0idx2sym](X\xff\xff\0\0a"), "cut short" },
    { DATA ("PK\3\4"), "vocab.pkl" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = refusal_of_pickle (cases[i].data, cases[i].size);
      g_test_message ("%s", message);
      g_assert_nonnull (strstr (message, cases[i].reason));
    }
}

/* One list that is made a dictionary of again and again. */
static void
test_swelling_pickle (void)
{
  g_autoptr(GString) data = g_string_new_len (DATA ("\x80\x02](" ));

  for (guint i = 0; i < 2000; i++)
    g_string_append_len (data, DATA ("K\1K\2\x86"));
  g_string_append_len (data, DATA ("eq\0" "0ccollections\nOrderedDict\nq\1" "0"));
  for (guint i = 0; i < 4000; i++)
    g_string_append_len (data, DATA ("h\1h\0\x85R0"));
  g_string_append_len (data, DATA ("}."));
  g_autofree char *message = refusal_of_pickle (data->str, data->len);
  g_assert_nonnull (strstr (message, "larger dictionaries"));
}

/* A tokenizer of speech that makes texts lower case looks for tokens that were added as they are, and so never finds one with capitals. */
static void
test_added_exactly (void)
{
  static const char *const files[][2] = { { "vocab.json", "{\"<pad>\":0,\"<s>\":1,\"</s>\":2,\"<unk>\":3,\"|\":4,\"a\":5,\"b\":6}" },
                                          { "config.json", "{\"model_type\":\"wav2vec2\"}" },
                                          { "tokenizer_config.json", "{\"do_lower_case\":true}" } };
  static const char *const tokens[] = { "A b", "ab", NULL };
  g_autofree char *folder = g_dir_make_tmp ("exact-XXXXXX", NULL);
  g_autoptr(GError) error = NULL;
  gsize n;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i][0], NULL);
      g_assert_true (g_file_set_contents (path, files[i][1], -1, NULL));
    }
  g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
  g_assert_cmpint (auto_tokenizer_add_tokens (tokenizer, tokens, FALSE, &error), ==, 2);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "A b a ab aB", NULL, &error);
  g_assert_no_error (error);
  const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
  assert_ids (ids, n, "3 4 3 4 3 4 8 4 8");
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i][0], NULL);
      g_remove (path);
    }
  g_rmdir (folder);
}

/* As Python's str.upper (): characters that become several, each by itself. */
static void
test_upper (void)
{
  static const char text[] = "straße ŉ ﬁ ᾳ ⅷ ⓐ ǆ ı i İ ΐ ǰ και\u0302\u0345 ﬓ";
  g_autofree char *upper = auto_python_upper (text, strlen (text));

  g_assert_cmpstr (upper, ==, "STRASSE ʼN FI ΑΙ Ⅷ Ⓐ Ǆ I I İ Ι\u0308\u0301 J\u030C ΚΑΙ\u0302Ι ՄՆ");
}

static void
assert_tokens (AutoTokenizer *tokenizer, const char *text, const char *expected)
{
  g_auto(GStrv) tokens = auto_tokenizer_tokenize (tokenizer, text, NULL, FALSE, NULL);
  g_autofree char *joined = g_strjoinv (" ", tokens);

  g_assert_cmpstr (joined, ==, expected);
}

/* Tokens make a text, added ones among them. */
static void
test_tokens_to_string (void)
{
  static const struct
  {
    const char *folder;
    gboolean fast;
    const char *text, *expected, *added; /* one of the added tokens */
    guint id, n_added;
  } cases[] = {
    { "t5-raw", TRUE, "Hello, world </s> don't", "Hello, world</s> don't", "<extra_id_99>", 640, 103 },
    { "t5-raw", FALSE, "Hello, world </s> don't", "Hello, world</s>don't", "<extra_id_0>", 739, 103 },
    { "roberta-raw", TRUE, "Hello, world </s> don't", "Hello, world </s> don't", "<mask>", 610, 5 },
    { "ctrl-raw", FALSE, "Hello, world </s> don't", "Hello, world </s> don't", "<unk>", 1092, 1 },
    { "bert-legacy", TRUE, "Hello, world </s> don't", "hello, world [UNK] / s > don ' t", "newtok", 647, 8 },
    { "bert-legacy", FALSE, "Hello, world </s> don't", "hello , world [UNK] / s > don ' t", "[SEP]", 5, 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].folder);
      g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
      g_autoptr(GError) error = NULL;
      g_object_set (options, "use-fast", cases[i].fast, NULL);
      g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, options, NULL, &error);
      g_assert_no_error (error);
      g_auto(GStrv) tokens = auto_tokenizer_tokenize (tokenizer, cases[i].text, NULL, FALSE, &error);
      g_assert_no_error (error);
      g_autofree char *text = auto_tokenizer_convert_tokens_to_string (tokenizer, (const char *const *) tokens, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, cases[i].expected);
      g_autoptr(GHashTable) added = auto_tokenizer_get_added_vocab (tokenizer);
      g_assert_cmpuint (g_hash_table_size (added), ==, cases[i].n_added);
      g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (added, cases[i].added)), ==, cases[i].id);
    }
}

/* Characters that Unicode 15 added are unassigned in the reference's tables, and so control characters, whatever GLib knows. */
static void
test_newer_characters (void)
{
  static const struct
  {
    const char *folder, *expected[3];
  } cases[] = { { "bert-added-slow", { "a ##b", "a b", "x" } }, { "openai-gpt-raw", { "a b</w>", "a</w> b</w>", "x</w>" } },
                { "tapas-raw", { "a ##b", "a b", "x" } } };
  static const char *const texts[] = { "a\xf0\x9f\xa9\xb5" "b", "a \u0cf3 b", "x\xf0\x9e\x93\x90" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].folder);
      g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
      for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
        assert_tokens (tokenizer, texts[k], cases[i].expected[k]);
    }
}

/* B28: tokens that take spaces, or must stand alone. */
static void
test_b28_added_tokens (void)
{
  g_autofree char *folder = folder_of ("bert-added-slow");
  g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);

  assert_tokens (tokenizer, "a <strip>  b single singles xsingle  <SPEC><spec>",
                 "a <strip> b single s ##ing ##le ##s x ##s ##ing ##le <SPEC> [UNK] sp ##e ##c >");
}

/* B29: the space behind a special token, in both ways. */
static void
test_b29_space_after_special (void)
{
  g_autofree char *new_folder = folder_of ("llama-slow-new"), *old_folder = folder_of ("llama-legacy-files");
  g_autoptr(AutoTokenizer) tokenizer = open_slow (new_folder);
  g_autoptr(AutoTokenizer) legacy = open_slow (old_folder);

  assert_tokens (tokenizer, "uns", "▁un s");
  assert_tokens (tokenizer, "<s>uns", "<s> un s");
  assert_tokens (tokenizer, "<s> uns", "<s> ▁un s");
  assert_tokens (tokenizer, " uns", "▁ ▁un s");
  assert_tokens (legacy, "<s>uns", "<s> ▁un s");
  assert_tokens (legacy, "<s> uns", "<s> ▁ ▁un s");
}

/* B41: one very long word takes no more than a moment. */
static void
test_b41_long_word (void)
{
  static const char *const names[] = { "gpt2-bos", "llama-slow-new", "bert-legacy", "t5-raw", "xlm-lower", "ctrl-raw", "esm-saved" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *folder = folder_of (names[i]);
      g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
      g_test_message ("%s", names[i]);
      assert_grows_slowly (tokenizer, "a", 64000);
      assert_grows_slowly (tokenizer, "abcdehinorst", 64000);
    }
}

/* Saved files are those that the class reads, and give the same tokenizer. */
static void
test_save (void)
{
  static const struct
  {
    const char *name, *file;
    gboolean added;
  } cases[] = { { "bert-added-slow", "vocab.txt", TRUE }, { "gpt2-bos", "merges.txt", FALSE }, { "llama-legacy-files", "tokenizer.model", TRUE },
                { "transfo-xl-torch", "vocab.pkl", FALSE }, { "transfo-xl-archive", "vocab.txt", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].name), *saved = g_dir_make_tmp ("auto-slow-XXXXXX", NULL);
      g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
      g_autoptr(GError) error = NULL;
      g_assert_true (auto_tokenizer_save_pretrained (tokenizer, saved, &error));
      g_assert_no_error (error);
      g_autofree char *file = g_build_filename (saved, cases[i].file, NULL), *json = g_build_filename (saved, "tokenizer.json", NULL);
      g_autofree char *added = g_build_filename (saved, "added_tokens.json", NULL);
      g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (json, G_FILE_TEST_EXISTS));
      g_assert_cmpint (g_file_test (added, G_FILE_TEST_EXISTS), ==, cases[i].added);
      g_autoptr(AutoTokenizer) again = open_slow (saved);
      g_autoptr(AutoEncoding) a = auto_tokenizer_encode (tokenizer, "a newtok  <SPEC> <x>x single", NULL, NULL);
      g_autoptr(AutoEncoding) b = auto_tokenizer_encode (again, "a newtok  <SPEC> <x>x single", NULL, NULL);
      gsize n, m;
      const gint64 *ids = auto_encoding_get_ids (a, 0, &n), *others = auto_encoding_get_ids (b, 0, &m);
      g_assert_cmpmem (ids, n * sizeof *ids, others, m * sizeof *others);
    }
}

/* CLIP's texts are repaired when that is asked for, which is saved, and else stay as they are. */
static void
test_fix_text (void)
{
  static const char text[] = "naÃ¯ve &eacute;";
  g_autofree char *folder = folder_of ("clip-raw");

  for (int fix = 0; fix < 2; fix++)
    {
      g_autofree char *saved = g_dir_make_tmp ("auto-slow-XXXXXX", NULL), *config = g_build_filename (saved, "tokenizer_config.json", NULL), *settings = NULL;
      g_autoptr(AutoTokenizer) tokenizer = open_slow_with (folder, fix ? "do_fix_text" : NULL);
      g_autoptr(GError) error = NULL;
      g_auto(GStrv) tokens = auto_tokenizer_tokenize (tokenizer, text, NULL, FALSE, &error);
      g_autofree char *joined = g_strjoinv (" ", tokens);
      g_assert_no_error (error);
      g_assert_cmpstr (joined, ==, fix ? "n a Ã ¯ ve</w> Ã©</w>" : "n a Ã £</w> Â ¯</w> ve</w> &</w> ea c u t e</w> ;</w>");
      g_assert_true (auto_tokenizer_save_pretrained (tokenizer, saved, &error));
      g_assert_true (g_file_get_contents (config, &settings, NULL, &error));
      g_assert_no_error (error);
      g_assert_true ((strstr (settings, "\"do_fix_text\": true") != NULL) == fix && (strstr (settings, "do_fix_text") != NULL) == fix);
      g_autoptr(AutoTokenizer) again = open_slow (saved);
      g_auto(GStrv) others = auto_tokenizer_tokenize (again, text, NULL, FALSE, &error);
      g_assert_true (g_strv_equal ((const char *const *) tokens, (const char *const *) others));
    }
}

/* Entities that can't be: the call is refused, and says why. */
static void
test_entities (void)
{
  static const struct
  {
    const char *folder, *spans, *names, *reason;
  } cases[] = {
    { "luke-raw", "[[(0, 45)]]", NULL, "isn't in its text" },
    { "luke-raw", "[[(-1, 3)]]", NULL, "isn't in its text" },
    { "luke-raw", "[[(5, 3)]]", NULL, "isn't in its text" },
    { "luke-raw", "[[(0, 9223372036854775807)]]", NULL, "isn't in its text" },
    { "luke-raw", "[[(0, 3)], [(0, 3)]]", NULL, "as many rows" },
    { "luke-raw", "[[(0, 3)]]", "[['a', 'b']]", "as many entities" },
    { "luke-raw", "[[(0, 3)]]", "[['Paris']]", NULL },
    { "luke-pair", "[[(0, 3)]]", NULL, "two entities" },
    { "luke-pair", NULL, NULL, "two entities" },
    { "bert-added-slow", "[[(0, 3)]]", NULL, "knows no entities" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].folder);
      g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
      g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
      g_autoptr(GError) error = NULL;
      if (cases[i].spans)
        g_object_set (options, "entity-spans", parse ("aa(xx)", cases[i].spans), NULL);
      if (cases[i].names)
        g_object_set (options, "entities", parse ("aas", cases[i].names), NULL);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, dog, options, &error);
      g_test_message ("%s %s: %s", cases[i].folder, cases[i].spans ? cases[i].spans : "", error ? error->message : "taken");
      g_assert_true ((encoding == NULL) == (cases[i].reason != NULL));
      g_assert_true (!cases[i].reason || strstr (error->message, cases[i].reason));
    }
}

/* Without padding rows of different numbers of entities make no tensor; with it they do. */
static void
test_entity_rows (void)
{
  g_autofree char *folder = folder_of ("luke-raw");
  g_autoptr(AutoTokenizer) tokenizer = open_slow (folder);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;
  const char *const texts[] = { dog, dog, NULL };
  gsize n;

  g_object_set (options, "entity-spans", parse ("aa(xx)", "[[(4, 9)], [(4, 9), (10, 15)]]"), NULL);
  g_autoptr(AutoEncoding) ragged = auto_tokenizer_encode_batch (tokenizer, texts, NULL, options, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(AutoTensor) none = auto_encoding_get_tensor (ragged, "entity_ids", &error);
  g_assert_null (none);
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  g_clear_error (&error);
  g_object_set (options, "padding", AUTO_PADDING_LONGEST, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (tokenizer, texts, NULL, options, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(AutoTensor) ids = auto_encoding_get_tensor (encoding, "entity_ids", &error);
  g_assert_no_error (error);
  const gint64 *values = auto_tensor_get_int64 (ids, &n);
  assert_ids (values, n, "0 2 0 0");
  g_autoptr(AutoTensor) mask = auto_encoding_get_tensor (encoding, "entity_attention_mask", &error);
  g_assert_no_error (error);
  values = auto_tensor_get_int64 (mask, &n);
  assert_ids (values, n, "1 0 1 1");
}

/* What the reference writes of fast tokenizers, where that isn't what they work with. */
static void
test_save_fast (void)
{
  static const struct
  {
    const char *name, *file, *expression, *expected; /* NULL: the member isn't there */
  } cases[] = { { "clip-raw", "tokenizer.json", "$.decoder.type", "[\"ByteLevel\"]" },
                { "llama-slow-new", "tokenizer_config.json", "$.padding_side", NULL },
                { "t5-raw", "tokenizer_config.json", "$.additional_special_tokens[0]", "[\"<extra_id_0>\"]" },
                { "roberta-raw", "tokenizer_config.json", "$.added_tokens_decoder.2.normalized", "[true]" },
                { "gpt2-bos", "merges.txt" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = folder_of (cases[i].name), *saved = g_dir_make_tmp ("auto-fast-XXXXXX", NULL);
      g_autofree char *path = g_build_filename (saved, cases[i].file, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (auto_tokenizer_save_pretrained (tokenizer, saved, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
      if (!cases[i].expression)
        continue;
      g_autoptr(JsonParser) parser = json_parser_new ();
      g_assert_true (json_parser_load_from_file (parser, path, &error));
      g_autoptr(JsonNode) found = json_path_query (cases[i].expression, json_parser_get_root (parser), &error);
      g_assert_no_error (error);
      g_autofree char *text = json_to_string (found, FALSE);
      g_assert_cmpstr (text, ==, cases[i].expected ? cases[i].expected : "[]");
    }
}

/* What Japanese BERT's settings ask for and isn't there, or can't be. */
static void
test_japanese_refusals (void)
{
  static const struct
  {
    const char *settings;
    int code;
    const char *message;
  } cases[] = {
    { "\"word_tokenizer_type\": \"sudachi\"", AUTO_TOKENIZER_ERROR_UNSUPPORTED, "Sudachi" },
    { "\"word_tokenizer_type\": null", AUTO_TOKENIZER_ERROR_UNSUPPORTED, "word_tokenizer_type" },
    { "\"subword_tokenizer_type\": \"x\"", AUTO_TOKENIZER_ERROR_UNSUPPORTED, "subword_tokenizer_type" },
    { "\"word_tokenizer_type\": \"mecab\", \"mecab_kwargs\": {\"mecab_dic\": \"x\"}", AUTO_TOKENIZER_ERROR_PARSE, "mecab_dic" },
    { "\"word_tokenizer_type\": \"mecab\", \"mecab_kwargs\": {\"mecab_dic\": null, \"mecab_option\": \"-d /nonexistent\"}",
      AUTO_TOKENIZER_ERROR_NOT_INSTALLED, "/nonexistent" },
    { "\"word_tokenizer_type\": \"mecab\", \"mecab_kwargs\": {\"mecab_dic\": null, \"mecab_option\": \"-d '\"}", AUTO_TOKENIZER_ERROR_PARSE, "mecab_option" },
    { "\"subword_tokenizer_type\": \"sentencepiece\"", AUTO_TOKENIZER_ERROR_NOT_FOUND, "spiece.model" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *folder = g_dir_make_tmp ("japanese-XXXXXX", NULL), *vocabulary = g_build_filename (folder, "vocab.txt", NULL),
                      *config = g_build_filename (folder, "tokenizer_config.json", NULL),
                      *text = g_strdup_printf ("{\"tokenizer_class\": \"BertJapaneseTokenizer\", %s}", cases[i].settings);
      g_assert_true (g_file_set_contents (vocabulary, "[UNK]\n[CLS]\n[SEP]\n[PAD]\n[MASK]\n", -1, NULL));
      g_assert_true (g_file_set_contents (config, text, -1, NULL));
      g_assert_null (auto_tokenizer_from_pretrained (folder, NULL, NULL, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, folder));
      if (!strstr (error->message, "libmecab")) /* without that nothing else is said */
        {
          g_assert_error (error, AUTO_TOKENIZER_ERROR, cases[i].code);
          g_assert_nonnull (strstr (error->message, cases[i].message));
        }
      g_remove (vocabulary);
      g_remove (config);
      g_rmdir (folder);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/slow/overflow", test_overflow);
  g_test_add_func ("/text/slow/too-short", test_too_short);
  g_test_add_func ("/text/slow/refusals", test_refusals);
  g_test_add_func ("/text/slow/decodes-alone", test_decodes_alone);
  g_test_add_func ("/text/slow/pickles", test_pickles);
  g_test_add_func ("/text/slow/swelling-pickle", test_swelling_pickle);
  g_test_add_func ("/text/slow/added-exactly", test_added_exactly);
  g_test_add_func ("/text/slow/upper", test_upper);
  g_test_add_func ("/text/slow/tokens-to-string", test_tokens_to_string);
  g_test_add_func ("/text/slow/newer-characters", test_newer_characters);
  g_test_add_func ("/text/slow/b28-added-tokens", test_b28_added_tokens);
  g_test_add_func ("/text/slow/b29-space-after-special", test_b29_space_after_special);
  g_test_add_func ("/text/slow/b41-long-word", test_b41_long_word);
  g_test_add_func ("/text/slow/save", test_save);
  g_test_add_func ("/text/slow/fix-text", test_fix_text);
  g_test_add_func ("/text/slow/entities", test_entities);
  g_test_add_func ("/text/slow/entity-rows", test_entity_rows);
  g_test_add_func ("/text/slow/save-fast", test_save_fast);
  g_test_add_func ("/text/slow/japanese-refusals", test_japanese_refusals);
  return g_test_run ();
}
