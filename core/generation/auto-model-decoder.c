/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-model-decoder.h"

#include <string.h>

#include "../auto/auto-model-private.h"
#include "../math/auto-cache.h"
#include "../tensor/auto-tensor-private.h"

/* An input with a column for every position, which grows with each step: a mask, or kinds of tokens. */
typedef struct
{
  const char *name;
  gboolean whole; /* whether a pass wants the columns of all positions, or of its own alone */
  gboolean set;
  AutoSequences columns;
} Growing;

struct _AutoModelDecoder
{
  AutoDecoder decoder;
  AutoModel *model;
  AutoInputs *inputs; /* of a pass */
  const char *ids_name;
  Growing mask, types;
  gboolean embeds; /* the first pass has inputs_embeds instead of ids */
  gsize beyond;    /* positions that have no token, of such embeddings */
  gsize rows, capacity, group;
  AutoTensor *start;   /* of sequences of its own, or NULL; they are used when @replaced isn't 0 */
  gsize replaced;      /* tokens of the prompt */
  gsize start_repeat;
  AutoSequences own;

  AutoContext *cx;
  AutoCache *cache; /* NULL: none is used */
  gsize seen;       /* tokens that are in the cache */
  float *logits;    /* (rows, vocabulary) */
  gsize n_logits;
};

static AutoTensor *
repeat_rows (AutoTensor *x, gsize repeat)
{
  g_autoptr(AutoTensor) whole = auto_tensor_make_contiguous (x);
  gint64 shape[AUTO_TENSOR_MAX_DIMS];

  if (repeat == 1)
    return g_steal_pointer (&whole);
  memcpy (shape, whole->shape, sizeof shape);
  shape[0] *= (gint64) repeat;
  AutoTensor *y = auto_tensor_new_empty (whole->dtype, shape, whole->n_dims);
  gsize size = whole->shape[0] ? auto_tensor_get_n_elements (whole) / whole->shape[0] * auto_dtype_get_size (whole->dtype) : 0;
  for (gint64 i = 0; i < shape[0]; i++)
    memcpy (y->data + i * size, whole->data + i / (gint64) repeat * size, size);
  return y;
}

static void
expand_inputs (AutoModelDecoder *self, gsize batch, gsize repeat)
{
  g_auto(GStrv) names = auto_inputs_list (self->inputs);

  for (char **name = names; *name && repeat > 1; name++)
    {
      AutoTensor *x = auto_inputs_get (self->inputs, *name);
      if (!x->n_dims || x->shape[0] != (gint64) batch || g_str_has_suffix (*name, "head_mask"))
        continue;
      g_autoptr(AutoTensor) expanded = repeat_rows (x, repeat);
      auto_inputs_set (self->inputs, *name, expanded);
    }
}

/* Takes a growing input out of the others; FALSE when its shape is none that can grow. */
static gboolean
take_growing (AutoModelDecoder *self, Growing *growing, gsize capacity, GError **error)
{
  AutoTensor *given = auto_inputs_get (self->inputs, growing->name);

  if (!given)
    return TRUE;
  if (given->n_dims != 2 || given->shape[0] != (gint64) self->rows)
    {
      g_autofree char *text = auto_tensor_describe (given);
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: generation needs the shape (batch, length), not %s", growing->name, text);
      return FALSE;
    }
  g_autoptr(AutoTensor) converted = auto_tensor_convert (given, AUTO_DTYPE_I64);
  g_autoptr(AutoTensor) ints = auto_tensor_make_contiguous (converted);
  growing->set = TRUE;
  auto_sequences_init (&growing->columns, self->rows, MAX (MIN (capacity, 4096), (gsize) given->shape[1]));
  auto_sequences_fill (&growing->columns, (const gint64 *) ints->data, given->shape[1], 1);
  auto_inputs_set (self->inputs, growing->name, NULL);
  return TRUE;
}

static float *model_decoder_step (AutoDecoder *decoder, const AutoSequences *sequences, gsize n_wanted, gsize *vocabulary, GCancellable *cancellable,
                                  GError **error);
static void model_decoder_reorder (AutoDecoder *decoder, const gint64 *rows, gsize n);
static void model_decoder_crop (AutoDecoder *decoder, gsize length);

gboolean
auto_model_decoder_has_encoder (AutoModel *model)
{
  GType causal = g_type_from_name ("AutoModelForCausalLM");

  return auto_config_get_bool (auto_model_get_config (model), "is_encoder_decoder", FALSE) && !(causal && g_type_is_a (G_OBJECT_TYPE (model), causal));
}

AutoModelDecoder *
auto_model_decoder_new (AutoModel *model, AutoInputs *inputs, gsize rows, gsize repeat, gsize capacity, gboolean use_cache, GError **error)
{
  AutoModelDecoder *self = g_new0 (AutoModelDecoder, 1);
  gboolean encoder_decoder = auto_model_decoder_has_encoder (model);

  self->decoder = (AutoDecoder) { .step = model_decoder_step, .reorder = model_decoder_reorder, .crop = model_decoder_crop };
  self->capacity = capacity;
  self->model = g_object_ref (model);
  self->inputs = auto_inputs_copy (inputs);
  self->rows = rows;
  self->ids_name = encoder_decoder ? "decoder_input_ids" : "input_ids";
  self->mask = (Growing) { .name = encoder_decoder ? "decoder_attention_mask" : "attention_mask", .whole = TRUE };
  self->types = (Growing) { .name = "token_type_ids" };
  self->embeds = !encoder_decoder && auto_inputs_get (self->inputs, "inputs_embeds");
  self->cache = use_cache ? auto_cache_new ((gint64) capacity) : NULL;
  self->cx = auto_model_acquire_context (AUTO_PRETRAINED_MODEL (model), NULL);
  auto_inputs_set (self->inputs, self->ids_name, NULL);
  expand_inputs (self, rows / repeat, repeat);
  if (take_growing (self, &self->mask, capacity, error) && (encoder_decoder || take_growing (self, &self->types, capacity, error)))
    return self;
  auto_model_decoder_free (self);
  return NULL;
}

void
auto_model_decoder_free (AutoModelDecoder *self)
{
  auto_model_release_context (AUTO_PRETRAINED_MODEL (self->model), self->cx);
  g_clear_pointer (&self->cache, auto_cache_free);
  g_clear_pointer (&self->decoder.states, auto_tensor_unref);
  g_clear_object (&self->decoder.output);
  g_clear_pointer (&self->start, auto_tensor_unref);
  auto_sequences_clear (&self->own);
  auto_sequences_clear (&self->mask.columns);
  auto_sequences_clear (&self->types.columns);
  g_object_unref (self->inputs);
  g_object_unref (self->model);
  g_free (self->logits);
  g_free (self);
}

AutoDecoder *
auto_model_decoder_get (AutoModelDecoder *self)
{
  return &self->decoder;
}

void
auto_model_decoder_begin_with (AutoModelDecoder *self, AutoTensor *start, gsize prompt_length, gsize repeat)
{
  self->start = start ? auto_tensor_ref (start) : NULL;
  self->replaced = prompt_length;
  self->start_repeat = repeat;
}

/* The sequences with another beginning. */
static const AutoSequences *
own_sequences (AutoModelDecoder *self, const AutoSequences *sequences)
{
  AutoSequences *own = &self->own;
  gsize length = self->start ? (gsize) self->start->shape[1] : 1;
  g_autofree gint64 *column = g_new (gint64, sequences->rows);

  if (!own->ids)
    auto_sequences_init (own, sequences->rows, length + 64);
  if (!own->length && self->start)
    auto_sequences_fill (own, (const gint64 *) self->start->data, length, self->start_repeat);
  while (own->length < sequences->length - self->replaced + length)
    {
      for (gsize i = 0; i < sequences->rows; i++)
        column[i] = auto_sequences_row (sequences, i)[own->length + self->replaced - length];
      auto_sequences_append (own, column);
    }
  return own;
}

void
auto_model_decoder_set_group (AutoModelDecoder *self, gsize group)
{
  self->group = group;
  if (self->cache)
    auto_cache_set_group (self->cache, group);
}

gboolean
auto_model_decoder_caches (AutoModelDecoder *self)
{
  return self->cache && auto_cache_is_used (self->cache);
}

static void
set_ids (AutoModelDecoder *self, const char *name, const AutoSequences *from, gsize first)
{
  gint64 shape[2] = { (gint64) self->rows, (gint64) (from->length - first) };
  g_autoptr(AutoTensor) ids = auto_tensor_new_empty (AUTO_DTYPE_I64, shape, 2);

  for (gsize i = 0; i < self->rows; i++)
    memcpy ((gint64 *) ids->data + i * shape[1], auto_sequences_row (from, i) + first, shape[1] * sizeof (gint64));
  auto_inputs_set (self->inputs, name, ids);
}

/* Gives a growing input the columns of tokens that came since the last pass: ones, or what the last column has. */
static void
set_growing (AutoModelDecoder *self, Growing *growing, gsize length, gsize first, gint64 fresh)
{
  AutoSequences *columns = &growing->columns;

  if (!growing->set)
    return;
  while (columns->length < length)
    {
      g_autofree gint64 *column = g_new (gint64, self->rows);
      for (gsize i = 0; i < self->rows; i++)
        column[i] = fresh >= 0 || !columns->length ? MAX (fresh, 0) : auto_sequences_row (columns, i)[columns->length - 1];
      auto_sequences_append (columns, column);
    }
  columns->length = MIN (columns->length, length);
  set_ids (self, growing->name, columns, growing->whole ? 0 : first);
}

static void
set_pass (AutoModelDecoder *self, const AutoSequences *sequences, gsize first)
{
  AutoTensor *embeds = self->embeds && first == 0 ? auto_inputs_get (self->inputs, "inputs_embeds") : NULL;

  if (embeds) /* the prompt's tokens, one at the least, stand for all of them */
    self->beyond = MAX ((gsize) embeds->shape[1], sequences->length) - sequences->length;
  else
    set_ids (self, self->ids_name, sequences, first);
  set_growing (self, &self->mask, sequences->length + self->beyond, first, 1);
  set_growing (self, &self->types, sequences->length + self->beyond, first ? first + self->beyond : 0, -1);
}

/* The logits of the last positions of a pass, in memory of the decoder's. */
static float *
take_logits (AutoModelDecoder *self, AutoModelOutput *output, gsize n_wanted, gsize *vocabulary, GError **error)
{
  AutoTensor *logits = auto_model_output_get (output, "logits");

  if (!logits || logits->n_dims != 3 || logits->shape[0] != (gint64) self->rows || logits->shape[1] < (gint64) n_wanted || logits->shape[2] < 1)
    {
      g_autofree char *text = logits ? auto_tensor_describe (logits) : g_strdup ("nothing");
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s can't generate: its logits are %s, not (%" G_GSIZE_FORMAT
                   ", %" G_GSIZE_FORMAT " or more, vocabulary)", G_OBJECT_TYPE_NAME (self->model), text, self->rows, n_wanted);
      return NULL;
    }
  g_autoptr(AutoTensor) converted = auto_tensor_convert (logits, AUTO_DTYPE_F32);
  g_autoptr(AutoTensor) floats = auto_tensor_make_contiguous (converted);
  gsize n = floats->shape[2], length = floats->shape[1], size = self->rows * n_wanted * n;
  if (size > self->n_logits)
    {
      g_free (self->logits);
      self->logits = g_new (float, size);
      self->n_logits = size;
    }
  for (gsize i = 0; i < self->rows; i++)
    memcpy (self->logits + i * n_wanted * n, (const float *) floats->data + ((i + 1) * length - n_wanted) * n, n_wanted * n * sizeof (float));
  *vocabulary = n;
  return self->logits;
}

/* The last of the decoder's states between layers. */
static gboolean
take_states (AutoModelDecoder *self, AutoModelOutput *output, GError **error)
{
  static const char *const lists[] = { "decoder_hidden_states", "hidden_states" };
  AutoTensor *last = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lists) && !last; i++)
    for (guint j = 0;; j++)
      {
        g_autofree char *name = g_strdup_printf ("%s.%u", lists[i], j);
        AutoTensor *states = auto_model_output_get (output, name);
        if (!states)
          break;
        last = states;
      }
  if (!last || last->n_dims != 3)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s doesn't tell its hidden states, which contrastive search needs",
                   G_OBJECT_TYPE_NAME (self->model));
      return FALSE;
    }
  g_clear_pointer (&self->decoder.states, auto_tensor_unref);
  g_autoptr(AutoTensor) floats = auto_tensor_convert (last, AUTO_DTYPE_F32);
  self->decoder.states = auto_tensor_make_contiguous (floats);
  return TRUE;
}

static AutoModelOutput *
run_pass (AutoModelDecoder *self, gsize first, gsize n_wanted, GCancellable *cancellable, GError **error)
{
  AutoContext *cx = self->cx;
  gint64 cached = self->cache ? auto_cache_get_length (self->cache) : 0;

  auto_context_reset (cx);
  auto_context_set_cancellable (cx, cancellable);
  cx->cache = self->cache;
  cx->past = first == 0 ? 0 : cached ? cached : (gint64) first;
  cx->generating = TRUE;
  cx->n_wanted = (gint64) n_wanted;
  return auto_model_forward_in (AUTO_PRETRAINED_MODEL (self->model), cx, self->inputs, error);
}

static void
set_flag (AutoInputs *inputs, const char *name, gboolean value)
{
  g_autoptr(JsonNode) node = json_node_init_boolean (json_node_alloc (), value);

  auto_inputs_set_flag (inputs, name, node);
}

/* What isn't asked for isn't made, whatever the model's configuration says. */
static void
ask_for_states (AutoModelDecoder *self)
{
  set_flag (self->inputs, "output_hidden_states", self->decoder.wants_states || self->decoder.wants_hidden_states);
  set_flag (self->inputs, "output_attentions", self->decoder.wants_attentions);
}

/* Tokens that the cache holds are not given again. */
static float *
model_decoder_step (AutoDecoder *decoder, const AutoSequences *sequences, gsize n_wanted, gsize *vocabulary, GCancellable *cancellable, GError **error)
{
  AutoModelDecoder *self = (AutoModelDecoder *) decoder;
  sequences = self->replaced ? own_sequences (self, sequences) : sequences;
  gsize first = self->cache ? MIN (self->seen, sequences->length - MIN (n_wanted, sequences->length)) : 0;

  self->rows = sequences->rows;
  ask_for_states (self);
  set_pass (self, sequences, first);
  g_autoptr(AutoModelOutput) output = run_pass (self, first, n_wanted, cancellable, error);
  if (!output || (decoder->wants_states && !take_states (self, output, error)))
    return NULL;
  if (self->cache && !auto_cache_is_used (self->cache))
    g_clear_pointer (&self->cache, auto_cache_free);
  if (self->embeds && !self->cache)
    {
      g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "inputs_embeds: generation needs a model that uses a cache");
      return NULL;
    }
  if (self->embeds && first == 0)
    auto_inputs_set (self->inputs, "inputs_embeds", NULL);
  self->seen = self->cache ? sequences->length : 0;
  if (decoder->wants_hidden_states || decoder->wants_attentions)
    g_set_object (&decoder->output, output);
  return take_logits (self, output, n_wanted, vocabulary, error);
}

/* A cache that can't take back its last positions is begun anew. */
static void
model_decoder_crop (AutoDecoder *decoder, gsize length)
{
  AutoModelDecoder *self = (AutoModelDecoder *) decoder;

  if (self->own.ids)
    length = self->own.length = MIN (self->own.length, length + (self->start ? (gsize) self->start->shape[1] : 1) - self->replaced);
  if (!self->cache || self->seen <= length)
    return;
  if (auto_cache_crop (self->cache, (gint64) (self->seen - length)))
    {
      self->seen = length;
      return;
    }
  auto_cache_free (self->cache);
  self->cache = auto_cache_new ((gint64) self->capacity);
  auto_cache_set_group (self->cache, self->group);
  self->seen = 0;
}

static void
reorder_growing (Growing *growing, const gint64 *rows, gsize n)
{
  AutoSequences *old = &growing->columns;
  AutoSequences fresh;

  if (!growing->set || old->rows == n)
    return;
  auto_sequences_init (&fresh, n, old->capacity);
  fresh.length = old->length;
  for (gsize i = 0; i < n; i++)
    memcpy (auto_sequences_row (&fresh, i), auto_sequences_row (old, rows[i]), old->length * sizeof (gint64));
  auto_sequences_clear (old);
  *old = fresh;
}

/* Beams change places within an item of the batch, whose other inputs are the same; a change of the number of rows concerns all. */
static void
model_decoder_reorder (AutoDecoder *decoder, const gint64 *rows, gsize n)
{
  AutoModelDecoder *self = (AutoModelDecoder *) decoder;

  if (self->cache)
    auto_cache_reorder (self->cache, rows, n);
  if (self->own.ids && self->own.rows == n)
    auto_sequences_reorder (&self->own, rows);
  reorder_growing (&self->mask, rows, n);
  reorder_growing (&self->types, rows, n);
  if (n > self->rows && n % self->rows == 0)
    expand_inputs (self, self->rows, n / self->rows);
  self->rows = n;
}

AutoTensor *
auto_model_decoder_encode (AutoModel *model, AutoInputs *inputs, gboolean hidden_states, gboolean attentions, AutoModelOutput **all,
                           GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoInputs) own = auto_inputs_copy (inputs);
  g_autoptr(JsonNode) yes = json_node_init_boolean (json_node_alloc (), TRUE);
  g_auto(GStrv) names = auto_inputs_list (own);

  for (char **name = names; *name; name++)
    if (g_str_has_prefix (*name, "decoder_") || g_str_has_prefix (*name, "cross_attn"))
      auto_inputs_set (own, *name, NULL);
  auto_inputs_set_flag (own, "encoder_only", yes);
  set_flag (own, "output_hidden_states", hidden_states);
  set_flag (own, "output_attentions", attentions);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, own, cancellable, error);
  if (!output)
    return NULL;
  AutoTensor *states = auto_model_output_get (output, "encoder_last_hidden_state");
  if (states && all)
    *all = g_object_ref (output);
  if (states)
    return auto_tensor_ref (states);
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s can't generate: it doesn't tell its encoder's states",
               G_OBJECT_TYPE_NAME (model));
  return NULL;
}
