/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of each token of a row, and its text; worked out when they are first asked for. */
#include "auto-encoding-object.h"
#include "auto-slow-columns.h"
static gint64
segment_value (AutoEncoding *self, AutoEncodingColumn column, const AutoSegment *segment)
{
  switch (column)
    {
    case AUTO_ENCODING_TYPES:
      return segment->type_id;
    case AUTO_ENCODING_ATTENTION:
      return segment->sequence != AUTO_SEGMENT_PADDING;
    case AUTO_ENCODING_SPECIAL:
      return segment->sequence == AUTO_SEGMENT_PADDING || (segment->sequence == AUTO_SEGMENT_SPECIAL && !self->rows->unmasked);
    default:
      return segment->shown;
    }
}

static void
fill_from_segments (AutoEncoding *self, AutoEncodingColumn column, gint64 *values)
{
  for (guint i = 0; i < self->rows->segments->len; i++)
    {
      const AutoSegment *segment = &g_array_index (self->rows->segments, AutoSegment, i);
      gint64 value = segment_value (self, column, segment);
      for (gsize k = 0; k < segment->n; k++)
        *values++ = value;
    }
}

static void
fill_from_details (AutoEncoding *self, AutoEncodingColumn column, gint64 *values)
{
  for (guint i = 0; i < self->rows->details->len; i++)
    {
      const AutoTokenDetail *detail = &g_array_index (self->rows->details, AutoTokenDetail, i);
      if (column == AUTO_ENCODING_WORDS)
        *values++ = detail->word;
      else
        {
          *values++ = column == AUTO_ENCODING_OFFSETS ? detail->from : detail->byte_from;
          *values++ = column == AUTO_ENCODING_OFFSETS ? detail->to : detail->byte_to;
        }
    }
}

/* Special tokens of the texts, where a Python class counts them too. */
static void
mask_text (AutoEncoding *self, gint64 *values)
{
  const AutoSlow *slow = auto_pipeline_get_slow (self->pipeline);
  gint64 unk = slow && slow->class->masks_text && slow->unk ? auto_slow_find (slow, slow->unk) : -1;

  for (guint i = 0; slow && slow->class->masks_text && self->settings.call.add_special_tokens && i < self->rows->ids->len; i++)
    {
      gint64 id = g_array_index (self->rows->ids, gint64, i);
      values[i] |= id != unk && auto_slow_is_special_id (slow, id);
    }
}

/* Encodes once more, with everything. The lock is held. */
static gboolean
ensure_details (AutoEncoding *self, GError **error)
{
  if (self->rows->details)
    return TRUE;
  AutoRows *rows = auto_rows_new (self->pipeline, &self->settings, self->inputs, self->pairs, self->n_inputs, TRUE, NULL, error);
  if (!rows)
    return FALSE;
  if (rows->details->len != self->rows->ids->len)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                   "the tokenizer makes %u tokens of the text with offsets, and %u without: report this as a fault of the library",
                   rows->details->len, self->rows->ids->len);
      auto_rows_free (rows);
      return FALSE;
    }
  self->rows->details = g_steal_pointer (&rows->details);
  g_ptr_array_extend_and_steal (self->rows->tokens, g_steal_pointer (&rows->tokens));
  rows->tokens = g_ptr_array_new ();
  auto_rows_free (rows);
  return TRUE;
}

/* What a class says of a table's tokens in place of their types; NULL: nothing. */
static const AutoTablePart *
wide_types (AutoEncoding *self, AutoEncodingColumn column)
{
  return column == AUTO_ENCODING_TYPES ? auto_table_rows_find (self->rows->tables, "token_type_ids") : NULL;
}

static void
fill_wide_types (AutoEncoding *self, const AutoTablePart *types, gint64 *values)
{
  gsize n = self->rows->ids->len * types->width;
  g_autofree double *numbers = g_new (double, n + 1);

  auto_table_rows_fill (self->rows->tables, types, self->rows->segments, self->settings.pad_type_id, numbers);
  for (gsize i = 0; i < n; i++)
    values[i] = numbers[i];
}

static const gint64 *
get_column (AutoEncoding *self, AutoEncodingColumn column, guint row, gsize *n, GError **error)
{

  if (n)
    *n = 0;
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && row < self->rows->samples->len, NULL);
  gboolean split = self->n_inputs && self->inputs[0].words;
  if (column >= AUTO_ENCODING_WORDS && auto_pipeline_get_slow (self->pipeline) && !(column == AUTO_ENCODING_WORDS && split))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                   "a tokenizer that isn't fast knows no offsets, and no words but those of split texts; load it with use-fast");
      return NULL;
    }
  if (column >= AUTO_ENCODING_WORDS && self->settings.post)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                   "rows that were made of ids know no offsets and no words; encode their text");
      return NULL;
    }
  const AutoTablePart *types = wide_types (self, column);
  gsize width = types ? types->width : column >= AUTO_ENCODING_OFFSETS ? 2 : 1;
  g_mutex_lock (&self->lock);
  if (!self->columns[column] && (column < AUTO_ENCODING_WORDS || ensure_details (self, error)))
    {
      self->columns[column] = g_new (gint64, self->rows->ids->len * width + 1);
      if (types)
        fill_wide_types (self, types, self->columns[column]);
      else if (column < AUTO_ENCODING_WORDS)
        {
          fill_from_segments (self, column, self->columns[column]);
          if (column == AUTO_ENCODING_SPECIAL)
            mask_text (self, self->columns[column]);
        }
      else
        fill_from_details (self, column, self->columns[column]);
    }
  g_mutex_unlock (&self->lock);
  if (!self->columns[column])
    return NULL;
  if (n)
    *n = auto_encoding_get_length (self, row) * width;
  return self->columns[column] + g_array_index (self->rows->starts, gsize, row) * width;
}

/**
 * auto_encoding_get_ids:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many
 *
 * Returns: (transfer none) (array length=n): the ids of the row's tokens
 */
const gint64 *
auto_encoding_get_ids (AutoEncoding *self, guint row, gsize *n)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && row < self->rows->samples->len, NULL);
  if (n)
    *n = auto_encoding_get_length (self, row);
  gsize start = g_array_index (self->rows->starts, gsize, row);
  return start < self->rows->ids->len ? &g_array_index (self->rows->ids, gint64, start) : (const gint64 *) self->rows->ids->data;
}

/**
 * auto_encoding_get_type_ids:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many
 *
 * Returns: (transfer none) (array length=n): the token type of every token; several numbers for each where a model of tables takes them
 */
const gint64 *
auto_encoding_get_type_ids (AutoEncoding *self, guint row, gsize *n)
{
  return get_column (self, AUTO_ENCODING_TYPES, row, n, NULL);
}

/**
 * auto_encoding_get_attention_mask:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many
 *
 * Returns: (transfer none) (array length=n): 0 for padding, 1 for all else
 */
const gint64 *
auto_encoding_get_attention_mask (AutoEncoding *self, guint row, gsize *n)
{
  return get_column (self, AUTO_ENCODING_ATTENTION, row, n, NULL);
}

/**
 * auto_encoding_get_special_tokens_mask:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many
 *
 * Returns: (transfer none) (array length=n): 1 for tokens that were added to the text's own, padding among them
 */
const gint64 *
auto_encoding_get_special_tokens_mask (AutoEncoding *self, guint row, gsize *n)
{
  return get_column (self, AUTO_ENCODING_SPECIAL, row, n, NULL);
}

/**
 * auto_encoding_get_sequence_ids:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many
 *
 * Returns: (transfer none) (array length=n): 0 for tokens of the first text, 1 for the second, -1 for neither
 */
const gint64 *
auto_encoding_get_sequence_ids (AutoEncoding *self, guint row, gsize *n)
{
  return get_column (self, AUTO_ENCODING_SEQUENCES, row, n, NULL);
}

/**
 * auto_encoding_get_word_ids:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many
 * @error: return location for an error
 *
 * A tokenizer that isn't fast knows words only of texts that came as words.
 *
 * Returns: (transfer none) (array length=n) (nullable): the number of each token's word, -1 for none
 */
const gint64 *
auto_encoding_get_word_ids (AutoEncoding *self, guint row, gsize *n, GError **error)
{
  return get_column (self, AUTO_ENCODING_WORDS, row, n, error);
}

/**
 * auto_encoding_get_offsets:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many: two for each token
 * @error: return location for an error
 *
 * Where each token stands in its text (in its word, for text that came as words), in code points.
 *
 * Returns: (transfer none) (array length=n) (nullable): the start of each token and what follows its end, in turns
 */
const gint64 *
auto_encoding_get_offsets (AutoEncoding *self, guint row, gsize *n, GError **error)
{
  return get_column (self, AUTO_ENCODING_OFFSETS, row, n, error);
}

/**
 * auto_encoding_get_byte_offsets:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many: two for each token
 * @error: return location for an error
 *
 * The same as [method@Encoding.get_offsets] in bytes of UTF-8.
 *
 * Returns: (transfer none) (array length=n) (nullable): the start of each token and what follows its end, in turns
 */
const gint64 *
auto_encoding_get_byte_offsets (AutoEncoding *self, guint row, gsize *n, GError **error)
{
  return get_column (self, AUTO_ENCODING_BYTE_OFFSETS, row, n, error);
}

/**
 * auto_encoding_get_tokens:
 * @self: an encoding
 * @row: a row
 * @error: return location for an error
 *
 * Returns: (transfer full) (array zero-terminated=1) (nullable): the tokens of the row as text
 */
char **
auto_encoding_get_tokens (AutoEncoding *self, guint row, GError **error)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && row < self->rows->samples->len, NULL);
  g_mutex_lock (&self->lock);
  gboolean good = ensure_details (self, error);
  g_mutex_unlock (&self->lock);
  if (!good)
    return NULL;

  gsize start = g_array_index (self->rows->starts, gsize, row), n = auto_encoding_get_length (self, row), length;
  char **tokens = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      const AutoTokenDetail *detail = &g_array_index (self->rows->details, AutoTokenDetail, start + i);
      const char *text = detail->text ? NULL : auto_pipeline_token (self->pipeline, g_array_index (self->rows->ids, gint64, start + i), &length);
      tokens[i] = detail->text ? g_strdup (detail->text) : g_strndup (text ? text : "", text ? length : 0);
    }
  return tokens;
}

const GArray *
auto_encoding_find_more (AutoEncoding *self, const char *name)
{
  int column = self->rows->columns ? auto_slow_columns_find (auto_pipeline_get_slow (self->pipeline)->columns, name) : -1;

  return column < 0 ? NULL : self->rows->columns->pdata[column];
}

static const struct
{
  const char *name;
  int column;
} known[] = { { "input_ids", -1 },
              { "token_type_ids", AUTO_ENCODING_TYPES },
              { "attention_mask", AUTO_ENCODING_ATTENTION },
              { "special_tokens_mask", AUTO_ENCODING_SPECIAL },
              { "offset_mapping", AUTO_ENCODING_OFFSETS } };

gboolean
auto_encoding_is_shortened (AutoEncoding *self, guint row)
{
  return self->rows->shortened && g_array_index (self->rows->shortened, gboolean, row);
}

guint
auto_encoding_width (AutoEncoding *self, const char *name)
{
  guint width = 1;
  gboolean cut;

  if (g_str_equal (name, "offset_mapping"))
    return 2;
  auto_page_rows_find (self->page, name, &width, &cut);
  return width;
}

gboolean
auto_encoding_is_column (AutoEncoding *self, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (name, known[i].name))
      return TRUE;
  guint width;
  gboolean cut;
  return auto_encoding_find_more (self, name) != NULL || (auto_page_rows_find (self->page, name, &width, &cut) && !cut);
}

/* A row's numbers of a page; NULL: there are none of this name. */
static const gint64 *
get_of_page (AutoEncoding *self, const char *name, guint row, gsize *n)
{
  static const gint64 nothing;
  guint width;
  gboolean cut;
  const GArray *numbers = auto_page_rows_find (self->page, name, &width, &cut);

  if (!numbers || !numbers->len)
    return numbers ? &nothing : NULL;
  const gsize *starts = (const gsize *) (gpointer) (cut ? self->rows->overflow_starts : self->rows->starts)->data + row;
  if (n)
    *n = (starts[1] - starts[0]) * width;
  return (const gint64 *) (gpointer) numbers->data + starts[0] * width;
}

/**
 * auto_encoding_get_column:
 * @self: an encoding
 * @name: `input_ids`, `attention_mask`, `token_type_ids`, `special_tokens_mask`, `offset_mapping` (two numbers a token), `overflowing_tokens`,
 *   of words with boxes `bbox` and `overflowing_token_boxes` (four numbers a token), `labels` and `overflowing_labels`, or a name that the tokenizer's class gives to more numbers of its tokens, such as `input_shape_ids`
 * @row: a row
 * @n: (out) (optional): how many
 * @error: return location for an error
 *
 * Gives numbers of a row by their name, also where rows of different lengths make no tensor.
 *
 * Returns: (transfer none) (array length=n) (nullable): numbers
 */
const gint64 *
auto_encoding_get_column (AutoEncoding *self, const char *name, guint row, gsize *n, GError **error)
{
  if (n)
    *n = 0;
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && name != NULL && row < self->rows->samples->len, NULL);
  const GArray *numbers = auto_encoding_find_more (self, name);

  if (numbers || g_str_equal (name, "input_ids"))
    {
      const gint64 *all = (const gint64 *) (gpointer) (numbers ? numbers : self->rows->ids)->data;
      if (n)
        *n = auto_encoding_get_length (self, row);
      return all + g_array_index (self->rows->starts, gsize, row);
    }
  if (self->rows->overflow && g_str_equal (name, "overflowing_tokens"))
    return auto_encoding_get_overflowing_tokens (self, row, n);
  const gint64 *of_page = get_of_page (self, name, row, n);
  if (of_page)
    return of_page;
  for (guint i = 1; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (name, known[i].name))
      return get_column (self, known[i].column, row, n, error);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "an encoding's rows have no numbers named \"%s\"", name);
  return NULL;
}
