/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-option-fields.h"

void
auto_option_fields_init (gpointer object, const AutoOptionField *fields, guint n)
{
  for (guint id = 1; id < n; id++)
    {
      gpointer member = G_STRUCT_MEMBER_P (object, fields[id].offset);
      if (fields[id].kind == AUTO_OPTION_BOOL || fields[id].kind == AUTO_OPTION_ENUM)
        *(int *) member = fields[id].initial;
      else if (fields[id].kind == AUTO_OPTION_INT)
        *(gint64 *) member = fields[id].initial;
      else if (fields[id].kind == AUTO_OPTION_DOUBLE)
        *(double *) member = fields[id].initial;
    }
}

void
auto_option_field_get (gconstpointer object, const AutoOptionField *field, GValue *value)
{
  gpointer member = G_STRUCT_MEMBER_P (object, field->offset);

  switch (field->kind)
    {
    case AUTO_OPTION_BOOL:
      g_value_set_boolean (value, *(gboolean *) member);
      break;
    case AUTO_OPTION_ENUM:
      g_value_set_enum (value, *(int *) member);
      break;
    case AUTO_OPTION_INT:
      g_value_set_int64 (value, *(gint64 *) member);
      break;
    case AUTO_OPTION_DOUBLE:
      g_value_set_double (value, *(double *) member);
      break;
    case AUTO_OPTION_TEXT:
      g_value_set_string (value, *(char **) member);
      break;
    case AUTO_OPTION_VARIANT:
      g_value_set_variant (value, *(GVariant **) member);
      break;
    case AUTO_OPTION_OBJECT:
      g_value_set_object (value, *(GObject **) member);
      break;
    }
}

void
auto_option_field_set (gpointer object, const AutoOptionField *field, const GValue *value)
{
  gpointer member = G_STRUCT_MEMBER_P (object, field->offset);

  switch (field->kind)
    {
    case AUTO_OPTION_BOOL:
      *(gboolean *) member = g_value_get_boolean (value);
      break;
    case AUTO_OPTION_ENUM:
      *(int *) member = g_value_get_enum (value);
      break;
    case AUTO_OPTION_INT:
      *(gint64 *) member = g_value_get_int64 (value);
      break;
    case AUTO_OPTION_DOUBLE:
      *(double *) member = g_value_get_double (value);
      break;
    case AUTO_OPTION_TEXT:
      g_free (*(char **) member);
      *(char **) member = g_value_dup_string (value);
      break;
    case AUTO_OPTION_VARIANT:
      g_clear_pointer ((GVariant **) member, g_variant_unref);
      *(GVariant **) member = g_value_dup_variant (value);
      break;
    case AUTO_OPTION_OBJECT:
      g_set_object ((GObject **) member, g_value_get_object (value));
      break;
    }
}

void
auto_option_fields_clear (gpointer object, const AutoOptionField *fields, guint n)
{
  for (guint id = 1; id < n; id++)
    if (fields[id].kind == AUTO_OPTION_VARIANT)
      g_clear_pointer ((GVariant **) G_STRUCT_MEMBER_P (object, fields[id].offset), g_variant_unref);
    else if (fields[id].kind == AUTO_OPTION_TEXT)
      g_clear_pointer ((char **) G_STRUCT_MEMBER_P (object, fields[id].offset), g_free);
    else if (fields[id].kind == AUTO_OPTION_OBJECT)
      g_clear_object ((GObject **) G_STRUCT_MEMBER_P (object, fields[id].offset));
}

static GParamSpec *
make_pspec (const AutoOptionField *field)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  switch (field->kind)
    {
    case AUTO_OPTION_ENUM:
      return g_param_spec_enum (field->name, NULL, field->blurb, field->type (), field->initial, flags);
    case AUTO_OPTION_INT:
      return g_param_spec_int64 (field->name, NULL, field->blurb, -1, G_MAXINT64, field->initial, flags);
    case AUTO_OPTION_DOUBLE:
      return g_param_spec_double (field->name, NULL, field->blurb, -G_MAXDOUBLE, G_MAXDOUBLE, field->initial, flags);
    case AUTO_OPTION_TEXT:
      return g_param_spec_string (field->name, NULL, field->blurb, NULL, flags);
    case AUTO_OPTION_VARIANT:
      return g_param_spec_variant (field->name, NULL, field->blurb, G_VARIANT_TYPE (field->variant), NULL, flags);
    case AUTO_OPTION_OBJECT:
      return g_param_spec_object (field->name, NULL, field->blurb, field->type (), flags);
    default:
      return g_param_spec_boolean (field->name, NULL, field->blurb, field->initial, flags);
    }
}

void
auto_option_fields_install (GObjectClass *class, const AutoOptionField *fields, guint n)
{
  for (guint id = 1; id < n; id++)
    g_object_class_install_property (class, id, make_pspec (&fields[id]));
}
