/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokenizer files and texts that were damaged at random: whatever happens, it is an error or an answer. AUTO_FUZZ_ROUNDS sets how long,
 * AUTO_FUZZ_SEED which. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/base/auto-utf8.h"
#include "core/text/auto-byte-level.h"
#include "tokenizer-ways.h"
#include "core/text/auto-scanner.h"

static const char *const words[] = { "null", "-1", "1e9", "4294967296", "9223372036854775807", "{}", "[]", "\"\"", "true", "\"\\ud800\"", "\"\\u0000\"", "\"type\"",
                                     "[[[[[[[[", "\"Sequence\"", "\"(a*)*$\"", "1000000000000000019884624838656", ",", "\"[\"", "0" };

/* One to four changes: a byte, a piece taken out, doubled or replaced by something that means trouble. */
static void
damage (GRand *rand, GString *text)
{
  for (int n = g_rand_int_range (rand, 1, 5); n > 0 && text->len > 8; n--)
    {
      gsize at = g_rand_int_range (rand, 0, text->len), length = g_rand_int_range (rand, 1, 40);
      length = MIN (length, text->len - at);
      const char *word = words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))];
      switch (g_rand_int_range (rand, 0, 5))
        {
        case 0:
          text->str[at] = g_rand_int_range (rand, 1, 256);
          break;
        case 1:
          g_string_erase (text, at, length);
          break;
        case 2:
          {
            g_autofree char *piece = g_strndup (text->str + at, length);
            g_string_insert (text, at, piece);
            break;
          }
        case 3:
          g_string_insert (text, at, word);
          break;
        default:
          {
            /* a whole value, if one begins here */
            char *colon = strchr (text->str + at, ':');
            if (colon)
              {
                gsize from = colon + 1 - text->str, to = from + strcspn (colon + 1, ",}]");
                g_string_erase (text, from, to - from);
                g_string_insert (text, from, word);
              }
          }
        }
    }
}

static char *
random_text (GRand *rand, gsize *length)
{
  static const char *const pieces[] = { "hello world", "▁", " ", "<unk>", "[MASK]", "é", "e\u0301\u0323", "北京", "\U0001f469\u200d", "'s", "12345", "\n\n", "aaaaaaaaaaaaaaaa",
                                        "ﬁ…", "\xff", "\xe4\xb8", "\u1100\u1161\u11a8", "İ" };
  GString *text = g_string_new (NULL);

  for (int n = g_rand_int_range (rand, 0, 30); n > 0; n--)
    if (g_rand_int_range (rand, 0, 4))
      g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
    else
      g_string_append_c (text, g_rand_int_range (rand, 0, 256));
  char *repaired = auto_utf8_repair (text->str, text->len, length);
  if (repaired)
    g_string_free (text, TRUE);
  return repaired ? repaired : g_string_free (text, FALSE);
}

/* Both ways give the same ids; all spans lie in the text; what came out goes back in. */
static void
use_pipeline (AutoPipeline *pipeline, GRand *rand)
{
  gsize length;
  g_autofree char *text = random_text (rand, &length);
  g_autoptr(AutoTokens) tokens = auto_tokens_new (FALSE), detailed = auto_tokens_new (TRUE);
  g_autoptr(GError) error = NULL, other = NULL;
  gboolean good = auto_pipeline_encode (pipeline, text, length, -1, tokens, &error);

  g_assert_true (good == (error == NULL));
  g_assert_true (good == auto_pipeline_encode (pipeline, text, length, -1, detailed, &other));
  if (!good)
    return;
  g_assert_cmpmem (tokens->ids->data, tokens->ids->len * 4, detailed->ids->data, detailed->ids->len * 4);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < tokens->ids->len; i++)
    {
      gint64 id = g_array_index (tokens->ids, guint32, i);
      g_array_append_val (ids, id);
    }
  GString *decoded = auto_pipeline_decode (pipeline, (gint64 *) ids->data, ids->len, g_rand_boolean (rand), &error);
  g_assert_true ((decoded != NULL) == (error == NULL));
  if (decoded)
    g_string_free (decoded, TRUE);
}

static void
fuzz_tokenizer (gconstpointer data)
{
  const char *source = data;
  g_autoptr(GRand) rand = g_rand_new_with_seed (strlen (source) + setting ("AUTO_FUZZ_SEED", 0));
  guint loaded = 0, n = setting ("AUTO_FUZZ_ROUNDS", 60);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GString) text = g_string_new (source);
      g_autoptr(GError) error = NULL;
      if (i)
        damage (rand, text);
      AutoTokenizerParts *parts = auto_tokenizer_parts_read (text->str, text->len, "tokenizer.json", &error);
      g_assert_true ((parts != NULL) == (error == NULL));
      AutoPipeline *pipeline = parts ? auto_pipeline_new (parts, &error) : NULL;
      g_assert_true ((pipeline != NULL) == (error == NULL));
      if (!pipeline)
        continue;
      loaded++;
      for (int k = 0; k < 3; k++)
        use_pipeline (pipeline, rand);
      GString *written = auto_pipeline_write (pipeline);
      AutoTokenizerParts *again = auto_tokenizer_parts_read (written->str, written->len, "written", &error);
      g_assert_true ((again != NULL) == (error == NULL)); /* two tokens of one id can't be told apart when they are written */
      auto_tokenizer_parts_free (again);
      g_string_free (written, TRUE);
      auto_pipeline_unref (pipeline);
    }
  g_assert_cmpuint (loaded, >, 0);
}

/* Makes tokens of pieces of @text, cut anywhere, each of two that are there already. */
static void
draw_tokens (GRand *rand, const char *text, GPtrArray *tokens, GHashTable *known, GPtrArray *merges)
{
  glong n = g_utf8_strlen (text, -1);

  for (glong length = 2; length <= n; length++)
    for (glong from = 0; from + length <= n; from++)
      {
        g_autofree char *token = g_utf8_substring (text, from, from + length), *left = NULL, *right = NULL;
        for (int tries = 0; tries < 8 && !(left && g_hash_table_contains (known, left) && g_hash_table_contains (known, right)); tries++)
          {
            glong middle = from + (tries == 0 ? length / 2 : g_rand_int_range (rand, 1, length));
            g_free (left);
            g_free (right);
            left = g_utf8_substring (text, from, middle);
            right = g_utf8_substring (text, middle, from + length);
          }
        if (g_rand_int_range (rand, 0, n > 40 ? 40 : 3) == 0 || !g_hash_table_contains (known, left) || !g_hash_table_contains (known, right)
            || g_hash_table_contains (known, token))
          continue;
        g_ptr_array_add (tokens, g_steal_pointer (&token));
        g_hash_table_add (known, g_ptr_array_index (tokens, tokens->len - 1));
        if (g_rand_int_range (rand, 0, n > 40 ? 40 : 8))
          g_ptr_array_insert (merges, n > 40 || g_rand_boolean (rand) ? -1 : g_rand_int_range (rand, -1, (gint) merges->len),
                             g_strdup_printf ("%s %s", left, right));
      }
}

/* A byte-level tokenizer whose merges are drawn, in an order that need not be the one in which they can happen. */
static GString *
draw_bytes_tokenizer (GRand *rand, const char *const *alphabet, guint n_letters, guint longest, gboolean ignores_merges)
{
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free), merges = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GString *json = g_string_new ("{\"model\": {\"type\": \"BPE\", \"vocab\": {");
  char utf8[8];

  for (int byte = 0; byte < 256; byte++)
    {
      utf8[g_unichar_to_utf8 (auto_byte_to_char (byte), utf8)] = '\0';
      g_ptr_array_add (tokens, g_strdup (utf8));
      g_hash_table_add (known, g_ptr_array_index (tokens, byte));
    }
  for (int i = 0; i < (longest > 4 ? 3 : 60); i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      gboolean repeated = longest > 4 && i % 2 == 0;
      guint letter = g_rand_int_range (rand, 0, n_letters);
      for (int n = g_rand_int_range (rand, 2, longest); n > 0; n--)
        for (const char *p = alphabet[repeated ? letter : g_rand_int_range (rand, 0, n_letters)]; *p; p++)
          g_string_append_unichar (text, auto_byte_to_char (*p));
      draw_tokens (rand, text->str, tokens, known, merges);
    }
  for (guint i = 0; i < tokens->len; i++)
    {
      const char *token = g_ptr_array_index (tokens, i);
      g_string_append_printf (json, "%s\"%s%s\": %u", i ? ", " : "", *token == '"' || *token == '\\' ? "\\" : "", token, i);
    }
  g_string_append_printf (json, "}, \"ignore_merges\": %s, \"merges\": [", ignores_merges ? "true" : "false");
  for (guint i = 0; i < merges->len; i++)
    g_string_append_printf (json, "%s\"%s\"", i ? ", " : "", (char *) g_ptr_array_index (merges, i));
  g_string_append (json, "]}, \"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false}}");
  return json;
}

/* A text so long that seams are made for it. */
static void
want_seams (AutoPipeline *pipeline)
{
  g_autoptr(AutoTokens) tokens = auto_tokens_new (FALSE);
  g_autoptr(GString) text = g_string_new (NULL);

  while (text->len < 40000)
    g_string_append (text, "Ж");
  g_assert_true (auto_pipeline_encode (pipeline, text->str, text->len, -1, tokens, NULL));
}

/* Words of large alphabets are cut where no token goes over, and long words are merged chunk by chunk. */
static void
fuzz_seams (void)
{
  static const char *const alphabet[] = { "京", "東", "の", "は", "ー", "é", "я", "д", "\U0001f600", "\U0001f601", "a", "s", "x", "as", " ",
                                          "한", "글", "，", "中", "亭", "並", "仭" };
  g_autoptr(GRand) rand = g_rand_new_with_seed (5 + setting ("AUTO_FUZZ_SEED", 0));
  guint rounds = setting ("AUTO_FUZZ_ROUNDS", 120);

  for (guint round = 0; round < rounds; round++)
    {
      guint n_letters = g_rand_int_range (rand, 3, G_N_ELEMENTS (alphabet) + 1);
      gboolean letters = round % 3 == 0; /* and nothing else, in long tokens */
      GString *json = draw_bytes_tokenizer (rand, alphabet + (letters ? 10 : 0), letters ? 3 : n_letters, letters ? 150 : 4, round % 2);
      AutoPipeline *pipeline = open_pipeline (json->str);
      if (round % 4)
        want_seams (pipeline);
      for (int k = 0; k < 100; k++)
        {
          g_autoptr(GString) text = g_string_new (NULL);
          for (int n = g_rand_int_range (rand, 1, 60); n > 0; n--)
            g_string_append (text, alphabet[g_rand_int_range (rand, 0, G_N_ELEMENTS (alphabet))]);
          compare_ways (pipeline, text->str, text->len);
        }
      for (int k = 0; k < 4; k++)
        {
          g_autoptr(GString) text = g_string_new (NULL);
          guint few = g_rand_int_range (rand, 1, 4), period = g_rand_int_range (rand, 1, 8);
          for (int n = g_rand_int_range (rand, 100, 3000); n > 0; n--)
            if (k % 2 && text->len > period) /* over and over */
              g_string_append_c (text, text->str[text->len - period]);
            else
              g_string_append_c (text, "asx"[g_rand_int_range (rand, 0, few)]);
          compare_ways (pipeline, text->str, text->len);
        }
      auto_pipeline_unref (pipeline);
      g_string_free (json, TRUE);
    }
}

/* Words are cut at spaces and what is as good as one. */
static void
fuzz_gaps (void)
{
  static const char *const steps[] = { "{\"type\": \"Nmt\"}", "{\"type\": \"NFKC\"}", "{\"type\": \"NFKD\"}", "{\"type\": \"StripAccents\"}",
                                       "{\"type\": \"Lowercase\"}", "{\"type\": \"Strip\", \"strip_left\": false, \"strip_right\": true}",
                                       "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \" {2,}\"}, \"content\": \"▁\"}",
                                       "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \" {2,}\"}, \"content\": \" \"}",
                                       "{\"type\": \"Replace\", \"pattern\": {\"String\": \"  \"}, \"content\": \" \"}" };
  static const char *const pieces[] = { " ", " ", " ", " ", " ", "\n", "\t", "\r", "\r\n", "\v", "\x01", "\x1f", "\x7f", "\xc2\x85", "\u00a0", "\u00ad", "\u0301", "¨",
                                        "\u1680", "\u2003", "\u200b", "\u200d", "\u2028", "▁", "\u3000", "\ufeff", "\ufffd", "a", "b", "中", "é", "e\u0301", "が",
                                        "\u3099", "\u1100\u1161", "👩", "A", "x", "ab", "の" };
  static const char *const added[] = { "ab", "É", "a b", "▁a", "A", "e\u0301", "の", " " }, *const truth[] = { "false", "true" };
  static const char *const metaspaces[] = { "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"add_prefix_space\": true, \"prepend_scheme\": \"always\"}",
                                            "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"add_prefix_space\": true, \"prepend_scheme\": \"first\"}" };
  g_autoptr(GRand) rand = g_rand_new_with_seed (6 + setting ("AUTO_FUZZ_SEED", 0));
  guint rounds = setting ("AUTO_FUZZ_ROUNDS", 120);

  for (guint round = 0; round < rounds; round++)
    {
      g_autoptr(GString) json = g_string_new ("{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"<unk>\", 0], [\"▁\", -3], [\"a\", -4], [\"▁a\", -5], "
                                              "[\"b\", -4.5], [\"ab\", -7], [\"中\", -6], [\"▁中\", -8], [\"e\", -5], [\"é\", -6], [\"の\", -6]]}, ");
      g_string_append_printf (json, round % 2 ? "\"pre_tokenizer\": %s, " : "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"WhitespaceSplit\"}, %s]}, ",
                              metaspaces[g_rand_int_range (rand, 0, G_N_ELEMENTS (metaspaces))]);
      g_string_append (json, "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [");
      for (int k = g_rand_int_range (rand, 0, 5), first = k; k > 0; k--)
        g_string_append_printf (json, "%s%s", k == first ? "" : ", ", steps[g_rand_int_range (rand, 0, G_N_ELEMENTS (steps))]);
      g_string_append (json, "]}, \"added_tokens\": [");
      for (guint k = 0, first = TRUE; k < G_N_ELEMENTS (added); k++)
        if (g_rand_int_range (rand, 0, 6) == 0)
          {
            g_string_append_printf (json, "%s{\"id\": %u, \"content\": \"%s\", \"single_word\": %s, \"lstrip\": %s, \"rstrip\": false, \"normalized\": %s, \"special\": false}",
                                    first ? "" : ", ", 100 + k, added[k], truth[g_rand_int_range (rand, 0, 2)], truth[g_rand_int_range (rand, 0, 2)],
                                    truth[g_rand_int_range (rand, 0, 4) > 0]);
            first = FALSE;
          }
      g_string_append (json, "]}");
      AutoPipeline *pipeline = open_pipeline (json->str);
      for (int k = 0; k < 300; k++)
        {
          g_autoptr(GString) text = g_string_new (NULL);
          for (int n = g_rand_int_range (rand, 1, 20); n > 0; n--)
            g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
          compare_ways (pipeline, text->str, text->len);
        }
      auto_pipeline_unref (pipeline);
    }
}

/* A character of any script, and often of those that normalizers treat in ways of their own. */
static gunichar
draw_character (GRand *rand)
{
  static const struct
  {
    gunichar from, to;
  } ranges[] = {
    { 1, 0x7F }, { ' ', ' ' }, { 'A', 'z' }, { 0x80, 0x24F }, { 0x2B0, 0x36F }, { 0x370, 0x5FF }, { 0x600, 0x7FF }, { 0x900, 0xDFF },
    { 0x1100, 0x11FF }, { 0x1E00, 0x1FFF }, { 0x2000, 0x20FF }, { 0x3000, 0x30FF }, { 0x3400, 0x9FFF }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },
    { 0xFE00, 0xFEFF }, { 0xFF00, 0xFFFD }, { 0x1D100, 0x1D1FF }, { 0x1F300, 0x1F6FF }, { 0x20000, 0x2FFFF }, { 1, 0x10FFFF },
  };
  guint range = g_rand_int_range (rand, 0, G_N_ELEMENTS (ranges));
  gunichar c = g_rand_int_range (rand, ranges[range].from, ranges[range].to + 1);

  return (c & ~0x7FFu) == 0xD800 ? 0xFFFD : c;
}

static void
add_piece (JsonObject *vocabulary, const char *piece)
{
  g_autofree char *inner = g_strconcat ("##", piece, NULL);

  if (!json_object_has_member (vocabulary, piece))
    json_object_set_int_member (vocabulary, piece, json_object_get_size (vocabulary));
  if (!json_object_has_member (vocabulary, inner))
    json_object_set_int_member (vocabulary, inner, json_object_get_size (vocabulary));
}

/* A tokenizer of BERT's kind that knows most characters of @alphabet, whatever becomes of them, and some pairs. */
static char *
draw_words_tokenizer (GRand *rand, const gunichar *alphabet, guint n)
{
  static const char empty[] = "{\"normalizer\": {\"type\": \"BertNormalizer\"}, \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"},"
                              " \"model\": {\"type\": \"WordPiece\", \"unk_token\": \"[UNK]\", \"vocab\": {\"[UNK]\": 0}}}";
  g_autoptr(JsonNode) root = auto_json_parse (empty, strlen (empty), "drawn", AUTO_TOKENIZER_ERROR, 0, NULL);
  JsonObject *normalizer = json_object_get_object_member (json_node_get_object (root), "normalizer");
  JsonObject *vocabulary = json_object_get_object_member (json_object_get_object_member (json_node_get_object (root), "model"), "vocab");
  static const char *const settings[] = { "clean_text", "handle_chinese_chars", "strip_accents", "lowercase" };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    json_object_set_boolean_member (normalizer, settings[i], g_rand_int_range (rand, 0, 4) > 0);
  for (guint i = 0; i < n; i++)
    {
      gunichar pair[] = { alphabet[i], alphabet[g_rand_int_range (rand, 0, n)] };
      for (guint length = 1; length <= 2; length++)
        {
          g_autofree char *text = g_ucs4_to_utf8 (pair, length, NULL, NULL, NULL), *lower = g_utf8_strdown (text, -1);
          g_autofree char *parts = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
          g_autofree char *lower_parts = g_utf8_normalize (lower, -1, G_NORMALIZE_NFD);
          if (g_rand_int_range (rand, 0, 20) == 0)
            continue;
          add_piece (vocabulary, text);
          add_piece (vocabulary, lower);
          add_piece (vocabulary, lower_parts);
          for (const char *p = parts; *p; p = g_utf8_next_char (p))
            {
              g_autofree char *part = g_strndup (p, g_utf8_next_char (p) - p);
              add_piece (vocabulary, part);
            }
        }
    }
  return auto_json_print (root, -1, FALSE);
}

/* Words whose characters are mapped one by one, and characters that are words. */
static void
fuzz_words (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (6 + setting ("AUTO_FUZZ_SEED", 0));
  guint rounds = setting ("AUTO_FUZZ_ROUNDS", 60);

  for (guint round = 0; round < rounds; round++)
    {
      gunichar alphabet[100];
      for (guint i = 0; i < G_N_ELEMENTS (alphabet); i++)
        alphabet[i] = draw_character (rand);
      g_autofree char *json = draw_words_tokenizer (rand, alphabet, G_N_ELEMENTS (alphabet));
      AutoPipeline *pipeline = open_pipeline (json);
      for (int k = 0; k < 60; k++)
        {
          g_autoptr(GString) text = g_string_new (NULL);
          for (int n = g_rand_int_range (rand, 1, 100); n > 0; n--)
            {
              gunichar c = alphabet[g_rand_int_range (rand, 0, G_N_ELEMENTS (alphabet))];
              g_string_append_unichar (text, g_rand_int_range (rand, 0, 8) ? c : (gunichar) " a."[n % 3]);
            }
          compare_ways (pipeline, text->str, text->len);
        }
      auto_pipeline_unref (pipeline);
    }
}

static void
check_utf8 (const char *text, gsize length)
{
  g_autofree char *exact = g_memdup2 (text, length); /* so that reading beyond it shows */
  g_assert_cmpint (auto_utf8_valid (exact, length) == length, ==, g_utf8_validate_len (text, length, NULL));
}

/* Against GLib's own answer: texts that end anywhere, and all that four bytes can be where it makes a difference, at any place of 16. */
static void
fuzz_utf8 (void)
{
  static const guchar bytes[] = { 'a',  0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                                  0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF };
  g_autoptr(GRand) rand = g_rand_new_with_seed (7 + setting ("AUTO_FUZZ_SEED", 0));
  const guint n = G_N_ELEMENTS (bytes);

  for (int round = 0; round < 5000; round++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      for (int k = g_rand_int_range (rand, 0, 40); k > 0; k--)
        g_string_append_unichar (text, draw_character (rand));
      check_utf8 (text->str, g_rand_boolean (rand) ? text->len : g_rand_int_range (rand, 0, text->len + 1));
    }
  for (guint i = 0; i < n * n * n * n; i++)
    {
      char text[37];
      guint from = i % 33;
      memset (text, 'a', sizeof text);
      for (guint k = 0, rest = i; k < 4; k++, rest /= n)
        text[from + k] = bytes[rest % n];
      check_utf8 (text, i % 2 ? from + 4 : sizeof text);
    }
}

/* Word starts of a block are those that the scanner finds one by one. */
static void
fuzz_blocks (gconstpointer data)
{
  static const char *const pieces[] = {
    " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "\v", "a", "ab", "Words", "letters", "A", "aB", "HTMLParser", "n't", "x's", "/\n", "1", "12",
    "1234567890123", "!", "!?", "-", "/", "'", "'s", "'S", "'ll", "'LL", "'re", "'rE", "'v", "'d", "'m", "'t", "\x01", "\x1f", "\x7f", "é", "中",
    "\xc2\xa0", "\u2003", "\u0301", "\u017f", "'\u017f", "²", "…", "\U0001f600",
  };
  const guint n_ascii = 40;
  AutoScanner scanner = auto_scanner_recognize (data);
  AutoScanBlock block = auto_scanner_get_block (scanner);
  g_autoptr(GRand) rand = g_rand_new_with_seed (8 + setting ("AUTO_FUZZ_SEED", 0));
  guint rounds = 200 * setting ("AUTO_FUZZ_ROUNDS", 60), known = 0;

  g_assert_cmpint (block, !=, AUTO_SCAN_BLOCK_NONE);
  auto_unicode_prepare ();
  for (guint round = 0; round < rounds; round++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      guint n = round % 2 ? n_ascii : G_N_ELEMENTS (pieces), most = g_rand_int_range (rand, 2, n + 1);
      guint first = g_rand_int_range (rand, 0, n + 1 - most);
      while (text->len < AUTO_SCAN_BLOCK_BYTES || g_rand_int_range (rand, 0, 4))
        g_string_append (text, pieces[first + g_rand_int_range (rand, 0, most)]);
      guint64 starts = auto_scan_block (block, text->str, text->len), found = 0;
      for (gsize at = 0; at < AUTO_SCAN_BLOCK_BYTES && starts >> at; at += scanner (text->str + at, text->len - at), known++)
        found |= G_GUINT64_CONSTANT (1) << at;
      g_assert_cmphex (starts, ==, found);
    }
  g_assert_cmpuint (known, >, rounds * 2);
}

int
main (int argc, char **argv)
{
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define WORDS "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
  static const char *const expressions[] = {
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+" WORDS "[^\\r\\n\\p{L}\\p{N}]?" UPPER "+" LOWER "*" WORDS
    "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  };
  static const char *const files[] = { "normalizer", "pre-tokenizer", "wordpiece", "bpe", "unigram", "added", "again", "merge", "newer" };
  g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *name = g_strconcat (files[i], ".json", NULL), *path = g_test_build_filename (G_TEST_DIST, "goldens", name, NULL);
      g_autoptr(JsonNode) root = auto_json_read (path, AUTO_TOKENIZER_ERROR, 0, &error);
      g_assert_no_error (error);
      g_autoptr(GList) names = json_object_get_members (json_node_get_object (root));
      for (GList *at = names; at; at = at->next)
        {
          JsonObject *golden = json_object_get_object_member (json_node_get_object (root), at->data);
          g_autofree char *test = g_strdup_printf ("/text/fuzz/%s", (char *) at->data);
          g_ptr_array_add (sources, auto_json_print (json_object_get_member (golden, "tokenizer"), -1, FALSE));
          g_test_add_data_func (test, g_ptr_array_index (sources, sources->len - 1), fuzz_tokenizer);
        }
    }
  g_test_add_func ("/text/fuzz/seams", fuzz_seams);
  g_test_add_func ("/text/fuzz/words", fuzz_words);
  g_test_add_func ("/text/fuzz/utf8", fuzz_utf8);
  for (guint i = 0; i < G_N_ELEMENTS (expressions); i++)
    {
      g_autofree char *test = g_strdup_printf ("/text/fuzz/blocks-%u", i);
      g_test_add_data_func (test, expressions[i], fuzz_blocks);
    }
  g_test_add_func ("/text/fuzz/gaps", fuzz_gaps);
  return g_test_run ();
}
