/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that the short way finds, beside those of the long one. AUTO_FUZZ_ROUNDS sets how many, AUTO_FUZZ_SEED which. */
#include <string.h>

#include "core/text/auto-byte-level.h"
#include "tokenizer-ways.h"

#define CASED(words, digits) \
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+" words \
  "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*" words "|" digits \
  "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define CL100K(digits) \
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" digits "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/* Patterns one after another, before words are written byte by byte. "!": cuts out what lies between the matches of the next one, of which there is
 * nothing; "?": Digits, each by itself; "*": all together; "gpt2": the pattern of the last part. */
static const char *const ways[][7] = {
  { "gpt2" },
  { "?", "gpt2" },
  { "*", "gpt2" },
  { "\\p{N}", "gpt2" },
  { "[0-9]", "[一-龥]+", "gpt2" },
  { CL100K ("\\p{N}{1,3}") },
  { "!", CL100K ("\\p{N}{1,3}") },
  { "!", CL100K ("\\p{N}") },
  { CASED ("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "\\p{N}{1,3}") },
  { "!", CASED ("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "\\p{N}{1,3}") },
  { CASED ("", "\\p{N}") },
  { "\\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+" },
  { "[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", "\\p{N}" },
  { " ?[^(\\s|.,!?…。，、।۔،)]+" },
  { " ?[^(\\s|.,!?…。，、।۔،)]+", "\\p{N}" },
  { " ?[^(\\s|[.,!?…。，、।۔،])]+" },
  { "\\s?[\\p{L}\\p{N}_]{1,3}" },
  { "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+" },
};

static void
add_split (JsonArray *steps, const char *expression, gboolean inverted)
{
  JsonObject *step = json_object_new (), *pattern = json_object_new ();

  json_object_set_string_member (pattern, "Regex", expression);
  json_object_set_string_member (step, "type", "Split");
  json_object_set_object_member (step, "pattern", pattern);
  json_object_set_string_member (step, "behavior", inverted ? "Removed" : "Isolated");
  json_object_set_boolean_member (step, "invert", inverted);
  json_array_add_object_element (steps, step);
}

static void
add_digits (JsonArray *steps, gboolean individual)
{
  JsonObject *step = json_object_new ();

  json_object_set_string_member (step, "type", "Digits");
  json_object_set_boolean_member (step, "individual_digits", individual);
  json_array_add_object_element (steps, step);
}

/* The pre-tokenizer of a row of ways. */
static JsonObject *
make_pre_tokenizer (const char *const *patterns)
{
  JsonObject *sequence = json_object_new (), *bytes = json_object_new ();
  JsonArray *steps = json_array_new ();
  gboolean inverted = FALSE, gpt2 = FALSE;

  for (; *patterns; patterns++)
    if (g_str_equal (*patterns, "!"))
      inverted = TRUE;
    else if (g_str_equal (*patterns, "gpt2"))
      gpt2 = TRUE;
    else if (g_str_equal (*patterns, "?") || g_str_equal (*patterns, "*"))
      add_digits (steps, **patterns == '?');
    else
      add_split (steps, *patterns, inverted);
  json_object_set_string_member (bytes, "type", "ByteLevel");
  json_object_set_boolean_member (bytes, "add_prefix_space", FALSE);
  json_object_set_boolean_member (bytes, "use_regex", gpt2);
  json_array_add_object_element (steps, bytes);
  json_object_set_string_member (sequence, "type", "Sequence");
  json_object_set_array_member (sequence, "pretokenizers", steps);
  return sequence;
}

/* Tokens of bytes, but of a few that are drawn, and of pairs of them, so that where words end shows. */
static JsonObject *
make_bytes_model (GRand *rand, gboolean lacking)
{
  JsonObject *model = json_object_new (), *vocabulary = json_object_new ();
  JsonArray *merges = json_array_new ();
  char utf8[8];

  for (int byte = 0; byte < 256; byte++)
    {
      utf8[g_unichar_to_utf8 (auto_byte_to_char (byte), utf8)] = '\0';
      if (!lacking || byte == '.' || g_rand_int_range (rand, 0, 32))
        json_object_set_int_member (vocabulary, utf8, json_object_get_size (vocabulary));
    }
  for (int i = 0; i < 2000; i++)
    {
      g_autoptr(GString) merged = g_string_new (NULL);
      for (int k = 0; k < 2; k++)
        g_string_append_unichar (merged, auto_byte_to_char (g_rand_int_range (rand, 0, 4) ? g_rand_int_range (rand, 0, 128) : g_rand_int_range (rand, 0, 256)));
      const char *second = g_utf8_next_char (merged->str);
      g_autofree char *first = g_strndup (merged->str, second - merged->str), *merge = g_strconcat (first, " ", second, NULL);
      if (json_object_has_member (vocabulary, merged->str) || !json_object_has_member (vocabulary, first) || !json_object_has_member (vocabulary, second))
        continue;
      json_array_add_string_element (merges, merge);
      json_object_set_int_member (vocabulary, merged->str, json_object_get_size (vocabulary));
    }
  json_object_set_string_member (model, "type", "BPE");
  json_object_set_object_member (model, "vocab", vocabulary);
  json_object_set_array_member (model, "merges", merges);
  return model;
}

static AutoPipeline *
open_parts (JsonObject *model, JsonNode *normalizer, JsonNode *pre_tokenizer, JsonArray *added)
{
  JsonObject *object = json_object_new ();
  g_autoptr(JsonNode) root = json_node_init_object (json_node_alloc (), object);

  json_object_set_object_member (object, "model", model);
  json_object_set_member (object, "normalizer", normalizer);
  json_object_set_member (object, "pre_tokenizer", pre_tokenizer);
  if (added)
    json_object_set_array_member (object, "added_tokens", added);
  json_object_unref (object);
  g_autofree char *text = json_to_string (root, FALSE);
  return open_pipeline (text);
}

static void
append_random (GRand *rand, const char *const *pieces, guint n_pieces, int most, GString *text)
{
  for (int n = g_rand_int_range (rand, 1, most); n > 0; n--)
    if (g_rand_int_range (rand, 0, 12))
      g_string_append (text, pieces[g_rand_int_range (rand, 0, n_pieces)]);
    else
      {
        gunichar c = g_rand_int_range (rand, 1, g_rand_boolean (rand) ? 0x3000 : 0x20000);
        g_string_append_unichar (text, (c & ~0x7FFu) == 0xD800 ? 'x' : c);
      }
}

static void
words_of_bytes (gconstpointer data)
{
  static const char *const pieces[] = { " ", " ", "  ", "\n", "\r", "\r\n", "\t", "a", "B", "Ab", "aB", "word", "WORD", "'s", "'RE", "'", "\"", ".", "/", "//", "-x", "1", "12",
                                        "12345", "²", "½", "٣", "é", "É", "e\u0301", "\u0301", "京", "東京", "の", "カ", "，", "。", "한", "ǅ", "ʰ", "ª", "\u00a0", "\u2003",
                                        "\u2028", "\x01", "\u200b", "\u200d", "€", "+", "😀", "\U000e0001", "_", "ſ", "ﬁ", "ⅷ", "ｶ", "ﾞ", "\u1100", "\u1161", "\u11a8", "가", "①" };
  static const char *const normalizers[] = { "null", "{\"type\": \"NFC\"}", "{\"type\": \"NFKC\"}", "{\"type\": \"Sequence\", \"normalizers\": []}" };
  static const char *const added[] = {
    "[]", "[{\"id\": 9000, \"content\": \"  \", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": true, \"special\": false},"
          " {\"id\": 9001, \"content\": \"É\", \"single_word\": false, \"lstrip\": true, \"rstrip\": false, \"normalized\": true, \"special\": false},"
          " {\"id\": 9002, \"content\": \"Ab\", \"single_word\": true, \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true}]",
    "[{\"id\": 9000, \"content\": \"fi\", \"single_word\": false, \"lstrip\": false, \"rstrip\": true, \"normalized\": true, \"special\": false},"
    " {\"id\": 9001, \"content\": \"가\", \"single_word\": true, \"lstrip\": false, \"rstrip\": false, \"normalized\": true, \"special\": false}]" };
  const char *const *patterns = data;
  g_autoptr(GRand) rand = g_rand_new_with_seed (11 + setting ("AUTO_FUZZ_SEED", 0));

  for (guint round = setting ("AUTO_FUZZ_ROUNDS", 8); round > 0; round--)
    {
      JsonNode *pre_tokenizer = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (pre_tokenizer, make_pre_tokenizer (patterns));
      AutoPipeline *pipeline = open_parts (make_bytes_model (rand, round % 3 == 0), json_from_string (normalizers[round % G_N_ELEMENTS (normalizers)], NULL), pre_tokenizer,
                                           json_node_dup_array (json_from_string (added[g_rand_int_range (rand, 0, G_N_ELEMENTS (added))], NULL)));
      for (int k = 0; k < 300; k++)
        {
          g_autoptr(GString) text = g_string_new (NULL);
          append_random (rand, pieces, G_N_ELEMENTS (pieces), k % 10 ? 20 : 200, text);
          compare_ways (pipeline, text->str, text->len);
        }
      auto_pipeline_unref (pipeline);
    }
}

/* Tokens of a letter's repetitions: twice as many as another, and sums that are drawn, each made of its parts in several ways. */
static JsonObject *
make_runs_model (GRand *rand)
{
  JsonObject *model = make_bytes_model (rand, FALSE), *vocabulary = json_object_get_object_member (model, "vocab");
  JsonArray *merges = json_array_new ();
  guint lengths[40] = { 1 }, n = 1, doubled = g_rand_int_range (rand, 3, 8);

  for (int i = 0; i < 200 && n < G_N_ELEMENTS (lengths); i++)
    {
      guint left = lengths[n <= doubled ? n - 1 : g_rand_int_range (rand, 0, n)], right = n <= doubled ? left : lengths[g_rand_int_range (rand, 0, n)];
      g_autofree char *a = g_strnfill (left, 'a'), *b = g_strnfill (right, 'a'), *merge = g_strdup_printf ("%s %s", a, b), *merged = g_strconcat (a, b, NULL);
      if (left + right > 130)
        continue;
      json_array_add_string_element (merges, merge);
      if (json_object_has_member (vocabulary, merged))
        continue;
      json_object_set_int_member (vocabulary, merged, json_object_get_size (vocabulary));
      lengths[n++] = left + right;
    }
  json_object_set_array_member (model, "merges", merges);
  return model;
}

/* Long words are merged chunk by chunk. */
static void
runs (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (13 + setting ("AUTO_FUZZ_SEED", 0));

  for (guint round = 4 * setting ("AUTO_FUZZ_ROUNDS", 30); round > 0; round--)
    {
      JsonNode *pre_tokenizer = json_from_string ("{\"type\": \"ByteLevel\", \"add_prefix_space\": false}", NULL);
      AutoPipeline *pipeline = open_parts (make_runs_model (rand), json_node_new (JSON_NODE_NULL), pre_tokenizer, NULL);
      for (guint length = 1; length < 260; length++)
        {
          g_autofree char *run = g_strnfill (length, 'a'), *text = g_strconcat (&"b"[g_rand_int_range (rand, 0, 2)], run, &"bb"[g_rand_int_range (rand, 0, 3)], NULL);
          compare_ways (pipeline, text, strlen (text));
        }
      auto_pipeline_unref (pipeline);
    }
}

/* Characters, marks and a few tokens of several of them, some with marks inside. */
static JsonObject *
make_marks_model (GRand *rand, gboolean bytes)
{
  static const char *const letters[] = { "<unk>", "▁", "a", "b", "\t", ">", "\n", "中", "." };
  JsonObject *model = json_object_new (), *vocabulary = json_object_new ();
  JsonArray *merges = json_array_new ();
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      json_object_set_int_member (vocabulary, letters[i], i);
      g_ptr_array_add (tokens, g_strdup (letters[i]));
    }
  for (int i = 0; i < 30; i++)
    {
      const char *left = g_ptr_array_index (tokens, g_rand_int_range (rand, 1, tokens->len)), *right = g_ptr_array_index (tokens, g_rand_int_range (rand, 1, tokens->len));
      g_autofree char *merged = g_strconcat (left, right, NULL), *merge = g_strdup_printf ("%s %s", left, right);
      gboolean inside = strstr (g_utf8_next_char (merged), "▁") && !g_str_has_prefix (merged, "▁▁");
      if (strlen (merged) > 12 || json_object_has_member (vocabulary, merged) || (inside && g_rand_int_range (rand, 0, 6)))
        continue;
      json_array_add_string_element (merges, merge);
      json_object_set_int_member (vocabulary, merged, json_object_get_size (vocabulary));
      g_ptr_array_add (tokens, g_steal_pointer (&merged));
    }
  for (int byte = 0; byte < 256 && bytes; byte++)
    {
      char name[8];
      g_snprintf (name, sizeof name, "<0x%02X>", byte);
      json_object_set_int_member (vocabulary, name, json_object_get_size (vocabulary));
    }
  json_object_set_boolean_member (model, "byte_fallback", bytes);
  json_object_set_string_member (model, "type", "BPE");
  json_object_set_string_member (model, "unk_token", "<unk>");
  json_object_set_boolean_member (model, "fuse_unk", TRUE);
  json_object_set_object_member (model, "vocab", vocabulary);
  json_object_set_array_member (model, "merges", merges);
  return model;
}

/* Spaces become marks; added tokens are looked for after that. */
static void
words_of_marks (void)
{
  static const char *const normalizers[] = {
    "{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"▁\"}",
    "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\": \"▁\"}, {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"▁\"}]}",
  };
  static const char *const metaspaces[] = {
    "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"first\", \"split\": false}",
    "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"always\", \"split\": false}",
    "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"never\", \"split\": false}",
  };
  static const char *const pre_tokenizers[] = { "null", "{\"type\": \"Split\", \"pattern\": {\"String\": \" \"}, \"behavior\": \"MergedWithPrevious\", \"invert\": false}" };
  static const char *const added[] = {
    "[]", "[{\"id\": 900, \"content\": \"[X]\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": true, \"special\": false}]",
    "[{\"id\": 900, \"content\": \"<a b>\", \"single_word\": false, \"lstrip\": true, \"rstrip\": true, \"normalized\": true, \"special\": true},"
    " {\"id\": 901, \"content\": \"[X]\", \"single_word\": true, \"lstrip\": false, \"rstrip\": true, \"normalized\": false, \"special\": false}]",
    "[{\"id\": 900, \"content\": \"▁\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": true, \"special\": false}]",
  };
  static const char *const pieces[] = { " ", " ", " ", "  ", "   ", "▁", "a", "b", "ab", "\t", ">", "\n", "中", ".", "[X]", "<a b>", "<a▁b>", "[X", "q" };
  g_autoptr(GRand) rand = g_rand_new_with_seed (12 + setting ("AUTO_FUZZ_SEED", 0));

  for (guint round = 4 * setting ("AUTO_FUZZ_ROUNDS", 30); round > 0; round--)
    {
      gboolean whole = round % 5 == 0;
      AutoPipeline *pipeline = open_parts (make_marks_model (rand, g_rand_boolean (rand)), json_from_string (whole ? "null" : normalizers[round % 2], NULL),
                                           json_from_string (whole ? metaspaces[g_rand_int_range (rand, 0, G_N_ELEMENTS (metaspaces))] : pre_tokenizers[round / 2 % 2], NULL),
                                           json_node_dup_array (json_from_string (added[g_rand_int_range (rand, 0, G_N_ELEMENTS (added))], NULL)));
      for (int k = 0; k < 200; k++)
        {
          g_autoptr(GString) text = g_string_new (NULL);
          append_random (rand, pieces, G_N_ELEMENTS (pieces), 30, text);
          compare_ways (pipeline, text->str, text->len);
        }
      auto_pipeline_unref (pipeline);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *test = g_strdup_printf ("/text/words/bytes-%u", i);
      g_test_add_data_func (test, ways[i], words_of_bytes);
    }
  g_test_add_func ("/text/words/marks", words_of_marks);
  g_test_add_func ("/text/words/runs", runs);
  return g_test_run ();
}
