/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-load-options.h"

#include "core/base/auto-json.h"
#include "core/base/auto-option-fields.h"

struct _AutoLoadOptions
{
  GObject parent_instance;

  char *cache_dir, *revision, *code_revision, *subfolder, *token, *tokenizer_type, *dtype, *proxy;
  GObject *config;
  gboolean from_tf, from_flax, force_download, resume_download, local_files_only, trust_remote_code;
  gboolean use_fast, ignore_mismatched_sizes, output_loading_info, return_unused_kwargs;
  JsonObject *overrides;
  AutoProgressFunc progress;
  gpointer progress_data;
  GDestroyNotify progress_destroy;
};

G_DEFINE_FINAL_TYPE (AutoLoadOptions, auto_load_options, G_TYPE_OBJECT)

static const AutoOptionField fields[] = {
#define STRING(name, member, blurb) AUTO_OPTION_FIELD_TEXT (AutoLoadOptions, name, member, blurb)
#define BOOL(name, member, initial, blurb) AUTO_OPTION_FIELD_BOOL (AutoLoadOptions, name, member, initial, blurb)
  { NULL },
  AUTO_OPTION_FIELD_OBJECT (AutoLoadOptions, "config", config, g_object_get_type, "A configuration to use in place of the folder's"),
  STRING ("cache-dir", cache_dir, "Where downloads are kept, in place of the shared cache"),
  STRING ("revision", revision, "Branch, tag or commit; main when not set"),
  STRING ("code-revision", code_revision, "Branch, tag or commit of the plugin that the repository ships"),
  STRING ("subfolder", subfolder, "Folder inside the repository"),
  STRING ("token", token, "Access token for the hub"),
  STRING ("proxies", proxy, "Address of a proxy, in place of the system's"),
  STRING ("tokenizer-type", tokenizer_type, "Model type whose tokenizer class to use"),
  STRING ("dtype", dtype, "Data type that weights are converted to, or auto"),
  BOOL ("from-tf", from_tf, FALSE, "Load a TensorFlow checkpoint"),
  BOOL ("from-flax", from_flax, FALSE, "Load a Flax checkpoint"),
  BOOL ("force-download", force_download, FALSE, "Download again what the cache has"),
  BOOL ("resume-download", resume_download, TRUE, "Go on with a download that was cut"),
  BOOL ("local-files-only", local_files_only, FALSE, "Never use the network"),
  BOOL ("trust-remote-code", trust_remote_code, FALSE, "Load the plugin that the model folder ships"),
  BOOL ("use-fast", use_fast, TRUE, "Answer as the fast tokenizer class of the reference"),
  BOOL ("ignore-mismatched-sizes", ignore_mismatched_sizes, FALSE, "Leave weights of another shape fresh instead of failing"),
  BOOL ("output-loading-info", output_loading_info, FALSE, "Keep the lists of missing, unexpected and mismatched weights"),
  BOOL ("return-unused-kwargs", return_unused_kwargs, FALSE, "Return overrides that are no keys of the configuration instead of ignoring them"),
#undef STRING
#undef BOOL
};

static void
auto_load_options_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  auto_option_field_get (object, &fields[id], value);
}

static void
auto_load_options_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  auto_option_field_set (object, &fields[id], value);
}

static void
auto_load_options_finalize (GObject *object)
{
  AutoLoadOptions *self = AUTO_LOAD_OPTIONS (object);

  auto_option_fields_clear (self, fields, G_N_ELEMENTS (fields));
  json_object_unref (self->overrides);
  if (self->progress_destroy)
    self->progress_destroy (self->progress_data);
  G_OBJECT_CLASS (auto_load_options_parent_class)->finalize (object);
}

static void
auto_load_options_class_init (AutoLoadOptionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = auto_load_options_get_property;
  object_class->set_property = auto_load_options_set_property;
  object_class->finalize = auto_load_options_finalize;
  auto_option_fields_install (object_class, fields, G_N_ELEMENTS (fields));
}

static void
auto_load_options_init (AutoLoadOptions *self)
{
  auto_option_fields_init (self, fields, G_N_ELEMENTS (fields));
  self->overrides = json_object_new ();
}

/**
 * auto_load_options_new:
 *
 * Returns: (transfer full): the defaults
 */
AutoLoadOptions *
auto_load_options_new (void)
{
  return g_object_new (AUTO_TYPE_LOAD_OPTIONS, NULL);
}

/**
 * auto_load_options_set_json:
 * @self: options
 * @key: a key of config.json
 * @value: (transfer none): its value
 *
 * Sets a key of the configuration, over what the file says.
 */
void
auto_load_options_set_json (AutoLoadOptions *self, const char *key, JsonNode *value)
{
  g_return_if_fail (AUTO_IS_LOAD_OPTIONS (self));
  g_return_if_fail (key != NULL && value != NULL);
  json_object_set_member (self->overrides, key, json_node_copy (value));
}

/**
 * auto_load_options_set:
 * @self: options
 * @key: a key of config.json
 * @value: its value: a number, boolean, string, #GVariant or #JsonNode
 *
 * Sets a key of the configuration, over what the file says.
 */
void
auto_load_options_set (AutoLoadOptions *self, const char *key, const GValue *value)
{
  g_return_if_fail (AUTO_IS_LOAD_OPTIONS (self));
  g_return_if_fail (key != NULL && G_IS_VALUE (value));
  json_object_set_member (self->overrides, key, auto_json_from_value (value));
}

/**
 * auto_load_options_get_overrides:
 * @self: options
 *
 * Returns: (transfer none): what [method@LoadOptions.set] was given
 */
JsonObject *
auto_load_options_get_overrides (AutoLoadOptions *self)
{
  g_return_val_if_fail (AUTO_IS_LOAD_OPTIONS (self), NULL);
  return self->overrides;
}

/**
 * auto_load_options_set_progress:
 * @self: options
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): what to call while something long goes on
 * @user_data: data for @func
 * @destroy: frees @user_data
 *
 * Has long loads report how far they are.
 */
void
auto_load_options_set_progress (AutoLoadOptions *self, AutoProgressFunc func, gpointer user_data, GDestroyNotify destroy)
{
  g_return_if_fail (AUTO_IS_LOAD_OPTIONS (self));
  if (self->progress_destroy)
    self->progress_destroy (self->progress_data);
  self->progress = func;
  self->progress_data = user_data;
  self->progress_destroy = destroy;
}

void
auto_load_options_report (AutoLoadOptions *self, const char *what, guint64 done, guint64 total)
{
  if (self && self->progress)
    self->progress (what, done, total, self->progress_data);
}

const char *
auto_load_options_get_string (AutoLoadOptions *self, const char *property)
{
  for (guint id = 1; self && id < G_N_ELEMENTS (fields); id++)
    if (g_str_equal (fields[id].name, property))
      return G_STRUCT_MEMBER (const char *, self, fields[id].offset);
  return NULL;
}

gboolean
auto_load_options_get_bool (AutoLoadOptions *self, const char *property, gboolean otherwise)
{
  for (guint id = 1; self && id < G_N_ELEMENTS (fields); id++)
    if (g_str_equal (fields[id].name, property))
      return G_STRUCT_MEMBER (gboolean, self, fields[id].offset);
  return otherwise;
}
