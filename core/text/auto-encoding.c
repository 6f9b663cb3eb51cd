/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-encoding-object.h"

#include "../base/auto-huge.h"
#include "auto-slow-columns.h"
#include "auto-slow-entities.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (AutoEncoding, auto_encoding, G_TYPE_OBJECT)

/* All in one piece of memory: the inputs, where their texts are, their ids, and the texts themselves. */
static AutoEncodeInput *
copy_inputs (const AutoEncodeInput *inputs, gsize n)
{
  gsize n_words = 0, n_bytes = 0;

  for (gsize i = 0; i < n; i++)
    {
      n_words += inputs[i].n * (!!inputs[i].texts + !!inputs[i].ids);
      for (gsize k = 0; inputs[i].texts && k < inputs[i].n; k++)
        n_bytes += strlen (inputs[i].texts[k]) + 1;
    }
  AutoEncodeInput *copy = auto_huge_alloc ((n + 1) * sizeof *copy + n_words * sizeof (gint64) + n_bytes);
  gint64 *words = (gint64 *) (copy + n + 1);
  char *bytes = (char *) (words + n_words);

  for (gsize i = 0; i < n; i++)
    {
      copy[i] = inputs[i];
      if (inputs[i].ids)
        {
          copy[i].ids = memcpy (words, inputs[i].ids, inputs[i].n * sizeof (gint64));
          words += inputs[i].n;
        }
      if (!inputs[i].texts)
        continue;
      const char **texts = (const char **) words;
      for (gsize k = 0; k < inputs[i].n; k++)
        {
          texts[k] = bytes;
          bytes = stpcpy (bytes, inputs[i].texts[k]) + 1;
        }
      copy[i].texts = texts;
      words += inputs[i].n;
    }
  return copy;
}

/* Lists that belong to the call. */
#define N_LISTS 12
static void
list_variants (AutoTokenizerCall *call, GVariant **lists[N_LISTS])
{
  GVariant **all[] = { &call->entities.spans[0], &call->entities.spans[1], &call->entities.names[0], &call->entities.names[1],
                       &call->entities.ids[0],   &call->entities.ids[1],   &call->columns[0],        &call->columns[1],
                       &call->tables.coordinates, &call->tables.texts, &call->page.boxes, &call->page.labels };

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
  g_clear_pointer (&self->page, g_free);
}

static void
auto_encoding_finalize (GObject *object)
{
  AutoEncoding *self = AUTO_ENCODING (object);

  free (self->inputs);
  free (self->pairs);
  auto_encode_settings_clear (&self->settings);
  auto_page_rows_free (self->page);
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
    {
      g_strv_builder_add_many (names, "overflowing_tokens", "num_truncated_tokens", NULL);
      if (self->page)
        auto_page_rows_add_cut_names (self->page, names);
    }
  else if (call->return_overflowing_tokens)
    g_strv_builder_add (names, "overflow_to_sample_mapping");
  if (self->rows->entities)
    auto_entity_rows_add_names (self->rows->entities, wants (self, "attention_mask", call->return_attention_mask),
                                wants (self, "token_type_ids", call->return_token_type_ids), names);
  if (self->rows->tables)
    auto_table_rows_add_names (self->rows->tables, names);
  if (self->page)
    auto_page_rows_add_names (self->page, names);
  self->names = g_strv_builder_end (names);
}

AutoEncoding *
auto_encoding_new (AutoPipeline *pipeline, AutoEncodeSettings *settings, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs, gsize n,
                   GCancellable *cancellable, GError **error)
{
  AutoRows *rows = auto_rows_new (pipeline, settings, inputs, pairs, n, settings->page != NULL, cancellable, error);

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
  if (self->settings.page && !(self->page = auto_page_rows_new (self, error)))
    {
      g_object_unref (self);
      return NULL;
    }
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
