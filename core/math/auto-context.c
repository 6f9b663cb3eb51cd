/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-context-private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (AutoContext, auto_context, G_TYPE_OBJECT)

#define MAX_FREE_BLOCKS 64

static void
give_back (AutoContext *self, AutoTensor *tensor)
{
  AutoStorage *storage = tensor->storage;
  gboolean mine = g_atomic_int_get (&tensor->ref_count) == 1 && storage && g_atomic_int_get (&storage->ref_count) == 1 && !storage->owner;

  if (mine && self->blocks->len < MAX_FREE_BLOCKS)
    g_ptr_array_add (self->blocks, auto_storage_ref (storage));
  auto_tensor_unref (tensor);
}

static void
truncate_tensors (AutoContext *self, guint length)
{
  while (self->tensors->len > length)
    give_back (self, g_ptr_array_steal_index (self->tensors, self->tensors->len - 1));
}

static void
auto_context_finalize (GObject *object)
{
  AutoContext *self = AUTO_CONTEXT (object);

  auto_context_reset (self);
  g_ptr_array_unref (self->tensors);
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->collected);
  g_ptr_array_unref (self->collected_names);
  g_array_unref (self->named);
  g_free (self->slots);
  G_OBJECT_CLASS (auto_context_parent_class)->finalize (object);
}

static void
auto_context_class_init (AutoContextClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_context_finalize;
}

static void
auto_context_init (AutoContext *self)
{
  self->tensors = g_ptr_array_new ();
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_storage_unref);
  self->collected = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_tensor_unref);
  self->collected_names = g_ptr_array_new_with_free_func (g_free);
  self->named = g_array_new (FALSE, FALSE, sizeof (AutoNamedData));
  self->collection = "";
}

AutoContext *
auto_context_new (AutoWeights *weights, gboolean declaring)
{
  AutoContext *self = g_object_new (AUTO_TYPE_CONTEXT, NULL);

  self->weights = weights;
  self->declaring = declaring;
  return self;
}

void
auto_context_reset (AutoContext *self)
{
  self->depth = 0;
  truncate_tensors (self, 0);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_ptr_array_set_size (self->collected, 0);
  g_ptr_array_set_size (self->collected_names, 0);
  g_array_set_size (self->named, 0);
  self->want_hidden_states = self->want_attentions = FALSE;
  self->collection = "";
  self->cache = NULL;
  self->past = 0;
  self->generating = FALSE;
  self->n_wanted = 0;
}

void
auto_context_set_cancellable (AutoContext *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
}

/**
 * auto_context_is_declaring:
 * @self: a context
 *
 * Whether operations only pass shapes on. Code that branches on data walks every branch then.
 *
 * Returns: %TRUE in a declaring context
 */
gboolean
auto_context_is_declaring (AutoContext *self)
{
  return self->declaring;
}

/**
 * auto_context_has_failed:
 * @self: a context
 *
 * Returns: whether an operation failed, so that all later ones do nothing
 */
gboolean
auto_context_has_failed (AutoContext *self)
{
  return self->error != NULL;
}

/**
 * auto_context_fail:
 * @self: a context
 * @domain: an error domain
 * @code: an error code
 * @format: what went wrong, as for printf
 * @...: arguments of @format
 *
 * Puts the context in error; the first error stays.
 */
void
auto_context_fail (AutoContext *self, GQuark domain, int code, const char *format, ...)
{
  va_list args;

  if (self->error)
    return;
  va_start (args, format);
  self->error = g_error_new_valist (domain, code, format, args);
  va_end (args);
}

/**
 * auto_context_fail_literal:
 * @self: a context
 * @message: what went wrong
 *
 * Puts the context in error, as a model that can't do what is asked of it.
 */
void
auto_context_fail_literal (AutoContext *self, const char *message)
{
  auto_context_fail (self, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s", message);
}

static const char *
data_with_elements (AutoTensor *tensor)
{
  return auto_tensor_get_n_elements (tensor) ? tensor->data : NULL;
}

void
auto_context_name_tensor (AutoContext *self, AutoTensor *tensor, const char *name)
{
  AutoNamedData named = { tensor, data_with_elements (tensor), g_intern_string (name) };

  g_array_append_val (self->named, named);
}

const char *
auto_context_find_name (AutoContext *self, AutoTensor *tensor)
{
  const char *data = tensor ? data_with_elements (tensor) : NULL;

  for (guint i = self->named->len; tensor && i-- > 0;)
    {
      AutoNamedData *named = &g_array_index (self->named, AutoNamedData, i);
      if (named->tensor == tensor || (data && named->data == data))
        return named->name;
    }
  return NULL;
}

void
auto_context_take_error (AutoContext *self, GError *error)
{
  if (self->error)
    g_error_free (error);
  else
    self->error = error;
}

/**
 * auto_context_check_cancelled:
 * @self: a context
 *
 * Fails the context when the caller has cancelled the pass.
 *
 * Returns: whether the context is in error
 */
gboolean
auto_context_check_cancelled (AutoContext *self)
{
  if (!self->error && self->cancellable)
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);
  return self->error != NULL;
}

/* The smallest free block that fits and wastes less than half of itself. */
static AutoStorage *
reuse_block (AutoContext *self, gsize size)
{
  int best = -1;

  for (guint i = 0; i < self->blocks->len; i++)
    {
      AutoStorage *block = g_ptr_array_index (self->blocks, i);
      if (block->size >= size && block->size / 2 <= size && (best < 0 || block->size < ((AutoStorage *) self->blocks->pdata[best])->size))
        best = i;
    }
  return best < 0 ? NULL : g_ptr_array_steal_index_fast (self->blocks, best);
}

static void
release_malloc (AutoStorage *storage)
{
  free (storage->data);
}

static AutoStorage *
new_block (AutoContext *self, gsize size)
{
  void *data = NULL;
  AutoStorage *block = reuse_block (self, size);

  if (block)
    return block;
  if (posix_memalign (&data, 64, size) != 0)
    return NULL;
  block = g_new0 (AutoStorage, 1);
  block->ref_count = 1;
  block->size = size;
  block->data = data;
  block->release = release_malloc;
  return block;
}

AutoTensor *
auto_context_adopt (AutoContext *self, AutoTensor *tensor)
{
  g_ptr_array_add (self->tensors, tensor);
  return tensor;
}

AutoTensor *
auto_context_tensor (AutoContext *self, AutoDType dtype, const gint64 *shape, guint n_dims)
{
  gsize n;

  if (auto_context_check_cancelled (self))
    return NULL;
  if (n_dims > AUTO_TENSOR_MAX_DIMS || !auto_shape_count (shape, n_dims, dtype, &n))
    {
      g_autofree char *text = auto_shape_to_string (shape, MIN (n_dims, AUTO_TENSOR_MAX_DIMS));
      auto_context_fail (self, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "no tensor can have the shape %s", text);
      return NULL;
    }
  if (self->declaring)
    return auto_context_adopt (self, auto_tensor_new_over (dtype, shape, n_dims, NULL, NULL));

  gsize size = MAX (n * auto_dtype_get_size (dtype), 64);
  AutoStorage *block = new_block (self, (size + 63) & ~(gsize) 63);
  if (!block)
    {
      auto_context_fail (self, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_MEMORY, "no memory for a temporary of %" G_GSIZE_FORMAT " bytes", size);
      return NULL;
    }
  AutoTensor *tensor = auto_tensor_new_over (dtype, shape, n_dims, block, block->data);
  auto_storage_unref (block);
  return auto_context_adopt (self, tensor);
}

float *
auto_context_scratch (AutoContext *self, gsize n)
{
  gint64 shape = (gint64) n;
  AutoTensor *tensor = auto_context_tensor (self, AUTO_DTYPE_F32, &shape, 1);

  return tensor ? (float *) tensor->data : NULL;
}

static guint64
mix (guint64 h, guint64 value)
{
  h = (h ^ value) * 0x9E3779B97F4A7C15u;
  return h ^ (h >> 29);
}

/* Splits the printf arguments of a scope's name into a format that is a literal and at most one index. */
static void G_GNUC_PRINTF (2, 0)
set_name (AutoScope *scope, const char *format, va_list args)
{
  const char *percent = strchr (format, '%');

  scope->index = -1;
  scope->format = format;
  if (!percent)
    return;
  if (percent[1] == 'd' && !strchr (percent + 1, '%'))
    {
      scope->index = va_arg (args, int);
      return;
    }
  g_autofree char *text = g_strdup_vprintf (format, args);
  scope->format = g_intern_string (text);
}

void
auto_context_begin (AutoContext *self, gboolean memory, const char *format, ...)
{
  va_list args;

  if (self->depth == AUTO_SCOPE_DEPTH)
    {
      auto_context_fail (self, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "scopes are nested deeper than %d", AUTO_SCOPE_DEPTH);
      self->depth--; /* stays balanced with the end to come */
    }
  AutoScope *scope = &self->scopes[self->depth];
  va_start (args, format);
  set_name (scope, format, args);
  va_end (args);
  scope->id = mix (mix (self->depth ? scope[-1].id : 1, GPOINTER_TO_SIZE (scope->format)), (guint64) scope->index);
  scope->first = self->tensors->len;
  scope->memory = memory;
  scope->n_carried = 0;
  self->depth++;
}

void
auto_context_carry (AutoContext *self, AutoTensor **x)
{
  AutoScope *scope = self->depth ? &self->scopes[self->depth - 1] : NULL;

  g_return_if_fail (scope && scope->n_carried < AUTO_SCOPE_CARRY);
  scope->carried[scope->n_carried++] = x;
}

void
auto_context_end (AutoContext *self)
{
  AutoTensor *kept[AUTO_SCOPE_CARRY];
  guint n_kept = 0;

  g_return_if_fail (self->depth > 0);
  AutoScope *scope = &self->scopes[--self->depth];
  if (!scope->memory)
    return;
  for (guint i = 0; i < scope->n_carried; i++)
    if (*scope->carried[i])
      kept[n_kept++] = auto_tensor_ref (*scope->carried[i]);
  truncate_tensors (self, scope->first);
  for (guint i = 0; i < n_kept; i++)
    auto_context_adopt (self, kept[i]);
}

/**
 * auto_context_push_scope:
 * @self: a context
 * @name: a piece of a weight's name, such as `encoder.layer.0`
 *
 * Has the weights of the following operations looked up below @name.
 */
void
auto_context_push_scope (AutoContext *self, const char *name)
{
  auto_context_begin (self, FALSE, "%s", name);
}

/**
 * auto_context_pop_scope:
 * @self: a context
 *
 * Ends the innermost scope.
 */
void
auto_context_pop_scope (AutoContext *self)
{
  auto_context_end (self);
}

static void
append_piece (GString *name, const char *format, int index)
{
  const char *percent = index < 0 ? NULL : strstr (format, "%d");

  if (name->len && *format)
    g_string_append_c (name, '.');
  if (percent)
    {
      g_string_append_len (name, format, percent - format);
      g_string_append_printf (name, "%d%s", index, percent + 2);
    }
  else
    g_string_append (name, format);
}

/**
 * auto_context_get_scope:
 * @self: a context
 *
 * Returns: (transfer full): the name that the scopes in force spell
 */
char *
auto_context_get_scope (AutoContext *self)
{
  GString *name = g_string_new (NULL);

  for (guint i = 0; i < self->depth; i++)
    append_piece (name, self->scopes[i].format, self->scopes[i].index);
  return g_string_free (name, FALSE);
}

/* A name that begins with a slash is the whole name. */
char *
auto_context_full_name (AutoContext *self, const char *name, const char *suffix)
{
  GString *full = g_string_new (NULL);

  for (guint i = 0; i < self->depth && name[0] != '/'; i++)
    append_piece (full, self->scopes[i].format, self->scopes[i].index);
  append_piece (full, name[0] == '/' ? name + 1 : name, -1);
  if (suffix)
    append_piece (full, suffix, -1);
  return g_string_free (full, FALSE);
}

static AutoWeightSlot *
find_slot (AutoContext *self, guint64 scope, const char *name, const char *suffix)
{
  guint mask = self->n_slots - 1;
  guint i = (guint) mix (mix (scope, GPOINTER_TO_SIZE (name)), GPOINTER_TO_SIZE (suffix)) & mask;

  while (self->slots[i].name && (self->slots[i].scope != scope || self->slots[i].name != name || self->slots[i].suffix != suffix))
    i = (i + 1) & mask;
  return &self->slots[i];
}

static void
grow_slots (AutoContext *self)
{
  AutoWeightSlot *old = self->slots;
  guint n = self->n_slots;

  self->n_slots = MAX (64, n * 2);
  self->slots = g_new0 (AutoWeightSlot, self->n_slots);
  for (guint i = 0; i < n; i++)
    if (old[i].name)
      *find_slot (self, old[i].scope, old[i].name, old[i].suffix) = old[i];
  g_free (old);
}

static AutoWeight *
look_up (AutoContext *self, const char *name, const char *suffix, AutoWeightKind kind, const gint64 *shape, guint n_dims)
{
  g_autofree char *full = auto_context_full_name (self, name, suffix);
  AutoWeight *weight = self->declaring ? auto_weights_declare (self->weights, full, kind, shape, n_dims) : auto_weights_find (self->weights, full);

  if (!weight && self->declaring)
    {
      weight = auto_weights_find (self->weights, full);
      g_autofree char *was = auto_shape_to_string (weight->shape, weight->n_dims), *is = auto_shape_to_string (shape, n_dims);
      auto_context_fail (self, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_WEIGHT, "weight %s is used as %s and as %s", full, was, is);
      return NULL;
    }
  if (!weight || (!self->declaring && !weight->tensor))
    {
      auto_context_fail (self, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_WEIGHT, "the model has no weight %s", full);
      return NULL;
    }
  return weight;
}

AutoWeight *
auto_context_weight (AutoContext *self, const char *name, AutoWeightKind kind, const gint64 *shape, guint n_dims)
{
  return auto_context_layer_weight (self, name, NULL, kind, shape, n_dims);
}

AutoWeight *
auto_context_layer_weight (AutoContext *self, const char *name, const char *suffix, AutoWeightKind kind, const gint64 *shape, guint n_dims)
{
  guint64 scope = self->depth ? self->scopes[self->depth - 1].id : 1;

  if (self->error)
    return NULL;
  if (self->n_used * 2 >= self->n_slots)
    grow_slots (self);
  AutoWeightSlot *slot = find_slot (self, scope, name, suffix);
  if (!slot->name || strcmp (slot->text, name) != 0)
    {
      AutoWeight *weight = look_up (self, name, suffix, kind, shape, n_dims);
      if (!weight)
        return NULL;
      self->n_used += !slot->name;
      *slot = (AutoWeightSlot) { scope, name, suffix, g_intern_string (name), weight };
    }
  AutoWeight *weight = slot->weight;
  if (weight->n_dims != n_dims || (n_dims && memcmp (weight->shape, shape, n_dims * sizeof *shape) != 0))
    {
      g_autofree char *was = auto_shape_to_string (weight->shape, weight->n_dims), *is = auto_shape_to_string (shape, n_dims);
      auto_context_fail (self, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "%s has the shape %s, but these inputs need %s", weight->name, was, is);
      return NULL;
    }
  return weight;
}

void
auto_context_ignore (AutoContext *self, const char *name)
{
  if (self->declaring)
    g_hash_table_add (self->weights->ignored, auto_context_full_name (self, name, NULL));
}

/**
 * auto_context_wants_hidden_states:
 * @self: a context
 *
 * Returns: whether the caller asked for the states between layers
 */
gboolean
auto_context_wants_hidden_states (AutoContext *self)
{
  return self->want_hidden_states && self->collection;
}

/**
 * auto_context_wants_attentions:
 * @self: a context
 *
 * Returns: whether the caller asked for attention probabilities
 */
gboolean
auto_context_wants_attentions (AutoContext *self)
{
  return self->want_attentions && self->collection;
}

/**
 * auto_context_hidden_state:
 * @self: a context
 * @x: (nullable): the states between two layers
 *
 * Adds to the output's list `hidden_states` when the caller asked for it.
 */
void
auto_context_hidden_state (AutoContext *self, AutoTensor *x)
{
  if (auto_context_wants_hidden_states (self))
    auto_context_collect (self, "hidden_states", x);
}

/* Only decoders look across: the reference's name has no prefix. */
static char *
collected_name (AutoContext *self, const char *list)
{
  return g_strconcat (g_str_has_prefix (list, "cross_") ? "" : self->collection, list, NULL);
}

/**
 * auto_context_collect:
 * @self: a context
 * @list: the list's name
 * @x: (nullable): a tensor
 *
 * Adds to a list of the output, under the prefix of [method@Context.set_collection].
 */
void
auto_context_collect (AutoContext *self, const char *list, AutoTensor *x)
{
  if (self->error || !x || !self->collection)
    return;
  g_ptr_array_add (self->collected, auto_tensor_ref (x));
  g_ptr_array_add (self->collected_names, collected_name (self, list));
}

/**
 * auto_context_get_collected:
 * @self: a context
 * @list: the list's name
 * @i: a place in the list
 *
 * Returns: (transfer none) (nullable): what [method@Context.collect] was given, or %NULL past the list's end
 */
AutoTensor *
auto_context_get_collected (AutoContext *self, const char *list, guint i)
{
  g_autofree char *name = collected_name (self, list);

  for (guint j = 0; j < self->collected->len; j++)
    if (g_str_equal (self->collected_names->pdata[j], name) && i-- == 0)
      return self->collected->pdata[j];
  return NULL;
}

/**
 * auto_context_set_collection:
 * @self: a context
 * @prefix: (nullable): what the names of collected lists begin with, such as `encoder_`; %NULL to collect nothing
 *
 * Returns: (transfer none) (nullable): the prefix before
 */
const char *
auto_context_set_collection (AutoContext *self, const char *prefix)
{
  const char *before = self->collection;

  self->collection = g_intern_string (prefix);
  return before;
}
