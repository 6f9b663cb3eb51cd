/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include "core/base/auto-json.h"

/* Classes written in other languages have no table of fields: their keys are those that auto_config_add_key() gave them, and
 * their own properties, which hold their values themselves. */

gboolean
auto_config_is_foreign (AutoPretrainedConfigClass *klass)
{
  AutoPretrainedConfigClass *parent = g_type_class_peek_parent (klass);

  return G_TYPE_FROM_CLASS (klass) != AUTO_TYPE_PRETRAINED_CONFIG && parent->info == klass->info;
}

static gboolean
is_own_property (GParamSpec *spec)
{
  const GParamFlags both = G_PARAM_READABLE | G_PARAM_WRITABLE;

  return (spec->flags & both) == both && !auto_config_property_key (spec) && g_type_is_a (spec->owner_type, AUTO_TYPE_PRETRAINED_CONFIG);
}

GParamSpec *
auto_config_foreign_property (AutoPretrainedConfig *self, const char *key)
{
  AutoPretrainedConfigClass *klass = AUTO_PRETRAINED_CONFIG_GET_CLASS (self);
  GParamSpec *spec = auto_config_is_foreign (klass) ? g_object_class_find_property (G_OBJECT_CLASS (klass), key) : NULL;

  return spec && is_own_property (spec) ? spec : NULL;
}

static gboolean
value_from_enum_nick (GValue *value, JsonNode *node)
{
  GEnumClass *klass = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *found = auto_json_is_string (node) ? g_enum_get_value_by_nick (klass, json_node_get_string (node)) : NULL;

  if (found)
    g_value_set_enum (value, found->value);
  g_type_class_unref (klass);
  return found != NULL;
}

/* FALSE when the property can't hold the JSON value. */
static gboolean
value_from_node (GValue *value, JsonNode *node)
{
  g_auto(GValue) plain = G_VALUE_INIT;

  if (G_VALUE_HOLDS (value, JSON_TYPE_NODE))
    g_value_set_boxed (value, node);
  else if (G_VALUE_HOLDS_ENUM (value))
    return value_from_enum_nick (value, node);
  else if (JSON_NODE_HOLDS_NULL (node))
    return G_VALUE_HOLDS_STRING (value) || G_VALUE_HOLDS_VARIANT (value);
  else if (G_VALUE_HOLDS_VARIANT (value))
    g_value_take_variant (value, g_variant_ref_sink (json_gvariant_deserialize (node, NULL, NULL)));
  else if (!JSON_NODE_HOLDS_VALUE (node) || auto_json_is_string (node) != G_VALUE_HOLDS_STRING (value))
    return FALSE;
  else
    {
      json_node_get_value (node, &plain);
      if (auto_json_is_number (node) && !auto_json_is_int (node) && !G_VALUE_HOLDS_DOUBLE (value) && !G_VALUE_HOLDS_FLOAT (value))
        return FALSE;
      return g_value_transform (&plain, value);
    }
  return TRUE;
}

gboolean
auto_config_foreign_write (AutoPretrainedConfig *self, GParamSpec *spec, JsonNode *node, GError **error)
{
  g_auto(GValue) value = G_VALUE_INIT;
  const char *origin = auto_config_get_state (self)->origin;

  g_value_init (&value, spec->value_type);
  if (value_from_node (&value, node) && !g_param_value_validate (spec, &value))
    {
      g_object_set_property (G_OBJECT (self), spec->name, &value);
      return TRUE;
    }
  g_autofree char *text = auto_json_print (node, -1, FALSE);
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s: the property %s is a %s and can't hold %s: %s", origin ? origin : G_OBJECT_TYPE_NAME (self),
               spec->name, g_type_name (spec->value_type), auto_config_describe (node), text);
  return FALSE;
}

/* Takes the properties' values over into the object of values. */
void
auto_config_foreign_sync (AutoPretrainedConfig *self)
{
  AutoPretrainedConfigClass *klass = AUTO_PRETRAINED_CONFIG_GET_CLASS (self);
  guint n;

  if (!auto_config_is_foreign (klass))
    return;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n);
  for (guint i = 0; i < n; i++)
    {
      if (!is_own_property (specs[i]))
        continue;
      g_auto(GValue) value = G_VALUE_INIT;
      g_autofree char *key = g_strdelimit (g_strdup (specs[i]->name), "-", '_');
      g_value_init (&value, specs[i]->value_type);
      g_object_get_property (G_OBJECT (self), specs[i]->name, &value);
      json_object_set_member (auto_config_get_state (self)->values, key, auto_json_from_value (&value));
    }
}

/**
 * auto_config_add_key:
 * @type: a class that derives from [class@PretrainedConfig] and was written in another language
 * @key: a key of its `config.json`
 * @initial: (transfer none): its default
 * @error: return location for an error
 *
 * Gives a class another key. Instances made before lack it.
 *
 * Returns: whether the class has it now
 */
gboolean
auto_config_add_key (GType type, const char *key, JsonNode *initial, GError **error)
{
  g_return_val_if_fail (key != NULL && initial != NULL, FALSE);

  if (!g_type_is_a (type, AUTO_TYPE_PRETRAINED_CONFIG) || type == AUTO_TYPE_PRETRAINED_CONFIG)
    {
      g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s does not derive from AutoPretrainedConfig", type ? g_type_name (type) : "what was given");
      return FALSE;
    }
  AutoPretrainedConfigClass *klass = g_type_class_ref (type);
  g_autofree char *text = auto_json_print (initial, -1, FALSE);
  const AutoConfigTable *inherited = klass->table;
  gboolean known = g_hash_table_contains (inherited->by_key, key);
  AutoConfigField *field = g_new0 (AutoConfigField, 1);
  field->key = g_intern_string (key);
  field->kind = known ? AUTO_FIELD_DEFAULT : AUTO_FIELD_EXTRA;
  field->text = g_intern_string (text);
  /* A table is never changed nor freed, since instances may be using it. */
  klass->table = auto_config_table_new (inherited, field, 1);
  g_type_class_unref (klass);
  return TRUE;
}
