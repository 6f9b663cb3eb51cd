/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are a text for a tokenizer of tests/text/tokenizers, which the first byte chooses; and then they are ids that it decodes. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/text/auto-tokenizer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The folders of G_TEST_SRCDIR/tokenizers, in the order of their names. */
static GPtrArray *
list_folders (void)
{
  const char *top = g_getenv ("G_TEST_SRCDIR");
  g_autofree char *folder = g_build_filename (top ? top : "tests/text", "tokenizers", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *names = g_ptr_array_new ();

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, by_name);
  g_assert_cmpuint (names->len, >, 0);
  return names;
}

/* The tokenizer of a folder, loaded when it is first wanted; NULL for one that can't be loaded. */
static AutoTokenizer *
get_tokenizer (guint number, gboolean fast)
{
  static GPtrArray *folders, *tokenizers;

  if (!folders)
    {
      folders = list_folders ();
      tokenizers = g_ptr_array_new ();
      g_ptr_array_set_size (tokenizers, 2 * (int) folders->len);
    }
  number %= folders->len;
  AutoTokenizer **place = (AutoTokenizer **) &g_ptr_array_index (tokenizers, 2 * number + fast);
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_object_set (options, "use-fast", fast, NULL);
  if (!*place)
    *place = auto_tokenizer_from_pretrained (g_ptr_array_index (folders, number), options, NULL, NULL);
  return *place;
}

static void
encode (AutoTokenizer *tokenizer, const char *text, const char *pair, guint how)
{
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GError) error = NULL;
  gsize n;

  if (how & 1)
    g_object_set (options, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, "max-length", 12, "stride", how & 6, NULL);
  if (how & 8)
    g_object_set (options, "return-overflowing-tokens", TRUE, "padding", AUTO_PADDING_MAX_LENGTH, NULL);
  g_autoptr(AutoEncoding) encoding = how & 16 ? auto_tokenizer_encode_pair (tokenizer, text, pair, options, &error)
                                              : auto_tokenizer_encode (tokenizer, text, options, &error);
  g_assert_true ((encoding == NULL) == (error != NULL));
  for (guint row = 0; encoding && row < auto_encoding_get_n_rows (encoding); row++)
    {
      const gint64 *ids = auto_encoding_get_ids (encoding, row, &n);
      g_autofree char *decoded = auto_tokenizer_decode (tokenizer, ids, n, how & 32, AUTO_CHOICE_DEFAULT, NULL);
      auto_encoding_get_offsets (encoding, row, &n, NULL);
      auto_encoding_get_word_ids (encoding, row, &n, NULL);
      auto_encoding_get_special_tokens_mask (encoding, row, &n);
      g_assert_true (!decoded || g_utf8_validate (decoded, -1, NULL));
    }
}

/* Three bytes an id, some beyond every vocabulary, some negative. */
static void
decode (AutoTokenizer *tokenizer, const uint8_t *data, size_t size)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GError) error = NULL;

  for (size_t i = 0; i + 1 < size && i < 4096; i += 2)
    {
      gint64 id = data[i] == 0xff ? G_MAXINT64 >> (data[i + 1] & 63) : data[i] == 0xfe ? -(gint64) data[i + 1] : data[i] + 256 * (data[i + 1] & 3);
      g_array_append_val (ids, id);
    }
  g_autofree char *text = auto_tokenizer_decode (tokenizer, (gint64 *) ids->data, ids->len, size & 1, AUTO_CHOICE_DEFAULT, &error);
  g_assert_true ((text == NULL) == (error != NULL));
  g_assert_true (!text || g_utf8_validate (text, -1, NULL));
  g_auto(GStrv) tokens = auto_tokenizer_convert_ids_to_tokens (tokenizer, (gint64 *) ids->data, ids->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  AutoTokenizer *tokenizer = size > 2 ? get_tokenizer (data[0], data[1] & 1) : NULL;

  if (!tokenizer)
    return 0;
  g_autofree char *text = g_strndup ((const char *) data + 2, size - 2), *half = g_strndup ((const char *) data + 2, (size - 2) / 2);
  encode (tokenizer, text, half, data[1] >> 1);
  g_auto(GStrv) tokens = auto_tokenizer_tokenize (tokenizer, text, NULL, data[1] & 2, NULL);
  g_autofree gint64 *ids = tokens ? auto_tokenizer_convert_tokens_to_ids (tokenizer, (const char *const *) tokens, &(gsize){ 0 }) : NULL;
  decode (tokenizer, data + 2, size - 2);
  return 0;
}
