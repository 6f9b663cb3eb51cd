/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders of tokenizers, each with what the reference's fast class and its Python class answer: test-tokenizer-folders [FOLDER of folders]. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/text/auto-pretrained-tokenizer-private.h"
#include "core/text/auto-tokenizer-speech.h"
#include "tokenizer-cases.h"
#include "tokenizer-methods.h"
#include "tokenizer-speech.h"

typedef struct
{
  char *folder;
  JsonNode *root;
  gboolean fast;
  gboolean saved; /* the folder is what a fast tokenizer saves of the one that the test brings */
  AutoTokenizer *tokenizer;
  guint passed, failed, skipped;
} Folder;

/* Whether a text had a NUL, at which a JSON text is cut on its way here, where U+FFFD is in ours. */
static gboolean
is_cut_at_nul (JsonNode *expected, JsonNode *ours)
{
  const char *text = auto_json_is_string (expected) ? json_node_get_string (expected) : NULL, *own = auto_json_is_string (ours) ? json_node_get_string (ours) : "";

  return text && g_str_has_prefix (own, text) && g_str_has_prefix (own + strlen (text), "\xef\xbf\xbd");
}

/* Whether a text had a surrogate by itself, whose three bytes became one U+FFFD each on their way here, where ours has one. */
static gboolean
had_surrogate (JsonNode *expected, JsonNode *ours)
{
  g_autoptr(GString) text = auto_json_is_string (expected) && auto_json_is_string (ours) ? g_string_new (json_node_get_string (expected)) : NULL;

  return text && g_string_replace (text, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd", 0) > 0 && g_str_equal (text->str, json_node_get_string (ours));
}

/* Whether tokens are the same, where one whose text is a NUL has a name in ours. */
static gboolean
are_same_tokens (const Folder *self, JsonNode *expected, JsonNode *ours)
{
  JsonArray *tokens = JSON_NODE_HOLDS_ARRAY (expected) ? json_node_get_array (expected) : NULL, *own = JSON_NODE_HOLDS_ARRAY (ours) ? json_node_get_array (ours) : NULL;
  g_autofree char *pad = NULL;

  if (!tokens || !own || json_array_get_length (tokens) != json_array_get_length (own))
    return FALSE;
  g_object_get (self->tokenizer, "pad-token", &pad, NULL);
  for (guint i = 0; i < json_array_get_length (tokens); i++)
    {
      JsonNode *token = json_array_get_element (tokens, i);
      const char *text = auto_json_is_string (token) ? json_node_get_string (token) : NULL;
      if (!text || !g_str_equal (*text ? text : pad, json_array_get_string_element (own, i)))
        return FALSE;
    }
  return TRUE;
}

/* The reference decodes phonemes as a list of them, ours as a text with spaces between; where ours was to leave out special tokens, those
 * of the list are left out here. */
static JsonNode *
phonemes_node (JsonArray *phonemes, gboolean skip)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (phonemes); i++)
    {
      const char *phoneme = json_array_get_string_element (phonemes, i);
      if (!skip || *phoneme != '<')
        g_string_append_printf (text, "%s%s", text->len ? " " : "", phoneme);
    }
  return json_node_init_string (json_node_alloc (), text->str);
}

/* Whether two answers are the same; whole numbers that are written as 1 and 1.0 are not. */
static gboolean
differ (const Folder *self, JsonObject *item, const char *key, JsonNode *expected, JsonNode *ours)
{
  g_autoptr(JsonNode) phonemes = NULL;

  if (JSON_NODE_HOLDS_ARRAY (expected) && auto_json_is_string (ours))
    expected = phonemes = phonemes_node (json_node_get_array (expected), g_str_equal (key, "decoded_skip_special"));
  if (auto_json_equal (expected, ours) || is_cut_at_nul (expected, ours) || had_surrogate (expected, ours) || (g_str_equal (key, "tokens") && are_same_tokens (self, expected, ours)))
    return FALSE;
  g_autofree char *theirs = auto_json_print (expected, -1, FALSE), *mine = auto_json_print (ours, -1, FALSE);
  JsonNode *text = json_object_get_member (item, "text");
  g_autofree char *of = text ? auto_json_print (text, -1, FALSE) : g_strdup ("");
  g_autofree char *how = auto_json_print (json_object_get_member (item, "kwargs"), -1, FALSE);
  g_test_message ("%s %s case %d, %s of %.200s %.200s:\n  %.600s\n  %.600s", self->folder, self->fast ? "fast" : "slow", (int) json_object_get_int_member (item, "id"), key, of, how, mine,
                  theirs);
  return TRUE;
}

static JsonNode *
decoded_node (const Folder *self, const gint64 *ids, gsize n, gboolean skip, AutoChoice clean)
{
  g_autofree char *text = auto_tokenizer_decode (self->tokenizer, ids, n, skip, clean, NULL);
  return string_node (text);
}

/* Token types: one a token, or a list of several. */
static JsonNode *
types_node (AutoEncoding *encoding, guint row)
{
  gsize n, length = auto_encoding_get_length (encoding, row);
  const gint64 *types = auto_encoding_get_type_ids (encoding, row, &n);
  gsize width = length ? n / length : 1;
  JsonArray *array = json_array_new ();

  if (width == 1)
    {
      json_array_unref (array);
      return numbers_node (types, length, FALSE);
    }
  for (gsize i = 0; i < length; i++)
    {
      JsonArray *inner = json_array_new ();
      for (gsize k = 0; k < width; k++)
        json_array_add_int_element (inner, types[i * width + k]);
      json_array_add_array_element (array, inner);
    }
  JsonNode *node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return node;
}

/* What we answer for a row; NULL for what is not asked here. */
static JsonNode *
answer_of_row (const Folder *self, AutoEncoding *encoding, guint row, const char *key)
{
  gsize n, length = auto_encoding_get_length (encoding, row);
  const gint64 *ids = auto_encoding_get_ids (encoding, row, &n);

  if (g_str_equal (key, "input_ids"))
    return numbers_node (ids, n, FALSE);
  if (g_str_equal (key, "token_type_ids"))
    return types_node (encoding, row);
  if (g_str_equal (key, "attention_mask"))
    return numbers_node (auto_encoding_get_attention_mask (encoding, row, &n), length, FALSE);
  if (g_str_equal (key, "special_tokens_mask"))
    return numbers_node (auto_encoding_get_special_tokens_mask (encoding, row, &n), length, FALSE);
  if (g_str_equal (key, "sequence_ids"))
    return numbers_node (auto_encoding_get_sequence_ids (encoding, row, &n), length, FALSE);
  if (g_str_equal (key, "word_ids"))
    return numbers_node (auto_encoding_get_word_ids (encoding, row, &n, NULL), length, FALSE);
  if (g_str_equal (key, "offsets"))
    return numbers_node (auto_encoding_get_offsets (encoding, row, &n, NULL), length, TRUE);
  if (g_str_equal (key, "overflowing_tokens"))
    {
      const gint64 *cut = auto_encoding_get_overflowing_tokens (encoding, row, &n);
      return numbers_node (cut, n, FALSE);
    }
  if (g_str_equal (key, "num_truncated_tokens"))
    return json_node_init_int (json_node_alloc (), auto_encoding_get_num_truncated_tokens (encoding, row));
  if (g_str_equal (key, "decoded"))
    return decoded_node (self, ids, n, FALSE, AUTO_CHOICE_DEFAULT);
  if (g_str_equal (key, "decoded_skip_special"))
    return decoded_node (self, ids, n, TRUE, AUTO_CHOICE_DEFAULT);
  if (g_str_equal (key, "true") || g_str_equal (key, "false"))
    return decoded_node (self, ids, n, FALSE, key[0] == 't');
  if (!g_str_equal (key, "tokens"))
    {
      const gint64 *numbers = g_strv_contains (auto_encoding_get_names (encoding), key) ? auto_encoding_get_column (encoding, key, row, &n, NULL) : NULL;
      return numbers ? numbers_node (numbers, n, FALSE) : NULL;
    }
  g_auto(GStrv) tokens = auto_tokenizer_convert_ids_to_tokens (self->tokenizer, ids, n);
  return strings_node (tokens);
}

/* The entities of a row, or of all. */
static JsonNode *
entities_node (AutoEncoding *encoding, guint row, const char *key)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTensor) tensor = auto_encoding_get_tensor (encoding, key, &error);

  if (!tensor)
    g_test_message ("%s: %s", key, error->message);
  if (!tensor)
    return json_node_new (JSON_NODE_NULL);
  gsize n;
  gsize n_dims;
  const gint64 *shape = auto_tensor_get_shape (tensor, &n_dims);
  const gint64 *values = auto_tensor_get_int64 (tensor, &n);
  gsize length = shape[1], width = n_dims > 2 ? shape[2] : 1;
  const gint64 *at = values + row * length * width;
  JsonArray *array = json_array_new ();
  for (gsize i = 0; i < length; i++, at += width)
    if (n_dims > 2)
      {
        JsonArray *inner = json_array_new ();
        for (gsize k = 0; k < width; k++)
          json_array_add_int_element (inner, at[k]);
        json_array_add_array_element (array, inner);
      }
    else
      json_array_add_int_element (array, *at);
  JsonNode *node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return node;
}

static void
add_numbers (JsonNode *node, GArray *numbers)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (!array)
    g_array_append_val (numbers, ((gint64[]){ json_node_get_int (node) }));
  for (guint i = 0; array && i < json_array_get_length (array); i++)
    add_numbers (json_array_get_element (array, i), numbers);
}

/* The boxes or labels of a row's tokens. */
static JsonNode *
placed_node (const Folder *self, JsonObject *item, AutoEncoding *encoding, guint row, const char *key, gboolean batch)
{
  gboolean boxes = g_str_equal (key, "bbox");
  JsonNode *given = json_object_get_member (item, boxes ? "boxes" : "word_labels");
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  AutoPretrainedTokenizer *tokenizer = AUTO_PRETRAINED_TOKENIZER (self->tokenizer);
  JsonArray *result = json_array_new ();
  guint sample = auto_encoding_get_sample (encoding, row);
  gsize n;

  add_numbers (batch && JSON_NODE_HOLDS_ARRAY (json_array_get_element (json_object_get_array_member (item, "rows"), 0))
                   ? json_array_get_element (json_node_get_array (given), sample)
                   : given,
               numbers);
  g_autofree gint64 *placed = (boxes ? auto_pretrained_tokenizer_place_boxes : auto_pretrained_tokenizer_place_labels) (
      tokenizer, encoding, row, (gint64 *) numbers->data, numbers->len, &n, NULL);
  for (gsize i = 0; placed && i < n; i += boxes ? 4 : 1)
    if (boxes)
      {
        JsonArray *box = json_array_new ();
        for (guint k = 0; k < 4; k++)
          json_array_add_int_element (box, placed[i + k]);
        json_array_add_array_element (result, box);
      }
    else
      json_array_add_int_element (result, placed[i]);
  JsonNode *node = json_node_init_array (json_node_alloc (), result);
  json_array_unref (result);
  return node;
}

/* A text's words, as Python's str.split does. */
static JsonNode *
split_node (JsonNode *node)
{
  JsonArray *words = json_array_new ();
  JsonArray *texts = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_auto(GStrv) pieces = texts ? NULL : g_regex_split_simple ("\\s+", json_node_get_string (node), 0, 0);

  for (guint i = 0; texts && i < json_array_get_length (texts); i++)
    json_array_add_element (words, split_node (json_array_get_element (texts, i)));
  for (guint i = 0; pieces && pieces[i]; i++)
    if (*pieces[i])
      json_array_add_string_element (words, pieces[i]);
  JsonNode *split = json_node_init_array (json_node_alloc (), words);
  json_array_unref (words);
  return split;
}

/* Texts as a word each. */
static JsonNode *
as_words_node (JsonNode *node)
{
  JsonArray *list = json_array_new ();
  JsonArray *texts = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; texts && i < json_array_get_length (texts); i++)
    json_array_add_element (list, as_words_node (json_array_get_element (texts, i)));
  if (!texts)
    json_array_add_element (list, json_node_copy (node));
  JsonNode *words = json_node_init_array (json_node_alloc (), list);
  json_array_unref (list);
  return words;
}

/* A call with boxes: its texts are words, a question is cut into words, and boxes and labels are not options. */
static void
take_page (const Folder *self, JsonObject *item, JsonObject *kwargs)
{
  static const char *const keys[] = { "boxes", "word_labels" };
  JsonNode *pair = auto_json_member (item, "pair");

  if (!json_object_has_member (kwargs, "boxes"))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (json_object_has_member (kwargs, keys[i]))
      {
        json_object_set_member (item, keys[i], json_node_copy (json_object_get_member (kwargs, keys[i])));
        json_object_remove_member (kwargs, keys[i]);
      }
  gboolean question = pair && !JSON_NODE_HOLDS_NULL (pair);
  json_object_set_member (item, "rows", json_node_copy (json_object_get_member (item, question ? "pair" : "text")));
  if (question)
    json_object_set_member (item, "text", self->fast ? split_node (json_object_get_member (item, "text")) : as_words_node (json_object_get_member (item, "text")));
  json_object_set_boolean_member (kwargs, "is_split_into_words", TRUE);
}

/* A call about a table: its questions, or the answer that the model is to make. */
static void
take_table (JsonObject *item, JsonObject *kwargs)
{
  static const char *const keys[] = { "queries", "query", "answer" };
  gboolean table = json_object_has_member (kwargs, "table");

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (json_object_has_member (kwargs, keys[i]))
      {
        gboolean target = keys[i][0] == 'a';
        if (!target || !table)
          json_object_set_member (item, "text", json_node_copy (json_object_get_member (kwargs, keys[i])));
        if (target && !table)
          json_object_set_boolean_member (kwargs, "as_target", TRUE);
        json_object_remove_member (kwargs, keys[i]);
      }
}

/* Numbers of a row as floats, which expected ones are rounded to; no number is one too. */
static gboolean
check_floats (Folder *self, JsonObject *item, AutoEncoding *encoding, guint row, const char *key, JsonNode *expected)
{
  g_autoptr(AutoTensor) tensor = auto_encoding_get_row_tensor (encoding, key, row, NULL);
  JsonArray *array = json_node_get_array (expected);
  gsize n = 0;
  const float *values = tensor ? auto_tensor_get_float (tensor, &n) : NULL;
  gboolean good = values && json_array_get_length (array) == n;

  for (gsize i = 0; good && i < n; i++)
    {
      float theirs = json_array_get_double_element (array, i);
      good = (isnan (theirs) && isnan (values[i])) || theirs == values[i];
    }
  if (!good)
    g_test_message ("%s case %d: %s of row %u differs", self->folder, (int) json_object_get_int_member (item, "id"), key, row);
  return good;
}

/* Which tokens of a row answer a question. */
static JsonNode *
marks_node (AutoEncoding *encoding, guint row)
{
  g_autoptr(AutoTensor) tensor = auto_encoding_get_row_tensor (encoding, "labels", row, NULL);
  gsize n = 0;
  const gint64 *values = tensor ? auto_tensor_get_int64 (tensor, &n) : NULL;

  return numbers_node (values, n, FALSE);
}

static gboolean
is_error (JsonNode *node)
{
  return JSON_NODE_HOLDS_OBJECT (node) && json_object_has_member (json_node_get_object (node), "error");
}

/* Some classes of the reference give fewer or more numbers than there are tokens. */
static gboolean
is_misshapen (const char *key, JsonNode *expected, guint length)
{
  static const char *const columns[] = { "token_type_ids", "attention_mask", "special_tokens_mask", "labels", "numeric_values", "numeric_values_scale", NULL };

  return g_strv_contains (columns, key) && JSON_NODE_HOLDS_ARRAY (expected) && json_array_get_length (json_node_get_array (expected)) != length;
}

static gboolean
check_answers (Folder *self, JsonObject *item, AutoEncoding *encoding, JsonObject *answers, gboolean batch)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  gboolean good = TRUE;

  json_object_iter_init_ordered (&iter, answers);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      if (g_str_equal (key, "decoded_clean"))
        good &= check_answers (self, item, encoding, json_node_get_object (node), batch);
      else if (!is_error (node))
        for (guint row = 0; row < auto_encoding_get_n_rows (encoding); row++)
          {
            gboolean page = g_str_equal (key, "bbox") || (g_str_equal (key, "labels") && json_object_has_member (item, "word_labels"));
            gboolean answers_of_table = g_str_equal (key, "labels") && json_object_has_member (item, "answer_coordinates");
            g_autoptr(JsonNode) ours = page                                 ? placed_node (self, item, encoding, row, key, batch)
                                       : g_str_has_prefix (key, "entity_") ? entities_node (encoding, row, key)
                                       : answers_of_table                  ? marks_node (encoding, row)
                                                                           : answer_of_row (self, encoding, row, key);
            JsonNode *expected = batch ? json_array_get_element (json_node_get_array (node), row) : node;
            if (g_str_has_prefix (key, "numeric_values") && !is_misshapen (key, expected, auto_encoding_get_length (encoding, row)))
              good &= check_floats (self, item, encoding, row, key, expected);
            if (ours && !is_error (expected) && !is_misshapen (key, expected, auto_encoding_get_length (encoding, row)))
              good &= !differ (self, item, key, expected, ours);
          }
    }
  return good;
}

static gboolean
check_call (Folder *self, JsonObject *item, JsonObject *answers)
{
  g_autoptr(GError) error = NULL;
  JsonObject *kwargs = json_object_get_object_member (item, "kwargs");
  g_autoptr(AutoEncoding) encoding = encode (self->tokenizer, item, kwargs, auto_json_bool (kwargs, "is_split_into_words", FALSE), &error);
  JsonArray *ids = json_object_get_array_member (answers, "input_ids");
  guint n = json_array_get_length (ids);
  gboolean batch = n == 0 ? JSON_NODE_HOLDS_ARRAY (json_object_get_member (item, "text")) : JSON_NODE_HOLDS_ARRAY (json_array_get_element (ids, 0));

  if (!encoding || auto_encoding_get_n_rows (encoding) != (batch ? n : 1))
    {
      g_test_message ("%s %s case %d: %s", self->folder, self->fast ? "fast" : "slow", (int) json_object_get_int_member (item, "id"), error ? error->message : "another number of rows");
      return FALSE;
    }
  return check_answers (self, item, encoding, answers, batch);
}

/* A call with the text that the model is to make, beside its own or alone: the answers are of the one that comes first, and the other's
 * ids are the labels. */
static gboolean
check_target (Folder *self, JsonObject *item, JsonObject *answers)
{
  JsonObject *kwargs = json_object_get_object_member (item, "kwargs");
  JsonNode *labels = auto_json_member (answers, "labels");
  g_autoptr(JsonObject) of_target = json_object_new ();
  g_autoptr(JsonNode) target = json_node_copy (json_object_get_member (kwargs, "text_target"));
  gboolean good = TRUE;

  json_object_remove_member (kwargs, "text_target");
  if (labels)
    {
      json_object_set_member (of_target, "input_ids", json_node_copy (labels));
      good = check_call (self, item, answers);
    }
  json_object_set_member (item, "text", g_steal_pointer (&target));
  json_object_set_boolean_member (kwargs, "as_target", TRUE);
  return check_call (self, item, labels ? of_target : answers) && good;
}

/* Decoding with any keywords, and what only tokenizers of speech do. */
static gboolean
check_speech (Folder *self, JsonObject *item, JsonObject *kwargs, JsonObject *answers)
{
  const char *op = json_object_get_string_member (item, "op"), *key = g_str_equal (op, "decode") ? "decoded" : "result";
  g_autoptr(JsonNode) answer = speech_answer (self->tokenizer, op, kwargs), none = json_node_new (JSON_NODE_NULL);
  JsonNode *expected = json_object_get_member (answers, key), *ours = answer ? answer : none;

  if (is_error (expected))
    return answer == NULL;
  return !differ (self, item, key, expected, ours);
}

static gboolean
check_convert (Folder *self, JsonObject *item, JsonObject *kwargs, JsonObject *answers)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint));
  gsize n;

  add_texts (json_object_get_member (kwargs, "tokens"), builder, counts);
  g_auto(GStrv) tokens = g_strv_builder_end (builder);
  g_autofree gint64 *ids = auto_tokenizer_convert_tokens_to_ids (self->tokenizer, (const char *const *) tokens, &n);
  g_autoptr(JsonNode) numbers = numbers_node (ids, n, FALSE);
  if (is_error (json_object_get_member (answers, "ids")))
    {
      gint64 least = 0;
      for (gsize i = 0; i < n; i++)
        least = MIN (least, ids[i]);
      return least < 0;
    }
  return !differ (self, item, "ids", json_object_get_member (answers, "ids"), numbers);
}

static gboolean
check_chat (Folder *self, JsonObject *item, JsonObject *kwargs, JsonObject *answers)
{
  g_autofree char *own = NULL;
  const char *given = auto_json_string (kwargs, "chat_template");

  g_object_get (self->tokenizer, "chat-template", &own, NULL);
  if (given)
    g_object_set (self->tokenizer, "chat-template", given, NULL);
  g_autofree char *text = auto_tokenizer_apply_chat_template (self->tokenizer, json_object_get_member (kwargs, "conversation"),
                                                              auto_json_bool (kwargs, "add_generation_prompt", FALSE), NULL, NULL);
  g_object_set (self->tokenizer, "chat-template", own, NULL);
  g_autoptr(JsonNode) ours = string_node (text), none = string_node (NULL);
  JsonNode *expected = json_object_get_member (answers, "text");
  return !differ (self, item, "text", is_error (expected) ? none : expected, ours);
}

static gboolean
add_token (Folder *self, JsonObject *token)
{
  gboolean special = auto_json_bool (token, "special", FALSE);
  AutoAddedToken added = { .content = (char *) json_object_get_string_member (token, "content"),
                           .lstrip = auto_json_bool (token, "lstrip", FALSE),
                           .rstrip = auto_json_bool (token, "rstrip", FALSE),
                           .single_word = auto_json_bool (token, "single_word", FALSE),
                           .normalized = auto_json_bool (token, "normalized", !special),
                           .special = special };

  return auto_pretrained_tokenizer_add (AUTO_PRETRAINED_TOKENIZER (self->tokenizer), &added, 1, NULL) >= 0;
}

/* add_special_tokens ({"pad_token": …, "additional_special_tokens": […]}), which adds all of them at once. */
static void
add_specials (Folder *self, JsonObject *specials)
{
  g_autoptr(GStrvBuilder) all = g_strv_builder_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, specials);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
      g_autoptr(GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint));
      g_autofree char *property = g_strdelimit (g_strdup (key), "_", '-');
      add_texts (node, builder, counts);
      g_auto(GStrv) tokens = g_strv_builder_end (builder);
      if (auto_json_is_string (node))
        g_object_set (self->tokenizer, property, tokens[0], NULL);
      else
        g_object_set (self->tokenizer, property, tokens, NULL);
      g_strv_builder_addv (all, (const char **) tokens);
    }
  g_auto(GStrv) tokens = g_strv_builder_end (all);
  g_assert_cmpint (auto_tokenizer_add_tokens (self->tokenizer, (const char *const *) tokens, TRUE, NULL), >=, 0);
}

static void
set_language (Folder *self, const char *key, JsonNode *node)
{
  g_autofree char *property = g_strdelimit (g_strdup (key), "_", '-');

  if (auto_json_is_bool (node))
    g_object_set (self->tokenizer, property, json_node_get_boolean (node), NULL);
  else
    g_object_set (self->tokenizer, property, json_node_get_string (node), NULL);
}

/* Languages that are given to a call stay the tokenizer's. */
static gboolean
take_languages (Folder *self, JsonObject *kwargs, gboolean take)
{
  static const char *const keys[] = { "src_lang", "tgt_lang", "phonemizer_lang", "do_phonemize" };
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (json_object_has_member (kwargs, keys[i]))
      {
        any = TRUE;
        if (take)
          set_language (self, keys[i], json_object_get_member (kwargs, keys[i]));
        if (take)
          json_object_remove_member (kwargs, keys[i]);
      }
  return any;
}

/* What stands before texts of speech. */
static void
set_prefix (Folder *self, JsonObject *prefix)
{
  static const char *const keys[] = { "language", "task" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (json_object_has_member (prefix, keys[i]))
      g_object_set (self->tokenizer, keys[i], json_object_get_string_member (prefix, keys[i]), NULL);
  g_object_set (self->tokenizer, "predict-timestamps", auto_json_bool (prefix, "predict_timestamps", FALSE), NULL);
}

/* Sides of padding and truncation, and added tokens; FALSE for what can't be said here. */
static gboolean
prepare (Folder *self, JsonObject *item)
{
  JsonArray *added = auto_json_array (item, "add_tokens");
  JsonObject *set = auto_json_object (item, "set");
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (set)
    json_object_iter_init (&iter, set);
  while (set && json_object_iter_next (&iter, &key, &node))
    if (g_str_equal (key, "padding_side") || g_str_equal (key, "truncation_side"))
      g_object_set (self->tokenizer, key[0] == 'p' ? "padding-side" : "truncation-side", json_node_get_string (node), NULL);
    else if (g_str_equal (key, "src_lang") || g_str_equal (key, "tgt_lang"))
      set_language (self, key, node);
    else if (g_str_equal (key, "only_label_first_subword"))
      g_object_set (self->tokenizer, "only-label-first-subword", json_node_get_boolean (node), NULL);
    else if (g_str_equal (key, "set_target_lang"))
      g_assert_true (auto_pretrained_tokenizer_set_target_lang (AUTO_PRETRAINED_TOKENIZER (self->tokenizer),
                                                                json_array_get_string_element (json_node_get_array (node), 0), NULL));
    else if (g_str_equal (key, "set_prefix_tokens"))
      set_prefix (self, json_node_get_object (node));
    else if (g_str_equal (key, "add_special_tokens"))
      add_specials (self, json_array_get_object_element (json_node_get_array (node), 0));
    else
      return FALSE;
  for (guint i = 0; added && i < json_array_get_length (added); i++)
    if (!add_token (self, json_array_get_object_element (added, i)))
      return FALSE;
  return TRUE;
}

/* Without espeak-ng nothing can be compared of a class whose texts are to be phonemes. */
static gboolean
is_speechless (AutoTokenizer *tokenizer, const char **reason)
{
  static GError *error;
  g_autoptr(AutoEncoding) encoding = NULL;

  g_clear_error (&error);
  encoding = auto_tokenizer_encode (tokenizer, "a", NULL, &error);
  *reason = error ? error->message : NULL;
  return g_error_matches (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED);
}

static gboolean
load (Folder *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(JsonNode) yes = json_node_init_boolean (json_node_alloc (), TRUE);
  const char *variant = auto_json_string (json_node_get_object (self->root), "variant");
  gboolean fast;

  g_clear_object (&self->tokenizer);
  g_object_set (options, "use-fast", self->fast, NULL);
  if (variant && g_str_has_suffix (variant, "ftfy")) /* the answers are from where that package was installed */
    auto_load_options_set_json (options, "do_fix_text", yes);
  self->tokenizer = auto_tokenizer_from_pretrained (self->folder, options, NULL, &error);
  if (g_error_matches (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED))
    {
      g_test_skip (error->message);
      return FALSE;
    }
  g_assert_no_error (error);
  if (!self->tokenizer)
    return FALSE;
  const char *reason;
  if (is_speechless (self->tokenizer, &reason))
    {
      g_test_skip (reason);
      return FALSE;
    }
  g_object_get (self->tokenizer, "is-fast", &fast, NULL);
  g_assert_cmpint (fast, ==, self->fast);
  return TRUE;
}

/* Puts what a fast tokenizer saves in the folder's place. */
static gboolean
save_fast (Folder *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *config = g_build_filename (self->folder, "config.json", NULL), *text = NULL, *saved = g_dir_make_tmp ("saved-XXXXXX", &error);
  g_autofree char *copy = g_build_filename (saved, "config.json", NULL);
  gsize length;

  g_assert_no_error (error);
  self->fast = TRUE;
  gboolean good = load (self) && auto_tokenizer_save_pretrained (self->tokenizer, saved, &error);
  g_assert_no_error (error);
  self->fast = FALSE;
  if (g_file_get_contents (config, &text, &length, NULL))
    g_file_set_contents (copy, text, length, &error);
  g_assert_no_error (error);
  g_free (self->folder);
  self->folder = g_steal_pointer (&saved);
  return good;
}

static void
remove_saved (const Folder *self)
{
  g_autoptr(GDir) dir = g_dir_open (self->folder, 0, NULL);

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (self->folder);
}

/* An answer that is a list of columns of rows: those that are no longer or shorter than the ids are compared. */
static gboolean
check_columns (const Folder *self, JsonObject *item, JsonObject *expected, JsonObject *ours)
{
  JsonNode *ids = json_object_get_member (ours, "input_ids"), *node;
  JsonObjectIter iter;
  const char *key;
  gboolean good = TRUE;

  json_object_iter_init_ordered (&iter, expected);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    if (json_object_has_member (ours, key) && !is_misshapen (key, node, json_array_get_length (json_node_get_array (ids))))
      good &= !differ (self, item, key, node, json_object_get_member (ours, key));
  return good;
}

static gboolean
check_method (Folder *self, JsonObject *item, JsonObject *kwargs, JsonObject *answers)
{
  g_autoptr(GError) error = NULL;
  JsonNode *expected = json_object_get_member (answers, "result");
  g_autoptr(JsonNode) ours = call_method (self->tokenizer, kwargs, &error);

  if (is_error (expected)) /* a call that is wrong, or a class that raises whatever it is asked for */
    return error != NULL || !needs_padding (kwargs) || g_strcmp0 (auto_json_string (json_node_get_object (expected), "error"), "ValueError") != 0;
  if (ours && is_types (kwargs) && json_array_get_length (json_node_get_array (expected)) != json_array_get_length (json_node_get_array (ours)))
    return TRUE; /* some classes give fewer or more types than there are tokens */
  if (!ours)
    {
      g_test_message ("%s %s case %d: %s", self->folder, self->fast ? "fast" : "slow", (int) json_object_get_int_member (item, "id"), error->message);
      return FALSE;
    }
  if (JSON_NODE_HOLDS_OBJECT (expected))
    return check_columns (self, item, json_node_get_object (expected), json_node_get_object (ours));
  return !differ (self, item, auto_json_string (kwargs, "name"), expected, ours);
}

/* Decoding, transcripts and what else only tokenizers of speech do. */
static gboolean
is_speech (JsonObject *item, JsonObject *answers)
{
  static const char *const names[] = { "_normalize", "_basic_normalize", "get_prompt_ids", "get_decoder_prompt_ids", NULL };
  const char *op = json_object_get_string_member (item, "op"), *name = auto_json_string (json_object_get_object_member (item, "kwargs"), "name");
  gboolean offsets = g_strcmp0 (name, "batch_decode") == 0 && auto_json_object (answers, "result") && !is_error (json_object_get_member (answers, "result"));

  return !g_str_equal (op, "method") ? g_str_equal (op, "decode") || g_str_equal (op, "asr") : offsets || (name && g_strv_contains (names, name));
}

/* Texts and pairs in one list, which aren't words: a call that only Python has. */
static gboolean
is_list_of_pairs (JsonObject *item, JsonObject *kwargs)
{
  JsonNode *text = auto_json_member (item, "text");
  JsonArray *texts = text && JSON_NODE_HOLDS_ARRAY (text) ? json_node_get_array (text) : NULL;

  return texts && json_array_get_length (texts) && JSON_NODE_HOLDS_ARRAY (json_array_get_element (texts, 0))
         && !auto_json_bool (kwargs, "is_split_into_words", FALSE) && !json_object_has_member (kwargs, "boxes");
}

/* Where the reference raises, or takes keywords that are not ours, there is nothing to compare; nor where the text holds a NUL, at which a
 * JSON text is cut on its way here. */
static gboolean
comparable (JsonObject *item, JsonObject *answers)
{
  JsonObject *kwargs = json_object_get_object_member (item, "kwargs");
  const char *op = json_object_get_string_member (item, "op"), *text = auto_json_string (item, "text");

  if (is_list_of_pairs (item, kwargs))
    return FALSE;
  if (!answers || json_object_has_member (answers, "error") || (text && g_str_has_suffix (text, "ctrl"))
      || (g_str_equal (op, "method") && !is_known_method (kwargs) && !is_speech (item, answers)))
    return FALSE;
  JsonObject *result = g_str_equal (op, "method") ? auto_json_object (answers, "result") : NULL;
  const char *raised = result ? auto_json_string (result, "error") : NULL;
  if (g_strcmp0 (raised, "TypeError") == 0 || g_strcmp0 (raised, "AttributeError") == 0) /* the class has arguments of its own, or no such method */
    return FALSE;
  if (json_object_has_member (kwargs, "return_length") || (g_str_equal (op, "call") && json_object_has_member (kwargs, "normalize")))
    return FALSE;
  return !(g_str_equal (op, "decode") && is_error (json_object_get_member (answers, "decoded")));
}

/* A call with a song: a list of a row by itself for each model. */
static gboolean
check_song (Folder *self, JsonObject *item, JsonObject *kwargs, JsonObject *answers)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  const char *lyrics = auto_json_string (kwargs, "lyrics");

  g_object_set (options, "artist", auto_json_string (kwargs, "artist"), "genres", auto_json_string (kwargs, "genres"), NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (self->tokenizer, lyrics ? lyrics : "", options, &error);
  g_assert_no_error (error);
  JsonArray *models = json_array_new ();
  for (guint row = 0; encoding && row < auto_encoding_get_n_rows (encoding); row++)
    {
      JsonArray *rows = json_array_new (), *ids = json_array_new ();
      gsize n;
      const gint64 *values = auto_encoding_get_ids (encoding, row, &n);
      for (gsize i = 0; i < n; i++)
        json_array_add_int_element (ids, values[i]);
      json_array_add_array_element (rows, ids);
      json_array_add_array_element (models, rows);
    }
  g_autoptr(JsonNode) ours = json_node_init_array (json_node_alloc (), models);
  json_array_unref (models);
  return !differ (self, item, "input_ids", json_object_get_member (answers, "input_ids"), ours);
}

static void
check_case (Folder *self, JsonNode *item_node)
{
  JsonObject *item = json_node_get_object (item_node);
  JsonObject *answers = auto_json_object (item, self->fast ? "fast" : "slow"), *kwargs = json_object_get_object_member (item, "kwargs");
  const char *op = json_object_get_string_member (item, "op");
  gboolean special = json_object_has_member (item, "set") || json_object_has_member (item, "add_tokens") || take_languages (self, kwargs, FALSE), good;

  if (!comparable (item, answers))
    {
      self->skipped++;
      return;
    }
  if (special && !prepare (self, item))
    {
      self->skipped++;
      load (self);
      return;
    }
  if (is_speech (item, answers))
    good = check_speech (self, item, kwargs, answers);
  else if (g_str_equal (op, "method"))
    good = check_method (self, item, kwargs, answers);
  else if (g_str_equal (op, "convert"))
    good = check_convert (self, item, kwargs, answers);
  else if (g_str_equal (op, "chat"))
    good = check_chat (self, item, kwargs, answers);
  else if (json_object_has_member (kwargs, "artist"))
    good = check_song (self, item, kwargs, answers);
  else
    {
      g_autofree char *text = auto_json_print (item_node, -1, FALSE);
      g_autoptr(JsonNode) copy = auto_json_parse (text, strlen (text), self->folder, AUTO_TOKENIZER_ERROR, 0, NULL); /* other sides take what this one takes out */
      JsonObject *own = json_node_get_object (copy);
      kwargs = json_object_get_object_member (own, "kwargs");
      take_languages (self, kwargs, TRUE);
      take_page (self, own, kwargs);
      take_table (own, kwargs);
      if (json_object_has_member (kwargs, "answer_coordinates"))
        json_object_set_boolean_member (own, "answer_coordinates", TRUE);
      good = json_object_has_member (kwargs, "text_target") ? check_target (self, own, answers) : check_call (self, own, answers);
    }
  self->passed += good;
  self->failed += !good;
  if (special)
    load (self);
}

static void
test_folder (gconstpointer data)
{
  Folder *self = (Folder *) data;
  JsonArray *cases = json_object_get_array_member (json_node_get_object (self->root), "cases");

  if ((self->saved && !save_fast (self)) || !load (self))
    return;
  for (guint i = 0; i < json_array_get_length (cases); i++)
    check_case (self, json_array_get_element (cases, i));
  g_test_message ("%s %s: %u passed, %u failed, %u not compared", self->folder, self->fast ? "fast" : "slow", self->passed, self->failed, self->skipped);
  g_assert_cmpuint (self->failed, ==, 0);
  g_assert_cmpuint (self->passed, >, 0);
  if (self->saved)
    remove_saved (self);
}

/* Some classes take split words only with a space before each, which the folder's settings must ask for. */
static void
test_split_words (void)
{
  static const struct
  {
    const char *name;
    gboolean fast, refused;
  } folders[] = { { "gpt2-bos", TRUE, TRUE }, { "gpt2-bos", FALSE, FALSE }, { "roberta-raw", TRUE, TRUE }, { "gpt_neox-prefix", TRUE, FALSE }, { "clip-raw", TRUE, FALSE } };
  static const char *const words[] = { "good", "day", NULL };
  const guint counts[] = { 2 };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "tokenizers", folders[i].name, NULL);
      g_autoptr(AutoLoadOptions) load_options = auto_load_options_new ();
      g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
      g_object_set (load_options, "use-fast", folders[i].fast, NULL);
      g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (path, load_options, NULL, &error);
      g_assert_no_error (error);
      g_object_set (options, "is-split-into-words", TRUE, NULL);
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_words (tokenizer, words, counts, 1, NULL, NULL, 0, options, NULL, &error);
      g_test_message ("%s: %s", folders[i].name, error ? error->message : "taken");
      g_assert_true ((encoding == NULL) == folders[i].refused);
      g_assert_true (!folders[i].refused || strstr (error->message, "add_prefix_space"));
    }
}

static gboolean
has_answers (JsonNode *root, const char *side)
{
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "cases");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    if (auto_json_object (json_array_get_object_element (cases, i), side))
      return TRUE;
  return FALSE;
}

static Folder *
folder_new (const char *top, const char *name, JsonNode *root, gboolean fast, gboolean saved)
{
  Folder *self = g_new0 (Folder, 1);

  self->folder = g_build_filename (top, name, NULL);
  self->root = json_node_ref (root);
  self->fast = fast;
  self->saved = saved;
  return self;
}

static void
folder_free (gpointer data)
{
  Folder *self = data;

  g_clear_object (&self->tokenizer);
  json_node_unref (self->root);
  g_free (self->folder);
  g_free (self);
}

int
main (int argc, char **argv)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (folder_free);
  g_autoptr(GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_autofree char *top = argc > 1 ? g_strdup (argv[1]) : g_test_build_filename (G_TEST_DIST, "tokenizers", NULL);
  g_autoptr(GDir) dir = g_dir_open (top, 0, &error);
  g_assert_no_error (error);
  for (const char *name; (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (top, name, "cases.json", NULL);
      g_autoptr(JsonNode) root = auto_json_read (path, AUTO_TOKENIZER_ERROR, 0, &error);
      g_assert_no_error (error);
      for (int fast = 0; fast < 2; fast++)
        if (has_answers (root, fast ? "fast" : "slow"))
          {
            g_autofree char *test = g_strconcat ("/text/folders/", name, fast ? "/fast" : "/slow", NULL);
            Folder *folder = folder_new (top, name, root, fast, FALSE);
            g_ptr_array_add (folders, folder);
            g_test_add_data_func (test, folder, test_folder);
          }
      if (argc == 1 && has_answers (root, "fast") && has_answers (root, "slow"))
        {
          g_autofree char *test = g_strconcat ("/text/folders/", name, "/saved", NULL);
          Folder *folder = folder_new (top, name, root, FALSE, TRUE);
          g_ptr_array_add (folders, folder);
          g_test_add_data_func (test, folder, test_folder);
        }
    }
  if (argc == 1)
    g_test_add_func ("/text/folders/split-words", test_split_words);
  return g_test_run ();
}
