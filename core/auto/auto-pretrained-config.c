/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include "core/base/auto-json.h"

typedef AutoConfigState AutoPretrainedConfigPrivate;

static void
auto_pretrained_config_implement (AutoConfigInterface *iface)
{
}

G_DEFINE_TYPE_WITH_CODE (AutoPretrainedConfig, auto_pretrained_config, G_TYPE_OBJECT,
                         G_ADD_PRIVATE (AutoPretrainedConfig)
                         G_IMPLEMENT_INTERFACE (AUTO_TYPE_CONFIG, auto_pretrained_config_implement))

AutoConfigState *
auto_config_get_state (AutoPretrainedConfig *self)
{
  return auto_pretrained_config_get_instance_private (self);
}

const AutoConfigTable *
auto_config_get_table (AutoPretrainedConfig *self)
{
  return AUTO_PRETRAINED_CONFIG_GET_CLASS (self)->table;
}

const char *
auto_config_true_key (AutoPretrainedConfig *self, const char *key)
{
  const char *alias = g_hash_table_lookup (auto_config_get_table (self)->aliases, key);

  return alias ? alias : key;
}

const AutoConfigKey *
auto_config_find_key (AutoPretrainedConfig *self, const char *key)
{
  return g_hash_table_lookup (auto_config_get_table (self)->by_key, key);
}

AutoPretrainedConfig *
auto_config_peek_nested (AutoPretrainedConfig *self, const char *key)
{
  return g_hash_table_lookup (auto_config_get_state (self)->nested, key);
}

void
auto_config_put_nested (AutoPretrainedConfig *self, const char *key, AutoPretrainedConfig *nested)
{
  GHashTable *table = auto_config_get_state (self)->nested;

  if (nested)
    g_hash_table_replace (table, g_strdup (key), g_object_ref (nested));
  else
    g_hash_table_remove (table, key);
}

/* @value is copied, unless it is the class's own default. */
gboolean
auto_config_store (AutoPretrainedConfig *self, const char *key, JsonNode *value, GError **error)
{
  JsonObject *values = auto_config_get_state (self)->values;
  key = auto_config_true_key (self, key);
  const AutoConfigKey *known = auto_config_find_key (self, key);

  if (g_str_equal (key, "num_labels"))
    return auto_config_set_num_labels (self, value, error);
  if (g_str_equal (key, "use_return_dict"))
    {
      g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "use_return_dict can't be set: it follows from return_dict and torchscript");
      return FALSE;
    }
  GParamSpec *foreign = known ? NULL : auto_config_foreign_property (self, key);
  if (foreign)
    return auto_config_foreign_write (self, foreign, value, error);
  g_autoptr(JsonNode) node = known && known->initial == value ? json_node_ref (value) : auto_json_copy (value);
  if (known && !auto_config_field_write (self, known->field, node, error))
    return FALSE;
  if (known && known->field->kind == AUTO_FIELD_CONFIG)
    json_object_set_null_member (values, key);
  else
    {
      if (!known)
        auto_config_put_nested (self, key, NULL);
      json_object_set_member (values, key, g_steal_pointer (&node));
    }
  if (g_str_equal (key, "id2label"))
    self->num_labels = JSON_NODE_HOLDS_OBJECT (value) ? json_object_get_size (json_node_get_object (value)) : 0;
  return TRUE;
}

/* Classes */

static void
auto_pretrained_config_constructed (GObject *object)
{
  AutoPretrainedConfig *self = AUTO_PRETRAINED_CONFIG (object);

  G_OBJECT_CLASS (auto_pretrained_config_parent_class)->constructed (object);
  auto_config_init_values (self, NULL, &auto_config_get_state (self)->problem);
}

static void
auto_pretrained_config_finalize (GObject *object)
{
  AutoPretrainedConfig *self = AUTO_PRETRAINED_CONFIG (object);
  AutoConfigState *state = auto_config_get_state (self);
  GPtrArray *keys = auto_config_get_table (self)->keys;

  for (guint i = 0; i < keys->len; i++)
    auto_config_field_clear (self, ((AutoConfigKey *) g_ptr_array_index (keys, i))->field);
  json_object_unref (state->values);
  g_hash_table_unref (state->nested);
  g_free (state->origin);
  g_clear_error (&state->problem);
  G_OBJECT_CLASS (auto_pretrained_config_parent_class)->finalize (object);
}

static void
auto_pretrained_config_class_init (AutoPretrainedConfigClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  guint n;
  const AutoConfigField *fields = auto_config_base_fields (&n);

  object_class->constructed = auto_pretrained_config_constructed;
  object_class->finalize = auto_pretrained_config_finalize;
  object_class->get_property = auto_config_get_property;
  object_class->set_property = auto_config_set_property;
  klass->model_type = "";
  klass->table = auto_config_table_new (NULL, fields, n);
  auto_config_install_properties (object_class, fields, n);
}

static void
auto_pretrained_config_init (AutoPretrainedConfig *self)
{
  AutoConfigState *state = auto_config_get_state (self);

  state->values = json_object_new ();
  state->nested = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

static void
derived_class_init (gpointer g_class, gpointer data)
{
  AutoPretrainedConfigClass *klass = g_class;
  const AutoConfigClassInfo *info = data;

  klass->info = info;
  if (info->model_type)
    klass->model_type = info->model_type;
  if (info->loaded)
    klass->loaded = info->loaded;
  klass->table = auto_config_table_new (klass->table, info->fields, info->n_fields);
  G_OBJECT_CLASS (klass)->get_property = auto_config_get_property;
  G_OBJECT_CLASS (klass)->set_property = auto_config_set_property;
  auto_config_install_properties (G_OBJECT_CLASS (klass), info->fields, info->n_fields);
}

GType
auto_config_class_register (const char *type_name, const AutoConfigClassInfo *info)
{
  AutoConfigClassInfo *copy = g_memdup2 (info, sizeof *info);
  GType parent = info->parent ? info->parent : AUTO_TYPE_PRETRAINED_CONFIG;
  GTypeQuery query;

  copy->fields = g_memdup2 (info->fields, info->n_fields * sizeof *info->fields);
  g_type_query (parent, &query);
  g_return_val_if_fail (info->instance_size >= query.instance_size, G_TYPE_INVALID);
  const GTypeInfo type_info = { .class_size = query.class_size, .class_init = derived_class_init, .class_data = copy, .instance_size = info->instance_size };
  return g_type_register_static (parent, type_name, &type_info, 0);
}
