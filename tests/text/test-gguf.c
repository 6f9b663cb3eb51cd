/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What GGUF files say that can't be a tokenizer, and the values that they hold. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/auto-errors.h"
#include "core/checkpoint/auto-gguf.h"
#include "core/text/auto-tokenizer.h"

static void
put (GByteArray *bytes, guint64 number, guint n_bytes)
{
  for (guint i = 0; i < n_bytes; i++)
    g_byte_array_append (bytes, &(guint8){ (guint8) (number >> (8 * i)) }, 1);
}

static void
put_text (GByteArray *bytes, const char *text)
{
  put (bytes, strlen (text), 8);
  g_byte_array_append (bytes, (const guint8 *) text, strlen (text));
}

static GByteArray *
start (guint version, guint n_values)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) "GGUF", 4);
  put (bytes, version, 4);
  put (bytes, 0, 8);
  put (bytes, n_values, 8);
  return bytes;
}

static void
put_string (GByteArray *bytes, const char *key, const char *value)
{
  put_text (bytes, key);
  put (bytes, 8, 4);
  put_text (bytes, value);
}

static void
put_strings (GByteArray *bytes, const char *key, const char *const *values)
{
  put_text (bytes, key);
  put (bytes, 9, 4);
  put (bytes, 8, 4);
  put (bytes, g_strv_length ((char **) values), 8);
  for (; *values; values++)
    put_text (bytes, *values);
}

static AutoGguf *
read_bytes (GByteArray *array, GError **error)
{
  g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes (array);
  return auto_gguf_new (bytes, "f", error);
}

static void
test_values (void)
{
  GByteArray *bytes = start (3, 6);
  g_autoptr(GError) error = NULL;
  AutoGgufItems items;
  gint64 number;
  double real;

  put_text (bytes, "byte"), put (bytes, 1, 4), put (bytes, 0xfe, 1);
  put_text (bytes, "large"), put (bytes, 10, 4), put (bytes, G_MAXUINT64, 8);
  put_text (bytes, "real"), put (bytes, 6, 4), put (bytes, 0xc0200000, 4);
  put_text (bytes, "yes"), put (bytes, 7, 4), put (bytes, 1, 1);
  put_string (bytes, "text", "a\xff");
  put_text (bytes, "list"), put (bytes, 9, 4), put (bytes, 3, 4), put (bytes, 2, 8), put (bytes, 0xffff, 2), put (bytes, 7, 2);
  g_autoptr(AutoGguf) file = read_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (auto_gguf_int (file, "byte", &number));
  g_assert_cmpint (number, ==, -2);
  g_assert_false (auto_gguf_int (file, "large", &number));
  g_assert_false (auto_gguf_int (file, "real", &number));
  g_assert_false (auto_gguf_int (file, "list", &number));
  g_assert_true (auto_gguf_bool (file, "yes", FALSE));
  g_assert_true (auto_gguf_bool (file, "no", TRUE));
  g_autofree char *text = auto_gguf_dup_string (file, "text");
  g_assert_cmpstr (text, ==, "a\xef\xbf\xbd");
  g_assert_null (auto_gguf_dup_string (file, "byte"));
  g_assert_false (auto_gguf_items (file, "text", &items));
  g_assert_true (auto_gguf_items (file, "list", &items));
  g_assert_true (auto_gguf_next_number (&items, &real));
  g_assert_cmpfloat (real, ==, -1);
  g_assert_true (auto_gguf_next_number (&items, &real));
  g_assert_cmpfloat (real, ==, 7);
  g_assert_false (auto_gguf_next_number (&items, &real));
}

static void
test_damaged (void)
{
  static const char ends[] = "f: the file ends too soon; is it a whole GGUF file?";
  GByteArray *files[6] = { start (1, 0), start (3, 1), start (3, 2), start (3, 1), start (3, 1), start (3, 1) };
  const char *const messages[6] = {
    "f: only versions 2 and 3 of the format, little-endian, are known; convert the file again with a present-day program; is it a whole GGUF file?",
    ends,
    "f: a key is there twice; is it a whole GGUF file?",
    "f: a value has a type that is not known; is it a whole GGUF file?",
    "f: an array has members that are not known; is it a whole GGUF file?",
    ends,
  };

  put_string (files[2], "k", "v"), put_string (files[2], "k", "v");
  put_text (files[3], "k"), put (files[3], 99, 4);
  put_text (files[4], "k"), put (files[4], 9, 4), put (files[4], 9, 4), put (files[4], 1, 8);
  put_text (files[5], "k"), put (files[5], 9, 4), put (files[5], 12, 4), put (files[5], G_MAXUINT64 / 8, 8);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_null (read_bytes (files[i], &error));
      g_assert_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_FORMAT);
      g_assert_cmpstr (error->message, ==, messages[i]);
    }
}

/* Loads the bytes as a file and as a folder with that file; both must say the same. */
static void
assert_refused (GByteArray *bytes, int code, const char *reason)
{
  g_autofree char *folder = g_dir_make_tmp ("auto-gguf-XXXXXX", NULL), *path = g_build_filename (folder, "m.gguf", NULL);

  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  for (int i = 0; i < 2; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *message = g_strdup_printf ("%s: %s", path, reason);
      g_assert_null (auto_tokenizer_from_pretrained (i ? folder : path, NULL, NULL, &error));
      g_assert_error (error, AUTO_TOKENIZER_ERROR, code);
      g_assert_cmpstr (error->message, ==, message);
    }
  g_unlink (path);
  g_rmdir (folder);
  g_byte_array_unref (bytes);
}

static void
test_refused (void)
{
  static const char *const ab[] = { "a", "b", "ab", NULL }, *const wrong[] = { "a c", NULL };
  GByteArray *none = start (3, 0), *kind = start (3, 1), *empty = start (3, 1), *pre = start (3, 3), *merges = start (3, 2), *merge = start (3, 3);

  assert_refused (none, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                  "a vocabulary of the kind \"none\" (tokenizer.ggml.model) can't be read; load the model's tokenizer.json instead");
  put_string (kind, "tokenizer.ggml.model", "rwkv");
  assert_refused (kind, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                  "a vocabulary of the kind \"rwkv\" (tokenizer.ggml.model) can't be read; load the model's tokenizer.json instead");
  put_string (empty, "tokenizer.ggml.model", "gpt2");
  assert_refused (empty, AUTO_TOKENIZER_ERROR_PARSE, "there is no list tokenizer.ggml.tokens; the file holds no vocabulary");
  put_string (pre, "tokenizer.ggml.model", "gpt2"), put_strings (pre, "tokenizer.ggml.tokens", ab), put_string (pre, "tokenizer.ggml.pre", "what");
  assert_refused (pre, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                  "nobody knows how \"what\" (tokenizer.ggml.pre) cuts texts into words; load the model's tokenizer.json instead");
  put_string (merges, "tokenizer.ggml.model", "gpt2"), put_strings (merges, "tokenizer.ggml.tokens", ab);
  assert_refused (merges, AUTO_TOKENIZER_ERROR_PARSE, "there is no list tokenizer.ggml.merges, without which words can't be put together");
  put_string (merge, "tokenizer.ggml.model", "gpt2"), put_strings (merge, "tokenizer.ggml.tokens", ab),
    put_strings (merge, "tokenizer.ggml.merges", wrong);
  assert_refused (merge, AUTO_TOKENIZER_ERROR_PARSE, "\"a c\" in tokenizer.ggml.merges is no merge of two tokens of the vocabulary");
}

/* Whole numbers apart by spaces, as an array of gint64. */
static GArray *
read_ids (const char *line)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto(GStrv) words = g_strsplit (line, " ", -1);

  for (guint i = 0; words[i]; i++)
    if (*words[i])
      {
        gint64 id = g_ascii_strtoll (words[i], NULL, 10);
        g_array_append_val (ids, id);
      }
  return ids;
}

/* ggml's own vocabularies: FILE.gguf, FILE.gguf.inp with texts, and FILE.gguf.out with the ids that the models' own tokenizers give them. */
static void
test_vocabulary (gconstpointer data)
{
  const char *path = data;
  g_autofree char *inputs = g_strconcat (path, ".inp", NULL), *outputs = g_strconcat (path, ".out", NULL), *in = NULL, *out = NULL;
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_get_contents (inputs, &in, NULL, NULL) && g_file_get_contents (outputs, &out, NULL, NULL));
  g_auto(GStrv) texts = g_strsplit (in, "\n__ggml_vocab_test__\n", -1), lines = g_strsplit (out, "\n", -1);
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (path, NULL, NULL, &error);
  g_assert_no_error (error);
  g_object_set (options, "add-special-tokens", FALSE, NULL);
  for (guint i = 0; texts[i] && lines[i]; i++)
    {
      gsize n;
      g_autoptr(GArray) expected = read_ids (lines[i]);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, texts[i], options, &error);
      g_assert_no_error (error);
      const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
      g_test_message ("%.60s", texts[i]);
      g_assert_cmpmem (ids, n * sizeof *ids, expected->data, expected->len * sizeof *ids);
    }
}

/* Adds a test for each vocabulary of the folder AUTO_GGUF_DIR that has texts. */
static void
add_vocabularies (void)
{
  const char *folder = g_getenv ("AUTO_GGUF_DIR");
  g_autoptr(GDir) dir = folder ? g_dir_open (folder, 0, NULL) : NULL;

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (g_str_has_suffix (name, ".gguf.out"))
      {
        g_autofree char *file = g_strndup (name, strlen (name) - 4), *test = g_strconcat ("/text/gguf/vocabularies/", file, NULL);
        g_test_add_data_func_full (test, g_build_filename (folder, file, NULL), test_vocabulary, g_free);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/gguf/values", test_values);
  g_test_add_func ("/text/gguf/damaged", test_damaged);
  g_test_add_func ("/text/gguf/refused", test_refused);
  add_vocabularies ();
  return g_test_run ();
}
