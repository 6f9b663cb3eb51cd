/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-encoding-object.h"
#include "auto-slow-columns.h"
#include "auto-slow-entities.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (AutoEncoding, auto_encoding, G_TYPE_OBJECT)

static AutoEncodeInput *
copy_inputs (const AutoEncodeInput *inputs, gsize n)
{
  AutoEncodeInput *copy = g_new0 (AutoEncodeInput, n + 1);

  for (gsize i = 0; i < n; i++)
    {
      copy[i] = inputs[i];
      if (inputs[i].ids)
        copy[i].ids = g_memdup2 (inputs[i].ids, inputs[i].n * sizeof (gint64));
      if (!inputs[i].texts)
        continue;
      char **texts = g_new0 (char *, inputs[i].n + 1);
      for (gsize k = 0; k < inputs[i].n; k++)
        texts[k] = g_strdup (inputs[i].texts[k]);
      copy[i].texts = (const char *const *) texts;
    }
  return copy;
}

static void
free_inputs (AutoEncodeInput *inputs, gsize n)
{
  for (gsize i = 0; inputs && i < n; i++)
    {
      g_strfreev ((char **) inputs[i].texts);
      g_free ((gint64 *) inputs[i].ids);
    }
  g_free (inputs);
}

/* Lists that belong to the call. */
#define N_LISTS 6
static void
list_variants (AutoTokenizerCall *call, GVariant **lists[N_LISTS])
{
  GVariant **all[] = { &call->entities.spans[0], &call->entities.spans[1], &call->entities.names[0], &call->entities.names[1],
                       &call->tables.coordinates, &call->tables.texts };

  G_STATIC_ASSERT (G_N_ELEMENTS (all) == N_LISTS);
  memcpy (lists, all, sizeof all);
}

void
auto_encode_settings_take (AutoEncodeSettings *self)
{
  AutoTableCall *tables = &self->call.tables;
  GVariant **lists[N_LISTS];

  list_variants (&self->call, lists);
  for (int k = 0; k < N_LISTS; k++)
    if (*lists[k])
      g_variant_ref (*lists[k]);
  if (tables->table)
    g_object_ref (tables->table);
  if (tables->list)
    g_object_ref (tables->list);
}

void
auto_encode_settings_clear (AutoEncodeSettings *self)
{
  GVariant **lists[N_LISTS];

  list_variants (&self->call, lists);
  for (int k = 0; k < N_LISTS; k++)
    g_clear_pointer (lists[k], g_variant_unref);
  g_clear_object (&self->call.tables.table);
  g_clear_object (&self->call.tables.list);
  g_clear_pointer (&self->pad_token, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->post, auto_post_processor_unref);
}

static void
auto_encoding_finalize (GObject *object)
{
  AutoEncoding *self = AUTO_ENCODING (object);

  free_inputs (self->inputs, self->n_inputs);
  free_inputs (self->pairs, self->n_inputs);
  auto_encode_settings_clear (&self->settings);
  g_clear_pointer (&self->rows, auto_rows_free);
  g_clear_pointer (&self->pipeline, auto_pipeline_unref);
  for (int i = 0; i < AUTO_ENCODING_N_COLUMNS; i++)
    g_free (self->columns[i]);
  g_strfreev (self->names);
  g_clear_object (&self->model_inputs);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (auto_encoding_parent_class)->finalize (object);
}

static void
auto_encoding_class_init (AutoEncodingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_encoding_finalize;
}

static void
auto_encoding_init (AutoEncoding *self)
{
  g_mutex_init (&self->lock);
}

static gboolean
wants (AutoEncoding *self, const char *name, int choice)
{
  return choice == AUTO_CHOICE_DEFAULT ? self->settings.names && g_strv_contains ((const char *const *) self->settings.names, name) : choice;
}

static void
choose_names (AutoEncoding *self)
{
  const AutoTokenizerCall *call = &self->settings.call;
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  g_strv_builder_add (names, "input_ids");
  for (guint k = 0; self->rows->columns && k < self->rows->columns->len; k++)
    g_strv_builder_add (names, auto_slow_columns_name (auto_pipeline_get_slow (self->pipeline)->columns, k));
  if (wants (self, "token_type_ids", call->return_token_type_ids))
    g_strv_builder_add (names, "token_type_ids");
  if (wants (self, "attention_mask", call->return_attention_mask))
    g_strv_builder_add (names, "attention_mask");
  if (call->return_special_tokens_mask)
    g_strv_builder_add (names, "special_tokens_mask");
  if (call->return_offsets_mapping)
    g_strv_builder_add (names, "offset_mapping");
  if (call->return_length)
    g_strv_builder_add (names, "length");
  if (call->return_overflowing_tokens && self->rows->overflow)
    g_strv_builder_add_many (names, "overflowing_tokens", "num_truncated_tokens", NULL);
  else if (call->return_overflowing_tokens)
    g_strv_builder_add (names, "overflow_to_sample_mapping");
  if (self->rows->entities)
    auto_entity_rows_add_names (self->rows->entities, wants (self, "attention_mask", call->return_attention_mask),
                                wants (self, "token_type_ids", call->return_token_type_ids), names);
  if (self->rows->tables)
    auto_table_rows_add_names (self->rows->tables, names);
  self->names = g_strv_builder_end (names);
}

AutoEncoding *
auto_encoding_new (AutoPipeline *pipeline, AutoEncodeSettings *settings, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs, gsize n,
                   GCancellable *cancellable, GError **error)
{
  AutoRows *rows = auto_rows_new (pipeline, settings, inputs, pairs, n, FALSE, cancellable, error);

  if (!rows)
    {
      auto_encode_settings_clear (settings);
      return NULL;
    }
  AutoEncoding *self = g_object_new (AUTO_TYPE_ENCODING, NULL);
  self->pipeline = auto_pipeline_ref (pipeline);
  self->settings = *settings;
  self->inputs = copy_inputs (inputs, n);
  self->pairs = pairs ? copy_inputs (pairs, n) : NULL;
  self->n_inputs = n;
  self->rows = rows;
  self->rectangular = TRUE;
  for (guint i = 1; i < rows->samples->len; i++)
    self->rectangular &= auto_encoding_get_length (self, i) == auto_encoding_get_length (self, 0);
  choose_names (self);
  return self;
}

/**
 * auto_encoding_get_n_rows:
 * @self: an encoding
 *
 * Returns: how many rows there are: one for each text, and more when truncation overflowed and was asked for more rows
 */
guint
auto_encoding_get_n_rows (AutoEncoding *self)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self), 0);
  return self->rows->samples->len;
}

/**
 * auto_encoding_get_length:
 * @self: an encoding
 * @row: a row
 *
 * Returns: how many tokens the row has
 */
guint
auto_encoding_get_length (AutoEncoding *self, guint row)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && row < self->rows->samples->len, 0);
  return g_array_index (self->rows->starts, gsize, row + 1) - g_array_index (self->rows->starts, gsize, row);
}

/**
 * auto_encoding_get_sample:
 * @self: an encoding
 * @row: a row
 *
 * Returns: the number of the text that the row comes from
 */
guint
auto_encoding_get_sample (AutoEncoding *self, guint row)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && row < self->rows->samples->len, 0);
  return g_array_index (self->rows->samples, guint, row);
}

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
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "a tokenizer that isn't fast knows no offsets, and no words but those of split texts; load it with use-fast");
      return NULL;
    }
  if (column >= AUTO_ENCODING_WORDS && self->settings.post)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "rows that were made of ids know no offsets and no words; encode their text");
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
auto_encoding_is_column (AutoEncoding *self, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (name, known[i].name))
      return TRUE;
  return auto_encoding_find_more (self, name) != NULL;
}

/**
 * auto_encoding_get_column:
 * @self: an encoding
 * @name: `input_ids`, `attention_mask`, `token_type_ids`, `special_tokens_mask`, `offset_mapping` (two numbers a token), `overflowing_tokens`,
 *   or a name that the tokenizer's class gives to more numbers of its tokens, such as `input_shape_ids`
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
  for (guint i = 1; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (name, known[i].name))
      return get_column (self, known[i].column, row, n, error);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "an encoding's rows have no numbers named \"%s\"", name);
  return NULL;
}

/**
 * auto_encoding_get_names:
 * @self: an encoding
 *
 * Returns: (transfer none) (array zero-terminated=1): names for [method@Encoding.get_tensor]: what the model takes, and what was asked for
 */
const char *const *
auto_encoding_get_names (AutoEncoding *self)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self), NULL);
  return (const char *const *) self->names;
}

/**
 * auto_encoding_get_overflowing_tokens:
 * @self: an encoding
 * @row: a row
 * @n: (out) (optional): how many
 *
 * What truncation cut off, where a tokenizer that isn't fast was asked for it; a fast one gives more rows in its place.
 *
 * Returns: (transfer none) (array length=n) (nullable): ids
 */
const gint64 *
auto_encoding_get_overflowing_tokens (AutoEncoding *self, guint row, gsize *n)
{
  if (n)
    *n = 0;
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && row < self->rows->samples->len, NULL);
  if (!self->rows->overflow)
    return NULL;
  const gsize *starts = (const gsize *) (gpointer) self->rows->overflow_starts->data + row;
  if (n)
    *n = starts[1] - starts[0];
  return (const gint64 *) (gpointer) self->rows->overflow->data + starts[0];
}

/**
 * auto_encoding_get_num_truncated_tokens:
 * @self: an encoding
 * @row: a row
 *
 * By how much a row was longer than `max-length`, where a tokenizer that isn't fast was asked for overflowing tokens; less than 0 where it
 * was shorter.
 *
 * Returns: how many tokens
 */
gint64
auto_encoding_get_num_truncated_tokens (AutoEncoding *self, guint row)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && row < self->rows->samples->len, 0);
  return self->rows->truncated ? g_array_index (self->rows->truncated, gint64, row) : 0;
}
