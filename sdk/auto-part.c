/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-part.h"

#include <string.h>

#include "auto-model-class-private.h"
#include "core/auto/auto-model-private.h"
#include "registry/auto-registry-private.h"

static AutoPretrainedModel *
part_new (const char *door, AutoPretrainedConfig *config)
{
  g_autoptr(GPtrArray) models = config ? auto_registry_find_models (G_OBJECT_TYPE (config), door) : NULL;

  if (!models || !models->len)
    return NULL;
  return auto_model_new_bare (((const AutoClassInfo *) g_ptr_array_index (models, 0))->type, AUTO_CONFIG (config));
}

static void
fail_without_class (AutoContext *cx, const char *door, AutoPretrainedConfig *config)
{
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED,
                     "no plugin offers a class for %s and the configuration %s; choose a model_type that has one", door,
                     config ? G_OBJECT_TYPE_NAME (config) : "null");
}

/* The caller knows the part by its scope, and its inputs by other names. */
static void
name_part (AutoContext *cx)
{
  g_autofree char *scope = auto_context_get_scope (cx);

  if (*scope)
    g_prefix_error (&cx->error, "%s: ", scope);
}

void
auto_part_forward (AutoContext *cx, const char *door, AutoPretrainedConfig *config, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoPretrainedModel) part = part_new (door, config);

  if (auto_context_has_failed (cx))
    return;
  if (!part)
    fail_without_class (cx, door, config);
  else
    AUTO_PRETRAINED_MODEL_GET_CLASS (part)->forward (part, cx, in, out);
  if (cx->error && !g_error_matches (cx->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    name_part (cx);
}

void
auto_part_example (const char *door, AutoPretrainedConfig *config, AutoInputs *in)
{
  g_autoptr(AutoPretrainedModel) part = part_new (door, config);

  if (part)
    AUTO_PRETRAINED_MODEL_GET_CLASS (part)->example (part, in);
}

AutoTensor *
auto_part_source_mask (AutoContext *cx, const char *door, AutoPretrainedConfig *config, AutoTensor *attention_mask, gint64 length)
{
  g_autoptr(AutoPretrainedModel) part = part_new (door, config);
  const AutoModelSpec *spec = part ? auto_model_find_spec (part) : NULL;

  if (spec && spec->source_mask)
    return spec->source_mask (cx, config, attention_mask, length);
  if (!part)
    fail_without_class (cx, door, config);
  else
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "attention_mask: %s doesn't tell which of its states a mask leaves; leave the mask out", G_OBJECT_TYPE_NAME (part));
  return NULL;
}

/* Two models whose modules bear the same names. */
typedef struct
{
  AutoContext *cx;
  gboolean alike;                  /* whether both are of one class */
  GHashTable *modules, *counterparts; /* paths below the decoder's and the encoder's base */
  const char *prefix;              /* of the decoder's names */
} Tie;

static GHashTable *
collect_modules (AutoWeights *weights, const char *prefix)
{
  GHashTable *modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < weights->list->len; i++)
    {
      const char *name = ((AutoWeight *) weights->list->pdata[i])->name;
      if (!g_str_has_prefix (name, prefix))
        continue;
      name += strlen (prefix);
      for (const char *dot = strchr (name, '.'); dot; dot = strchr (dot + 1, '.'))
        g_hash_table_add (modules, g_strndup (name, dot - name));
    }
  return modules;
}

/* How many modules 0, 1, … a list has. */
static int
list_length (GHashTable *modules, const char *list)
{
  for (int n = 0;; n++)
    {
      g_autofree char *path = g_strdup_printf ("%s.%d", list, n);
      if (!g_hash_table_contains (modules, path))
        return n;
    }
}

/* Whether the module at @path has a counterpart. Lists of different lengths have them only where their modules are of one class, and
 * then the decoder's must not be the longer one. */
static gboolean
has_counterpart (Tie *self, const char *path)
{
  for (const char *dot = strchr (path, '.'); dot; dot = strchr (dot + 1, '.'))
    {
      if (!g_ascii_isdigit (dot[1]))
        continue;
      g_autofree char *list = g_strndup (path, dot - path);
      int n = list_length (self->modules, list), n_counterparts = list_length (self->counterparts, list);
      if (n == n_counterparts)
        continue;
      if (!self->alike)
        return FALSE;
      if (n > n_counterparts && n_counterparts > 0)
        auto_context_fail (self->cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                           "tie_encoder_decoder: the decoder has %d layers in %s and the encoder %d; give the encoder as many, or don't tie them", n, list,
                           n_counterparts);
    }
  return g_hash_table_contains (self->counterparts, path);
}

/* Whether the decoder's module at @path is one that is tied as a whole: one with a weight. */
static gboolean
has_weight (Tie *self, const char *path)
{
  g_autofree char *name = g_strconcat (self->prefix, path, ".weight", NULL);

  return auto_weights_find (self->cx->weights, name) != NULL;
}

static void
tie_weight (Tie *self, AutoWeight *weight, const char *suffix)
{
  const char *own = weight->name + strlen (self->prefix);
  g_autofree char *path = g_strndup (own, strlen (own) - strlen (suffix)), *name = g_strconcat ("encoder.", own, NULL);
  AutoWeight *source;

  if (!has_weight (self, path) || !has_counterpart (self, path))
    return;
  source = auto_weights_find (self->cx->weights, name);
  if (!source || source->n_dims != weight->n_dims || memcmp (source->shape, weight->shape, weight->n_dims * sizeof *weight->shape) != 0)
    {
      g_autofree char *is = auto_shape_to_string (weight->shape, weight->n_dims);
      g_autofree char *has = source ? auto_shape_to_string (source->shape, source->n_dims) : g_strdup ("absent");
      auto_context_fail (self->cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                         "tie_encoder_decoder: %s is %s and %s is %s; give both parts the same sizes, or don't tie them", weight->name, is, name, has);
      return;
    }
  g_free (weight->tied);
  weight->tied = g_steal_pointer (&name);
  weight->prevails = TRUE;
}

void
auto_part_tie (AutoContext *cx, AutoPretrainedConfig *encoder, AutoPretrainedConfig *decoder)
{
  const AutoArchitectureInfo *architecture = auto_registry_find_by_config (G_OBJECT_TYPE (decoder));
  g_autofree char *prefix = g_strconcat ("decoder.", architecture && architecture->prefix ? architecture->prefix : "", ".", NULL);

  if (!auto_context_is_declaring (cx) || auto_context_has_failed (cx))
    return;
  Tie self = { cx, G_OBJECT_TYPE (encoder) == G_OBJECT_TYPE (decoder), collect_modules (cx->weights, prefix),
               collect_modules (cx->weights, "encoder."), prefix };
  for (guint i = 0; i < cx->weights->list->len && !auto_context_has_failed (cx); i++)
    {
      AutoWeight *weight = cx->weights->list->pdata[i];
      const char *suffix = g_str_has_suffix (weight->name, ".weight") ? ".weight" : ".bias";
      if (!weight->tied && g_str_has_prefix (weight->name, prefix) && g_str_has_suffix (weight->name, suffix))
        tie_weight (&self, weight, suffix);
    }
  g_hash_table_unref (self.modules);
  g_hash_table_unref (self.counterparts);
}
