/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include <errno.h>

#include "core/base/auto-json.h"

/* How a configuration comes from a dictionary: first as the reference's constructor takes it, then as its from_dict lays
 * the caller's overrides over it. */

#define MAX_LABELS 1000000

static const char *
origin_of (AutoPretrainedConfig *self)
{
  const char *origin = auto_config_get_state (self)->origin;

  return origin ? origin : G_OBJECT_TYPE_NAME (self);
}

static gboolean G_GNUC_PRINTF (3, 4)
refuse (AutoPretrainedConfig *self, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s: %s", origin_of (self), reason);
  return FALSE;
}

/* A dictionary with its keys as Python's int () would read them. */
static JsonNode *
with_int_keys (AutoPretrainedConfig *self, const char *key, JsonNode *value, GError **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init_ordered (&iter, json_node_get_object (value));
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      g_autofree char *stripped = g_strstrip (g_strdup (name));
      char *end, number[32];
      errno = 0;
      gint64 id = g_ascii_strtoll (stripped, &end, 10);
      if (errno || end == stripped || *end)
        {
          refuse (self, error, "%s has a key that is no integer: \"%s\"", key, name);
          return NULL;
        }
      g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, id);
      json_object_set_member (object, number, auto_json_copy (member));
    }
  return json_node_init_object (json_node_alloc (), object);
}

static void
make_labels (AutoPretrainedConfig *self, gint64 n)
{
  JsonObject *values = auto_config_get_state (self)->values;
  JsonObject *names = json_object_new (), *ids = json_object_new ();

  for (gint64 i = 0; i < n; i++)
    {
      char number[32], name[32];
      g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, i);
      g_snprintf (name, sizeof name, "LABEL_%" G_GINT64_FORMAT, i);
      json_object_set_string_member (names, number, name);
      json_object_set_int_member (ids, name, i);
    }
  json_object_set_object_member (values, "id2label", names);
  json_object_set_object_member (values, "label2id", ids);
  self->num_labels = MAX ((int) n, 0);
}

/* Setting the number of labels makes names for them, unless there are as many. */
gboolean
auto_config_set_num_labels (AutoPretrainedConfig *self, JsonNode *value, GError **error)
{
  JsonObject *id2label = auto_json_object (auto_config_get_state (self)->values, "id2label");
  gboolean integer = auto_json_is_int (value) || auto_json_is_bool (value);

  if (id2label && (integer || auto_json_is_number (value)))
    {
      double number = auto_json_is_bool (value) ? json_node_get_boolean (value) : json_node_get_double (value);
      if (number == json_object_get_size (id2label))
        return TRUE;
    }
  if (!integer)
    return refuse (self, error, "num_labels must be an integer, and it is %s", auto_config_describe (value));
  gint64 n = auto_json_is_bool (value) ? json_node_get_boolean (value) : json_node_get_int (value);
  if (n > MAX_LABELS)
    return refuse (self, error, "num_labels is %" G_GINT64_FORMAT ": more than %d labels are not supported", n, MAX_LABELS);
  make_labels (self, n);
  return TRUE;
}

/* The value that the constructor sees: the dictionary's, else the class's default. */
static JsonNode *
given (AutoPretrainedConfig *self, JsonObject *dict, const char *key)
{
  const AutoConfigKey *known = auto_config_find_key (self, key);
  JsonNode *value = auto_json_member (dict, key);

  return value || !known ? value : known->initial;
}

static gboolean
init_labels (AutoPretrainedConfig *self, JsonObject *dict, GError **error)
{
  JsonNode *id2label = given (self, dict, "id2label"), *label2id = given (self, dict, "label2id");
  JsonNode *num_labels = given (self, dict, "num_labels");

  if (!JSON_NODE_HOLDS_NULL (label2id) && !JSON_NODE_HOLDS_OBJECT (label2id))
    return refuse (self, error, "label2id must be an object, and it is %s", auto_config_describe (label2id));
  if (JSON_NODE_HOLDS_NULL (id2label))
    return auto_config_store (self, "id2label", id2label, error) && auto_config_set_num_labels (self, num_labels, error);
  if (!JSON_NODE_HOLDS_OBJECT (id2label))
    return refuse (self, error, "id2label must be an object, and it is %s", auto_config_describe (id2label));

  guint n = json_object_get_size (json_node_get_object (id2label));
  if (auto_json_member (dict, "num_labels") && auto_json_is_number (num_labels) && json_node_get_double (num_labels) != n)
    g_info ("%s: num_labels is %g, and id2label has %u entries: the latter count", origin_of (self), json_node_get_double (num_labels), n);
  g_autoptr(JsonNode) names = with_int_keys (self, "id2label", id2label, error);
  return names && auto_config_store (self, "id2label", names, error) && auto_config_store (self, "label2id", label2id, error);
}

static gboolean
check_problem_type (AutoPretrainedConfig *self, JsonNode *value, GError **error)
{
  const char *const known[] = { "regression", "single_label_classification", "multi_label_classification", NULL };

  if (JSON_NODE_HOLDS_NULL (value) || (auto_json_is_string (value) && g_strv_contains (known, json_node_get_string (value))))
    return TRUE;
  g_autofree char *text = auto_json_print (value, -1, FALSE);
  return refuse (self, error, "problem_type is %s: only regression, single_label_classification and multi_label_classification are known", text);
}

/* PyTorch has several names for some types; the file's becomes the one that PyTorch itself prints. */
static gboolean
init_dtype (AutoPretrainedConfig *self, JsonNode *value, GError **error)
{
  static const char *const names[][2] = {
    { "float32", "float32" }, { "float", "float32" }, { "float64", "float64" }, { "double", "float64" }, { "float16", "float16" },
    { "half", "float16" }, { "bfloat16", "bfloat16" }, { "uint8", "uint8" }, { "int8", "int8" }, { "int16", "int16" }, { "short", "int16" },
    { "int32", "int32" }, { "int", "int32" }, { "int64", "int64" }, { "long", "int64" }, { "bool", "bool" }, { "complex64", "complex64" },
    { "cfloat", "complex64" }, { "complex128", "complex128" }, { "cdouble", "complex128" }, { "complex32", "complex32" }, { "chalf", "complex32" },
    { "qint8", "qint8" }, { "quint8", "quint8" }, { "qint32", "qint32" }, { "quint4x2", "quint4x2" }, { "quint2x4", "quint2x4" },
  };

  if (JSON_NODE_HOLDS_NULL (value))
    return auto_config_store (self, "torch_dtype", value, error);
  for (guint i = 0; auto_json_is_string (value) && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], json_node_get_string (value)))
      return auto_config_set_string (AUTO_CONFIG (self), "torch_dtype", names[i][1], error);
  g_autofree char *text = auto_json_print (value, -1, FALSE);
  return refuse (self, error, "torch_dtype is %s, which is no data type of PyTorch", text);
}

/* Keys of which the constructor stores something else than what it is given, or nothing. */
static gboolean
is_special (const char *key)
{
  static const char *const special[] = { "id2label", "label2id", "num_labels", "torch_dtype", "problem_type", "xla_device", "name_or_path",
                                         "_name_or_path", "attn_implementation", NULL };

  return g_strv_contains (special, key);
}

static gboolean
init_special (AutoPretrainedConfig *self, JsonObject *dict, GError **error)
{
  JsonNode *problem_type = given (self, dict, "problem_type");
  JsonNode *name = auto_json_member (dict, "name_or_path"), *attention = auto_json_member (dict, "attn_implementation");

  if (!init_labels (self, dict, error) || !init_dtype (self, given (self, dict, "torch_dtype"), error)
      || !check_problem_type (self, problem_type, error) || !auto_config_store (self, "problem_type", problem_type, error))
    return FALSE;
  if (name && !auto_json_is_string (name))
    {
      g_autofree char *text = auto_json_print (name, -1, FALSE);
      if (!auto_config_set_string (AUTO_CONFIG (self), "_name_or_path", text, error))
        return FALSE;
      name = NULL;
    }
  else if (!auto_config_store (self, "_name_or_path", name ? name : given (self, NULL, "_name_or_path"), error))
    return FALSE;
  if (auto_json_member (dict, "_name_or_path") && !auto_config_store (self, "_name_or_path", auto_json_member (dict, "_name_or_path"), error))
    return FALSE;
  return !attention || auto_config_store (self, "_attn_implementation_internal", attention, error);
}

static gboolean
is_base_first (AutoPretrainedConfig *self)
{
  const AutoConfigClassInfo *info = AUTO_PRETRAINED_CONFIG_GET_CLASS (self)->info;

  return info && info->base_first;
}

/* Whether the class stores a key of its own after what its other names have set. */
static gboolean
alias_is_lost (AutoPretrainedConfig *self, const char *key)
{
  AutoPretrainedConfigClass *base = g_type_class_peek (AUTO_TYPE_PRETRAINED_CONFIG);
  const AutoConfigTable *table = base->table;
  const char *true_key = auto_config_true_key (self, key);

  return is_base_first (self) && true_key != key && !g_hash_table_contains (table->by_key, true_key);
}

/* Whether the file's value is stored after `loaded` was called. */
static gboolean
is_late (AutoPretrainedConfig *self, const char *key)
{
  const AutoConfigKey *known = auto_config_find_key (self, key);

  return !is_base_first (self) && (known ? known->field->derived : auto_config_true_key (self, key) != key);
}

/* Other names, unknown keys and late ones, in the file's order. */
static gboolean
init_others (AutoPretrainedConfig *self, JsonObject *dict, gboolean late, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, dict);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      if (is_special (key) || is_late (self, key) != late || alias_is_lost (self, key) || (!late && auto_config_find_key (self, key)))
        continue;
      if (!auto_config_store (self, key, value, error))
        return FALSE;
    }
  return TRUE;
}

/* As the reference's class (**dict). */
gboolean
auto_config_init_values (AutoPretrainedConfig *self, JsonObject *dict, GError **error)
{
  AutoConfigState *state = auto_config_get_state (self);
  AutoPretrainedConfigClass *klass = AUTO_PRETRAINED_CONFIG_GET_CLASS (self);
  GPtrArray *keys = auto_config_get_table (self)->keys;
  g_autoptr(JsonObject) old = g_steal_pointer (&state->values);

  state->values = json_object_new ();
  g_hash_table_remove_all (state->nested);
  g_clear_error (&state->problem);
  for (guint i = 0; i < keys->len; i++)
    {
      const char *key = ((AutoConfigKey *) g_ptr_array_index (keys, i))->field->key;
      if (!is_special (key) && !auto_config_store (self, key, given (self, is_late (self, key) ? NULL : dict, key), error))
        return FALSE;
    }
  if (!init_special (self, dict, error) || (dict && !init_others (self, dict, FALSE, error)))
    return FALSE;
  if (klass->loaded && !klass->loaded (self, error))
    {
      g_prefix_error (error, "%s: ", state->origin ? state->origin : G_OBJECT_TYPE_NAME (self));
      return FALSE;
    }
  return !dict || init_others (self, dict, TRUE, error);
}

AutoPretrainedConfig *
auto_config_new_from_dict (GType type, JsonObject *dict, const char *origin, GError **error)
{
  g_autoptr(AutoPretrainedConfig) self = g_object_new (type, NULL);
  AutoConfigState *state = auto_config_get_state (self);

  g_free (state->origin);
  state->origin = g_strdup (origin);
  return auto_config_init_values (self, dict, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
check_label_overrides (AutoPretrainedConfig *self, JsonObject *overrides, GError **error)
{
  JsonNode *num_labels = auto_json_member (overrides, "num_labels"), *id2label = auto_json_member (overrides, "id2label");

  if (!num_labels || !id2label)
    return TRUE;
  guint n = JSON_NODE_HOLDS_OBJECT (id2label) ? json_object_get_size (json_node_get_object (id2label)) : 0;
  if (auto_json_is_number (num_labels) && json_node_get_double (num_labels) == n)
    return TRUE;
  g_autofree char *text = auto_json_print (num_labels, -1, FALSE);
  return refuse (self, error, "num_labels is %s, and id2label has %u entries: leave one of them away", text, n);
}

/* An object in place of a nested configuration is made a configuration of the same class. */
static gboolean
override (AutoPretrainedConfig *self, const char *key, JsonNode *value, GError **error)
{
  AutoPretrainedConfig *current = auto_config_peek_nested (self, auto_config_true_key (self, key));

  if (!current || !JSON_NODE_HOLDS_OBJECT (value))
    return auto_config_store (self, key, value, error);
  g_autoptr(AutoPretrainedConfig) nested = auto_config_new_from_dict (G_OBJECT_TYPE (current), json_node_get_object (value), key, error);
  return nested && auto_config_set_nested (AUTO_CONFIG (self), key, AUTO_CONFIG (nested), error);
}

static gboolean
apply_overrides (AutoPretrainedConfig *self, JsonObject *overrides, JsonObject *unused, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, overrides);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      gboolean known = auto_config_has (AUTO_CONFIG (self), key);
      if (known && !override (self, key, value, error))
        return FALSE;
      if (unused && (!known || g_str_equal (key, "torch_dtype")))
        json_object_set_member (unused, key, auto_json_copy (value));
    }
  return TRUE;
}

/* As the reference's class.from_dict (dict, **overrides). */
AutoPretrainedConfig *
auto_config_new_full (GType type, JsonObject *dict, JsonObject *overrides, JsonObject *unused, const char *origin, GError **error)
{
  g_autoptr(JsonObject) first = json_object_new ();
  g_autoptr(JsonObject) rest = json_object_new ();
  g_autoptr(GList) keys = json_object_get_members (dict);
  g_autoptr(GList) names = overrides ? json_object_get_members (overrides) : NULL;

  for (GList *l = keys; l; l = l->next)
    if (!g_str_equal (l->data, "attn_implementation"))
      json_object_set_member (first, l->data, json_node_ref (json_object_get_member (dict, l->data)));
  for (GList *l = names; l; l = l->next)
    json_object_set_member (g_str_equal (l->data, "attn_implementation") ? first : rest, l->data,
                            json_node_ref (json_object_get_member (overrides, l->data)));

  g_autoptr(AutoPretrainedConfig) self = auto_config_new_from_dict (type, first, origin, error);
  if (!self)
    return NULL;
  JsonNode *heads = auto_json_member (auto_config_get_state (self)->values, "pruned_heads");
  if (heads && !JSON_NODE_HOLDS_OBJECT (heads))
    return refuse (self, error, "pruned_heads must be an object, and it is %s", auto_config_describe (heads)) ? NULL : NULL;
  g_autoptr(JsonNode) pruned = heads ? with_int_keys (self, "pruned_heads", heads, error) : NULL;
  if (heads && (!pruned || !auto_config_store (self, "pruned_heads", pruned, error)))
    return NULL;
  if (!check_label_overrides (self, rest, error) || !apply_overrides (self, rest, unused, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Whether a model can be made */

static gboolean
check_range (AutoPretrainedConfig *self, const AutoConfigKey *key, GError **error)
{
  const AutoConfigField *field = key->field;
  gboolean number = field->kind == AUTO_FIELD_INT || field->kind == AUTO_FIELD_DOUBLE;
  JsonNode *value = auto_json_member (auto_config_get_state (self)->values, field->key);

  if (field->kind == AUTO_FIELD_ENUM && auto_json_is_string (value) && G_STRUCT_MEMBER (int, self, field->offset) < 0)
    return refuse (self, error, "%s is \"%s\", which no model here knows", field->key, json_node_get_string (value));
  if (!number || (field->min == 0 && field->max == 0))
    return TRUE;
  if (value && JSON_NODE_HOLDS_NULL (value))
    return JSON_NODE_HOLDS_NULL (key->initial) || refuse (self, error, "%s is null, and a model can't be made without it", field->key);
  gpointer member = G_STRUCT_MEMBER_P (self, field->offset);
  double actual = field->kind == AUTO_FIELD_INT ? *(int *) member : *(double *) member;
  if (actual >= field->min && (field->max < field->min || actual <= field->max))
    return TRUE;
  if (field->max < field->min)
    return refuse (self, error, "%s is %g, and must be at least %g for a model", field->key, actual, field->min);
  return refuse (self, error, "%s is %g, and must be from %g to %g for a model", field->key, actual, field->min, field->max);
}

gboolean
auto_config_validate (AutoConfig *config, GError **error)
{
  AutoPretrainedConfig *self = AUTO_PRETRAINED_CONFIG (config);
  AutoConfigState *state = auto_config_get_state (self);
  GPtrArray *keys = auto_config_get_table (self)->keys;
  GHashTableIter iter;
  gpointer nested;

  if (state->problem)
    {
      g_propagate_error (error, g_error_copy (state->problem));
      return FALSE;
    }
  for (guint i = 0; i < keys->len; i++)
    if (!check_range (self, g_ptr_array_index (keys, i), error))
      return FALSE;
  g_hash_table_iter_init (&iter, state->nested);
  while (g_hash_table_iter_next (&iter, NULL, &nested))
    if (!auto_config_validate (nested, error))
      return FALSE;
  return TRUE;
}
