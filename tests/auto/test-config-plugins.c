/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "config-cases.h"
#include "core/base/auto-json.h"
#include "registry/auto-registry.h"

/* The configuration classes of all installed plugins against the reference's. */

static JsonNode *
read_data (const char *folder, const char *file)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, folder, file, NULL);
  g_autoptr(GError) error = NULL;
  JsonNode *node = auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);

  g_assert_no_error (error);
  return node;
}

/* The whole dictionary from what differs from the base class, see config-defaults.py. */
static JsonObject *
expand (JsonObject *base, JsonObject *changed)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, base);
  g_autoptr(JsonNode) copy = auto_json_copy (node);
  JsonObject *dict = json_object_ref (json_node_get_object (copy));
  JsonArray *lacking = auto_json_array (changed, "-");
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init (&iter, changed);
  while (json_object_iter_next (&iter, &key, &value))
    {
      gboolean nested = JSON_NODE_HOLDS_OBJECT (value) && json_object_has_member (json_node_get_object (value), "-");
      if (nested)
        json_object_set_object_member (dict, key, expand (base, json_node_get_object (value)));
      else if (!g_str_equal (key, "-"))
        json_object_set_member (dict, key, auto_json_copy (value));
    }
  for (guint i = 0; lacking && i < json_array_get_length (lacking); i++)
    json_object_remove_member (dict, json_array_get_string_element (lacking, i));
  return dict;
}

static void
check_aliases (AutoConfig *config, JsonObject *aliases)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init (&iter, aliases);
  while (json_object_iter_next (&iter, &key, &value))
    {
      g_autoptr(JsonNode) by_alias = auto_config_get_value (config, key);
      g_autoptr(JsonNode) by_key = auto_config_get_value (config, json_node_get_string (value));
      if (!by_key) /* some of the reference's aliases lead nowhere */
        continue;
      if (!by_alias || !auto_json_equal (by_alias, by_key))
        g_error ("%s: %s is no alias of %s", auto_config_get_model_type (config), key, json_node_get_string (value));
    }
}

static void
check_defaults (const char *model_type, JsonObject *entry, JsonObject *base)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = auto_config_for_model (model_type, NULL, &error);
  JsonObject *defaults = auto_json_object (entry, "defaults");

  g_test_message ("%s", model_type);
  if (!defaults)
    {
      g_assert_null (config);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (config), ==, auto_json_string (entry, "class"));
  g_autoptr(JsonObject) dict = auto_config_to_dict (config);
  g_autoptr(JsonObject) wanted = expand (base, defaults);
  g_autofree char *ours = config_cases_sorted (dict);
  g_autofree char *theirs = config_cases_sorted (wanted);
  config_cases_assert_same (ours, theirs);
  if (auto_json_object (entry, "attribute_map"))
    check_aliases (config, auto_json_object (entry, "attribute_map"));
}

static void
test_defaults (void)
{
  g_autoptr(JsonNode) node = read_data ("../catalogue", "configs.json");
  JsonObject *all = json_node_get_object (node), *base = auto_json_object (auto_json_object (all, ""), "defaults");
  g_auto(GStrv) types = auto_registry_list_model_types ();

  g_assert_cmpuint (g_strv_length (types), >, 0);
  for (guint i = 0; types[i]; i++)
    {
      JsonObject *entry = auto_json_object (all, types[i]);
      if (!entry)
        g_error ("the reference has no model type %s", types[i]);
      check_defaults (types[i], entry, base);
    }
}

static void
test_random (void)
{
  g_autoptr(JsonNode) node = read_data ("data", "plugin-configs.json");

  config_cases_run (json_node_get_object (node), 1);
}

static AutoConfig *
load (const char *folder, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return auto_config_from_pretrained (folder, NULL, NULL, error);
}

/* B01: without a model_type the path says what it is: the longest type that it contains, wherever; as the reference finds. */
static void
b01_type_from_path (void)
{
  static const char *const cases[][2] = {
    { "gpt2-pubmed", "GPT2Config" },  { "my-roberta-x", "RobertaConfig" },        { "albert/x", "AlbertConfig" },
    { "albert/my-bert", "AlbertConfig" }, { "xlm-roberta-base", "XLMRobertaConfig" }, { "distilbert-gpt2", "DistilBertConfig" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoConfig) config = load (cases[i][0], "{\"hidden_size\": 8}", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (G_OBJECT_TYPE_NAME (config), ==, cases[i][1]);
    }
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) none = load ("gpt-2-pubmed", "{\"hidden_size\": 8}", &error);
  g_assert_null (none);
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE);
  g_assert_nonnull (strstr (error->message, "gpt-2-pubmed"));
  g_assert_nonnull (strstr (error->message, "roberta"));
}

/* B04: a type that is another class's by another name: what is saved names the class's own, and comes back as it. */
static void
b04_other_names (void)
{
  static const char *const cases[][3] = { { "code_llama", "LlamaConfig", "llama" }, { "gpt-sw3", "GPT2Config", "gpt2" },
                                          { "camembert", "CamembertConfig", "camembert" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"model_type\": \"%s\", \"hidden_size\": 16, \"mine\": [1, null]}", cases[i][0]);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoConfig) config = load ("other-name", text, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (G_OBJECT_TYPE_NAME (config), ==, cases[i][1]);
      g_assert_true (auto_config_save_pretrained (config, "saved", &error));
      g_assert_no_error (error);
      g_autoptr(JsonNode) file = auto_json_read ("saved/config.json", AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);
      g_assert_cmpstr (auto_json_string (json_node_get_object (file), "model_type"), ==, cases[i][2]);
      g_autoptr(AutoConfig) again = auto_config_from_pretrained ("saved", NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (G_OBJECT_TYPE_NAME (again), ==, cases[i][1]);
      auto_config_set_string (config, "_name_or_path", "saved", NULL);
      g_autofree char *first = auto_config_to_json_string (config, FALSE), *second = auto_config_to_json_string (again, FALSE);
      g_assert_cmpstr (first, ==, second);
    }
}

/* B07: what rope_scaling may be, for every class that reads it; the message names the file and shows the object. */
static void
b07_rope_scaling (void)
{
  static const char *const types[] = { "llama", "code_llama", "persimmon", "phi", "gpt_neox", "falcon" };
  static const char *const good[] = { "null", "{\"type\": \"linear\", \"factor\": 2.0}", "{\"type\": \"dynamic\", \"factor\": 2.0}" };
  static const char *const bad[] = { "{\"type\": \"linear\", \"factor\": 2}", "{\"type\": \"linear\", \"factor\": 1.0}", "{\"type\": \"yarn\", \"factor\": 2.0}",
                                     "{\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, "
                                     "\"original_max_position_embeddings\": 8192}" };

  for (guint i = 0; i < G_N_ELEMENTS (types) * (G_N_ELEMENTS (good) + G_N_ELEMENTS (bad)); i++)
    {
      guint which = i / G_N_ELEMENTS (types);
      gboolean is_good = which < G_N_ELEMENTS (good);
      const char *value = is_good ? good[which] : bad[which - G_N_ELEMENTS (good)];
      g_autofree char *text = g_strdup_printf ("{\"model_type\": \"%s\", \"rope_scaling\": %s}", types[i % G_N_ELEMENTS (types)], value);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoConfig) config = load ("rope", text, &error);
      g_assert_true ((config != NULL) == is_good);
      g_assert_true (is_good || (strstr (error->message, "rope_scaling") && strstr (error->message, value) && strstr (error->message, "rope/config.json")));
    }
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *place)
{
  return remove (path);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  g_autofree char *folder = g_dir_make_tmp ("auto-config-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_no_errno (chdir (folder));
  g_test_add_func ("/config-plugins/defaults", test_defaults);
  g_test_add_func ("/config-plugins/random", test_random);
  g_test_add_func ("/config-plugins/b01-type-from-path", b01_type_from_path);
  g_test_add_func ("/config-plugins/b04-other-names", b04_other_names);
  g_test_add_func ("/config-plugins/b07-rope-scaling", b07_rope_scaling);
  int status = g_test_run ();
  g_assert_no_errno (chdir ("/"));
  g_assert_no_errno (nftw (folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS));
  return status;
}
