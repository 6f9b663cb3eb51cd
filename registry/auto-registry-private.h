/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-registry.h"

G_BEGIN_DECLS

/* The interface by which core/auto asks the registry. All functions may be called from any thread; what they return
 * without a transfer lives as long as the process. */

/* An architecture whose plugin is loaded, or that was registered at run time. */
typedef struct
{
  const char *model_type; /* as config.json spells it */
  GType config_type;
  const char *prefix;     /* base_model_prefix, "" when there is none */
  const char *plugin;     /* the plugin's name, NULL when registered at run time */
} AutoArchitectureInfo;

/* A class found under a row of an Auto class. */
typedef struct
{
  const char *door;       /* "AutoModelForMaskedLM", "AutoImageProcessor" … */
  const char *model_type;
  const char *class_name;
  GType type;             /* G_TYPE_INVALID for a processor that is only a spec */
  gconstpointer spec;
  gboolean tf, flax;
} AutoClassInfo;

typedef struct
{
  const char *model_type;
  const char *slow_class, *fast_class; /* either may be NULL */
  gconstpointer spec;                  /* NULL: the class is described elsewhere, or nowhere */
} AutoTokenizerInfo;

/* Architectures; the plugin is loaded when it is not yet. */
AUTO_INTERNAL const AutoArchitectureInfo *auto_registry_find_architecture (const char *model_type, GError **error);
/* Whether there is such a type; loads nothing. */
AUTO_INTERNAL gboolean auto_registry_has_architecture (const char *model_type);
/* The architecture of a configuration's class, NULL when it was never registered. */
AUTO_INTERNAL const AutoArchitectureInfo *auto_registry_find_by_config (GType config_type);

/* (element-type AutoClassInfo) (transfer container): the classes of @door for the configuration class, in the order of the
 * reference's row: what was registered at run time first; empty when there is none. */
AUTO_INTERNAL GPtrArray *auto_registry_find_models (GType config_type, const char *door);
/* The model types that have a row under @door, sorted; asks sidecars, loads nothing. */
AUTO_INTERNAL char **auto_registry_list_rows (const char *door);
/* A class by its name, whatever its door ("BertForMaskedLM"); NULL when no plugin has it. The door's is preferred when it is given. */
AUTO_INTERNAL const AutoClassInfo *auto_registry_find_class (const char *class_name, const char *door, GError **error);

AUTO_INTERNAL const AutoTokenizerInfo *auto_registry_find_tokenizer (const char *model_type, GError **error);
/* A class that a plugin describes, whichever it is. */
AUTO_INTERNAL const AutoTokenizerInfo *auto_registry_find_tokenizer_class (const char *class_name, GError **error);
AUTO_INTERNAL const AutoClassInfo *auto_registry_find_processor (const char *door, const char *model_type, GError **error);

/* Run-time registration. */
AUTO_INTERNAL gboolean auto_registry_register_config (const char *model_type, GType config_type, gboolean exist_ok, GError **error);
AUTO_INTERNAL gboolean auto_registry_register_model (GType config_type, const char *door, GType model_type, gboolean exist_ok, GError **error);

/* Loads a plugin that a model folder ships; the caller has made sure that the user trusts it. */
AUTO_INTERNAL gboolean auto_registry_load_file (const char *path, GError **error);

/* Called once for each model class when its plugin is loaded, with the registry's lock held; set by core/auto. */
typedef void (*AutoRegistryClassHook) (const char *door, GType type, gboolean tf, gboolean flax);
AUTO_INTERNAL void auto_registry_set_class_hook (AutoRegistryClassHook hook);

/* For tests: sidecars and shared objects opened since the start. */
AUTO_INTERNAL guint auto_registry_get_n_opened (void);

G_END_DECLS
