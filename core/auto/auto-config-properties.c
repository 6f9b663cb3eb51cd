/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include <math.h>

#include "core/base/auto-json.h"

/* The keys as GObject properties: members by their types, free values as GVariant. */

static GQuark
key_quark (void)
{
  return g_quark_from_static_string ("auto-config-key");
}

/* The key that a property stands for; NULL when it is of another kind. */
const char *
auto_config_property_key (GParamSpec *spec)
{
  return g_param_spec_get_qdata (spec, key_quark ());
}

static GType
extra_type (JsonNode *initial)
{
  if (auto_json_is_bool (initial))
    return G_TYPE_BOOLEAN;
  if (auto_json_is_int (initial))
    return G_TYPE_INT64;
  if (auto_json_is_number (initial))
    return G_TYPE_DOUBLE;
  return auto_json_is_string (initial) ? G_TYPE_STRING : G_TYPE_VARIANT;
}

static GType
property_type (const AutoConfigField *field, JsonNode *initial)
{
  switch (field->kind)
    {
    case AUTO_FIELD_INT:
      return G_TYPE_INT;
    case AUTO_FIELD_DOUBLE:
      return G_TYPE_DOUBLE;
    case AUTO_FIELD_BOOL:
      return G_TYPE_BOOLEAN;
    case AUTO_FIELD_STRING:
      return G_TYPE_STRING;
    case AUTO_FIELD_ENUM:
      return field->type;
    case AUTO_FIELD_CONFIG:
      return AUTO_TYPE_PRETRAINED_CONFIG;
    case AUTO_FIELD_EXTRA:
      return extra_type (initial);
    default:
      return G_TYPE_VARIANT;
    }
}

/* The range of a property is its type's: ranges are checked when a model is made, as the reference does. */
static GParamSpec *
spec_new (const char *name, GType type, JsonNode *initial)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_BLURB | G_PARAM_STATIC_NICK;
  double number = auto_json_is_number (initial) ? json_node_get_double (initial) : 0;

  if (type == G_TYPE_INT)
    return g_param_spec_int (name, NULL, NULL, G_MININT, G_MAXINT, (int) number, flags);
  if (type == G_TYPE_INT64)
    return g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, (gint64) number, flags);
  if (type == G_TYPE_DOUBLE)
    return g_param_spec_double (name, NULL, NULL, -INFINITY, INFINITY, number, flags | G_PARAM_LAX_VALIDATION);
  if (type == G_TYPE_BOOLEAN)
    return g_param_spec_boolean (name, NULL, NULL, auto_json_is_bool (initial) && json_node_get_boolean (initial), flags);
  if (type == G_TYPE_STRING)
    return g_param_spec_string (name, NULL, NULL, auto_json_is_string (initial) ? json_node_get_string (initial) : NULL, flags);
  if (type == G_TYPE_VARIANT)
    return g_param_spec_variant (name, NULL, NULL, G_VARIANT_TYPE_ANY, NULL, flags);
  if (G_TYPE_IS_ENUM (type))
    {
      GEnumClass *klass = g_type_class_ref (type);
      GEnumValue *value = auto_json_is_string (initial) ? g_enum_get_value_by_nick (klass, json_node_get_string (initial)) : NULL;
      GParamSpec *spec = klass->n_values ? g_param_spec_enum (name, NULL, NULL, type, (value ? value : klass->values)->value, flags) : NULL;
      g_type_class_unref (klass);
      return spec;
    }
  return g_param_spec_object (name, NULL, NULL, type, flags);
}

static char *
property_name (const char *key)
{
  char *name = g_strdelimit (g_strdup (key), "_.", '-');

  if (!g_param_spec_is_valid_name (name))
    g_clear_pointer (&name, g_free);
  return name;
}

/* An alias has the type of the key that it stands for. */
static const AutoConfigKey *
resolve (const AutoConfigTable *table, const AutoConfigField *field)
{
  const char *key = field->kind == AUTO_FIELD_ALIAS ? field->text : field->key;

  return g_hash_table_lookup (table->by_key, key);
}

void
auto_config_install_properties (GObjectClass *klass, const AutoConfigField *fields, guint n)
{
  const AutoConfigTable *table = ((AutoPretrainedConfigClass *) klass)->table;
  guint id = 1;

  for (guint i = 0; i < n; i++)
    {
      const AutoConfigKey *key = resolve (table, &fields[i]);
      g_autofree char *name = property_name (fields[i].key);
      if (fields[i].kind == AUTO_FIELD_DEFAULT || !key || !name)
        continue;
      GParamSpec *spec = spec_new (name, property_type (key->field, key->initial), key->initial);
      if (!spec)
        continue;
      g_param_spec_set_qdata (spec, key_quark (), (gpointer) key->field->key);
      g_object_class_install_property (klass, id++, spec);
    }
}

static void
get_from_json (GValue *value, JsonNode *node)
{
  if (G_VALUE_HOLDS_VARIANT (value))
    {
      if (!JSON_NODE_HOLDS_NULL (node))
        g_value_take_variant (value, g_variant_ref_sink (json_gvariant_deserialize (node, NULL, NULL)));
    }
  else if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, auto_json_is_string (node) ? json_node_get_string (node) : NULL);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, auto_json_is_bool (node) ? json_node_get_boolean (node) : auto_json_is_number (node) && json_node_get_double (node) != 0);
  else if (G_VALUE_HOLDS_INT64 (value))
    g_value_set_int64 (value, auto_json_is_number (node) ? json_node_get_int (node) : 0);
  else if (G_VALUE_HOLDS_DOUBLE (value))
    g_value_set_double (value, auto_json_is_number (node) ? json_node_get_double (node) : NAN);
}

void
auto_config_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AutoPretrainedConfig *self = AUTO_PRETRAINED_CONFIG (object);
  const char *name = auto_config_property_key (pspec);
  const AutoConfigKey *key = name ? auto_config_find_key (self, name) : NULL;

  if (!key)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  gpointer member = G_STRUCT_MEMBER_P (self, key->field->offset);
  if (key->field->kind == AUTO_FIELD_INT && G_VALUE_HOLDS_INT (value))
    g_value_set_int (value, *(int *) member);
  else if (key->field->kind == AUTO_FIELD_ENUM && G_VALUE_HOLDS_ENUM (value))
    g_value_set_enum (value, *(int *) member);
  else if (key->field->kind == AUTO_FIELD_CONFIG && G_VALUE_HOLDS_OBJECT (value))
    g_value_set_object (value, *(GObject **) member);
  else
    get_from_json (value, json_object_get_member (auto_config_get_state (self)->values, key->field->key));
}

void
auto_config_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AutoPretrainedConfig *self = AUTO_PRETRAINED_CONFIG (object);
  const char *name = auto_config_property_key (pspec);
  g_autoptr(GError) error = NULL;

  if (!name)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (G_VALUE_HOLDS_OBJECT (value))
    auto_config_set_nested (AUTO_CONFIG (self), name, g_value_get_object (value), &error);
  else
    {
      g_autoptr(JsonNode) node = auto_json_from_value (value);
      auto_config_store (self, name, node, &error);
    }
  if (error)
    g_warning ("%s", error->message);
}
