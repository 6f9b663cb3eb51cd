/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config-cases.h"

#include "core/base/auto-json.h"
#include "registry/auto-registry-private.h"

void
config_cases_write (const char *folder, const char *text)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  g_autoptr(GError) error = NULL;

  g_mkdir_with_parents (folder, 0777);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

char *
config_cases_sorted (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return auto_json_print (node, 1, TRUE);
}

void
config_cases_assert_same (const char *ours, const char *theirs)
{
  g_auto(GStrv) x = g_strsplit (ours, "\n", -1);
  g_auto(GStrv) y = g_strsplit (theirs, "\n", -1);
  guint i = 0;

  while (x[i] && y[i] && g_str_equal (x[i], y[i]))
    i++;
  g_assert_cmpstr (x[i], ==, y[i]);
}

static JsonObject *
expected_dict (JsonObject *defaults, JsonObject *test)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, defaults);
  g_autoptr(JsonNode) copy = auto_json_copy (node);
  JsonObject *dict = json_object_ref (json_node_get_object (copy)), *changed = auto_json_object (test, "changed");
  JsonArray *removed = auto_json_array (test, "removed");
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init (&iter, changed);
  while (json_object_iter_next (&iter, &key, &value))
    json_object_set_member (dict, key, auto_json_copy (value));
  for (guint i = 0; i < json_array_get_length (removed); i++)
    json_object_remove_member (dict, json_array_get_string_element (removed, i));
  return dict;
}

static AutoLoadOptions *
options_from (JsonObject *kwargs)
{
  AutoLoadOptions *options = auto_load_options_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, kwargs);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    auto_load_options_set_json (options, key, value);
  return options;
}

static void
run_case (JsonObject *data, JsonObject *test, guint number)
{
  g_autofree char *text = auto_json_print (json_object_get_member (test, "config"), -1, FALSE);
  g_autofree char *kwargs = auto_json_print (json_object_get_member (test, "kwargs"), -1, FALSE);
  g_autoptr(AutoLoadOptions) options = options_from (auto_json_object (test, "kwargs"));
  g_autoptr(JsonObject) unused = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *all = auto_json_object (data, "defaults"), *defaults = auto_json_object (all, auto_json_string (test, "type"));

  g_test_message ("case %u: %s with %s", number, text, kwargs);
  config_cases_write ("model", text);
  g_autoptr(AutoConfig) config = auto_config_from_pretrained_full ("model", options, &unused, NULL, &error);
  if (json_object_has_member (test, "error"))
    {
      g_assert_null (config);
      g_assert_nonnull (error);
      return;
    }
  g_assert_no_error (error);
  g_autoptr(JsonObject) dict = auto_config_to_dict (config);
  g_autoptr(JsonObject) wanted = expected_dict (defaults ? defaults : auto_json_object (all, "base"), test);
  g_autofree char *ours = config_cases_sorted (dict), *theirs = config_cases_sorted (wanted), *printed = auto_config_to_json_string (config, TRUE);
  config_cases_assert_same (ours, theirs);
  config_cases_assert_same (printed, auto_json_string (test, "text"));
  g_autofree char *our_rest = config_cases_sorted (unused), *their_rest = config_cases_sorted (auto_json_object (test, "unused"));
  config_cases_assert_same (our_rest, their_rest);

  g_autoptr(AutoConfig) copy = auto_config_copy (config);
  g_autofree char *copied = auto_config_to_json_string (copy, FALSE), *original = auto_config_to_json_string (config, FALSE);
  g_assert_cmpstr (copied, ==, original);
}

void
config_cases_run (JsonObject *data, guint at_least)
{
  JsonArray *cases = auto_json_array (data, "cases");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *test = json_array_get_object_element (cases, i);
      if (!auto_registry_has_architecture (auto_json_string (test, "type")))
        continue;
      run_case (data, test, i);
      n++;
    }
  g_assert_cmpuint (n, >=, at_least);
}
