/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which tokenizer class a name means: the registry's answer to core/text. */
#include "core/text/auto-tokenizer-spec.h"
#include "registry/auto-registry-private.h"

static gboolean
has_name (const AutoTokenizerInfo *info, const char *class_name)
{
  return g_strcmp0 (info->slow_class, class_name) == 0 || g_strcmp0 (info->fast_class, class_name) == 0;
}

/* The model type's own plugin is asked first, so that as a rule no other has to be found. */
static const AutoTokenizerSpec *
look_up (const char *class_name, const char *model_type, gboolean fast, GError **error)
{
  const AutoTokenizerInfo *info = model_type && auto_registry_has_architecture (model_type) ? auto_registry_find_tokenizer (model_type, NULL) : NULL;

  if (class_name && !(info && has_name (info, class_name)))
    info = auto_registry_find_tokenizer_class (class_name, NULL);
  return info ? info->spec : NULL;
}

static void __attribute__ ((constructor))
set_lookup (void)
{
  auto_tokenizer_lookup = look_up;
}
