/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-model-private.h"

#include <string.h>

/* Brings a checkpoint's names and a model's together, as _load_pretrained_model of modeling_utils.py does. */
typedef struct
{
  AutoModelPrivate *model;
  AutoCheckpoint *checkpoint;
  GHashTable *files; /* spelling → name in the file */
  GHashTable *taken; /* names in the file that a weight has */
  char *strip;       /* the model's names lose this to be the file's */
  char *add;         /* or they gain this */
} Binding;

/* Layer norms were once saved with gamma and beta for weight and bias. */
static char *
modern_spelling (const char *name)
{
  static const char *const olds[][2] = { { "LayerNorm.gamma", "LayerNorm.weight" }, { "LayerNorm.beta", "LayerNorm.bias" } };

  for (guint i = 0; i < G_N_ELEMENTS (olds); i++)
    if (g_str_has_suffix (name, olds[i][0]))
      return g_strdup_printf ("%.*s%s", (int) (strlen (name) - strlen (olds[i][0])), name, olds[i][1]);
  return NULL;
}

static gboolean
any_below (const char *const *names, gsize n, const char *prefix)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_has_prefix (names[i], prefix))
      return TRUE;
  return FALSE;
}

static void
choose_prefix (Binding *self, const char *prefix, const char *const *names, gsize n)
{
  GPtrArray *list = self->model->weights->list;
  gboolean expected = FALSE;

  if (!prefix || !*prefix)
    return;
  g_autofree char *below = g_strconcat (prefix, ".", NULL);
  for (guint i = 0; i < list->len; i++)
    expected |= g_str_has_prefix (((AutoWeight *) list->pdata[i])->name, below);
  gboolean has = any_below (names, n, below);
  if (expected && !has)
    self->strip = g_steal_pointer (&below);
  else if (has && !expected)
    self->add = g_steal_pointer (&below);
}

static const char *
find_spelling (Binding *self, const char *name)
{
  if (self->strip && g_str_has_prefix (name, self->strip))
    return g_hash_table_lookup (self->files, name + strlen (self->strip));
  if (self->add)
    {
      g_autofree char *longer = g_strconcat (self->add, name, NULL);
      return g_hash_table_lookup (self->files, longer);
    }
  return g_hash_table_lookup (self->files, name);
}

static const char *
find_in_file (Binding *self, AutoWeight *weight)
{
  const char *name = find_spelling (self, weight->name);

  if (!name && weight->other)
    name = find_spelling (self, weight->other);
  return name;
}

static gboolean
same_shape (const AutoWeight *weight, AutoTensor *tensor)
{
  return weight->n_dims == tensor->n_dims && memcmp (weight->shape, tensor->shape, weight->n_dims * sizeof *weight->shape) == 0;
}

static char *
describe_mismatch (const AutoWeight *weight, AutoTensor *tensor)
{
  g_autofree char *file = auto_shape_to_string (tensor->shape, tensor->n_dims), *model = auto_shape_to_string (weight->shape, weight->n_dims);

  return g_strdup_printf ("%s: %s in the checkpoint, %s in the model", weight->name, file, model);
}

/* The record that holds the values: a tied weight's is its source's. */
static AutoWeight *
holder (Binding *self, AutoWeight *weight)
{
  for (int i = 0; weight->tied && i < 8; i++)
    {
      AutoWeight *source = auto_weights_find (self->model->weights, weight->tied);
      if (!source)
        break;
      weight = source;
    }
  return weight;
}

/* TensorFlow keeps some tensors with more dimensions of 1, or fewer; the reference gives them PyTorch's shape. */
static AutoTensor *
get_tensor (Binding *self, const AutoWeight *target, const char *name, GError **error)
{
  g_autoptr(AutoTensor) tensor = auto_checkpoint_get (self->checkpoint, name, error);
  gsize n;

  if (tensor && !same_shape (target, tensor) && g_strcmp0 (auto_checkpoint_get_metadata (self->checkpoint, "format"), "tf") == 0
      && auto_shape_count (target->shape, target->n_dims, tensor->dtype, &n) && (gint64) n == auto_tensor_get_n_elements (tensor))
    return auto_tensor_reshape (tensor, target->shape, target->n_dims, error);
  return g_steal_pointer (&tensor);
}

static gboolean
bind_weight (Binding *self, AutoWeight *weight, GStrvBuilder *mismatched, guint *n_found, GError **error)
{
  const char *name = find_in_file (self, weight);
  AutoWeight *target = holder (self, weight);

  if (!name)
    return TRUE;
  g_hash_table_add (self->taken, (gpointer) name);
  if (target != weight && target->tensor && !weight->prevails)
    return TRUE;
  g_autoptr(AutoTensor) tensor = get_tensor (self, target, name, error);
  if (!tensor)
    return FALSE;
  (*n_found)++;
  if (same_shape (target, tensor))
    auto_weights_set_tensor (self->model->weights, target, tensor);
  else
    {
      g_autofree char *text = describe_mismatch (weight, tensor);
      g_strv_builder_add (mismatched, text);
    }
  return TRUE;
}

/* Sources first: what a tied name says counts only where the source is absent, or where it prevails. */
static gboolean
bind_weights (Binding *self, GStrvBuilder *mismatched, guint *n_found, GError **error)
{
  GPtrArray *list = self->model->weights->list;

  for (int tied = 0; tied < 2; tied++)
    for (guint i = 0; i < list->len; i++)
      {
        AutoWeight *weight = g_ptr_array_index (list, i);
        if ((weight->tied != NULL) == tied && !bind_weight (self, weight, mismatched, n_found, error))
          return FALSE;
      }
  return TRUE;
}

static char **
list_missing (Binding *self, char **mismatched)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  GPtrArray *list = self->model->weights->list;

  for (guint i = 0; i < list->len; i++)
    {
      AutoWeight *weight = g_ptr_array_index (list, i);
      gboolean differs = FALSE;
      for (char **m = mismatched; *m; m++)
        differs |= g_str_has_prefix (*m, weight->name) && (*m)[strlen (weight->name)] == ':';
      if (!holder (self, weight)->tensor && !differs && weight->kind != AUTO_WEIGHT_BUFFER)
        g_strv_builder_add (builder, weight->name);
    }
  return g_strv_builder_end (builder);
}

static gboolean
is_ignored (Binding *self, const char *name)
{
  GHashTable *ignored = self->model->weights->ignored;

  if (g_hash_table_contains (ignored, name))
    return TRUE;
  if (self->add && g_str_has_prefix (name, self->add))
    return g_hash_table_contains (ignored, name + strlen (self->add));
  g_autofree char *longer = self->strip ? g_strconcat (self->strip, name, NULL) : NULL;
  return longer && g_hash_table_contains (ignored, longer);
}

static char **
list_unexpected (Binding *self, const char *const *names, gsize n)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; i < n; i++)
    if (!g_hash_table_contains (self->taken, names[i]) && !is_ignored (self, names[i]))
      g_strv_builder_add (builder, names[i]);
  return g_strv_builder_end (builder);
}

static gboolean
check_found (Binding *self, guint n_found, char **mismatched, gboolean ignore_mismatched, GError **error)
{
  const char *path = auto_checkpoint_get_path (self->checkpoint);

  if (n_found == 0)
    {
      g_set_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_NO_WEIGHTS,
                   "%s: none of the model's %u weights is in the file; is it the checkpoint of another architecture?", path,
                   self->model->weights->list->len);
      return FALSE;
    }
  if (*mismatched && !ignore_mismatched)
    {
      g_autofree char *list = g_strjoinv ("; ", mismatched);
      g_set_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_MISMATCH,
                   "%s: %s; set ignore_mismatched_sizes to load the others and leave these fresh", path, list);
      return FALSE;
    }
  return TRUE;
}

gboolean
auto_model_bind (AutoPretrainedModel *model, AutoCheckpoint *checkpoint, gboolean ignore_mismatched, GError **error)
{
  gsize n;
  const char *const *names = auto_checkpoint_get_names (checkpoint, &n);
  Binding self = { auto_model_get_private (model), checkpoint, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                   g_hash_table_new (g_str_hash, g_str_equal), NULL, NULL };
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  guint n_found = 0;

  for (gsize i = 0; i < n; i++)
    {
      char *modern = modern_spelling (names[i]);
      if (modern && !g_hash_table_contains (self.files, modern))
        g_hash_table_insert (self.files, modern, (gpointer) names[i]);
      else
        g_free (modern);
      g_hash_table_insert (self.files, g_strdup (names[i]), (gpointer) names[i]);
    }
  choose_prefix (&self, auto_pretrained_model_get_prefix (model), names, n);
  gboolean ok = bind_weights (&self, builder, &n_found, error);
  if (ok)
    {
      self.model->mismatched = g_strv_builder_end (builder);
      self.model->missing = list_missing (&self, self.model->mismatched);
      self.model->unexpected = list_unexpected (&self, names, n);
      ok = check_found (&self, n_found, self.model->mismatched, ignore_mismatched, error);
    }
  g_hash_table_unref (self.files);
  g_hash_table_unref (self.taken);
  g_free (self.strip);
  g_free (self.add);
  return ok;
}

void
auto_model_settle (AutoPretrainedModel *model)
{
  AutoWeights *weights = auto_model_get_private (model)->weights;

  auto_weights_initialize (weights, 0);
  for (int round = 0; round < 8; round++)
    for (guint i = 0; i < weights->list->len; i++)
      {
        AutoWeight *weight = g_ptr_array_index (weights->list, i);
        AutoWeight *source = weight->tied ? auto_weights_find (weights, weight->tied) : NULL;
        if (source && source->tensor && weight->tensor != source->tensor)
          auto_weights_set_tensor (weights, weight, source->tensor);
      }
}

gboolean
auto_model_convert_weights (AutoPretrainedModel *model, const char *dtype, GError **error)
{
  AutoWeights *weights = auto_model_get_private (model)->weights;
  AutoDType to;

  if (!dtype || g_str_equal (dtype, "auto"))
    return TRUE;
  if (!auto_dtype_from_name (dtype, &to) || !auto_dtype_is_float (to))
    {
      g_set_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_DTYPE, "dtype: %s is no floating-point type; float32, bfloat16 and float16 are", dtype);
      return FALSE;
    }
  for (guint i = 0; i < weights->list->len; i++)
    {
      AutoWeight *weight = g_ptr_array_index (weights->list, i);
      if (weight->tied || !auto_dtype_is_float (weight->tensor->dtype) || weight->tensor->dtype == to)
        continue;
      g_autoptr(AutoTensor) converted = auto_tensor_convert (weight->tensor, to);
      auto_weights_set_tensor (weights, weight, converted);
    }
  auto_model_settle (model);
  return TRUE;
}
