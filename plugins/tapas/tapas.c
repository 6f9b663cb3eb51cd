/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TAPAS' tokenizer (Herzig et al., 2020): a question and the cells of a table, each token with where it stands and how its cell compares. */
#include <math.h>
#include <string.h>

#include "answers.h"
#include "core/base/auto-json.h"
#include "core/text/auto-python-text.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

/* Texts without letters and digits, and those that say that there is nothing. */
static gboolean
is_empty (const char *text, gsize length)
{
  static const char *const nothing[] = { "n/a", "?", "nan" };
  g_autofree char *lower = auto_python_lower (text, length);
  g_autoptr(GString) stripped = g_string_new (lower);

  auto_python_strip (stripped);
  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    if (g_str_equal (stripped->str, nothing[i]))
      return TRUE;
  for (const char *p = stripped->str; *p; p = g_utf8_next_char (p))
    if (auto_python_is_alnum (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

static void
tapas_tokenize (const AutoSlow *slow, const char *text, gsize length, GPtrArray *tokens)
{
  gsize n;
  const char *empty = is_empty (text, length) && slow->additional_ids[0] >= 0 ? auto_slow_token (slow, slow->additional_ids[0], &n) : NULL;

  if (empty)
    g_ptr_array_add (tokens, g_strndup (empty, n));
  else
    auto_slow_wordpiece.tokenize (slow, text, length, tokens);
}

static gboolean
tapas_load (AutoSlow *slow, const char *folder, GError **error)
{
  return auto_slow_wordpiece.load (slow, folder, error);
}

static gboolean
tapas_join (const AutoSlow *slow, GPtrArray *tokens, GString *text, GError **error)
{
  return auto_slow_wordpiece.join (slow, tokens, text, error);
}

static void
tapas_clear (AutoSlow *slow)
{
  auto_slow_wordpiece.clear (slow);
}

static const AutoSlowEngine tapas_engine = { .load = tapas_load, .tokenize = tapas_tokenize, .join = tapas_join, .clear = tapas_clear };

enum
{
  TYPES,
  CELLS,
  LABELS,
  VALUES,
  SCALES,
};

static const AutoTablePart tapas_parts[] = {
  [TYPES] = { "token_type_ids", 7, .typed = TRUE }, /* of the table, column, row, answered before, rank, inverse rank, relation */
  [CELLS] = { "cells", 2, .outside = -1 },
  [LABELS] = { "labels", 1, .of_answers = TRUE },
  [VALUES] = { "numeric_values", 1, .real = TRUE, .outside = NAN, .of_answers = TRUE },
  [SCALES] = { "numeric_values_scale", 1, .real = TRUE, .outside = 1, .of_answers = TRUE },
  { NULL },
};

static gint64
read_limit (const AutoSlow *slow, const char *key)
{
  JsonNode *node = auto_json_member (slow->settings, key);
  double limit = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : G_MAXINT32;

  return limit < G_MAXINT32 ? (gint64) limit : G_MAXINT64;
}

static gboolean
fail_size (GError **error, const char *what, guint n, const char *key, gint64 limit)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
               "the table has %u %s, and the tokenizer takes fewer than %" G_GINT64_FORMAT "; leave some out, or set %s to more", n, what,
               limit, key);
  return FALSE;
}

static gboolean
choose_extent (const AutoSlow *slow, const TapasTable *table, const AutoTableCall *call, guint n_question, TapasExtent *extent, GError **error)
{
  gint64 most_columns = read_limit (slow, "max_column_id"), most_rows = read_limit (slow, "max_row_id");

  *extent = (TapasExtent){ table->n_rows, table->longest };
  if (call->room < 0 && table->n_rows >= most_rows)
    return fail_size (error, "rows", table->n_rows, "max_row_id, or truncation,", most_rows);
  if (table->n_columns >= most_columns)
    return fail_size (error, "columns", table->n_columns, "max_column_id", most_columns);
  if (call->room >= 0)
    *extent = tapas_table_fit (table, CLAMP (most_rows - 1, 0, table->n_rows), call->room - n_question - 2,
                               auto_json_int (slow->settings, "cell_trim_length", -1));
  return TRUE;
}

/* The question's ids; one that is too long or too short becomes empty. */
static GArray *
read_question (const AutoSlow *slow, const char *text, gsize *length, GError **error)
{
  GArray *ids = tapas_find_ids (slow, text, *length, NULL, error);
  JsonNode *most = auto_json_member (slow->settings, "max_question_length"), *least = auto_json_member (slow->settings, "min_question_length");

  if (!ids
      || !((most && auto_json_is_int (most) && ids->len > json_node_get_int (most))
           || (least && auto_json_is_int (least) && ids->len < json_node_get_int (least))))
    return ids;
  g_debug ("a question of %u tokens is left out", ids->len);
  *length = 0;
  g_array_set_size (ids, 0);
  return ids;
}

static void
add_id (AutoTokens *tokens, guint32 id)
{
  g_array_append_val (tokens->ids, id);
  if (tokens->details)
    g_array_append_val (tokens->details, ((AutoTokenDetail){ .word = -1 }));
}

static void
fill_tokens (GArray *question, GArray *tokens, AutoTableTokens *out)
{
  for (guint i = 0; i < question->len; i++)
    add_id (out->tokens[0], g_array_index (question, guint32, i));
  for (guint i = 0; i < tokens->len; i++)
    add_id (out->tokens[1], g_array_index (tokens, TapasToken, i).id);
}

static void
add_number (AutoTableTokens *out, guint part, double number)
{
  g_array_append_val (out->numbers[part], number);
}

/* What is known of one token. @before: it answered the question before. @n_beside: how many tokens of its cell are used. */
static void
describe (const TapasTable *table, const TapasToken *token, const guint8 *relations, guint n_beside, gboolean before, AutoTableTokens *out)
{
  gboolean named = token->row == 0;
  gsize cell = named ? 0 : (gsize) (token->row - 1) * table->n_columns + token->column;
  const double types[] = { 1,
                           token->column + 1,
                           token->row,
                           before,
                           named ? 0 : table->ranks[cell],
                           named ? 0 : table->inverse_ranks[cell],
                           named ? 0 : relations[cell] };
  const TapasValue *value = named ? NULL : &table->values[cell];

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    add_number (out, TYPES, types[i]);
  add_number (out, CELLS, (double) token->row - 1);
  add_number (out, CELLS, token->column);
  add_number (out, VALUES, value && value->kind == TAPAS_NUMBER ? value->number : NAN);
  add_number (out, SCALES, named || n_beside < 2 ? 1 : n_beside);
}

static void
fill_numbers (const TapasTable *table, GArray *tokens, GArray *values, const guint8 *before, const guint8 *answers, AutoTableTokens *out)
{
  g_autofree guint8 *relations = tapas_table_relate (table, values);
  guint end = 0, start = 0;

  for (guint i = 0; i < tokens->len; i++)
    {
      const TapasToken *token = &g_array_index (tokens, TapasToken, i);
      if (i == end) /* a cell begins */
        for (start = i; end < tokens->len && g_array_index (tokens, TapasToken, end).row == token->row
                        && g_array_index (tokens, TapasToken, end).column == token->column;)
          end++;
      describe (table, token, relations, end - start, before && before[i], out);
      add_number (out, LABELS, answers && answers[i]);
    }
}

static gboolean
tapas_encode (const AutoSlow *slow, gconstpointer read, const AutoTableCall *call, gsize sample, const char *text, gsize length, AutoTableTokens *out,
              GError **error)
{
  const TapasTable *table = read;
  g_autoptr(GArray) question = read_question (slow, text, &length, error);
  g_autofree guint8 *before = NULL, *answers = NULL;
  TapasExtent extent;

  if (!question || !choose_extent (slow, table, call, question->len, &extent, error))
    return FALSE;
  g_autoptr(GArray) tokens = tapas_table_list (table, extent), values = tapas_read_values (text, length);
  if (call->coordinates && !(answers = tapas_answers_mark (slow, table, tokens, call, sample, error)))
    return FALSE;
  if (call->coordinates && sample > 0 && !(before = tapas_answers_mark (slow, table, tokens, call, sample - 1, error)))
    return FALSE;
  fill_numbers (table, tokens, values, before, answers, out);
  fill_tokens (question, tokens, out);
  return TRUE;
}

static const AutoTableForm tapas_form
    = { .apart = TRUE, .parts = tapas_parts, .read = tapas_table_read, .free = tapas_table_free, .encode = tapas_encode };

/* The mark of empty cells is the last of the additional special tokens, unless it is among them. */
static char **
tapas_marks (const AutoTokenizerSpec *spec, JsonObject *settings)
{
  const char *mark = auto_json_string (settings, "empty_token");
  char **marks = g_new0 (char *, 2);

  marks[0] = g_strdup (mark ? mark : "[EMPTY]");
  return marks;
}

/* Limits that aren't set are the model's length. */
static void
tapas_settle (const AutoTokenizerSpec *spec, JsonObject *settings)
{
  static const char *const keys[] = { "max_column_id", "max_row_id" };
  JsonNode *length = auto_json_member (settings, "model_max_length");

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      JsonNode *node = auto_json_member (settings, keys[i]);
      if (node && !JSON_NODE_HOLDS_NULL (node))
        continue;
      if (length)
        json_object_set_member (settings, keys[i], json_node_copy (length));
      else
        json_object_set_int_member (settings, keys[i], spec->model_max_length);
    }
}

static const AutoTokenizerSpec tapas_tokenizer = {
  .class_name = "TapasTokenizer", .vocab_file = "vocab.txt", .more_tokens = tapas_marks, .settle = tapas_settle, .model_max_length = 512,
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"do_basic_tokenize\": true, \"never_split\": null, \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\","
              " \"pad_token\": \"[PAD]\", \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\", \"empty_token\": \"[EMPTY]\","
              " \"cell_trim_length\": -1, \"max_column_id\": null, \"max_row_id\": null, \"strip_column_names\": false,"
              " \"update_answer_coordinates\": false, \"min_question_length\": null, \"max_question_length\": null}",
  .slow = &(const AutoSlowTokenizer) { .engine = &tapas_engine, .lower = "do_lower_case", .ids_fall_back = TRUE, .tables = &tapas_form,
                                       .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1" } };

AUTO_PLUGIN (tapas, "TAPAS",
  AUTO_TOKENIZER ("TapasTokenizer", NULL, &tapas_tokenizer, .model_type = "tapas"));
