/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-object.h"

gpointer
auto_object_copy (gpointer object)
{
  gpointer copy = g_object_new (G_OBJECT_TYPE (object), NULL);
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++)
    if ((specs[i]->flags & G_PARAM_READWRITE) == G_PARAM_READWRITE && !(specs[i]->flags & G_PARAM_CONSTRUCT_ONLY))
      {
        g_auto(GValue) value = G_VALUE_INIT;
        g_value_init (&value, specs[i]->value_type);
        g_object_get_property (object, specs[i]->name, &value);
        g_object_set_property (copy, specs[i]->name, &value);
      }
  return copy;
}
