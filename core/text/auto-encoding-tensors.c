/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An encoding's parts as tensors, and the call of a model that they make. */
#include "auto-encoding-object.h"
#include "auto-slow-entities.h"

static AutoTensor *
row_numbers (AutoEncoding *self, char which, GError **error)
{
  gint64 n = auto_encoding_get_n_rows (self);
  g_autofree gint64 *values = g_new (gint64, n + 1);

  for (gint64 i = 0; i < n; i++)
    values[i] = which == 'l' ? (gint64) auto_encoding_get_length (self, i)
                : which == 'n' ? auto_encoding_get_num_truncated_tokens (self, i)
                               : (gint64) auto_encoding_get_sample (self, i);
  return auto_tensor_new_int64 (&n, 1, values, n, error);
}

static gboolean
fail_shape (GError **error)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
               "the rows have different lengths, so they make no tensor; set padding to longest, or truncation");
  return FALSE;
}

/* Numbers of the tokens that were cut off. */
static AutoTensor *
overflow_tensor (AutoEncoding *self, const char *name, GError **error)
{
  gint64 shape[3] = { auto_encoding_get_n_rows (self), 0, auto_encoding_width (self, name) }, empty = 0;
  gsize n = 0;

  for (guint i = 0; i < shape[0]; i++)
    {
      auto_encoding_get_column (self, name, i, &n, NULL);
      n /= shape[2];
      if (i && shape[1] != (gint64) n)
        return fail_shape (error), NULL;
      shape[1] = n;
    }
  n = shape[0] * shape[1] * shape[2];
  return auto_tensor_new_int64 (shape, shape[2] > 1 ? 3 : 2, n ? auto_encoding_get_column (self, name, 0, NULL, error) : &empty, n, error);
}

/* Whether tokens that were cut off have numbers of this name. */
static gboolean
is_cut (AutoEncoding *self, const char *name)
{
  guint width;
  gboolean cut = FALSE;

  return g_str_equal (name, "overflowing_tokens") || (auto_page_rows_find (self->page, name, &width, &cut) && cut);
}

/* What the tokens of one row have of a table's part, or of all rows: row -1. */
static AutoTensor *
table_tensor (AutoEncoding *self, const AutoTablePart *part, gint64 row, GError **error)
{
  gint64 rows = auto_encoding_get_n_rows (self), shape[2] = { rows, rows ? auto_encoding_get_length (self, MAX (row, 0)) : 0 };

  if (row < 0 && !self->rectangular)
    return fail_shape (error), NULL;
  return auto_table_rows_get_tensor (self->rows->tables, part, self->rows->segments, self->settings.pad_type_id, self->rows->ids->len,
                                     g_array_index (self->rows->starts, gsize, MAX (row, 0)), shape + (row >= 0), 1 + (row < 0), error);
}

static AutoTensor *
column_tensor (AutoEncoding *self, const char *name, GError **error)
{
  gint64 rows = auto_encoding_get_n_rows (self), empty = 0;
  gint64 shape[3] = { rows, rows ? auto_encoding_get_length (self, 0) : 0, auto_encoding_width (self, name) };
  gsize n_dims = shape[2] > 1 ? 3 : 2, n = self->rows->ids->len * shape[2];

  if (!self->rectangular)
    return fail_shape (error), NULL;
  const gint64 *values = n ? auto_encoding_get_column (self, name, 0, NULL, error) : &empty;
  return values ? auto_tensor_new_int64 (shape, n_dims, values, n, error) : NULL;
}

/**
 * auto_encoding_get_tensor:
 * @self: an encoding
 * @name: `input_ids`, `attention_mask`, `token_type_ids`, `special_tokens_mask`, `offset_mapping`, `length`,
 *   `overflow_to_sample_mapping`, or of a tokenizer that isn't fast `overflowing_tokens` or `num_truncated_tokens`; a name that the tokenizer's
 *   class gives to more numbers of its tokens; of texts with entities
 *   `entity_ids`, `entity_position_ids`, `entity_attention_mask`, `entity_token_type_ids`, `entity_start_positions` or `entity_end_positions`;
 *   of texts about tables `cells`, the row and the column of each token's cell (-1 for the columns' names, and for what is in no cell), and
 *   with answers `labels`, `numeric_values` or `numeric_values_scale`; of words with boxes `bbox`, with labels `labels`, and of a tokenizer that
 *   isn't fast `overflowing_token_boxes` and `overflowing_labels`
 * @error: return location for an error
 *
 * Gives a part of the encoding as a tensor of 64-bit integers, or of floats for values, of a shape that begins with rows and their length.
 * Rows of different lengths make no tensor.
 *
 * Returns: (transfer full): a tensor
 */
AutoTensor *
auto_encoding_get_tensor (AutoEncoding *self, const char *name, GError **error)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && name != NULL, NULL);
  if (g_str_equal (name, "length") || g_str_equal (name, "overflow_to_sample_mapping")
      || (self->rows->truncated && g_str_equal (name, "num_truncated_tokens")))
    return row_numbers (self, name[0], error);
  if (self->rows->overflow && is_cut (self, name))
    return overflow_tensor (self, name, error);
  const AutoTablePart *of_tables = auto_table_rows_find (self->rows->tables, name);
  if (of_tables)
    return table_tensor (self, of_tables, -1, error);
  if (auto_encoding_is_column (self, name))
    return column_tensor (self, name, error);
  GError *why = NULL;
  AutoTensor *part = self->rows->entities ? auto_entity_rows_get_tensor (self->rows->entities, name, -1, &why) : NULL;
  if (part || why)
    {
      if (why)
        g_propagate_error (error, why);
      return part;
    }
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "an encoding has no part named \"%s\"", name);
  return NULL;
}

/**
 * auto_encoding_get_row_tensor:
 * @self: an encoding
 * @name: the name of something that each token or each entity has, as in [method@Encoding.get_tensor]
 * @row: a row
 * @error: return location for an error
 *
 * Gives the same as [method@Encoding.get_tensor] of one row, whatever the others' lengths.
 *
 * Returns: (transfer full): a tensor whose shape begins with how many tokens or entities the row has
 */
AutoTensor *
auto_encoding_get_row_tensor (AutoEncoding *self, const char *name, guint row, GError **error)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self) && name != NULL && row < self->rows->samples->len, NULL);
  const AutoTablePart *of_tables = auto_table_rows_find (self->rows->tables, name);
  gsize n = 0, width = auto_encoding_width (self, name);

  if (of_tables)
    return table_tensor (self, of_tables, row, error);
  AutoTensor *part = self->rows->entities ? auto_entity_rows_get_tensor (self->rows->entities, name, row, error) : NULL;
  if (part)
    return part;
  const gint64 *values = auto_encoding_get_column (self, name, row, &n, error);
  gint64 shape[2] = { n / width, width }, empty = 0;
  return values || (self->rows->overflow && is_cut (self, name))
             ? auto_tensor_new_int64 (shape, 1 + (width > 1), n ? values : &empty, n, error)
             : NULL;
}

static void
add_input (AutoEncoding *self, AutoInputs *inputs, const char *name)
{
  g_autoptr(AutoTensor) tensor = auto_encoding_get_tensor (self, name, NULL);

  if (tensor)
    auto_inputs_set (inputs, name, tensor);
}

/**
 * auto_encoding_get_inputs:
 * @self: an encoding
 *
 * Gives the model's call: `input_ids`, `token_type_ids` and `attention_mask` where the model takes them, entities, and boxes. Rows of
 * different lengths make no tensors, and the call is empty: [method@Encoding.get_tensor] says what to do.
 *
 * Returns: (transfer none): the inputs
 */
AutoInputs *
auto_encoding_get_inputs (AutoEncoding *self)
{
  static const char *const names[] = { "input_ids", "token_type_ids", "attention_mask" };

  g_return_val_if_fail (AUTO_IS_ENCODING (self), NULL);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (self->rectangular && g_strv_contains ((const char *const *) self->names, names[i]))
      add_input (self, inputs, names[i]);
  if (self->rectangular && self->page)
    add_input (self, inputs, "bbox");
  for (guint i = 0; self->rectangular && self->names[i]; i++)
    if (g_str_has_prefix (self->names[i], "entity_") || auto_encoding_find_more (self, self->names[i]))
      add_input (self, inputs, self->names[i]);
  g_mutex_lock (&self->lock);
  if (!self->model_inputs)
    self->model_inputs = g_steal_pointer (&inputs);
  g_mutex_unlock (&self->lock);
  return self->model_inputs;
}

/* Whether a row has something of this name that [method@Tokenizer.pad] puts together with other rows'. */
static gboolean
is_row_input (AutoEncoding *self, const char *name)
{
  return (auto_encoding_is_column (self, name) && !g_str_equal (name, "offset_mapping")) || auto_table_rows_find (self->rows->tables, name)
         || g_str_has_prefix (name, "entity_");
}

/**
 * auto_encoding_get_row:
 * @self: an encoding
 * @row: a row
 * @error: return location for an error
 *
 * Gives a row by itself, whatever the others' lengths are: of `input_ids`, `token_type_ids`, `attention_mask`, `special_tokens_mask`, the
 * more numbers that the tokenizer's class may have, those of entities and the answers in tables what [method@Encoding.get_names] has.
 * [method@Tokenizer.pad] puts such rows together.
 *
 * Returns: (transfer full): tensors as [method@Encoding.get_row_tensor] gives them
 */
AutoInputs *
auto_encoding_get_row (AutoEncoding *self, guint row, GError **error)
{
  g_return_val_if_fail (AUTO_IS_ENCODING (self), NULL);
  if (row >= auto_encoding_get_n_rows (self))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "row %u: the encoding has %u", row, auto_encoding_get_n_rows (self));
      return NULL;
    }
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  for (guint i = 0; self->names[i]; i++)
    if (is_row_input (self, self->names[i]))
      {
        g_autoptr(AutoTensor) tensor = auto_encoding_get_row_tensor (self, self->names[i], row, error);
        if (!tensor)
          return NULL;
        auto_inputs_set (inputs, self->names[i], tensor);
      }
  return g_steal_pointer (&inputs);
}
