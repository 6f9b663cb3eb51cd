/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "auto-io.h"

#define MAX_DEPTH 200
#define MAX_TEXT ((gsize) 1 << 30)

/* json-glib has no spelling of NaN: this number stands for it while it parses. */
#define NAN_TEXT "7.0432895017364521e-297"
#define NAN_VALUE 7.0432895017364521e-297

typedef struct
{
  GString *out;
  int depth;
  gboolean has_nan;
} Rewriter;

static gsize
skip_string (const char *text, gsize length, gsize i)
{
  for (i++; i < length && text[i] != '"'; i++)
    if (text[i] == '\\')
      i++;
  return MIN (i + 1, length);
}

static gboolean
fits_int64 (const char *digits, gsize n)
{
  g_autofree char *text = g_strndup (digits, n);

  errno = 0;
  g_ascii_strtoll (text, NULL, 10);
  return errno == 0;
}

static gsize
rewrite_number (Rewriter *self, const char *text, gsize length, gsize i)
{
  gsize start = i, digits = 0;
  gboolean plain = TRUE;

  for (; i < length && (g_ascii_isalnum (text[i]) || strchr ("+-.", text[i])) && text[i] != 0; i++)
    {
      digits += g_ascii_isdigit (text[i]) != 0;
      plain &= g_ascii_isdigit (text[i]) || text[i] == '-';
    }
  gsize n = i - start;
  if (n == 3 && memcmp (text + start, "NaN", 3) == 0)
    {
      g_string_append (self->out, NAN_TEXT);
      self->has_nan = TRUE;
    }
  else if (n == 8 && memcmp (text + start, "Infinity", 8) == 0)
    g_string_append (self->out, "1e999");
  else if (n == 9 && memcmp (text + start, "-Infinity", 9) == 0)
    g_string_append (self->out, "-1e999");
  else
    {
      g_string_append_len (self->out, text + start, n);
      if (plain && digits > 18 && !fits_int64 (text + start, n))
        g_string_append (self->out, "e0");
    }
  return i;
}

/* What json-glib can't read is rewritten, outside of strings; returns NULL when the text nests too deeply, or has what
 * json-glib takes beyond JSON. */
static const char *
rewrite (Rewriter *self, const char *text, gsize length)
{
  for (gsize i = 0; i < length;)
    {
      char ch = text[i];
      if (ch == '"')
        {
          gsize end = skip_string (text, length, i);
          g_string_append_len (self->out, text + i, end - i);
          i = end;
          continue;
        }
      if (g_ascii_isalnum (ch) || ch == '-')
        {
          i = rewrite_number (self, text, length, i);
          continue;
        }
      if (!strchr ("{}[]:, \t\r\n", ch) || ch == 0)
        return "a character that JSON does not have there";
      if (ch == '{' || ch == '[')
        self->depth++;
      else if (ch == '}' || ch == ']')
        self->depth--;
      if (self->depth > MAX_DEPTH)
        return "nested too deeply";
      g_string_append_c (self->out, ch);
      i++;
    }
  return NULL;
}

static void
restore_nan (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;
      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        restore_nan (member);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      for (guint i = 0; i < json_array_get_length (array); i++)
        restore_nan (json_array_get_element (array, i));
    }
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE && json_node_get_double (node) == NAN_VALUE)
    json_node_set_double (node, NAN);
}

JsonNode *
auto_json_parse (const char *text, gsize length, const char *name, GQuark domain, int code, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) local = NULL;
  Rewriter rewriter = { g_string_sized_new (length + 16), 0, FALSE };
  g_autoptr(GString) out = rewriter.out;

  const char *problem = rewrite (&rewriter, text, length);
  if (problem)
    {
      g_set_error (error, domain, code, "%s: not JSON: %s", name, problem);
      return NULL;
    }
  if (!json_parser_load_from_data (parser, out->str, out->len, &local))
    {
      g_set_error (error, domain, code, "%s: not JSON: %s", name, local->message);
      return NULL;
    }
  JsonNode *root = json_parser_steal_root (parser);
  if (!root)
    {
      g_set_error (error, domain, code, "%s: the file is empty", name);
      return NULL;
    }
  if (rewriter.has_nan)
    restore_nan (root);
  return root;
}

JsonNode *
auto_json_read (const char *path, GQuark domain, int code, GError **error)
{
  g_autoptr(GError) local = NULL;
  gsize length;
  g_autofree char *text = auto_io_read_text (path, MAX_TEXT, &length, &local);

  if (!text)
    {
      g_set_error (error, domain, code, "%s: %s", path, local->message);
      return NULL;
    }
  return auto_json_parse (text, length, path, domain, code, error);
}

char *
auto_double_to_string (double value)
{
  char digits[64];

  if (isnan (value))
    return g_strdup ("NaN");
  if (isinf (value))
    return g_strdup (value > 0 ? "Infinity" : "-Infinity");

  for (int precision = 1; precision <= 17; precision++)
    {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%de", precision - 1);
      g_ascii_formatd (digits, sizeof digits, format, value);
      if (g_ascii_strtod (digits, NULL) == value)
        break;
    }
  char *e = strchr (digits, 'e');
  int exponent = atoi (e + 1);
  *e = 0;
  if (exponent < -4 || exponent >= 16)
    return g_strdup_printf ("%se%c%02d", digits, exponent < 0 ? '-' : '+', ABS (exponent));

  gsize significant = strlen (digits) - (digits[0] == '-') - (strchr (digits, '.') != NULL);
  char format[16];
  g_snprintf (format, sizeof format, "%%.%df", MAX ((int) significant - 1 - exponent, 1));
  return g_strdup (g_ascii_formatd (digits, sizeof digits, format, value));
}

static void
print_string (GString *out, const char *s)
{
  g_string_append_c (out, '"');
  for (; *s; s = g_utf8_next_char (s))
    {
      gunichar ch = g_utf8_get_char (s);
      if (ch == '"' || ch == '\\')
        g_string_append_printf (out, "\\%c", (char) ch);
      else if (ch >= 0x10000)
        g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((ch - 0x10000) >> 10), 0xdc00 + ((ch - 0x10000) & 0x3ff));
      else if (ch >= 0x20 && ch < 0x7f)
        g_string_append_c (out, (char) ch);
      else if (strchr ("\b\f\n\r\t", (int) ch) && ch < 0x80)
        g_string_append_printf (out, "\\%c", "bfnrt"[strchr ("\b\f\n\r\t", (int) ch) - "\b\f\n\r\t"]);
      else
        g_string_append_printf (out, "\\u%04x", ch);
    }
  g_string_append_c (out, '"');
}

static void
new_line (GString *out, int indent, int depth)
{
  if (indent < 0)
    return;
  g_string_append_c (out, '\n');
  for (int i = 0; i < indent * depth; i++)
    g_string_append_c (out, ' ');
}

static void print_node (GString *out, JsonNode *node, int indent, gboolean sorted, int depth);

static void
print_object (GString *out, JsonObject *object, int indent, gboolean sorted, int depth)
{
  g_autoptr(GList) keys = json_object_get_members (object);

  if (!keys)
    {
      g_string_append (out, "{}");
      return;
    }
  if (sorted)
    keys = g_list_sort (keys, (GCompareFunc) strcmp);
  g_string_append_c (out, '{');
  for (GList *l = keys; l; l = l->next)
    {
      new_line (out, indent, depth + 1);
      print_string (out, l->data);
      g_string_append (out, ": ");
      print_node (out, json_object_get_member (object, l->data), indent, sorted, depth + 1);
      if (l->next)
        g_string_append (out, indent < 0 ? ", " : ",");
    }
  new_line (out, indent, depth);
  g_string_append_c (out, '}');
}

static void
print_array (GString *out, JsonArray *array, int indent, gboolean sorted, int depth)
{
  guint n = json_array_get_length (array);

  if (n == 0)
    {
      g_string_append (out, "[]");
      return;
    }
  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      new_line (out, indent, depth + 1);
      print_node (out, json_array_get_element (array, i), indent, sorted, depth + 1);
      if (i + 1 < n)
        g_string_append (out, indent < 0 ? ", " : ",");
    }
  new_line (out, indent, depth);
  g_string_append_c (out, ']');
}

static void
print_node (GString *out, JsonNode *node, int indent, gboolean sorted, int depth)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    print_object (out, json_node_get_object (node), indent, sorted, depth);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    print_array (out, json_node_get_array (node), indent, sorted, depth);
  else if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "null");
  else if (auto_json_is_bool (node))
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (auto_json_is_string (node))
    print_string (out, json_node_get_string (node));
  else if (auto_json_is_int (node))
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    {
      g_autofree char *text = auto_double_to_string (json_node_get_double (node));
      g_string_append (out, text);
    }
}

char *
auto_json_print (JsonNode *node, int indent, gboolean sorted)
{
  GString *out = g_string_new (NULL);

  print_node (out, node, indent, sorted, 0);
  return g_string_free (out, FALSE);
}

JsonNode *
auto_json_copy (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *copy = json_object_new ();
      JsonObjectIter iter;
      const char *key;
      JsonNode *member;
      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &key, &member))
        json_object_set_member (copy, key, auto_json_copy (member));
      JsonNode *result = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (result, copy);
      return result;
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node), *copy = json_array_sized_new (json_array_get_length (array));
      for (guint i = 0; i < json_array_get_length (array); i++)
        json_array_add_element (copy, auto_json_copy (json_array_get_element (array, i)));
      JsonNode *result = json_node_new (JSON_NODE_ARRAY);
      json_node_take_array (result, copy);
      return result;
    }

  g_auto(GValue) value = G_VALUE_INIT;
  if (JSON_NODE_HOLDS_NULL (node))
    return json_node_new (JSON_NODE_NULL);
  JsonNode *result = json_node_new (JSON_NODE_VALUE);
  json_node_get_value (node, &value);
  json_node_set_value (result, &value);
  return result;
}

static gboolean
objects_equal (JsonObject *a, JsonObject *b)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  if (json_object_get_size (a) != json_object_get_size (b))
    return FALSE;
  json_object_iter_init (&iter, a);
  while (json_object_iter_next (&iter, &key, &member))
    if (!json_object_has_member (b, key) || !auto_json_equal (member, json_object_get_member (b, key)))
      return FALSE;
  return TRUE;
}

static gboolean
arrays_equal (JsonArray *a, JsonArray *b)
{
  guint n = json_array_get_length (a);

  if (n != json_array_get_length (b))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!auto_json_equal (json_array_get_element (a, i), json_array_get_element (b, i)))
      return FALSE;
  return TRUE;
}

gboolean
auto_json_equal (JsonNode *a, JsonNode *b)
{
  if (json_node_get_node_type (a) != json_node_get_node_type (b))
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (a))
    return objects_equal (json_node_get_object (a), json_node_get_object (b));
  if (JSON_NODE_HOLDS_ARRAY (a))
    return arrays_equal (json_node_get_array (a), json_node_get_array (b));
  if (JSON_NODE_HOLDS_NULL (a))
    return TRUE;
  if (auto_json_is_string (a) || auto_json_is_string (b))
    return auto_json_is_string (a) && auto_json_is_string (b) && g_str_equal (json_node_get_string (a), json_node_get_string (b));
  if (auto_json_is_int (a) && auto_json_is_int (b))
    return json_node_get_int (a) == json_node_get_int (b);
  double x = auto_json_is_bool (a) ? json_node_get_boolean (a) : json_node_get_double (a);
  double y = auto_json_is_bool (b) ? json_node_get_boolean (b) : json_node_get_double (b);
  return x == y;
}

static gboolean
holds (JsonNode *node, GType type)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

gboolean
auto_json_is_int (JsonNode *node)
{
  return holds (node, G_TYPE_INT64);
}

gboolean
auto_json_is_number (JsonNode *node)
{
  return holds (node, G_TYPE_INT64) || holds (node, G_TYPE_DOUBLE);
}

gboolean
auto_json_is_string (JsonNode *node)
{
  return holds (node, G_TYPE_STRING);
}

gboolean
auto_json_is_bool (JsonNode *node)
{
  return holds (node, G_TYPE_BOOLEAN);
}

JsonNode *
auto_json_member (JsonObject *object, const char *key)
{
  return object && json_object_has_member (object, key) ? json_object_get_member (object, key) : NULL;
}

const char *
auto_json_string (JsonObject *object, const char *key)
{
  JsonNode *node = auto_json_member (object, key);
  return auto_json_is_string (node) ? json_node_get_string (node) : NULL;
}

JsonObject *
auto_json_object (JsonObject *object, const char *key)
{
  JsonNode *node = auto_json_member (object, key);
  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
auto_json_array (JsonObject *object, const char *key)
{
  JsonNode *node = auto_json_member (object, key);
  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

gboolean
auto_json_bool (JsonObject *object, const char *key, gboolean otherwise)
{
  JsonNode *node = auto_json_member (object, key);
  return auto_json_is_bool (node) ? json_node_get_boolean (node) : otherwise;
}

gint64
auto_json_int (JsonObject *object, const char *key, gint64 otherwise)
{
  JsonNode *node = auto_json_member (object, key);
  return auto_json_is_int (node) ? json_node_get_int (node) : otherwise;
}

static JsonNode *
node_from_strings (char **strings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; strings && strings[i]; i++)
    json_array_add_string_element (array, strings[i]);
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
node_from_enum (const GValue *value)
{
  GEnumClass *klass = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *found = g_enum_get_value (klass, g_value_get_enum (value));
  JsonNode *node = json_node_alloc ();

  if (found)
    json_node_init_string (node, found->value_nick);
  else
    json_node_init_null (node);
  g_type_class_unref (klass);
  return node;
}

JsonNode *
auto_json_from_value (const GValue *value)
{
  if (G_VALUE_HOLDS (value, JSON_TYPE_NODE) && g_value_get_boxed (value))
    return auto_json_copy (g_value_get_boxed (value));
  if (G_VALUE_HOLDS_VARIANT (value) && g_value_get_variant (value))
    return json_gvariant_serialize (g_value_get_variant (value));
  if (G_VALUE_HOLDS (value, G_TYPE_STRV) && g_value_get_boxed (value))
    return node_from_strings (g_value_get_boxed (value));
  if (G_VALUE_HOLDS_ENUM (value))
    return node_from_enum (value);

  JsonNode *node = json_node_alloc ();
  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value))
    return json_node_init_string (node, g_value_get_string (value));
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return json_node_init_boolean (node, g_value_get_boolean (value));
  gboolean real = G_VALUE_HOLDS_DOUBLE (value) || G_VALUE_HOLDS_FLOAT (value);
  gboolean integer = G_VALUE_HOLDS_INT (value) || G_VALUE_HOLDS_UINT (value) || G_VALUE_HOLDS_INT64 (value) || G_VALUE_HOLDS_UINT64 (value)
                     || G_VALUE_HOLDS_LONG (value) || G_VALUE_HOLDS_ULONG (value) || G_VALUE_HOLDS_CHAR (value) || G_VALUE_HOLDS_UCHAR (value);
  g_auto(GValue) number = G_VALUE_INIT;
  g_value_init (&number, real ? G_TYPE_DOUBLE : G_TYPE_INT64);
  if ((!real && !integer) || !g_value_transform (value, &number))
    return json_node_init_null (node);
  return real ? json_node_init_double (node, g_value_get_double (&number)) : json_node_init_int (node, g_value_get_int64 (&number));
}
