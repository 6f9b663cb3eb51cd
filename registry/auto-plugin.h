/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/base/auto-errors.h"

G_BEGIN_DECLS

/* What a plugin is: one shared object with one exported symbol, auto_plugin_descriptor. sdk/auto-plugin-macros.h writes it. */

/* A plugin needs the same major number as the library and at most its minor number. */
#define AUTO_PLUGIN_ABI_MAJOR 1
#define AUTO_PLUGIN_ABI_MINOR 0
#define AUTO_PLUGIN_SYMBOL "auto_plugin_descriptor"

typedef enum
{
  AUTO_PLUGIN_END = 0,
  AUTO_PLUGIN_ARCHITECTURE = 1, /* model_type, class_name and get_type of the configuration, prefix */
  AUTO_PLUGIN_MODEL = 2,        /* model_type, door, class_name, get_type, tf, flax */
  AUTO_PLUGIN_TOKENIZER = 3,    /* model_type, class_name, fast_class_name, spec */
  AUTO_PLUGIN_PROCESSOR = 4,    /* model_type, door, class_name, get_type or spec */
} AutoPluginEntryKind;

/* One thing that a plugin offers. Models, tokenizers and processors without a model_type belong to the last architecture
 * before them. */
typedef struct
{
  AutoPluginEntryKind kind;
  const char *model_type;
  const char *door;            /* the Auto class under which it is found: "AutoModelForMaskedLM", "AutoImageProcessor" */
  const char *class_name;      /* the reference's name, which is also the GType's; of tokenizers the slow class, or NULL */
  const char *fast_class_name; /* tokenizers: the fast class, or NULL */
  GType (*get_type) (void);
  const char *prefix;          /* architectures: base_model_prefix, the attribute that holds the base model in a head's class */
  gconstpointer spec;          /* tokenizers and processors: data that the library's own class works from; a tokenizer without
                                * one has the class of that name, whose plugin describes it */
  gboolean tf, flax;           /* models: the reference has the TF…, Flax… class too */
  gconstpointer reserved[4];
} AutoPluginEntry;

typedef struct
{
  guint size;                     /* of this struct */
  guint entry_size;               /* of an entry */
  guint abi_major, abi_minor;
  const char *name;               /* short, of [a-z0-9_-]: also the file's name */
  const char *title;              /* for people */
  const char *version, *licence;
  const AutoPluginEntry *entries; /* up to one of kind AUTO_PLUGIN_END */
  gboolean (*init) (GError **error); /* or NULL: called once, when the plugin was loaded and found good */
  gconstpointer reserved[8];
} AutoPlugin;

/* The name of a class, for the tables of a plugin; once for each class, where it is defined. */
#define AUTO_CLASS_NAME(Type, prefix) G_GNUC_UNUSED static const char prefix##_class_name[] = #Type

G_END_DECLS
