/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-json.h"
#include "core/text/auto-sentencepiece.h"

static JsonArray *
read_models (const char *path, JsonNode **root)
{
  g_autoptr(GError) error = NULL;

  *root = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, &error);
  g_assert_no_error (error);
  return json_node_get_array (*root);
}

static char *
golden_path (void)
{
  return g_test_build_filename (G_TEST_DIST, "..", "goldens", "text", "sentencepiece.json", NULL);
}

static GBytes *
model_bytes (JsonObject *entry)
{
  gsize length;
  guchar *data = g_base64_decode (auto_json_string (entry, "model"), &length);

  return g_bytes_new_take (data, length);
}

static void
check_pieces (const AutoSentencePiece *model, JsonObject *entry)
{
  JsonArray *wanted = auto_json_array (entry, "pieces");
  gsize n;
  const AutoPiece *pieces = auto_sentencepiece_get_pieces (model, &n);

  if (!wanted)
    return;
  g_assert_cmpuint (n, ==, json_array_get_length (wanted));
  for (gsize i = 0; i < n; i++)
    {
      JsonArray *row = json_array_get_array_element (wanted, i);
      g_assert_cmpstr (pieces[i].text, ==, json_array_get_string_element (row, 0));
      g_assert_cmpfloat (pieces[i].score, ==, (float) json_array_get_double_element (row, 1));
      g_assert_cmpint (auto_sentencepiece_find (model, pieces[i].text, pieces[i].length), ==, i);
    }
}

static char *
join_ids (GArray *ids, JsonArray *wanted)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; ids && i < ids->len; i++)
    g_string_append_printf (text, "%d ", g_array_index (ids, gint32, i));
  for (guint i = 0; wanted && i < json_array_get_length (wanted); i++)
    g_string_append_printf (text, "%d ", (int) json_array_get_int_element (wanted, i));
  return g_string_free (text, FALSE);
}

static gboolean
check_text (const AutoSentencePiece *model, const char *name, JsonObject *row)
{
  const char *text = auto_json_string (row, "text"), *wanted_text = auto_json_string (row, "decoded");
  JsonArray *wanted_pieces = auto_json_array (row, "pieces");
  g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));

  auto_sentencepiece_encode (model, text, strlen (text), pieces, ids);
  g_autofree char *got = join_ids (ids, NULL), *wanted = join_ids (NULL, auto_json_array (row, "ids"));
  g_autofree char *decoded = auto_sentencepiece_decode (model, (const char *const *) pieces->pdata, pieces->len);
  gboolean same = strcmp (got, wanted) == 0 && strcmp (decoded, wanted_text) == 0;
  for (guint i = 0; same && i < pieces->len; i++)
    same = strcmp (pieces->pdata[i], json_array_get_string_element (wanted_pieces, i)) == 0;
  if (!same)
    g_test_message ("%s: \"%s\": got %s\"%s\", wanted %s\"%s\"", name, text, got, decoded, wanted, wanted_text);
  return same;
}

static void
check_file (const char *path)
{
  g_autoptr(JsonNode) node = NULL;
  JsonArray *models = read_models (path, &node);
  guint wrong = 0, all = 0;

  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonObject *entry = json_array_get_object_element (models, i);
      JsonArray *cases = auto_json_array (entry, "cases");
      const char *name = auto_json_string (entry, "name");
      g_autoptr(GBytes) bytes = model_bytes (entry);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoSentencePiece) model = auto_sentencepiece_new (bytes, name, &error);
      g_assert_no_error (error);
      check_pieces (model, entry);
      for (guint k = 0; k < json_array_get_length (cases); k++, all++)
        wrong += !check_text (model, name, json_array_get_object_element (cases, k));
    }
  g_test_message ("%s: %u texts, %u wrong", path, all, wrong);
  g_assert_cmpuint (all, >, 0);
  g_assert_cmpuint (wrong, ==, 0);
}

static void
test_models (void)
{
  g_autofree char *path = golden_path ();
  check_file (path);
}

static void
test_folder (void)
{
  const char *folder = g_getenv ("AUTO_SENTENCEPIECE_DIR");

  if (!folder)
    {
      g_test_skip ("AUTO_SENTENCEPIECE_DIR names no folder: tests/reference/sentencepiece_models.py FOLDER prepares one");
      return;
    }
  g_autofree char *path = g_build_filename (folder, "cases.json", NULL);
  check_file (path);
}

/* What the trainer was told. */
static void
test_spec (void)
{
  g_autofree char *path = golden_path ();
  g_autoptr(JsonNode) node = NULL;
  JsonArray *models = read_models (path, &node);

  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonObject *entry = json_array_get_object_element (models, i);
      JsonArray *special = auto_json_array (entry, "special");
      const char *name = auto_json_string (entry, "name");
      g_autoptr(GBytes) bytes = model_bytes (entry);
      g_autoptr(AutoSentencePiece) model = auto_sentencepiece_new (bytes, name, NULL);
      const AutoSentencePieceSpec *spec = auto_sentencepiece_get_spec (model);
      AutoSentencePieceModel kind = g_str_has_prefix (name, "unigram") ? AUTO_SENTENCEPIECE_UNIGRAM
                                    : g_str_has_prefix (name, "bpe")   ? AUTO_SENTENCEPIECE_BPE
                                    : g_str_has_prefix (name, "word")  ? AUTO_SENTENCEPIECE_WORD
                                                                       : AUTO_SENTENCEPIECE_CHAR;
      g_assert_cmpint (spec->model, ==, kind);
      g_assert_cmpint (spec->unk_id, ==, json_array_get_int_element (special, 0));
      g_assert_cmpint (spec->bos_id, ==, json_array_get_int_element (special, 1));
      g_assert_cmpint (spec->eos_id, ==, json_array_get_int_element (special, 2));
      g_assert_cmpint (spec->pad_id, ==, json_array_get_int_element (special, 3));
      g_assert_cmpint (spec->treat_whitespace_as_suffix, ==, strstr (name, "suffix") != NULL);
      g_assert_cmpint (spec->byte_fallback, ==, strstr (name, "bytes") != NULL);
      g_assert_cmpint (spec->charsmap_length > 0, ==, strstr (name, "rules") != NULL);
      g_assert_cmpstr (spec->unk_surface, ==, g_str_has_suffix (name, "-rules") ? "[?]" : " \xe2\x81\x87 ");
    }
}

/* Cut or changed anywhere: an error or a model that encodes, nothing else. */
static void
test_broken (void)
{
  static const char text[] = "the quick \xff\xe3\x81 brown \xf0\x9f\xa6\x99 naïve 123";
  g_autofree char *path = golden_path ();
  g_autoptr(JsonNode) node = NULL;
  JsonArray *models = read_models (path, &node);
  const char *rounds = g_getenv ("AUTO_FUZZ_ROUNDS");
  guint n = rounds ? (guint) g_ascii_strtoull (rounds, NULL, 10) : 1500, good = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GBytes) whole = model_bytes (json_array_get_object_element (models, i % json_array_get_length (models)));
      gsize length;
      const guint8 *data = g_bytes_get_data (whole, &length);
      g_autofree guint8 *copy = g_memdup2 (data, length);
      for (int k = g_test_rand_int_range (0, 6); k > 0; k--)
        copy[g_test_rand_int_range (0, (gint32) length)] = g_test_rand_int_range (0, 256);
      gsize cut = i % 3 ? length : (gsize) g_test_rand_int_range (0, (gint32) length + 1);
      g_autoptr(GBytes) bytes = g_bytes_new (copy, cut);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoSentencePiece) model = auto_sentencepiece_new (bytes, "broken", &error);
      g_assert_true ((model != NULL) == (error == NULL));
      if (!model)
        {
          g_assert_cmpint (error->domain, ==, AUTO_TOKENIZER_ERROR);
          continue;
        }
      g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
      auto_sentencepiece_encode (model, text, sizeof text, pieces, NULL);
      g_autofree char *decoded = auto_sentencepiece_decode (model, (const char *const *) pieces->pdata, pieces->len);
      good++;
    }
  g_assert_cmpuint (good, >, 0);
  g_assert_cmpuint (good, <, n);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *data;
    gsize length;
    const char *message;
  } rows[] = {
    { "", 0, "m: there are no pieces; is it a sentencepiece model?" },
    { "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, "m: the file is cut short or malformed; is it a sentencepiece model?" },
    { "\x0a\x05\x0a\x03" "abc", 7, "m: there is no unknown piece; is it a sentencepiece model?" },
    { "\x0a\x05\x0a\x03" "abc" "\x0a\x05\x0a\x03" "abc", 14, "m: the piece \"abc\" is there twice, as 0 and as 1; is it a sentencepiece model?" },
    { "\x0a\x03\x0a\x01\xff", 5, "m: a text is not UTF-8; is it a sentencepiece model?" },
    { "\x0a\x02\x0a\x00", 4, "m: piece 0 is empty; is it a sentencepiece model?" },
    { "\x12\x02\x18\x09", 4, "m: model type 9 is unknown; is it a sentencepiece model?" },
  };
  g_autoptr(GError) missing = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (rows[i].data, rows[i].length);
      g_autoptr(GError) error = NULL;
      g_assert_null (auto_sentencepiece_new (bytes, "m", &error));
      g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
  g_assert_null (auto_sentencepiece_read ("/nonexistent/spiece.model", &missing));
  g_assert_nonnull (missing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sentencepiece/models", test_models);
  g_test_add_func ("/sentencepiece/folder", test_folder);
  g_test_add_func ("/sentencepiece/spec", test_spec);
  g_test_add_func ("/sentencepiece/broken", test_broken);
  g_test_add_func ("/sentencepiece/errors", test_errors);
  return g_test_run ();
}
