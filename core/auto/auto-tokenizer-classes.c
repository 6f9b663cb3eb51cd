/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which tokenizer class a name means: the registry's answer to core/text. */
#include <string.h>

#include "core/text/auto-tokenizer-spec.h"
#include "registry/auto-registry-private.h"

static gboolean
has_name (const AutoTokenizerInfo *info, const char *class_name)
{
  gsize n = strlen (class_name);

  return g_strcmp0 (info->slow_class, class_name) == 0
         || (info->fast_class && strncmp (info->fast_class, class_name, n) == 0
             && (!info->fast_class[n] || g_str_equal (info->fast_class + n, "Fast")));
}

/* A class that is only fast may go by its name without Fast. */
static const AutoTokenizerInfo *
find_class (const char *class_name)
{
  const AutoTokenizerInfo *info = auto_registry_find_tokenizer_class (class_name, NULL);

  if (info || g_str_has_suffix (class_name, "Fast"))
    return info;
  g_autofree char *fast_name = g_strconcat (class_name, "Fast", NULL);
  return auto_registry_find_tokenizer_class (fast_name, NULL);
}

/* The model type's own plugin is asked first, so that as a rule no other has to be found; it may only name a class that another one
 * describes. */
static const AutoTokenizerSpec *
look_up (const char *class_name, const char *model_type, gboolean *fast, GError **error)
{
  const AutoTokenizerInfo *info = model_type ? auto_registry_find_tokenizer (model_type, NULL) : NULL;

  if (class_name && !(info && has_name (info, class_name)))
    info = find_class (class_name);
  /* the row may be of the fast class alone where a Python class of that name belongs to another model type */
  const AutoTokenizerInfo *python = class_name && !*fast && info && !info->slow_class ? auto_registry_find_tokenizer_class (class_name, NULL) : NULL;
  if (python && python->slow_class)
    info = python;
  if (!info)
    return NULL;
  *fast = (class_name && g_str_has_suffix (class_name, "Fast")) || !info->slow_class || (*fast && info->fast_class);
  if (!info->spec)
    info = find_class (info->slow_class ? info->slow_class : info->fast_class);
  return info ? info->spec : NULL;
}

static void __attribute__ ((constructor))
set_lookup (void)
{
  auto_tokenizer_lookup = look_up;
}
