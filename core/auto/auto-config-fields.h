/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pretrained-config.h"

G_BEGIN_DECLS

/* What a configuration class is made of: a table of its keys. The macros of sdk/auto-config-macros.h write these. */

typedef enum
{
  AUTO_FIELD_INT = 1, /* int */
  AUTO_FIELD_DOUBLE,  /* double; NAN for null */
  AUTO_FIELD_BOOL,    /* gboolean */
  AUTO_FIELD_STRING,  /* const char *; NULL for null */
  AUTO_FIELD_ENUM,    /* int, a value of the GEnum .type; -1 for null and for a nick that it lacks */
  AUTO_FIELD_INTS,    /* AutoInts; a lone int is a list of one */
  AUTO_FIELD_DOUBLES, /* AutoDoubles; a lone number is a list of one */
  AUTO_FIELD_STRINGS, /* char **; NULL for null */
  AUTO_FIELD_CONFIG,  /* AutoPretrainedConfig *, of class .type, or of the class that the object's model_type names */
  AUTO_FIELD_OBJECT,  /* JsonNode *, any JSON; NULL for null */
  AUTO_FIELD_EXTRA,   /* no member: a key that the file has and model code never reads */
  AUTO_FIELD_ALIAS,   /* no member: another name, .text is the true key */
  AUTO_FIELD_DEFAULT, /* no member: another default for a key of the parent class */
} AutoFieldKind;

typedef struct
{
  guint n;
  int *values;
} AutoInts;

typedef struct
{
  guint n;
  double *values;
} AutoDoubles;

typedef struct
{
  const char *key;
  AutoFieldKind kind;
  guint offset;
  GType type;            /* ENUM, CONFIG */
  double number;         /* the default of numbers, booleans and enums */
  const char *text;      /* the default of strings; of lists, objects and configurations as JSON; the true key of an alias */
  double min, max;       /* range that a model can be made from; a max below min is no limit, both 0 is no range */
  double null_value;     /* INT: what the member is for null */
  gboolean null;         /* the default is null; CONFIG: may be null (else null is an object of defaults) */
  gboolean derived;      /* no argument of the reference's constructor: `loaded` sets it (see base_first) */
  gboolean whole;        /* DOUBLE: the default is written without a fraction */
  gboolean list;         /* INT: the file may have a list, whose first element the member is */
  gconstpointer reserved[2];
} AutoConfigField;

typedef struct
{
  const char *model_type;
  const AutoConfigField *fields;
  guint n_fields;
  gsize instance_size;
  GType parent;                                                    /* 0 for AutoPretrainedConfig */
  gboolean (*loaded) (AutoPretrainedConfig *self, GError **error);
  gboolean is_composition;  /* made of other configurations, has no defaults of its own */
  /* The reference's __init__ calls its parent's before it stores its own arguments: those win over other names for them, and what
   * `loaded` derives wins over what the file has. Otherwise other names and the file's derived values come last. */
  gboolean base_first;
  gconstpointer reserved[4];
} AutoConfigClassInfo;

/* Registers a configuration class; the info and its fields are copied, their strings must be static. */
AUTO_AVAILABLE_IN_1_0 GType auto_config_class_register (const char *type_name, const AutoConfigClassInfo *info);

/* For `loaded` functions and model code. */
AUTO_AVAILABLE_IN_1_0 void auto_config_remove (AutoConfig *self, const char *key);
AUTO_AVAILABLE_IN_1_0 gboolean auto_config_set_nested (AutoConfig *self, const char *key, AutoConfig *nested, GError **error);

/* Whether a model can be made: no null where a number with a range is wanted, and every range holds; nested ones too. */
AUTO_INTERNAL gboolean auto_config_validate (AutoConfig *self, GError **error);

G_END_DECLS
