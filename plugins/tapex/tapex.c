/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TAPEX's tokenizer (Liu et al., 2021): BART's, of a question and a table that is written out as a text. */
#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-python-text.h"
#include "core/text/auto-slow-tables.h"
#include "sdk/auto-sdk.h"

/* Appends a cell; one of many tokens is cut down to the first of them. */
static gboolean
append_cell (const AutoSlow *slow, const char *cell, gint64 most, GString *out, GError **error)
{
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  const char *start = cell;
  gsize length = strlen (cell);

  auto_python_lstrip (&start, &length);
  if (length)
    auto_slow_tokenize (slow, cell, strlen (cell), FALSE, tokens);
  if (!length || (gint64) tokens->len < most)
    {
      g_string_append (out, cell);
      return TRUE;
    }
  g_ptr_array_set_size (tokens, most >= 0 ? most : MAX (tokens->len + most, 0)); /* fewer than none: so many less than there are */
  return slow->class->engine->join (slow, tokens, out, error);
}

/* col : NAME | NAME row 1 : CELL | CELL row 2 : … */
static gpointer
tapex_read (const AutoSlow *slow, AutoTable *table, GError **error)
{
  gint64 most = auto_json_int (slow->settings, "max_cell_length", 15);
  guint n_columns = table ? auto_table_get_n_columns (table) : 0, n_rows = table ? auto_table_get_n_rows (table) : 0;
  g_autoptr(GString) text = g_string_new (NULL);

  if (!n_rows)
    return g_strdup ("");
  g_autofree char *names = g_strjoinv (" | ", (char **) auto_table_get_columns (table));
  g_string_append_printf (text, "col : %s", names);
  for (guint row = 0; row < n_rows; row++)
    {
      g_string_append_printf (text, " row %u : ", row + 1);
      for (guint column = 0; column < n_columns; column++)
        {
          g_string_append (text, column ? " | " : "");
          if (!append_cell (slow, auto_table_get_cell (table, row, column), most, text, error))
            return NULL;
        }
    }
  auto_python_strip (text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Everything becomes lower case, what looks like a special token too. */
static gboolean
tapex_encode (const AutoSlow *slow, gconstpointer read, const AutoTableCall *call, gsize sample, const char *question, gsize length,
              AutoTableTokens *out, GError **error)
{
  const char *table = read;
  g_autofree char *text = g_strconcat (question, length && *table ? " " : "", table, NULL);
  g_autofree char *lower = slow->lower ? auto_python_lower (text, strlen (text)) : NULL;
  const char *ready = lower ? lower : text;

  return auto_slow_encode (slow, ready, strlen (ready), -1, out->tokens[0], error);
}

static const AutoTableForm tapex_form = { .read = tapex_read, .free = g_free, .encode = tapex_encode };

static const AutoTokenizerSpec tapex_tokenizer = {
  .class_name = "TapexTokenizer",
  .model_input_names = auto_tokenizer_plain_inputs,
  .defaults
  = "{\"do_lower_case\": true, \"errors\": \"replace\", \"add_prefix_space\": false, \"max_cell_length\": 15,"
    " \"bos_token\": " AUTO_NORMALIZED_MARK ("<s>") ", \"eos_token\": " AUTO_NORMALIZED_MARK (
        "</s>") ", \"sep_token\": " AUTO_NORMALIZED_MARK ("</s>") ", \"cls_token\": " AUTO_NORMALIZED_MARK ("<s>") ", "
                                                                                                                   "\"unk_token\":"
                                                                                                                   " " AUTO_NORMALIZED_MARK ("<unk>") ", \"pad_token\": " AUTO_NORMALIZED_MARK ("<pad>") ", \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true, \"normalized\": true}}",
  .slow = AUTO_SLOW_BYTE_BPE (SPACE_UNLESS, AUTO_SLOW_PAIR_MARKS, .lower = "do_lower_case", .tables = &tapex_form)
};

AUTO_PLUGIN (tapex, "TAPEX",
  AUTO_TOKENIZER ("TapexTokenizer", NULL, &tapex_tokenizer, .model_type = "tapex"));
