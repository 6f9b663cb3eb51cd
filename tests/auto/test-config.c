/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config-cases.h"
#include "config-classes.h"
#include "core/auto/auto-config-fields.h"
#include "core/base/auto-json.h"
#include "core/math/auto-activation.h"

static AutoConfig *
load (const char *folder, const char *text, AutoLoadOptions *options, GError **error)
{
  if (text)
    config_cases_write (folder, text);
  return auto_config_from_pretrained (folder, options, NULL, error);
}

static AutoConfig *
load_good (const char *text)
{
  g_autoptr(GError) error = NULL;
  AutoConfig *config = load ("model", text, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (AUTO_IS_CONFIG (config));
  return config;
}

static JsonObject *data;

/* Random files against what the reference made of them. */
static void
test_random (void)
{
  config_cases_run (data, 50);
}

static void
test_defaults (void)
{
  const char *const types[] = { "bert", "gpt2", "swin", "clip", "ernie_m" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoConfig) config = auto_config_for_model (types[i], NULL, &error);
      g_assert_no_error (error);
      g_autoptr(JsonObject) dict = auto_config_to_dict (config);
      g_autofree char *ours = config_cases_sorted (dict), *theirs = config_cases_sorted (auto_json_object (auto_json_object (data, "defaults"), types[i]));
      config_cases_assert_same (ours, theirs);
    }
  g_autoptr(AutoConfig) base = g_object_new (AUTO_TYPE_PRETRAINED_CONFIG, NULL);
  g_autoptr(JsonObject) dict = auto_config_to_dict (base);
  g_autofree char *ours = config_cases_sorted (dict), *theirs = config_cases_sorted (auto_json_object (auto_json_object (data, "defaults"), "base"));
  config_cases_assert_same (ours, theirs);
}

/* Members and properties */

static void
test_members (void)
{
  g_autoptr(AutoConfig) config = load_good ("{\"model_type\": \"bert\", \"hidden_size\": 8, \"hidden_act\": \"relu\", \"layer_norm_eps\": 1, "
                                            "\"eos_token_id\": [5, 6], \"unknown\": null, \"num_labels\": 3, \"output_attentions\": true}");
  AutoPretrainedConfig *base = AUTO_PRETRAINED_CONFIG (config);

  g_assert_cmpint (check_bert_hidden_size (config), ==, 8);
  g_assert_cmpint (check_bert_act (config), ==, AUTO_ACTIVATION_RELU);
  g_assert_cmpfloat (check_bert_eps (config), ==, 1.0);
  g_assert_cmpint (base->eos_token_id, ==, 5);
  g_assert_cmpint (base->bos_token_id, ==, -1);
  g_assert_cmpint (base->pad_token_id, ==, 0);
  g_assert_cmpint (base->num_labels, ==, 3);
  g_assert_true (base->output_attentions);
  g_assert_true (auto_config_has (config, "unknown"));
  g_assert_true (auto_config_is_null (config, "unknown"));
  g_assert_false (auto_config_has (config, "absent"));
  g_assert_false (auto_config_is_null (config, "absent"));
  g_assert_cmpint (auto_config_get_int (config, "hidden_size", -1), ==, 8);
  g_assert_cmpint (auto_config_get_int (config, "num_labels", -1), ==, 3);
  g_assert_cmpint (auto_config_get_int (config, "bos_token_id", -7), ==, -7);
  g_assert_cmpstr (auto_config_get_string (config, "_name_or_path"), ==, "model");
  g_assert_cmpstr (auto_config_get_string (config, "name_or_path"), ==, "model");
  g_autofree char *label = auto_config_get_label (config, 2);
  g_assert_cmpstr (label, ==, "LABEL_2");
}

static void
test_lists (void)
{
  g_autoptr(AutoConfig) config = load_good ("{\"model_type\": \"swin\", \"depths\": [1, 2, 3]}");
  guint n;
  const int *depths = check_swin_depths (config, &n);

  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (depths[2], ==, 3);
  g_assert_cmpint (auto_config_get_int (config, "num_hidden_layers", -1), ==, 3);
  g_assert_cmpint (auto_config_get_int (config, "hidden_size", -1), ==, 96 << 2);
}

static void
test_properties (void)
{
  g_autoptr(AutoConfig) config = load_good ("{\"model_type\": \"gpt2\", \"n_embd\": 8}");
  int hidden, n_head, eos;
  double dropout;
  gboolean attentions;
  AutoActivation act;
  g_autofree char *name = NULL;

  g_object_get (config, "hidden-size", &hidden, "n-head", &n_head, "eos-token-id", &eos, "resid-pdrop", &dropout, "output-attentions", &attentions,
                "activation-function", &act, "name-or-path", &name, NULL);
  g_assert_cmpint (hidden, ==, 8);
  g_assert_cmpint (n_head, ==, 12);
  g_assert_cmpint (eos, ==, 50256);
  g_assert_cmpfloat (dropout, ==, 0.1);
  g_assert_false (attentions);
  g_assert_cmpint (act, ==, AUTO_ACTIVATION_GELU_NEW);
  g_assert_cmpstr (name, ==, "model");

  g_object_set (config, "hidden-size", 16, "resid-pdrop", 0.5, "activation-function", AUTO_ACTIVATION_RELU, "num-labels", 5, "architectures",
                g_variant_new_parsed ("['A', 'B']"), NULL);
  g_assert_cmpint (auto_config_get_int (config, "n_embd", -1), ==, 16);
  g_assert_cmpfloat (auto_config_get_double (config, "resid_pdrop", -1), ==, 0.5);
  g_assert_cmpstr (auto_config_get_string (config, "activation_function"), ==, "relu");
  g_assert_cmpint (AUTO_PRETRAINED_CONFIG (config)->num_labels, ==, 5);
  g_autoptr(JsonNode) architectures = auto_config_get_value (config, "architectures");
  g_autofree char *text = auto_json_print (architectures, -1, FALSE);
  g_assert_cmpstr (text, ==, "[\"A\", \"B\"]");
  g_autoptr(GVariant) variant = NULL;
  g_object_get (config, "architectures", &variant, NULL);
  g_assert_nonnull (variant);
}

static void
test_nested (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = load_good ("{\"model_type\": \"clip\", \"text_config\": {\"hidden_size\": 8}, \"vision_config\": null}");
  AutoConfig *text = auto_config_get_nested (config, "text_config"), *vision = auto_config_get_nested (config, "vision_config");
  g_autoptr(AutoPretrainedConfig) property = NULL;

  g_assert_cmpint (auto_config_get_int (text, "hidden_size", -1), ==, 8);
  g_assert_cmpint (auto_config_get_int (vision, "hidden_size", -1), ==, 768);
  auto_config_set_int (text, "hidden_size", 24, &error);
  g_assert_no_error (error);
  g_autofree char *json = auto_config_to_json_string (config, TRUE);
  g_assert_nonnull (strstr (json, "\"hidden_size\": 24"));
  g_object_get (config, "text-config", &property, NULL);
  g_assert_true ((gpointer) property == (gpointer) text);

  g_autoptr(AutoConfig) bert = g_object_new (check_bert_config_get_type (), NULL);
  g_assert_false (auto_config_set_nested (config, "text_config", bert, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
}

/* What is refused */

static void
assert_refused (const char *text, int code, ...)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = load ("model", text, NULL, &error);
  va_list args;
  const char *part;

  g_assert_null (config);
  g_assert_error (error, AUTO_CONFIG_ERROR, code);
  va_start (args, code);
  while ((part = va_arg (args, const char *)))
    if (!strstr (error->message, part))
      g_error ("\"%s\" lacks \"%s\"", error->message, part);
  va_end (args);
}

static void
test_refused (void)
{
  assert_refused ("{\"model_type\": \"bert\", \"hidden_size\": \"8\"}", AUTO_CONFIG_ERROR_VALUE, "model/config.json", "hidden_size", "a string", "integer", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"hidden_size\": 8.5}", AUTO_CONFIG_ERROR_VALUE, "hidden_size", "8.5", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"hidden_size\": 4294967296}", AUTO_CONFIG_ERROR_VALUE, "hidden_size", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"hidden_size\": 1e400}", AUTO_CONFIG_ERROR_VALUE, "hidden_size", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"use_cache\": \"yes\"}", AUTO_CONFIG_ERROR_VALUE, "use_cache", "boolean", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"layer_norm_eps\": []}", AUTO_CONFIG_ERROR_VALUE, "layer_norm_eps", "a list", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"position_embedding_type\": 1}", AUTO_CONFIG_ERROR_VALUE, "position_embedding_type", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"num_labels\": 1000000000}", AUTO_CONFIG_ERROR_VALUE, "num_labels", NULL);
  assert_refused ("{\"model_type\": \"bert\", \"problem_type\": \"x\"}", AUTO_CONFIG_ERROR_VALUE, "problem_type", "regression", NULL);
  assert_refused ("{\"model_type\": \"swin\", \"depths\": [1, \"a\"]}", AUTO_CONFIG_ERROR_VALUE, "depths", NULL);
  assert_refused ("{\"model_type\": \"clip\", \"text_config\": {\"hidden_size\": {}}}", AUTO_CONFIG_ERROR_VALUE, "config.json", "text_config", "hidden_size", NULL);
  assert_refused ("{\"model_type\": \"clip\", \"text_config\": 5}", AUTO_CONFIG_ERROR_VALUE, "text_config", NULL);
  assert_refused ("[]", AUTO_CONFIG_ERROR_PARSE, "model/config.json", NULL);
  assert_refused ("{\"model_type\": \"bert\"", AUTO_CONFIG_ERROR_PARSE, "model/config.json", NULL);
  assert_refused ("", AUTO_CONFIG_ERROR_PARSE, "model/config.json", NULL);
  assert_refused ("{\"model_type\": null}", AUTO_CONFIG_ERROR_MODEL_TYPE, "model_type", "null", NULL);
  assert_refused ("{\"model_type\": 5}", AUTO_CONFIG_ERROR_MODEL_TYPE, "model_type", NULL);
}

static void
test_validate (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) good = load_good ("{\"model_type\": \"bert\"}");
  g_autoptr(AutoConfig) zero = load_good ("{\"model_type\": \"bert\", \"num_attention_heads\": 0}");
  g_autoptr(AutoConfig) null = load_good ("{\"model_type\": \"bert\", \"hidden_size\": null}");
  g_autoptr(AutoConfig) incomplete = g_object_new (check_encoder_decoder_config_get_type (), NULL);

  g_assert_true (auto_config_validate (good, &error));
  g_assert_no_error (error);
  g_assert_false (auto_config_validate (zero, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "num_attention_heads"));
  g_clear_error (&error);
  g_assert_false (auto_config_validate (null, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "hidden_size"));
  g_clear_error (&error);
  g_assert_false (auto_config_validate (incomplete, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
}

static void
test_no_file (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (auto_config_from_pretrained ("no-such-folder", NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "no-such-folder"));
  g_clear_error (&error);
  g_mkdir_with_parents ("empty", 0777);
  g_assert_null (auto_config_from_pretrained ("empty", NULL, NULL, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "config.json"));
}

/* Entries of the list of reported behaviours */

static void
test_b01 (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) named = load ("gpt2-pubmed", "{\"hidden_size\": 8}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (auto_config_get_model_type (named), ==, "gpt2");
  g_assert_cmpint (auto_config_get_int (named, "n_embd", -1), ==, 8);

  g_autoptr(AutoConfig) missing = load ("gpt-2-pubmed", "{\"hidden_size\": 8}", NULL, &error);
  g_assert_null (missing);
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE);
  g_assert_nonnull (strstr (error->message, "gpt-2-pubmed"));
  g_assert_nonnull (strstr (error->message, "model_type"));
  g_assert_nonnull (strstr (error->message, "gpt2, swin"));
  g_clear_error (&error);

  /* The longest type wins, and the whole path is searched. */
  g_autoptr(AutoConfig) longest = load ("my-encoder-decoder-bert", "{}", NULL, &error);
  g_assert_null (longest);
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
  g_clear_error (&error);
  g_autoptr(AutoConfig) parent = load ("bert/x", "{}", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (auto_config_get_model_type (parent), ==, "bert");
  g_autoptr(AutoConfig) cased = load ("GPT2", "{}", NULL, &error);
  g_assert_null (cased);
}

static void
test_b02 (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = load ("bert-like", "{\"model_type\": \"olmo_hybrid_zz\"}", NULL, &error);
  g_auto(GStrv) folders = NULL;

  g_assert_null (config);
  g_assert_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "olmo_hybrid_zz"));
  g_assert_nonnull (strstr (error->message, "plugins"));
  g_clear_error (&error);
  g_autoptr(AutoConfig) near = load ("near", "{\"model_type\": \"bret\"}", NULL, &error);
  g_assert_null (near);
  g_clear_error (&error);
  g_autoptr(AutoConfig) close = load ("near", "{\"model_type\": \"berts\"}", NULL, &error);
  g_assert_null (close);
  g_assert_nonnull (strstr (error->message, "\"bert\""));
}

static void
test_b04 (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(JsonNode) other = json_node_init_string (json_node_alloc (), "gpt2");

  auto_load_options_set_json (options, "model_type", other);
  g_autoptr(AutoConfig) config = load ("model", "{\"model_type\": \"bert\", \"hidden_size\": 8, \"mine\": [1, null]}", options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (config), ==, "CheckBertConfig");
  g_assert_true (auto_config_save_pretrained (config, "saved/deep", &error));
  g_assert_no_error (error);
  g_autoptr(AutoConfig) again = load ("saved/deep", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (again), ==, "CheckBertConfig");
  auto_config_set_string (config, "_name_or_path", "saved/deep", NULL);
  g_autofree char *first = auto_config_to_json_string (config, FALSE), *second = auto_config_to_json_string (again, FALSE);
  g_assert_cmpstr (first, ==, second);
}

static void
test_b05 (void)
{
  g_autoptr(AutoConfig) config = load_good ("{\"model_type\": \"bert\", \"time_step_limit\": [0.0, Infinity], "
                                            "\"limits\": {\"name\": \"Infinity NaN\", \"x\": NaN, \"y\": -Infinity}}");
  g_autofree char *text = auto_config_to_json_string (config, TRUE);

  g_assert_nonnull (strstr (text, "    0.0,\n    Infinity\n"));
  g_assert_nonnull (strstr (text, "\"name\": \"Infinity NaN\",\n    \"x\": NaN,\n    \"y\": -Infinity"));
}

static void
test_b08 (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(JsonNode) two = json_node_init_int (json_node_alloc (), 2);
  g_autoptr(JsonNode) one = auto_json_parse ("{\"0\": \"a\"}", 10, "one", AUTO_CONFIG_ERROR, 0, NULL);
  const char *text = "{\"model_type\": \"bert\", \"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}}";

  auto_load_options_set_json (options, "num_labels", two);
  g_autoptr(AutoConfig) config = load ("model", text, options, &error);
  g_assert_no_error (error);
  g_autoptr(JsonNode) names = auto_config_get_value (config, "id2label");
  g_autoptr(JsonNode) ids = auto_config_get_value (config, "label2id");
  g_autofree char *forward = auto_json_print (names, -1, FALSE), *back = auto_json_print (ids, -1, FALSE);
  g_assert_cmpstr (forward, ==, "{\"0\": \"LABEL_0\", \"1\": \"LABEL_1\"}");
  g_assert_cmpstr (back, ==, "{\"LABEL_0\": 0, \"LABEL_1\": 1}");
  g_assert_cmpint (AUTO_PRETRAINED_CONFIG (config)->num_labels, ==, 2);

  auto_load_options_set_json (options, "id2label", one);
  g_autoptr(AutoConfig) contradiction = load ("model", text, options, &error);
  g_assert_null (contradiction);
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
}

/* Doors */

static void
test_files (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoLoadOptions) options = g_object_new (AUTO_TYPE_LOAD_OPTIONS, "subfolder", "inner", NULL);

  config_cases_write ("outer/inner", "{\"model_type\": \"bert\", \"hidden_size\": 5}");
  g_autoptr(AutoConfig) sub = auto_config_from_pretrained ("outer", options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (check_bert_hidden_size (sub), ==, 5);
  g_autoptr(AutoConfig) file = auto_config_from_pretrained ("outer/inner/config.json", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (check_bert_hidden_size (file), ==, 5);

  config_cases_write ("versions", "{\"model_type\": \"bert\", \"hidden_size\": 1, \"configuration_files\": [\"config.4.0.0.json\", \"config.4.10.0.json\", "
                            "\"config.5.0.0.json\", \"config.json\"]}");
  g_file_set_contents ("versions/config.4.10.0.json", "{\"model_type\": \"bert\", \"hidden_size\": 410}", -1, NULL);
  g_autoptr(AutoConfig) version = auto_config_from_pretrained ("versions", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (check_bert_hidden_size (version), ==, 410);
}

static void
test_commit (void)
{
  g_autoptr(GError) error = NULL;
  const char *hash = "0123456789abcdef0123456789abcdef01234567";
  g_autofree char *folder = g_build_filename ("snapshots", hash, NULL);
  g_autoptr(AutoConfig) cached = load (folder, "{\"model_type\": \"bert\"}", NULL, &error);
  g_autoptr(AutoConfig) local = load ("snapshots/local", "{\"model_type\": \"bert\", \"_commit_hash\": \"x\"}", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (auto_config_get_string (cached, "_commit_hash"), ==, hash);
  g_assert_true (auto_config_is_null (local, "_commit_hash"));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data_)
{
  g_autoptr(GError) error = NULL;

  *(AutoConfig **) data_ = auto_config_from_pretrained_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_async (void)
{
  AutoConfig *config = NULL;

  config_cases_write ("model", "{\"model_type\": \"bert\", \"hidden_size\": 5}");
  auto_config_from_pretrained_async ("model", NULL, NULL, on_loaded, &config);
  while (!config)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (check_bert_hidden_size (config), ==, 5);
  g_object_unref (config);

  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_cancellable_cancel (cancellable);
  g_assert_null (auto_config_from_pretrained ("model", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_register (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (auto_config_register ("other", check_bert_config_get_type (), FALSE, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_MODEL_TYPE);
  g_clear_error (&error);
  g_assert_false (auto_config_register ("object", G_TYPE_OBJECT, FALSE, &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
  g_clear_error (&error);
  /* What was registered at run time may be registered again, as in the reference. */
  g_assert_true (auto_config_register ("bert", check_bert_config_get_type (), FALSE, &error));
  g_assert_no_error (error);
}

static void
test_update (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = load_good ("{\"model_type\": \"bert\"}");
  const char *text = "{\"hidden_size\": 4, \"new\": {\"a\": 1}}";
  g_autoptr(JsonNode) node = auto_json_parse (text, strlen (text), "update", AUTO_CONFIG_ERROR, 0, &error);

  g_assert_no_error (error);
  g_assert_true (auto_config_update (config, json_node_get_object (node), &error));
  g_assert_cmpint (check_bert_hidden_size (config), ==, 4);
  g_assert_false (auto_config_set_string (config, "hidden_size", "x", &error));
  g_assert_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE);
  g_assert_cmpint (check_bert_hidden_size (config), ==, 4);
  auto_config_remove (config, "new");
  g_assert_false (auto_config_has (config, "new"));
}

/* Damaged files are errors or configurations, never more than that. */

static const char *const sound[] = {
  "{\"model_type\": \"bert\", \"hidden_size\": 8, \"id2label\": {\"0\": \"a\"}, \"torch_dtype\": \"float16\", \"eos_token_id\": [1, 2]}",
  "{\"model_type\": \"clip\", \"text_config\": {\"hidden_size\": 8, \"id2label\": null}, \"vision_config\": {}, \"projection_dim\": 3}",
  "{\"model_type\": \"encoder-decoder\", \"encoder\": {\"model_type\": \"bert\"}, \"decoder\": {\"model_type\": \"gpt2\", \"n_embd\": 4}}",
  "{\"model_type\": \"gpt2\", \"hidden_size\": 8, \"num_labels\": 3, \"pruned_heads\": {\"1\": [2]}, \"configuration_files\": [\"config.4.0.0.json\"]}",
};

static char *
damage (GRand *rand, const char *text)
{
  static const char *const pieces[] = { "null", "[]", "{}", "\"\"", "1e999", "-1", "9223372036854775807", "NaN", "true", "[1,[2]]", ",", ":", "\"", "}", "]", "{", "" };
  g_autoptr(GString) out = g_string_new (text);

  for (int i = g_rand_int_range (rand, 1, 4); i > 0 && out->len > 1; i--)
    {
      gsize start = g_rand_int_range (rand, 0, out->len), length = g_rand_int_range (rand, 0, MIN (out->len - start, 12) + 1);
      g_string_erase (out, start, length);
      g_string_insert (out, start, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
    }
  return g_strdup (out->str);
}

static void
test_damaged (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);
  guint good = 0;

  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = damage (rand, sound[i % G_N_ELEMENTS (sound)]);
      g_autoptr(JsonNode) node = auto_json_parse (text, strlen (text), "damaged", AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);
      g_autoptr(AutoConfig) config = node && JSON_NODE_HOLDS_OBJECT (node) ? auto_config_from_dict (json_node_get_object (node), NULL, &error) : NULL;
      g_assert_true (config || error || (node && !JSON_NODE_HOLDS_OBJECT (node)));
      if (!config)
        continue;
      g_autofree char *json = auto_config_to_json_string (config, TRUE);
      g_autoptr(AutoConfig) copy = auto_config_copy (config);
      g_autofree char *copied = auto_config_to_json_string (copy, TRUE);
      g_assert_cmpstr (json, ==, copied);
      auto_config_validate (config, NULL);
      good++;
    }
  g_assert_cmpuint (good, >, 30);
  g_assert_cmpuint (good, <, 3000);
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
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "configs.json", NULL);
  g_autofree char *folder = g_dir_make_tmp ("auto-config-XXXXXX", &error);
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_CONFIG_ERROR, 0, &error);
  g_assert_no_error (error);
  data = json_node_get_object (node);
  g_assert_no_errno (chdir (folder));
  g_setenv ("HF_HUB_OFFLINE", "1", TRUE);
  g_setenv ("HF_HOME", folder, TRUE);
  check_register_configs ();

  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/random", test_random);
  g_test_add_func ("/config/members", test_members);
  g_test_add_func ("/config/lists", test_lists);
  g_test_add_func ("/config/properties", test_properties);
  g_test_add_func ("/config/nested", test_nested);
  g_test_add_func ("/config/refused", test_refused);
  g_test_add_func ("/config/validate", test_validate);
  g_test_add_func ("/config/no-file", test_no_file);
  g_test_add_func ("/config/b01", test_b01);
  g_test_add_func ("/config/b02", test_b02);
  g_test_add_func ("/config/b04", test_b04);
  g_test_add_func ("/config/b05", test_b05);
  g_test_add_func ("/config/b08", test_b08);
  g_test_add_func ("/config/files", test_files);
  g_test_add_func ("/config/commit", test_commit);
  g_test_add_func ("/config/async", test_async);
  g_test_add_func ("/config/register", test_register);
  g_test_add_func ("/config/update", test_update);
  g_test_add_func ("/config/damaged", test_damaged);
  int status = g_test_run ();
  g_assert_no_errno (chdir ("/"));
  g_assert_no_errno (nftw (folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS));
  return status;
}
