/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-part.h"

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

void
auto_part_forward (AutoContext *cx, const char *door, AutoPretrainedConfig *config, AutoInputs *in, AutoModelOutput *out)
{
  g_autoptr(AutoPretrainedModel) part = part_new (door, config);

  if (!part)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "no plugin offers a class for %s and the configuration %s", door,
                       config ? G_OBJECT_TYPE_NAME (config) : "null");
  else
    AUTO_PRETRAINED_MODEL_GET_CLASS (part)->forward (part, cx, in, out);
}

void
auto_part_example (const char *door, AutoPretrainedConfig *config, AutoInputs *in)
{
  g_autoptr(AutoPretrainedModel) part = part_new (door, config);

  if (part)
    AUTO_PRETRAINED_MODEL_GET_CLASS (part)->example (part, in);
}
