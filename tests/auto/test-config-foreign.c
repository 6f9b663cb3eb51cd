/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "core/auto/auto-pretrained-config.h"
#include "core/base/auto-json.h"

/* A class as a language binding makes it: no table, properties that it keeps itself. */

typedef struct
{
  AutoPretrainedConfig parent;
  int hidden_size;
  double rate;
  char *name;
} ForeignConfig;

typedef AutoPretrainedConfigClass ForeignConfigClass;

GType foreign_config_get_type (void);
G_DEFINE_TYPE (ForeignConfig, foreign_config, AUTO_TYPE_PRETRAINED_CONFIG)

enum
{
  PROP_HIDDEN_SIZE = 1,
  PROP_RATE,
  PROP_NAME,
};

static void
foreign_config_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  ForeignConfig *self = (ForeignConfig *) object;

  if (id == PROP_HIDDEN_SIZE)
    g_value_set_int (value, self->hidden_size);
  else if (id == PROP_RATE)
    g_value_set_double (value, self->rate);
  else
    g_value_set_string (value, self->name);
}

static void
foreign_config_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  ForeignConfig *self = (ForeignConfig *) object;

  if (id == PROP_HIDDEN_SIZE)
    self->hidden_size = g_value_get_int (value);
  else if (id == PROP_RATE)
    self->rate = g_value_get_double (value);
  else
    {
      g_free (self->name);
      self->name = g_value_dup_string (value);
    }
}

static void
foreign_config_finalize (GObject *object)
{
  g_free (((ForeignConfig *) object)->name);
  G_OBJECT_CLASS (foreign_config_parent_class)->finalize (object);
}

static void
foreign_config_class_init (ForeignConfigClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = foreign_config_get_property;
  object_class->set_property = foreign_config_set_property;
  object_class->finalize = foreign_config_finalize;
  g_object_class_install_property (object_class, PROP_HIDDEN_SIZE, g_param_spec_int ("hidden-size", NULL, NULL, 0, 100, 32, G_PARAM_READWRITE));
  g_object_class_install_property (object_class, PROP_RATE, g_param_spec_double ("rate", NULL, NULL, 0, 1, 0.5, G_PARAM_READWRITE));
  g_object_class_install_property (object_class, PROP_NAME, g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READWRITE));
}

static void
foreign_config_init (ForeignConfig *self)
{
  self->hidden_size = 32;
  self->rate = 0.5;
}

static AutoConfig *
make (const char *text, GError **error)
{
  g_autoptr(JsonNode) node = auto_json_parse (text, strlen (text), "text", AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, error);

  return node ? auto_config_from_dict (json_node_get_object (node), NULL, error) : NULL;
}

static void
test_properties (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = make ("{\"model_type\": \"foreign\", \"hidden_size\": 8, \"rate\": 1, \"more\": [1]}", &error);

  g_assert_no_error (error);
  g_assert_cmpint (((ForeignConfig *) config)->hidden_size, ==, 8);
  g_assert_cmpfloat (((ForeignConfig *) config)->rate, ==, 1.0);
  g_assert_cmpint (auto_config_get_int (config, "hidden_size", -1), ==, 8);
  g_assert_true (auto_config_is_null (config, "name"));
  g_object_set (config, "hidden-size", 9, "name", "x", "output-attentions", TRUE, NULL);
  g_autofree char *text = auto_config_to_json_string (config, TRUE);
  g_assert_cmpstr (text, ==,
                   "{\n  \"hidden_size\": 9,\n  \"model_type\": \"foreign\",\n  \"more\": [\n    1\n  ],\n  \"name\": \"x\",\n  \"output_attentions\": true,\n"
                   "  \"rate\": 1.0,\n  \"transformers_version\": \"4.37.2\"\n}\n");
  g_autoptr(AutoConfig) copy = auto_config_copy (config);
  g_autofree char *copied = auto_config_to_json_string (copy, TRUE);
  g_assert_cmpstr (copied, ==, text);
}

static void
test_refused (void)
{
  const char *const bad[] = { "\"8\"", "8.5", "null", "[8]", "1000", "-1" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("{\"model_type\": \"foreign\", \"hidden_size\": %s}", bad[i]);
      g_assert_null (make (text, &error));
      g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
      g_assert_nonnull (strstr (error->message, "hidden-size"));
    }
}

static void
test_keys (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) list = auto_json_parse ("[1, 2]", 6, "text", AUTO_CONFIG_ERROR, 0, NULL);
  g_autoptr(JsonNode) zero = json_node_init_int (json_node_alloc (), 0);

  g_assert_true (auto_config_add_key (foreign_config_get_type (), "stages", list, &error));
  g_assert_true (auto_config_add_key (foreign_config_get_type (), "pad_token_id", zero, &error));
  g_assert_no_error (error);
  g_autoptr(AutoConfig) config = auto_config_for_model ("foreign", NULL, &error);
  g_autoptr(AutoConfig) other = make ("{\"model_type\": \"foreign\", \"stages\": null}", &error);
  g_assert_no_error (error);
  g_assert_cmpint (AUTO_PRETRAINED_CONFIG (config)->pad_token_id, ==, 0);
  g_autoptr(JsonNode) value = auto_config_get_value (config, "stages");
  g_assert_true (auto_json_equal (value, list));
  g_assert_true (auto_config_is_null (other, "stages"));
  g_assert_false (auto_config_add_key (G_TYPE_OBJECT, "x", zero, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  auto_config_register ("foreign", foreign_config_get_type (), FALSE, &error);
  g_assert_no_error (error);
  g_test_add_func ("/config-foreign/properties", test_properties);
  g_test_add_func ("/config-foreign/refused", test_refused);
  g_test_add_func ("/config-foreign/keys", test_keys);
  return g_test_run ();
}
