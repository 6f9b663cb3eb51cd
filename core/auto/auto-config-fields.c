/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include <math.h>

#include "core/base/auto-json.h"
#include "registry/auto-registry-private.h"

/* From JSON to a C member, one function for each kind of field. Every one leaves the member alone when it fails. */

const char *
auto_config_describe (JsonNode *value)
{
  if (JSON_NODE_HOLDS_NULL (value))
    return "null";
  if (JSON_NODE_HOLDS_OBJECT (value))
    return "an object";
  if (JSON_NODE_HOLDS_ARRAY (value))
    return "a list";
  if (auto_json_is_bool (value))
    return "a boolean";
  if (auto_json_is_string (value))
    return "a string";
  return auto_json_is_int (value) ? "an integer" : "a number";
}

static gboolean
refuse (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, const char *wanted, GError **error)
{
  g_autofree char *text = auto_json_print (value, -1, FALSE);
  g_autofree char *shown = g_utf8_strlen (text, -1) > 60 ? g_utf8_substring (text, 0, 60) : g_strdup (text);
  const char *origin = auto_config_get_state (self)->origin;

  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s: %s must be %s, and it is %s: %s", origin ? origin : G_OBJECT_TYPE_NAME (self),
               field->key, wanted, auto_config_describe (value), shown);
  return FALSE;
}

static gboolean
read_int (JsonNode *value, int *number)
{
  if (auto_json_is_bool (value))
    {
      *number = json_node_get_boolean (value);
      return TRUE;
    }
  if (!auto_json_is_number (value))
    return FALSE;
  double real = json_node_get_double (value);
  if (!(real >= G_MININT && real <= G_MAXINT) || real != floor (real))
    return FALSE;
  *number = (int) real;
  return TRUE;
}

static gboolean
read_double (JsonNode *value, double *number)
{
  if (!auto_json_is_number (value) && !auto_json_is_bool (value))
    return FALSE;
  *number = auto_json_is_bool (value) ? json_node_get_boolean (value) : json_node_get_double (value);
  return TRUE;
}

static gboolean
write_int (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  int number = (int) field->null_value;

  if (field->list && JSON_NODE_HOLDS_ARRAY (value))
    {
      JsonArray *array = json_node_get_array (value);
      if (json_array_get_length (array) > 0 && !read_int (json_array_get_element (array, 0), &number))
        return refuse (self, field, value, "an integer or a list of integers", error);
    }
  else if (!JSON_NODE_HOLDS_NULL (value) && !read_int (value, &number))
    return refuse (self, field, value, "an integer of 32 bits", error);
  *(int *) member = number;
  return TRUE;
}

static gboolean
write_double (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  double number = NAN;

  if (!JSON_NODE_HOLDS_NULL (value) && !read_double (value, &number))
    return refuse (self, field, value, "a number", error);
  *(double *) member = number;
  return TRUE;
}

static gboolean
write_bool (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  double number = 0;

  if (!JSON_NODE_HOLDS_NULL (value) && !read_double (value, &number))
    return refuse (self, field, value, "a boolean", error);
  *(gboolean *) member = number != 0;
  return TRUE;
}

static gboolean
write_string (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  if (!JSON_NODE_HOLDS_NULL (value) && !auto_json_is_string (value))
    return refuse (self, field, value, "a string", error);
  *(const char **) member = JSON_NODE_HOLDS_NULL (value) ? NULL : json_node_get_string (value);
  return TRUE;
}

static gboolean
write_enum (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  int number = -1;

  if (auto_json_is_string (value))
    {
      GEnumClass *klass = g_type_class_ref (field->type);
      GEnumValue *found = g_enum_get_value_by_nick (klass, json_node_get_string (value));
      number = found ? found->value : -1;
      g_type_class_unref (klass);
    }
  else if (!JSON_NODE_HOLDS_NULL (value))
    return refuse (self, field, value, "a string", error);
  *(int *) member = number;
  return TRUE;
}

static gboolean
write_ints (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
  AutoInts ints = { array ? json_array_get_length (array) : JSON_NODE_HOLDS_NULL (value) ? 0 : 1, NULL };

  ints.values = g_new0 (int, MAX (ints.n, 1));
  for (guint i = 0; i < ints.n; i++)
    if (!read_int (array ? json_array_get_element (array, i) : value, &ints.values[i]))
      {
        g_free (ints.values);
        return refuse (self, field, value, "an integer or a list of integers", error);
      }
  g_free (((AutoInts *) member)->values);
  *(AutoInts *) member = ints;
  return TRUE;
}

static gboolean
write_doubles (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
  AutoDoubles doubles = { array ? json_array_get_length (array) : JSON_NODE_HOLDS_NULL (value) ? 0 : 1, NULL };

  doubles.values = g_new0 (double, MAX (doubles.n, 1));
  for (guint i = 0; i < doubles.n; i++)
    if (!read_double (array ? json_array_get_element (array, i) : value, &doubles.values[i]))
      {
        g_free (doubles.values);
        return refuse (self, field, value, "a number or a list of numbers", error);
      }
  g_free (((AutoDoubles *) member)->values);
  *(AutoDoubles *) member = doubles;
  return TRUE;
}

static gboolean
write_strings (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (JSON_NODE_HOLDS_ARRAY (value))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (value)); i++)
      {
        JsonNode *element = json_array_get_element (json_node_get_array (value), i);
        if (!auto_json_is_string (element))
          return refuse (self, field, value, "a list of strings", error);
        g_strv_builder_add (builder, json_node_get_string (element));
      }
  else if (!JSON_NODE_HOLDS_NULL (value))
    return refuse (self, field, value, "a list of strings", error);
  g_strfreev (*(char ***) member);
  *(char ***) member = JSON_NODE_HOLDS_NULL (value) ? NULL : g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
write_object (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  *(JsonNode **) member = JSON_NODE_HOLDS_NULL (value) ? NULL : value;
  return TRUE;
}

/* The class of a nested configuration: the field's, or that of the one to replace, or the one which the object names. */
static GType
nested_type (AutoPretrainedConfig *self, const AutoConfigField *field, JsonObject *dict, GError **error)
{
  AutoPretrainedConfig *current = auto_config_peek_nested (self, field->key);

  if (field->type)
    return field->type;
  const char *model_type = auto_json_string (dict, "model_type");
  if (!model_type && current)
    return G_OBJECT_TYPE (current);
  if (!model_type)
    {
      g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE, "there is no model_type, which says what kind of configuration it is");
      return G_TYPE_INVALID;
    }
  const AutoArchitectureInfo *info = auto_registry_find_architecture (model_type, error);
  return info ? info->config_type : G_TYPE_INVALID;
}

static gboolean
write_config (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, gpointer member, GError **error)
{
  g_autoptr(AutoPretrainedConfig) nested = NULL;

  if (JSON_NODE_HOLDS_NULL (value) && field->text)
    value = auto_config_find_key (self, field->key)->initial;
  if (!JSON_NODE_HOLDS_NULL (value) && !JSON_NODE_HOLDS_OBJECT (value))
    return refuse (self, field, value, "an object", error);
  if (JSON_NODE_HOLDS_OBJECT (value) || !field->null)
    {
      JsonObject *dict = JSON_NODE_HOLDS_OBJECT (value) ? json_node_get_object (value) : NULL;
      const char *origin = auto_config_get_state (self)->origin;
      g_autofree char *place = g_strdup_printf ("%s: %s", origin ? origin : G_OBJECT_TYPE_NAME (self), field->key);
      GType type = nested_type (self, field, dict, error);
      if (!type)
        g_prefix_error (error, "%s: ", place);
      nested = type ? auto_config_new_from_dict (type, dict, place, error) : NULL;
      if (!nested)
        return FALSE;
    }
  auto_config_put_nested (self, field->key, nested);
  *(AutoPretrainedConfig **) member = nested;
  return TRUE;
}

gboolean
auto_config_field_write (AutoPretrainedConfig *self, const AutoConfigField *field, JsonNode *value, GError **error)
{
  static gboolean (*const writers[]) (AutoPretrainedConfig *, const AutoConfigField *, JsonNode *, gpointer, GError **) = {
    [AUTO_FIELD_INT] = write_int,         [AUTO_FIELD_DOUBLE] = write_double,   [AUTO_FIELD_BOOL] = write_bool,
    [AUTO_FIELD_STRING] = write_string,   [AUTO_FIELD_ENUM] = write_enum,       [AUTO_FIELD_INTS] = write_ints,
    [AUTO_FIELD_DOUBLES] = write_doubles, [AUTO_FIELD_STRINGS] = write_strings, [AUTO_FIELD_CONFIG] = write_config,
    [AUTO_FIELD_OBJECT] = write_object,
  };

  if (field->kind >= G_N_ELEMENTS (writers))
    return TRUE;
  return writers[field->kind](self, field, value, G_STRUCT_MEMBER_P (self, field->offset), error);
}

void
auto_config_field_clear (AutoPretrainedConfig *self, const AutoConfigField *field)
{
  gpointer member = G_STRUCT_MEMBER_P (self, field->offset);

  if (field->kind == AUTO_FIELD_INTS)
    g_clear_pointer (&((AutoInts *) member)->values, g_free);
  else if (field->kind == AUTO_FIELD_DOUBLES)
    g_clear_pointer (&((AutoDoubles *) member)->values, g_free);
  else if (field->kind == AUTO_FIELD_STRINGS)
    g_clear_pointer ((char ***) member, g_strfreev);
}
