/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pretrained-tokenizer.h"

#include <string.h>

#include "../base/auto-io.h"
#include "../hub/auto-hub-resolve.h"
#include "auto-encoding-private.h"
#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow.h"
#include "auto-template.h"
#include "auto-tokenizer-legacy.h"
#include "auto-tokenizer-save.h"

#define LARGEST_TEMPLATE ((gsize) 1 << 20)

static void tokenizer_iface_init (AutoTokenizerInterface *iface);

G_DEFINE_TYPE_WITH_CODE (AutoPretrainedTokenizer, auto_pretrained_tokenizer, G_TYPE_OBJECT, G_ADD_PRIVATE (AutoPretrainedTokenizer)
                         G_IMPLEMENT_INTERFACE (AUTO_TYPE_TOKENIZER, tokenizer_iface_init))

AutoPretrainedTokenizerPrivate *
auto_pretrained_private (gpointer self)
{
  return auto_pretrained_tokenizer_get_instance_private (AUTO_PRETRAINED_TOKENIZER (self));
}

AutoPipeline *
auto_pretrained_pipeline (gpointer self, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);

  g_mutex_lock (&priv->lock);
  AutoPipeline *pipeline = priv->build.pipeline ? auto_pipeline_ref (priv->build.pipeline) : NULL;
  g_mutex_unlock (&priv->lock);
  if (!pipeline)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND,
                 "the tokenizer has no vocabulary; make it with auto_tokenizer_from_pretrained");
  return pipeline;
}

const char *
auto_pretrained_special (AutoPretrainedTokenizerPrivate *priv, AutoSpecial special)
{
  return priv->build.settings ? priv->build.settings->specials[special].content : NULL;
}

gint64
auto_pretrained_find_id (gpointer self, const char *token)
{
  g_autoptr(AutoPipeline) pipeline = token ? auto_pretrained_pipeline (self, NULL) : NULL;
  return pipeline ? auto_pipeline_find (pipeline, token) : -1;
}

gint64
auto_pretrained_convert_token_to_id (AutoTokenizer *self, const char *token)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  gint64 id = auto_pretrained_find_id (self, token);

  /* a Python class has looked for the unknown token itself */
  return id >= 0 || !priv->build.fast ? id : auto_pretrained_find_id (self, auto_pretrained_special (priv, AUTO_SPECIAL_UNK));
}

JsonObject *
auto_pretrained_tokenizer_get_settings (AutoPretrainedTokenizer *self)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);

  return priv->build.settings ? priv->build.settings->values : NULL;
}

static void
auto_pretrained_tokenizer_finalize (GObject *object)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (object);

  auto_tokenizer_build_clear (&priv->build);
  g_free (priv->name_or_path);
  g_free (priv->padding_side);
  g_free (priv->truncation_side);
  g_free (priv->chat_template);
  g_clear_error (&priv->unsettled);
  g_strfreev (priv->model_input_names);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (auto_pretrained_tokenizer_parent_class)->finalize (object);
}

static void
auto_pretrained_tokenizer_class_init (AutoPretrainedTokenizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = auto_pretrained_tokenizer_finalize;
  auto_pretrained_install_properties (object_class);
}

static void
auto_pretrained_tokenizer_init (AutoPretrainedTokenizer *self)
{
  static const char *const inputs[] = { "input_ids", "token_type_ids", "attention_mask", NULL };
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);

  g_mutex_init (&priv->lock);
  priv->padding_side = g_strdup ("right");
  priv->truncation_side = g_strdup ("right");
  priv->model_input_names = g_strdupv ((char **) inputs);
  priv->model_max_length = G_MAXINT64;
  priv->clean_up = TRUE;
  priv->spaces = TRUE;
  priv->build.fast = TRUE;
}

/* A length of more than 1e20 is the reference's way to say that there is no limit, as is null. Its first versions named it max_len. */
static gint64
read_max_length (JsonObject *values, gint64 otherwise)
{
  JsonNode *node = auto_json_member (values, json_object_has_member (values, "model_max_length") ? "model_max_length" : "max_len");

  if (!node)
    return otherwise ? otherwise : G_MAXINT64;
  if (!auto_json_is_number (node))
    return G_MAXINT64;
  double length = json_node_get_double (node);
  return length >= 0 && length < 9e18 ? (gint64) length : G_MAXINT64;
}

static void
read_side (JsonObject *values, const char *key, gboolean left, char **side)
{
  const char *text = auto_json_string (values, key);

  g_free (*side);
  *side = g_strdup (text ? text : left ? "left" : "right");
}

static void
read_input_names (JsonObject *values, const AutoTokenizerSpec *spec, char ***names)
{
  JsonArray *array = auto_json_array (values, "model_input_names");

  if (array)
    {
      g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
      for (guint i = 0; i < json_array_get_length (array); i++)
        if (auto_json_is_string (json_array_get_element (array, i)))
          g_strv_builder_add (builder, json_array_get_string_element (array, i));
      g_strfreev (*names);
      *names = g_strv_builder_end (builder);
    }
  else if (spec->model_input_names)
    {
      g_strfreev (*names);
      *names = g_strdupv ((char **) spec->model_input_names);
    }
}

/* Files that only this class has, of a repository of the hub. */
static gboolean
fetch_files (const char *name, const AutoTokenizerSpec *spec, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = spec->files ? auto_hub_resolve_files (name, spec->files, options, cancellable, error) : NULL;

  return folder || !spec->files;
}

/* The template of a list of named ones that is for any conversation: its name is "default", or it is the only one. */
static const char *
find_default (JsonArray *templates)
{
  const char *found = NULL;

  for (guint i = 0; i < json_array_get_length (templates); i++)
    {
      JsonNode *node = json_array_get_element (templates, i);
      JsonObject *named = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      if (named && (json_array_get_length (templates) == 1 || g_strcmp0 (auto_json_string (named, "name"), "default") == 0))
        found = auto_json_string (named, "template");
    }
  return found;
}

/* tokenizer_config.json holds one template, or in newer files several; the newest have a file of its own, which comes first. */
static gboolean
read_chat_template (JsonObject *values, const char *folder, char **found, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "chat_template.jinja", NULL);
  JsonNode *node = auto_json_member (values, "chat_template");
  gsize length;

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return (*found = auto_io_read_text (path, LARGEST_TEMPLATE, &length, error)) != NULL;
  *found = g_strdup (node && JSON_NODE_HOLDS_ARRAY (node) ? find_default (json_node_get_array (node)) : auto_json_string (values, "chat_template"));
  return TRUE;
}

AutoTokenizer *
auto_pretrained_open (const char *name, const char *folder, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoPretrainedTokenizer) self = g_object_new (AUTO_TYPE_PRETRAINED_TOKENIZER, NULL);
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  gboolean fast = auto_load_options_get_bool (options, "use-fast", TRUE);

  if (!auto_tokenizer_build_choose (&priv->build, folder, auto_load_options_get_string (options, "tokenizer-type"), fast, error))
    return NULL;
  if (priv->build.spec->open)
    return priv->build.spec->open (name, folder, options, cancellable, error);
  priv->build.overrides = options ? auto_load_options_get_overrides (options) : NULL;
  gboolean loaded = fetch_files (name, priv->build.spec, options, cancellable, error) && auto_tokenizer_build_load (&priv->build, folder, error);
  priv->build.overrides = NULL;
  if (!loaded)
    return NULL;
  JsonObject *values = priv->build.settings->values;
  priv->name_or_path = g_strdup (folder);
  priv->model_max_length = read_max_length (values, priv->build.spec->model_max_length);
  priv->pad_token_type_id = CLAMP (auto_json_int (values, "_pad_token_type_id", 0), 0, G_MAXINT32);
  priv->clean_up = auto_json_bool (values, "clean_up_tokenization_spaces", TRUE);
  priv->spaces = priv->build.fast || !priv->build.spec->slow->no_spaces;
  if (!read_chat_template (values, folder, &priv->chat_template, error))
    return NULL;
  const AutoSlowTokenizer *slow = priv->build.fast ? NULL : priv->build.spec->slow;
  read_side (values, "padding_side", slow ? slow->pad_left : priv->build.spec->pad_left, &priv->padding_side);
  read_side (values, "truncation_side", slow ? slow->truncate_left : priv->build.spec->truncate_left, &priv->truncation_side);
  read_input_names (values, priv->build.spec, &priv->model_input_names);
  if (slow && priv->build.spec->check)
    priv->build.spec->check (priv->build.spec, values, &priv->unsettled);
  return AUTO_TOKENIZER (g_steal_pointer (&self));
}

/**
 * auto_pretrained_tokenizer_new_from_folder: (constructor)
 * @folder: a folder with the files of a tokenizer
 * @options: (nullable): how to load
 * @error: return location for an error
 *
 * Returns: (transfer full): a tokenizer
 */
AutoPretrainedTokenizer *
auto_pretrained_tokenizer_new_from_folder (const char *folder, AutoLoadOptions *options, GError **error)
{
  g_return_val_if_fail (folder != NULL, NULL);
  g_autoptr(AutoTokenizer) tokenizer = auto_pretrained_open (folder, folder, options, NULL, error);

  if (!tokenizer || AUTO_IS_PRETRAINED_TOKENIZER (tokenizer))
    return (AutoPretrainedTokenizer *) g_steal_pointer (&tokenizer);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
               "%s: %s is a class of its own; open it with auto_tokenizer_from_pretrained", folder, G_OBJECT_TYPE_NAME (tokenizer));
  return NULL;
}

/* What is unknown keeps its text. */
static char **
tokenize_slow (const AutoSlow *slow, const char *text, GError **error)
{
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  gsize length = strlen (text);
  g_autofree char *repaired = auto_utf8_repair (text, length, &length);

  if (!auto_slow_encodes (slow, error))
    return NULL;
  auto_slow_tokenize (slow, repaired ? repaired : text, length, FALSE, tokens);
  g_ptr_array_add (tokens, NULL);
  return (char **) g_ptr_array_steal (tokens, NULL);
}

static char **
tokenize (AutoTokenizer *self, const char *text, const char *pair, gboolean add_special_tokens, GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  const char *texts[] = { text, NULL }, *pairs[] = { pair, NULL };
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);

  if (!pipeline)
    return NULL;
  if (auto_pipeline_get_slow (pipeline) && !pair && !add_special_tokens)
    return tokenize_slow (auto_pipeline_get_slow (pipeline), text, error);
  g_object_set (options, "add-special-tokens", add_special_tokens != FALSE, "padding", AUTO_PADDING_NO, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (self, texts, pair ? pairs : NULL, options, NULL, error);
  return encoding ? auto_encoding_get_tokens (encoding, 0, error) : NULL;
}

static char *
convert_id_to_token (AutoTokenizer *self, gint64 id)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);
  gsize length;
  const char *token = pipeline ? auto_pipeline_token (pipeline, id, &length) : NULL;

  return token ? g_strndup (token, length) : NULL;
}

static gboolean
save_pretrained (AutoTokenizer *self, const char *folder, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoTokenizerSave save = { pipeline, priv->build.settings, priv->build.class_name, priv->chat_template, priv->padding_side, priv->truncation_side,
                             priv->model_max_length, priv->clean_up, priv->build.spec, priv->build.sentencepiece, priv->build.sentencepiece_name,
                             priv->build.beside };

  return pipeline && auto_pretrained_check_sides (priv, error) && auto_tokenizer_save (&save, folder, error);
}

/* What the reference uses for classes without a template of their own. */
static const char chatml[]
    = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
      "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

static JsonObject *
template_variables (AutoPretrainedTokenizerPrivate *priv, JsonNode *messages, gboolean add_generation_prompt, JsonNode *variables)
{
  JsonObject *all = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    if (auto_pretrained_special (priv, i))
      json_object_set_string_member (all, auto_special_key (i), auto_pretrained_special (priv, i));
  json_object_set_member (all, "messages", json_node_copy (messages));
  json_object_set_boolean_member (all, "add_generation_prompt", add_generation_prompt);
  if (variables && JSON_NODE_HOLDS_OBJECT (variables))
    {
      json_object_iter_init_ordered (&iter, json_node_get_object (variables));
      while (json_object_iter_next_ordered (&iter, &key, &node))
        json_object_set_member (all, key, json_node_copy (node));
    }
  return all;
}

static char *
apply_chat_template (AutoTokenizer *self, JsonNode *messages, gboolean add_generation_prompt, JsonNode *variables, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  const AutoTokenizerSpec *spec = priv->build.spec;
  gboolean of_class = !priv->chat_template && spec && spec->chat_template;
  g_autofree char *filled = of_class ? auto_tokenizer_fill_text (spec->chat_template, priv->build.settings->values) : NULL;
  const char *source = filled ? filled : priv->chat_template ? priv->chat_template : chatml;
  g_autoptr(AutoTemplate) template = auto_template_new (source, "chat_template", error);

  if (!template)
    return NULL;
  g_autoptr(JsonObject) all = template_variables (priv, messages, add_generation_prompt, variables);
  return auto_template_render (template, all, error);
}

static void
tokenizer_iface_init (AutoTokenizerInterface *iface)
{
  auto_pretrained_ids_iface_init (iface);
  iface->apply_chat_template = apply_chat_template;
  iface->encode_batch = auto_pretrained_encode_batch;
  iface->encode_words = auto_pretrained_encode_words;
  iface->decode = auto_pretrained_decode;
  iface->decode_with_options = auto_pretrained_decode_with_options;
  iface->tokenize = tokenize;
  iface->convert_token_to_id = auto_pretrained_convert_token_to_id;
  iface->convert_id_to_token = convert_id_to_token;
  iface->get_vocab_size = auto_pretrained_get_vocab_size;
  iface->get_vocab = auto_pretrained_get_vocab;
  iface->get_added_vocab = auto_pretrained_get_added_vocab;
  iface->convert_tokens_to_string = auto_pretrained_convert_tokens_to_string;
  iface->add_tokens = auto_pretrained_add_tokens;
  iface->save_pretrained = save_pretrained;
}
