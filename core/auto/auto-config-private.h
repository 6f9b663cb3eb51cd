/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-config-fields.h"

G_BEGIN_DECLS

/* A key that a class knows. */
typedef struct
{
  const AutoConfigField *field; /* of the class that brought it */
  JsonNode *initial;            /* the default, shared by all instances */
} AutoConfigKey;

/* All keys of a class: its parents' and its own. */
typedef struct _AutoConfigTable AutoConfigTable;
struct _AutoConfigTable
{
  const AutoConfigTable *parent; /* whose keys it has too, or NULL */
  const AutoConfigField *fields; /* what it adds */
  GPtrArray *keys;       /* AutoConfigKey, in order */
  GHashTable *by_key;    /* key → AutoConfigKey */
  GHashTable *aliases;   /* other name → key */
};

typedef struct
{
  JsonObject *values;    /* every key; null in place of a nested configuration */
  GHashTable *nested;    /* key → AutoPretrainedConfig */
  char *origin;          /* for messages: the file */
  GError *problem;       /* why the defaults alone make no configuration */
} AutoConfigState;

/* The class's table; auto-config-table.c. */
const AutoConfigTable *auto_config_get_table (AutoPretrainedConfig *self);
AutoConfigTable *auto_config_table_new (const AutoConfigTable *parent, const AutoConfigField *fields, guint n_fields);
const AutoConfigField *auto_config_base_fields (guint *n);

/* Properties; auto-config-properties.c. */
void auto_config_install_properties (GObjectClass *klass, const AutoConfigField *fields, guint n);
void auto_config_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec);
void auto_config_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec);

const char *auto_config_property_key (GParamSpec *spec);

/* Classes of other languages; auto-config-foreign.c. */
gboolean auto_config_is_foreign (AutoPretrainedConfigClass *klass);
GParamSpec *auto_config_foreign_property (AutoPretrainedConfig *self, const char *key);
gboolean auto_config_foreign_write (AutoPretrainedConfig *self, GParamSpec *spec, JsonNode *node, GError **error);
void auto_config_foreign_sync (AutoPretrainedConfig *self);

/* An instance's state; auto-pretrained-config.c. */
AutoConfigState *auto_config_get_state (AutoPretrainedConfig *self);
const char *auto_config_true_key (AutoPretrainedConfig *self, const char *key);
const AutoConfigKey *auto_config_find_key (AutoPretrainedConfig *self, const char *key);
gboolean auto_config_store (AutoPretrainedConfig *self, const char *key, JsonNode *value, GError **error);
AutoPretrainedConfig *auto_config_peek_nested (AutoPretrainedConfig *self, const char *key);
void auto_config_put_nested (AutoPretrainedConfig *self, const char *key, AutoPretrainedConfig *nested);

/* As the reference's class (**dict); auto-config-init.c. */
gboolean auto_config_init_values (AutoPretrainedConfig *self, JsonObject *dict, GError **error);
AutoPretrainedConfig *auto_config_new_from_dict (GType type, JsonObject *dict, const char *origin, GError **error);
gboolean auto_config_set_num_labels (AutoPretrainedConfig *self, JsonNode *value, GError **error);
/* As the reference's from_dict: overrides that are no keys are put in @unused, when it is not NULL. */
AutoPretrainedConfig *auto_config_new_full (GType type, JsonObject *dict, JsonObject *overrides, JsonObject *unused, const char *origin,
                                            GError **error);

/* Members; auto-config-fields.c. */
gboolean auto_config_field_write (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, GError **error);
void auto_config_field_clear (AutoPretrainedConfig *self, const AutoConfigField *field);
const char *auto_config_describe (JsonNode *value);

G_END_DECLS
