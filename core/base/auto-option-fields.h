/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-errors.h"

G_BEGIN_DECLS

/* Properties of an object of options as a table: a boolean, an enumeration, a 64-bit integer, a number, a text, a variant or an object at
 * an offset. One getter and one setter serve them all. A table's first entry stays empty, so that an entry's place is its property's id. */
typedef enum
{
  AUTO_OPTION_BOOL,
  AUTO_OPTION_ENUM,
  AUTO_OPTION_INT, /* from -1 on */
  AUTO_OPTION_DOUBLE,
  AUTO_OPTION_TEXT,
  AUTO_OPTION_VARIANT,
  AUTO_OPTION_OBJECT,
} AutoOptionKind;

typedef struct
{
  const char *name, *blurb;
  AutoOptionKind kind;
  GType (*type) (void);  /* an enumeration's, an object's */
  const char *variant; /* its type */
  gsize offset;
  double initial;
} AutoOptionField;

AUTO_INTERNAL void auto_option_fields_install (GObjectClass *class, const AutoOptionField *fields, guint n);
/* Gives each member its initial value; the object's memory is zeros. */
AUTO_INTERNAL void auto_option_fields_init (gpointer object, const AutoOptionField *fields, guint n);
AUTO_INTERNAL void auto_option_field_get (gconstpointer object, const AutoOptionField *field, GValue *value);
AUTO_INTERNAL void auto_option_field_set (gpointer object, const AutoOptionField *field, const GValue *value);
AUTO_INTERNAL void auto_option_fields_clear (gpointer object, const AutoOptionField *fields, guint n);

#define AUTO_OPTION_FIELD_BOOL(type, name, member, initial, blurb)                                                             \
  { name, blurb, AUTO_OPTION_BOOL, NULL, NULL, G_STRUCT_OFFSET (type, member), initial }
#define AUTO_OPTION_FIELD_ENUM(type, name, member, enumeration, initial, blurb)                                                \
  { name, blurb, AUTO_OPTION_ENUM, enumeration, NULL, G_STRUCT_OFFSET (type, member), initial }
#define AUTO_OPTION_FIELD_INT(type, name, member, initial, blurb)                                                              \
  { name, blurb, AUTO_OPTION_INT, NULL, NULL, G_STRUCT_OFFSET (type, member), initial }
#define AUTO_OPTION_FIELD_DOUBLE(type, name, member, initial, blurb)                                                           \
  { name, blurb, AUTO_OPTION_DOUBLE, NULL, NULL, G_STRUCT_OFFSET (type, member), initial }
#define AUTO_OPTION_FIELD_TEXT(type, name, member, blurb) { name, blurb, AUTO_OPTION_TEXT, NULL, NULL, G_STRUCT_OFFSET (type, member), 0 }
#define AUTO_OPTION_FIELD_VARIANT(type, name, member, variant, blurb)                                                          \
  { name, blurb, AUTO_OPTION_VARIANT, NULL, variant, G_STRUCT_OFFSET (type, member), 0 }
#define AUTO_OPTION_FIELD_OBJECT(type, name, member, class, blurb)                                                             \
  { name, blurb, AUTO_OPTION_OBJECT, class, NULL, G_STRUCT_OFFSET (type, member), 0 }

G_END_DECLS
