/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of different calls that are put together, filled up to one length. */
#include <string.h>

#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow-columns.h"
#include "auto-slow-entities.h"
#include "auto-slow-tables.h"

#include "../auto/auto-inputs.h"
#include "../base/auto-json.h"

/* An input of all rows. */
typedef struct
{
  const char *name;
  AutoDType dtype;
  GArray *fill;      /* the numbers of a token of padding, whole ones or floats as the type is; NULL: the input isn't filled up */
  GPtrArray *parts;  /* AutoTensor, contiguous: one of each call */
  gboolean known;    /* the shape is */
  gsize n_dims;      /* of a row */
  gint64 shape[AUTO_TENSOR_MAX_DIMS + 1]; /* the rows', then a row's; of what is filled up, the first of a row's is its length */
} Input;

/* Rows of tokens, or of entities: the inputs that have a length in common. */
typedef struct
{
  const char *first; /* the input whose length it is */
  const char *mask;  /* the one that says what is padding */
  const char *limit; /* the option of their length */
  const char *each;  /* what is said where another input doesn't have as many */
  JsonObject *fills; /* what fills the inputs up, by name */
  GArray *batched;   /* gsize: how many rows a call has; 0: one that has no dimension for it */
  GArray *lengths;   /* gint64, of each row */
  gint64 padded;
  gboolean left;
} Rows;

static void
rows_init (Rows *self)
{
  self->fills = json_object_new ();
  self->batched = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->lengths = g_array_new (FALSE, FALSE, sizeof (gint64));
}

static void
rows_clear (Rows *self)
{
  g_clear_pointer (&self->fills, json_object_unref);
  g_clear_pointer (&self->batched, g_array_unref);
  g_clear_pointer (&self->lengths, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rows, rows_clear)

static gpointer
fail (GError **error, const char *name, const char *reason)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "%s: %s", name, reason);
  return NULL;
}

static void
input_clear (gpointer data)
{
  Input *input = data;

  g_clear_pointer (&input->fill, g_array_unref);
  g_clear_pointer (&input->parts, g_ptr_array_unref);
}

/* The lengths of the rows, by their first input. */
static gboolean
measure (Rows *rows, AutoInputs *const *calls, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      AutoTensor *tensor = auto_inputs_peek (calls[i], rows->first);
      guint n_dims = tensor ? auto_tensor_get_n_dims (tensor) : 0;
      if (n_dims != 1 && n_dims != 2)
        return fail (error, rows->first,
                     tensor ? "rows are put together that have one dimension, or two: rows and their length"
                            : "every row must have this input")
               != NULL;
      gsize many = n_dims == 2 ? auto_tensor_get_dim (tensor, 0) : 0;
      gint64 length = auto_tensor_get_dim (tensor, n_dims - 1);
      for (gsize k = 0; k < MAX (many, n_dims == 1); k++)
        g_array_append_val (rows->lengths, length);
      if (n_dims == 2 && !many)
        return fail (error, rows->first, "there are no rows") != NULL;
      g_array_append_val (rows->batched, many);
    }
  return TRUE;
}

/* @most: how long rows are that are padded to the most. */
static void
settle_length (Rows *rows, const AutoTokenizerCall *call, gint64 most)
{
  gint64 multiple = MAX (call->pad_to_multiple_of, 0);

  for (guint i = 0; call->padding == AUTO_PADDING_LONGEST && i < rows->lengths->len; i++)
    rows->padded = MAX (rows->padded, g_array_index (rows->lengths, gint64, i));
  if (call->padding == AUTO_PADDING_MAX_LENGTH)
    rows->padded = most;
  if (multiple && rows->padded % multiple && rows->padded <= G_MAXINT64 - multiple)
    rows->padded += multiple - rows->padded % multiple;
}

/* The settings may say anything: only numbers, one or a list of them, fill an input up, and only whole ones an input of such. */
static GArray *
fill_of (JsonNode *node, const char *name, AutoDType dtype, GError **error)
{
  gboolean real = dtype != AUTO_DTYPE_I64;
  g_autoptr(GArray) fill = g_array_new (FALSE, FALSE, auto_dtype_get_size (dtype));
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = list ? json_array_get_length (list) : 1;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *number = list ? json_array_get_element (list, i) : node;
      if (real ? !auto_json_is_number (number) : !auto_json_is_int (number))
        return fail (error, name, "the tokenizer gives no whole numbers to fill it up with");
      if (real)
        g_array_append_val (fill, ((float){ json_node_get_double (number) }));
      else
        g_array_append_val (fill, ((gint64){ json_node_get_int (number) }));
    }
  return n ? g_steal_pointer (&fill) : fail (error, name, "the tokenizer's settings give no numbers to fill it up with");
}

/* What fills up the inputs of tokens: what all classes have, and then the class's own. */
static gboolean
list_fills (AutoPretrainedTokenizerPrivate *priv, const AutoSlow *slow, const AutoEncodeSettings *settings, Rows *rows, GError **error)
{
  const char *more = priv->build.spec ? priv->build.spec->pads_more : NULL;
  const AutoTableForm *tables = slow ? slow->class->tables : NULL;
  g_autoptr(JsonNode) node = auto_tokenizer_fill_json (more ? more : "{}", priv->build.settings->values, error);

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  json_object_unref (rows->fills);
  rows->fills = json_object_ref (json_node_get_object (node));
  json_object_set_int_member (rows->fills, rows->first, settings->pad_id);
  json_object_set_int_member (rows->fills, "attention_mask", 0);
  json_object_set_int_member (rows->fills, "token_type_ids", settings->pad_type_id);
  json_object_set_int_member (rows->fills, "special_tokens_mask", 1);
  for (guint k = 0; k < (slow ? auto_slow_columns_count (slow->columns) : 0); k++)
    json_object_set_int_member (rows->fills, auto_slow_columns_name (slow->columns, k), settings->pad_id);
  for (const AutoTablePart *part = tables ? tables->parts : NULL; part && part->name; part++)
    if (part->real)
      json_object_set_double_member (rows->fills, part->name, part->outside);
    else if (!part->typed)
      json_object_set_int_member (rows->fills, part->name, part->outside);
  return TRUE;
}

/* Whether a row's shape is that of the rows before. What is filled up may have any length, and a row without anything doesn't tell what
 * there would be. */
static gboolean
fits (Input *input, const gint64 *shape, gsize n_dims)
{
  gsize skipped = input->fill != NULL;
  gboolean bare = skipped && n_dims == 1 && shape[0] == 0, same = bare || n_dims == input->n_dims;

  if (!input->known)
    {
      input->n_dims = n_dims;
      for (gsize k = 0; k < n_dims; k++)
        input->shape[k + 1] = shape[k];
      input->known = !bare;
      return TRUE;
    }
  for (gsize k = skipped; k < n_dims && same; k++)
    same = shape[k] == input->shape[k + 1];
  return same;
}

static gboolean
gather (Input *input, const Rows *rows, AutoInputs *const *calls, gsize n, GError **error)
{
  gsize row = 0;

  input->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_tensor_unref);
  input->shape[0] = rows->lengths->len;
  for (gsize i = 0; i < n; i++)
    {
      AutoTensor *tensor = auto_inputs_peek (calls[i], input->name);
      gsize many = g_array_index (rows->batched, gsize, i), n_dims = 0;
      const gint64 *shape = tensor ? auto_tensor_get_shape (tensor, &n_dims) : NULL;
      if (!tensor || (many && (n_dims == 0 || shape[0] != (gint64) many)))
        return fail (error, input->name, "every row must have this input") != NULL;
      n_dims -= many != 0;
      shape += many != 0;
      if (input->fill && (n_dims == 0 || shape[0] != g_array_index (rows->lengths, gint64, row)))
        return fail (error, input->name, rows->each) != NULL;
      if (!fits (input, shape, n_dims) || (!input->fill && auto_tensor_get_dtype (tensor) != input->dtype))
        return fail (error, input->name, "the rows have different shapes or data types, and this input isn't filled up") != NULL;
      g_ptr_array_add (input->parts, auto_tensor_convert (tensor, input->dtype));
      row += MAX (many, 1);
    }
  return TRUE;
}

/* One row behind another; @width numbers a token. */
static GBytes *
fill_rows (const Input *input, const Rows *rows, guint8 *values, gsize size, gsize width)
{
  gsize row = 0, one = g_array_get_element_size (input->fill);
  guint8 *to = values;

  for (guint i = 0; i < input->parts->len; i++)
    {
      g_autoptr(GBytes) part = auto_tensor_get_bytes (g_ptr_array_index (input->parts, i));
      const guint8 *from = g_bytes_get_data (part, NULL);
      for (gsize k = 0; k < MAX (g_array_index (rows->batched, gsize, i), 1); k++, row++)
        {
          gsize length = g_array_index (rows->lengths, gint64, row) * width, missing = input->shape[1] * width - length;
          guint8 *padding = rows->left ? to : to + length * one, *own = rows->left ? to + missing * one : to;
          if (length)
            memcpy (own, from, length * one);
          for (gsize at = 0; at < missing; at++)
            memcpy (padding + at * one, input->fill->data + at % width % input->fill->len * one, one);
          from += length * one;
          to += input->shape[1] * width * one;
        }
    }
  return g_bytes_new_take (values, size);
}

static AutoTensor *
join_filled (Input *input, const Rows *rows, GError **error)
{
  gsize width = 1, n = input->shape[0];

  input->shape[1] = rows->padded;
  for (guint i = 0; i < rows->lengths->len; i++)
    input->shape[1] = MAX (input->shape[1], g_array_index (rows->lengths, gint64, i));
  for (guint i = 0; i < rows->lengths->len; i++)
    if (g_array_index (rows->lengths, gint64, i) != input->shape[1] && rows->padded < input->shape[1])
      {
        g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                     "%s: the rows have different lengths, and padding doesn't reach the longest; set padding to longest, or a larger %s",
                     input->name, rows->limit);
        return NULL;
      }
  for (gsize k = 1; k < input->n_dims; k++)
    width *= input->shape[k + 1];
  if (!g_size_checked_mul (&n, n, input->shape[1]) || !g_size_checked_mul (&n, n, width) || n > G_MAXSSIZE / sizeof (gint64))
    return fail (error, input->name, "the rows are too large");
  n *= g_array_get_element_size (input->fill);
  guint8 *values = g_try_malloc (n + 1);
  if (!values)
    return fail (error, input->name, "there is no memory for the rows; set a smaller max-length");
  g_autoptr(GBytes) bytes = fill_rows (input, rows, values, n, width);
  return auto_tensor_new_from_bytes (input->dtype, input->shape, input->n_dims + 1, bytes, error);
}

static AutoTensor *
join_whole (const Input *input, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  if (input->n_dims + 1 > AUTO_TENSOR_MAX_DIMS)
    return fail (error, input->name, "a row has too many dimensions");
  for (guint i = 0; i < input->parts->len; i++)
    {
      g_autoptr(GBytes) part = auto_tensor_get_bytes (g_ptr_array_index (input->parts, i));
      gsize size;
      const guint8 *data = g_bytes_get_data (part, &size);
      if (size > G_MAXUINT - bytes->len)
        return fail (error, input->name, "the rows are too large");
      g_byte_array_append (bytes, data, size);
    }
  g_autoptr(GBytes) all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return auto_tensor_new_from_bytes (input->dtype, input->shape, input->n_dims + 1, all, error);
}

/* An input of one number a row, such as a label, has nothing to fill up. */
static gboolean
is_single (const char *name, const Rows *rows, AutoInputs *const *calls)
{
  AutoTensor *tensor = auto_inputs_peek (calls[0], name);

  return tensor && auto_tensor_get_n_dims (tensor) == (g_array_index (rows->batched, gsize, 0) != 0);
}

/* What is filled up is whole numbers, or floats where some row has such. */
static AutoDType
filled_type (const char *name, AutoInputs *const *calls, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      AutoTensor *tensor = auto_inputs_peek (calls[i], name);
      if (tensor && auto_tensor_get_n_elements (tensor) > 0 && auto_dtype_is_float (auto_tensor_get_dtype (tensor)))
        return AUTO_DTYPE_F32;
    }
  return AUTO_DTYPE_I64;
}

static gboolean
join (AutoInputs *result, const char *name, const Rows *rows, AutoInputs *const *calls, gsize n, GError **error)
{
  JsonNode *fill = auto_json_member (rows->fills, name);
  Input input = { .name = name, .dtype = auto_tensor_get_dtype (auto_inputs_peek (calls[0], name)) };
  g_autoptr(AutoTensor) tensor = NULL;

  if (fill && !is_single (name, rows, calls))
    {
      input.dtype = filled_type (name, calls, n);
      if (!(input.fill = fill_of (fill, name, input.dtype, error)))
        return FALSE;
    }
  if (gather (&input, rows, calls, n, error))
    tensor = input.fill ? join_filled (&input, rows, error) : join_whole (&input, error);
  if (tensor)
    auto_inputs_set (result, name, tensor);
  input_clear (&input);
  return tensor != NULL;
}

/* A mask of rows that have none. */
static gboolean
add_mask (AutoInputs *result, const Rows *rows, GError **error)
{
  AutoTensor *ids = auto_inputs_peek (result, rows->first);
  gsize n_dims;
  const gint64 *shape = auto_tensor_get_shape (ids, &n_dims);
  g_autofree gint64 *mask = g_try_new0 (gint64, shape[0] * shape[1] + 1);

  if (!mask)
    return fail (error, rows->mask, "there is no memory for the rows; set a smaller max-length") != NULL;
  for (gint64 i = 0; i < shape[0]; i++)
    {
      gint64 length = g_array_index (rows->lengths, gint64, i), from = rows->left ? shape[1] - length : 0;
      for (gint64 k = 0; k < length; k++)
        mask[i * shape[1] + from + k] = 1;
    }
  g_autoptr(AutoTensor) tensor = auto_tensor_new_int64 (shape, 2, mask, shape[0] * shape[1], error);
  if (tensor)
    auto_inputs_set (result, rows->mask, tensor);
  return tensor != NULL;
}

/* Rows of entities, where a call has some. */
static gboolean
measure_entities (Rows *entities, const Rows *tokens, const AutoSlow *slow, const AutoTokenizerCall *call, AutoInputs *const *calls, gsize n,
                  GError **error)
{
  if (!slow || !slow->entities || !auto_inputs_peek (calls[0], entities->first))
    return TRUE;
  auto_entities_add_fills (slow->entities, entities->fills);
  if (!measure (entities, calls, n, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (g_array_index (entities->batched, gsize, i) != g_array_index (tokens->batched, gsize, i))
      return fail (error, entities->first, "there must be a list of them for each row") != NULL;
  settle_length (entities, call, auto_entities_most (slow->entities, &call->entities));
  return TRUE;
}

static AutoInputs *
pad_settled (AutoPretrainedTokenizerPrivate *priv, const AutoEncodeSettings *settings, AutoInputs *const *calls, gsize n, GError **error)
{
  const AutoSlow *slow = auto_pipeline_get_slow (priv->build.pipeline);
  g_autoptr(AutoInputs) result = auto_inputs_new ();
  g_auto(Rows) tokens = { .first = settings->names && settings->names[0] ? settings->names[0] : "input_ids", .mask = "attention_mask",
                          .limit = "max-length", .each = "there must be one for each token of a row", .left = settings->padding_left };
  g_auto(Rows) entities = { .first = "entity_ids", .mask = "entity_attention_mask", .limit = "max-entity-length",
                            .each = "there must be one for each entity of a row", .left = settings->padding_left };
  int wanted = settings->call.return_attention_mask;

  rows_init (&tokens);
  rows_init (&entities);
  if (!list_fills (priv, slow, settings, &tokens, error) || !measure (&tokens, calls, n, error))
    return NULL;
  settle_length (&tokens, &settings->call, settings->call.max_length);
  if (!measure_entities (&entities, &tokens, slow, &settings->call, calls, n, error))
    return NULL;
  g_auto(GStrv) names = auto_inputs_list (calls[0]);
  for (guint i = 0; names[i]; i++)
    if (!join (result, names[i], json_object_has_member (entities.fills, names[i]) ? &entities : &tokens, calls, n, error))
      return NULL;
  if (wanted == AUTO_CHOICE_DEFAULT)
    wanted = settings->names && g_strv_contains ((const char *const *) settings->names, "attention_mask");
  const Rows *both[] = { &tokens, &entities };
  for (guint k = 0; wanted && k < G_N_ELEMENTS (both); k++)
    if (both[k]->lengths->len && !auto_inputs_peek (result, both[k]->mask) && !add_mask (result, both[k], error))
      return NULL;
  return g_steal_pointer (&result);
}

AutoInputs *
auto_pretrained_pad (AutoTokenizer *self, AutoInputs *const *rows, gsize n_rows, AutoTokenizerOptions *options, GError **error)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoTokenizerCall call = auto_tokenizer_options_get_call (options);
  AutoEncodeSettings settings = { .call = { .padding = call.padding == AUTO_PADDING_UNSET ? AUTO_PADDING_LONGEST : call.padding,
                                            .truncation = AUTO_TRUNCATION_NO,
                                            .max_length = call.max_length,
                                            .pad_to_multiple_of = MAX (call.pad_to_multiple_of, 0),
                                            .entities.most = call.entities.most,
                                            .return_attention_mask = call.return_attention_mask } };

  if (!pipeline)
    return NULL;
  if (n_rows == 0)
    return auto_inputs_new ();
  gboolean good = auto_pretrained_settle (AUTO_PRETRAINED_TOKENIZER (self), pipeline, FALSE, &settings, error);
  AutoInputs *result = good ? pad_settled (auto_pretrained_private (self), &settings, rows, n_rows, error) : NULL;
  auto_encode_settings_clear (&settings);
  return result;
}
