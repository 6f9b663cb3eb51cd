/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goldens can't hold: lengths, limits, files that are wrong, other threads. Numbers are the reference's. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "core/text/auto-pretrained-tokenizer.h"
#include "core/text/auto-unicode.h"
#include "growth.h"
#include "tests/support/test-folder.h"

static const char vocab[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nworld\n##s\n,\ncaf\n##e\n京\n";

static char *
make_folder (const char *first, ...)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("auto-tokenizer-XXXXXX", &error);
  va_list files;

  g_assert_no_error (error);
  va_start (files, first);
  for (const char *name = first; name; name = va_arg (files, const char *))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_assert_true (g_file_set_contents (path, va_arg (files, const char *), -1, NULL));
    }
  va_end (files);
  return folder;
}

static AutoTokenizer *
load (const char *folder)
{
  g_autoptr(GError) error = NULL;
  AutoTokenizer *tokenizer = auto_tokenizer_from_pretrained (folder, NULL, NULL, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static void
assert_ids (AutoEncoding *encoding, guint row, const char *expected)
{
  g_autoptr(GString) text = g_string_new (NULL);
  gsize n;
  const gint64 *ids = auto_encoding_get_ids (encoding, row, &n);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? " " : "", ids[i]);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_vocab_alone (void)
{
  g_autofree char *folder = make_folder ("vocab.txt", vocab, NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "Hello, worlds! Café 京", NULL, &error);

  g_assert_no_error (error);
  assert_ids (encoding, 0, "2 5 8 6 7 1 9 10 11 3");
  g_autoptr(AutoTensor) tensor = auto_encoding_get_tensor (encoding, "input_ids", &error);
  g_assert_no_error (error);
  g_assert_cmpint (auto_tensor_get_dim (tensor, 1), ==, 10);
  g_assert_nonnull (auto_inputs_get (auto_encoding_get_inputs (encoding), "attention_mask"));
  g_autofree char *text = auto_tokenizer_decode (tokenizer, auto_encoding_get_ids (encoding, 0, NULL), 10, TRUE, AUTO_CHOICE_DEFAULT, &error);
  g_assert_cmpstr (text, ==, "hello, worlds cafe 京");
  remove_folder (folder);
}

static void
test_ragged (void)
{
  g_autofree char *folder = make_folder ("vocab.txt", vocab, NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);
  g_autoptr(GError) error = NULL;
  const char *texts[] = { "hello", "hello world", NULL };
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (tokenizer, texts, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (auto_encoding_get_tensor (encoding, "input_ids", &error));
  g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "padding"));
  remove_folder (folder);
}

static void
test_added_tokens (void)
{
  g_autofree char *folder = make_folder ("vocab.txt", vocab, NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);
  g_autoptr(GError) error = NULL;
  const char *tokens[] = { "<ent>", "hello", NULL };

  g_assert_cmpint (auto_tokenizer_add_tokens (tokenizer, tokens, TRUE, &error), ==, 2);
  g_assert_cmpuint (auto_tokenizer_get_vocab_size (tokenizer, FALSE), ==, 12);
  g_assert_cmpuint (auto_tokenizer_get_vocab_size (tokenizer, TRUE), ==, 13);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "world<ent>s", NULL, &error);
  assert_ids (encoding, 0, "2 6 12 1 3");
  g_autofree char *text = auto_tokenizer_decode (tokenizer, auto_encoding_get_ids (encoding, 0, NULL), 5, TRUE, AUTO_CHOICE_DEFAULT, &error);
  g_assert_cmpstr (text, ==, "world");
  remove_folder (folder);
}

static void
assert_chat (AutoTokenizer *tokenizer, gboolean prompt, JsonNode *variables, const char *expected, const char *ids)
{
  static const char messages[] = "[{\"role\":\"user\",\"content\":\" Hello worlds\\n\"},{\"role\":\"assistant\",\"content\":\"Café 京\"}]";
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_from_string (messages, &error);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autofree char *text = auto_tokenizer_apply_chat_template (tokenizer, node, prompt, variables, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  g_object_set (options, "add-special-tokens", FALSE, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, text, options, &error);
  g_assert_no_error (error);
  assert_ids (encoding, 0, ids);
}

static void
test_chat_template (void)
{
  static const char config[] = "{\"tokenizer_class\":\"BertTokenizer\",\"chat_template\":\"{{ cls_token }}{% for m in messages %}{{ m['role'] + ', ' + "
                               "m['content'] | trim + sep_token }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant, ' + (mood or '') }}{% endif %}\"}";
  g_autofree char *words = g_strconcat (vocab, "user\nassistant\n", NULL);
  g_autofree char *folder = make_folder ("vocab.txt", words, "tokenizer_config.json", config, NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) variables = json_from_string ("{\"mood\":\"hello\"}", NULL), text = json_from_string ("\"no messages\"", NULL);

  assert_chat (tokenizer, FALSE, NULL, "[CLS]user, Hello worlds[SEP]assistant, Café 京[SEP]", "2 12 8 5 6 7 3 13 8 9 10 11 3");
  assert_chat (tokenizer, TRUE, NULL, "[CLS]user, Hello worlds[SEP]assistant, Café 京[SEP]assistant, ", "2 12 8 5 6 7 3 13 8 9 10 11 3 13 8");
  assert_chat (tokenizer, TRUE, variables, "[CLS]user, Hello worlds[SEP]assistant, Café 京[SEP]assistant, hello", "2 12 8 5 6 7 3 13 8 9 10 11 3 13 8 5");
  g_assert_null (auto_tokenizer_apply_chat_template (tokenizer, text, FALSE, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_object_set (tokenizer, "chat-template", "{% if %}", NULL);
  g_assert_null (auto_tokenizer_apply_chat_template (tokenizer, variables, FALSE, NULL, &error));
  g_assert_nonnull (error);
  remove_folder (folder);
}

/* Newer files have several templates, or one in a file of its own. */
static void
test_newer_chat_templates (void)
{
  static const char several[] = "{\"tokenizer_class\":\"BertTokenizer\",\"chat_template\":[{\"name\":\"tool_use\",\"template\":\"{{ 1 }}\"},"
                                "{\"name\":\"default\",\"template\":\"{{ messages[0]['role'] }}\"}]}";
  static const char *const configs[] = { several, several, "{\"tokenizer_class\":\"BertTokenizer\",\"chat_template\":[{\"name\":\"chat\",\"template\":\"{{ messages[0]['role'] }}\"}]}" };
  static const char *const expected[] = { "user", "other file", "user" };

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autofree char *folder = make_folder ("vocab.txt", vocab, "tokenizer_config.json", configs[i], i == 1 ? "chat_template.jinja" : NULL, "other file", NULL);
      g_autoptr(AutoTokenizer) tokenizer = load (folder);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) messages = json_from_string ("[{\"role\":\"user\",\"content\":\"Hello\"}]", NULL);
      g_autofree char *text = auto_tokenizer_apply_chat_template (tokenizer, messages, FALSE, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, expected[i]);
      remove_folder (folder);
    }
}

/* The stride must leave something of each window. */
static void
test_b37_alone (void)
{
  static const gint64 wrong[][2] = { { 10, 8 }, { 4, 4 }, { 10, 9 } };
  G_GNUC_UNUSED const struct rlimit memory = { (rlim_t) 4 << 30, (rlim_t) 4 << 30 };
  g_autofree char *folder = make_folder ("vocab.txt", vocab, NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);

#ifndef __SANITIZE_ADDRESS__ /* which takes terabytes of addresses for itself */
  setrlimit (RLIMIT_AS, &memory); /* windows without end fill it */
#endif
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    for (guint k = 0; k < 2; k++)
      {
        g_autoptr(GError) error = NULL;
        g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
        g_autofree char *room = g_strdup_printf ("less than %d", (int) wrong[i][0] - 2);
        g_object_set (options, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, "max-length", wrong[i][0], "stride", wrong[i][1],
                      "return-overflowing-tokens", TRUE, NULL);
        const char *text = k ? "hello world" : "hello hello hello hello hello hello hello hello hello hello hello hello";
        g_assert_null (auto_tokenizer_encode (tokenizer, text, options, &error));
        g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE);
        g_assert_nonnull (strstr (error->message, room));
      }
  remove_folder (folder);
}

/* In a process of its own, which is ended when it takes its time. */
static void
test_b37 (void)
{
  g_test_trap_subprocess ("/text/tokenizer/B37/subprocess", 20 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* A word of 400 000 letters takes a moment, not minutes. */
static void
test_b41 (void)
{
  static const struct
  {
    const char *json, *letters;
  } models[] = {
    { "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"aa\":1,\"aaaa\":2},\"merges\":[\"a a\",\"aa aa\"]}}", "a" },
    { "{\"version\":\"1.0\",\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"a\",-3],[\"aa\",-4],[\"aaaa\",-5]]}}", "a" },
    { "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"c\":2,\"ab\":3,\"ba\":4,\"abc\":5,\"cc\":6,\"ccab\":7},"
      "\"merges\":[\"a b\",\"b a\",\"ab c\",\"c c\",\"cc ab\"]}}", "abc" },
    { "{\"version\":\"1.0\",\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"a\",-3],[\"b\",-3],[\"c\",-4],[\"ab\",-4],"
      "[\"abca\",-5],[\"ccb\",-5]]}}", "abc" },
    { "{\"version\":\"1.0\",\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[U]\",\"continuing_subword_prefix\":\"##\","
      "\"max_input_chars_per_word\":1000000,\"vocab\":{\"[U]\":0,\"a\":1,\"b\":2,\"##a\":3,\"##b\":4,\"##ab\":5,\"##abba\":6}}}", "ab" },
  };
  g_autofree char *word = g_strnfill (400000, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *folder = make_folder ("tokenizer.json", models[i].json, NULL);
      g_autoptr(AutoTokenizer) tokenizer = load (folder);
      g_autoptr(GError) error = NULL;
      assert_grows_slowly (tokenizer, models[i].letters, 256000);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, word, NULL, &error);
      g_assert_no_error (error);
      if (!models[i].letters[1])
        g_assert_cmpuint (auto_encoding_get_length (encoding, 0), ==, 100000);
      remove_folder (folder);
    }
}

/* A maximal length of 1e30 means that there is none. */
static void
test_b43 (void)
{
  g_autofree char *folder = make_folder ("vocab.txt", vocab, "tokenizer_config.json", "{\"model_max_length\":1000000000000000019884624838656}", NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;
  gint64 limit;

  g_object_set (options, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, "padding", AUTO_PADDING_MAX_LENGTH, NULL);
  g_object_get (tokenizer, "model-max-length", &limit, NULL);
  g_assert_cmpint (limit, ==, G_MAXINT64);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, "hello world", options, &error);
  g_assert_no_error (error);
  assert_ids (encoding, 0, "2 5 6 3");
  remove_folder (folder);
}

static void
test_wrong_files (void)
{
  static const struct
  {
    const char *json, *reason;
    int code;
  } wrong[] = {
    { "", "object was expected", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"version\":\"2.0\"}", "version", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"version\":\"1.0\"}", "model", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":4294967296}}}", "vocab", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":-1}}}", "vocab", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}", "merge", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a\"]}}", "merge", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"model\":{\"type\":\"Unigram\",\"unk_id\":7,\"vocab\":[[\"a\",0]]}}", "unk_id", AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"model\":{\"type\":\"Magic\",\"vocab\":{}}}", "Magic", AUTO_TOKENIZER_ERROR_UNSUPPORTED },
    { "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{}},\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Removed\"}}", "regular expression",
      AUTO_TOKENIZER_ERROR_PARSE },
    { "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{}},\"normalizer\":{\"type\":\"Nope\"}}", "Nope", AUTO_TOKENIZER_ERROR_UNSUPPORTED },
    { "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"\xff\":1}}}", "UTF-8", AUTO_TOKENIZER_ERROR_PARSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *folder = make_folder ("tokenizer.json", wrong[i].json, NULL);
      g_autoptr(GError) error = NULL;
      g_assert_null (auto_tokenizer_from_pretrained (folder, NULL, NULL, &error));
      g_assert_error (error, AUTO_TOKENIZER_ERROR, wrong[i].code);
      g_assert_nonnull (strstr (error->message, wrong[i].reason));
      g_assert_nonnull (strstr (error->message, folder));
      remove_folder (folder);
    }
}

/* Bytes that are no UTF-8 become U+FFFD, one for each maximal part. */
static void
test_broken_text (void)
{
  g_autofree char *folder = make_folder ("tokenizer.json", "{\"version\":\"1.0\",\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"a\",-1]]}}", NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) tokens = auto_tokenizer_tokenize (tokenizer, "a\xe4\xb8" "a\xff\xfe" "a", NULL, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (tokens), ==, 5);
  g_assert_cmpstr (tokens[1], ==, "\xef\xbf\xbd");
  g_assert_cmpstr (tokens[3], ==, "\xef\xbf\xbd\xef\xbf\xbd");
  remove_folder (folder);
}

static gpointer
encode_in_thread (gpointer data)
{
  for (int i = 0; i < 200; i++)
    {
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (data, "Hello, worlds! Café 京", NULL, NULL);
      assert_ids (encoding, 0, "2 5 8 6 7 1 9 10 11 3");
      gsize n;
      g_assert_nonnull (auto_encoding_get_offsets (encoding, 0, &n, NULL));
      g_assert_cmpuint (n, ==, 20);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *folder = make_folder ("vocab.txt", vocab, NULL);
  g_autoptr(AutoTokenizer) tokenizer = load (folder);
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("encode", encode_in_thread, tokenizer);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  remove_folder (folder);
}

static void
loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained_finish (result, &error);

  g_assert_no_error (error);
  g_assert_true (AUTO_IS_TOKENIZER (tokenizer));
  g_main_loop_quit (data);
}

static void
test_async (void)
{
  g_autofree char *folder = make_folder ("vocab.txt", vocab, NULL);
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  auto_tokenizer_from_pretrained_async (folder, NULL, NULL, loaded, loop);
  g_main_loop_run (loop);
  remove_folder (folder);
}

/* A character map takes a whole cluster of up to five bytes for its first character: the reference's "º" with U+05C7 becomes "o", with the
 * unassigned U+05C8 "o" and that. */
static void
test_clusters (void)
{
  static const struct
  {
    const char *text;
    gsize length;
  } cases[] = { { "º\u05c7", 4 }, { "º\u05c8", 2 }, { "º\u0897", 2 }, { "º\u0b53", 2 }, { "º\u1acf", 2 }, { "º\u0ece", 5 }, { "º\u0cf3", 5 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (auto_grapheme_length (cases[i].text, strlen (cases[i].text)), ==, cases[i].length);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/tokenizer/vocab-alone", test_vocab_alone);
  g_test_add_func ("/text/tokenizer/ragged", test_ragged);
  g_test_add_func ("/text/tokenizer/added-tokens", test_added_tokens);
  g_test_add_func ("/text/tokenizer/chat-template", test_chat_template);
  g_test_add_func ("/text/tokenizer/newer-chat-templates", test_newer_chat_templates);
  g_test_add_func ("/text/tokenizer/B37", test_b37);
  g_test_add_func ("/text/tokenizer/B37/subprocess", test_b37_alone);
  g_test_add_func ("/text/tokenizer/B41", test_b41);
  g_test_add_func ("/text/tokenizer/B43", test_b43);
  g_test_add_func ("/text/tokenizer/wrong-files", test_wrong_files);
  g_test_add_func ("/text/tokenizer/broken-text", test_broken_text);
  g_test_add_func ("/text/tokenizer/threads", test_threads);
  g_test_add_func ("/text/tokenizer/clusters", test_clusters);
  g_test_add_func ("/text/tokenizer/async", test_async);
  return g_test_run ();
}
