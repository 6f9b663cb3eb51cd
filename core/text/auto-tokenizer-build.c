/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tokenizer-build.h"
#include "auto-tokenizer-config.h"

#include <string.h>

#include "../base/auto-io.h"
#include "../base/auto-message.h"
#include "auto-slow.h"
#include "auto-tokenizer-gguf.h"
#include "auto-tokenizer-legacy.h"
#include "auto-tokenizer-tiktoken.h"

#define LARGEST_FILE ((gsize) 1 << 30)

AutoTokenizerLookup auto_tokenizer_lookup;

void
auto_tokenizer_build_clear (AutoTokenizerBuild *self)
{
  g_clear_pointer (&self->pipeline, auto_pipeline_unref);
  g_clear_pointer (&self->settings, auto_tokenizer_settings_free);
  g_clear_pointer (&self->class_name, g_free);
  g_clear_pointer (&self->sentencepiece, g_bytes_unref);
  g_clear_pointer (&self->sentencepiece_name, g_free);
  g_clear_pointer (&self->beside, json_node_unref);
}

/* A member of a JSON file that may be absent. */
static char *
peek_string (const char *folder, const char *name, const char *key, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return auto_tokenizer_peek_string (path, key, error);
}

/* The model type of config.json; of the encoder where the model itself is only a pair of models. */
static char *
peek_model_type (const char *folder, gboolean of_encoder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);

  if (!of_encoder)
    return peek_string (folder, "config.json", "model_type", error);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  g_autoptr(JsonNode) node = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error);
  JsonObject *encoder = node && JSON_NODE_HOLDS_OBJECT (node) ? auto_json_object (json_node_get_object (node), "encoder") : NULL;
  return encoder ? g_strdup (auto_json_string (encoder, "model_type")) : NULL;
}

static const AutoTokenizerSpec *
look_up (const char *class_name, const char *model_type, gboolean *fast, GError **error)
{
  return auto_tokenizer_lookup && (class_name || model_type) ? auto_tokenizer_lookup (class_name, model_type, fast, error) : NULL;
}

/* The class that the files name, or that belongs to the model type; else one that fits the files. */
static gboolean
choose_spec (AutoTokenizerBuild *self, const char *folder, const char *tokenizer_type, GError **error)
{
  GError *why = NULL;
  g_autofree char *class_name = tokenizer_type ? NULL : peek_string (folder, "tokenizer_config.json", "tokenizer_class", &why);
  g_autofree char *model_type = g_strdup (tokenizer_type);

  if (!why && !class_name && !tokenizer_type)
    class_name = peek_string (folder, "config.json", "tokenizer_class", &why);
  if (!why && !model_type)
    model_type = peek_model_type (folder, FALSE, &why);
  self->spec = why || !class_name ? NULL : look_up (class_name, model_type, &self->fast, &why);
  if (!why && !self->spec && !class_name)
    {
      self->spec = look_up (NULL, model_type, &self->fast, &why);
      if (self->spec && self->spec->unnamed && !tokenizer_type)
        self->spec = look_up (self->spec->unnamed, NULL, &self->fast, &why);
    }
  if (!why && !self->spec && !class_name && !tokenizer_type)
    {
      g_autofree char *encoder_type = peek_model_type (folder, TRUE, &why);
      self->spec = why ? NULL : look_up (NULL, encoder_type, &self->fast, &why);
    }
  if (why)
    {
      g_propagate_error (error, why);
      return FALSE;
    }
  if (!self->spec && tokenizer_type)
    {
      g_set_error (
          error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
          "the option tokenizer-type: no plugin brings a tokenizer of the type \"%s\"; leave the option out to go by the files of %s",
          tokenizer_type, folder);
      return FALSE;
    }
  gboolean named = class_name && *class_name;
  self->class_name = g_strdup (self->spec ? self->spec->class_name : named ? class_name : "PreTrainedTokenizerFast");
  if (!self->spec)
    self->spec = auto_tokenizer_generic_spec (folder);
  return TRUE;
}

static JsonNode *
take_part (JsonObject *parts, const char *key)
{
  JsonNode *node = json_object_get_member (parts, key);
  return node && !JSON_NODE_HOLDS_NULL (node) ? json_node_copy (node) : NULL;
}

/* Changes "part.member=setting": see AutoTokenizerSpec. */
static void
adjust (const char *what, JsonObject *settings, JsonObject *parts)
{
  g_auto(GStrv) changes = g_strsplit (what, " ", -1);

  for (guint i = 0; changes[i]; i++)
    {
      char *setting = strchr (changes[i], '='), *member = strchr (changes[i], '.');
      if (!setting || !member)
        continue;
      *setting++ = *member++ = '\0';
      JsonObject *part = auto_json_object (parts, changes[i]);
      if (part && json_object_has_member (part, member) && json_object_has_member (settings, setting))
        json_object_set_member (part, member, json_node_copy (json_object_get_member (settings, setting)));
    }
}

/* Lets the class change the parts of a tokenizer.json. */
static gboolean
adjust_parts (AutoTokenizerBuild *self, const char *folder, AutoTokenizerParts *parts, gboolean from_json, GError **error)
{
  struct
  {
    const char *key;
    JsonNode **node;
  } members[] = { { "normalizer", &parts->normalizer },
                  { "pre_tokenizer", &parts->pre_tokenizer },
                  { "saved_pre_tokenizer", &parts->saved_pre_tokenizer },
                  { "post_processor", &parts->post_processor },
                  { "decoder", &parts->decoder } };
  g_autoptr(JsonObject) object = json_object_new ();
  gboolean good = TRUE;

  if (!self->spec->adjust && !self->spec->prepare)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    json_object_set_member (object, members[i].key, *members[i].node ? g_steal_pointer (members[i].node) : json_node_new (JSON_NODE_NULL));
  if (from_json && self->spec->adjust)
    adjust (self->spec->adjust, self->settings->values, object);
  g_autoptr(JsonNode) decoder = take_part (object, "decoder");
  if (self->spec->prepare)
    good = self->spec->prepare (self->spec, self->settings->values, object, from_json, error);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    *members[i].node = take_part (object, members[i].key);
  if (decoder && parts->decoder && !auto_json_equal (decoder, parts->decoder))
    parts->saved_decoder = g_steal_pointer (&decoder);
  if (!good)
    g_prefix_error (error, "%s: ", folder);
  return good;
}

static AutoTokenizerParts *
read_json (const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  gsize size;

  if (!bytes)
    return NULL;
  const char *text = g_bytes_get_data (bytes, &size);
  if (size > LARGEST_FILE)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: far too large for a tokenizer", path);
      return NULL;
    }
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    text += 3, size -= 3;
  return auto_tokenizer_parts_read (text, size, path, error);
}

/* A side that tokenizer.json names (NULL: none), where no other file does. */
static gboolean
take_direction (AutoTokenizerSettings *settings, JsonObject *object, const char *key, const char *path, GError **error)
{
  JsonNode *node = auto_json_member (object, "direction");
  const char *direction = auto_json_is_string (node) ? json_node_get_string (node) : "";

  if (!node)
    return TRUE;
  if (!g_str_equal (direction, "Left") && !g_str_equal (direction, "Right"))
    {
      g_autofree char *text = auto_json_print (node, -1, FALSE);
      auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: a direction is %.60s; it may be \"Right\" or \"Left\"", path, text);
      return FALSE;
    }
  if (!json_object_has_member (settings->values, key))
    json_object_set_string_member (settings->values, key, direction[0] == 'R' ? "right" : "left");
  return TRUE;
}

/* Truncation and padding that tokenizer.json holds are settings that no other file gives. */
static gboolean
read_call_defaults (AutoTokenizerSettings *settings, const AutoTokenizerParts *parts, const char *path, GError **error)
{
  JsonObject *padding = parts->padding && JSON_NODE_HOLDS_OBJECT (parts->padding) ? json_node_get_object (parts->padding) : NULL;
  JsonObject *truncation = parts->truncation && JSON_NODE_HOLDS_OBJECT (parts->truncation) ? json_node_get_object (parts->truncation) : NULL;

  if (padding && auto_json_string (padding, "pad_token") && !settings->specials[AUTO_SPECIAL_PAD].content)
    auto_tokenizer_settings_set_special (settings, AUTO_SPECIAL_PAD,
                                         &(AutoAddedToken){ .content = (char *) auto_json_string (padding, "pad_token"), .special = TRUE });
  return take_direction (settings, padding, "padding_side", path, error) && take_direction (settings, truncation, "truncation_side", path, error);
}

static gboolean
is_listed (const GArray *listed, const AutoAddedToken *token)
{
  for (guint i = 0; i < listed->len; i++)
    if (auto_added_token_equal (&g_array_index (listed, AutoAddedToken, i), token))
      return TRUE;
  return FALSE;
}

/* Adds listed tokens, then special ones: those that files or the class describe also when tokenizer.json describes them otherwise. Returns
 * whether this changed anything. */
static gboolean
add_wanted (const AutoTokenizerSettings *settings, const AutoTokenModel *model, AutoAddedVocabulary *added)
{
  g_autoptr(GPtrArray) specials = auto_tokenizer_settings_list_specials (settings);
  GArray *listed = settings->added;
  gboolean changed = FALSE;

  for (guint i = 0; i < listed->len + specials->len; i++)
    {
      AutoAddedToken token
          = i < listed->len ? g_array_index (listed, AutoAddedToken, i) : *(AutoAddedToken *) g_ptr_array_index (specials, i - listed->len);
      for (guint k = 0; k < specials->len && !token.special; k++)
        token.special = g_str_equal (token.content, ((AutoAddedToken *) g_ptr_array_index (specials, k))->content);
      if (i < listed->len || (token.described ? !is_listed (listed, &token) : !auto_added_vocabulary_find (added, token.content)))
        changed |= auto_added_vocabulary_add (added, &token, model);
    }
  return changed;
}

gint64
auto_tokenizer_build_future_id (const AutoTokenizerBuild *self, const AutoTokenModel *model, const char *token)
{
  gint64 id = self->pipeline ? auto_pipeline_find (self->pipeline, token) : auto_vocabulary_find (model->vocabulary, token, strlen (token));

  for (guint i = 0; i < self->settings->added->len && id < 0 && !self->file_tokens; i++)
    if (g_str_equal (g_array_index (self->settings->added, AutoAddedToken, i).content, token))
      id = g_array_index (self->settings->added, AutoAddedToken, i).id;
  if (id >= 0 || self->pipeline)
    return id;
  g_autoptr(AutoAddedVocabulary) added = auto_added_vocabulary_new ();
  for (guint i = 0; self->file_tokens && i < self->file_tokens->len; i++)
    auto_added_vocabulary_add (added, &g_array_index (self->file_tokens, AutoAddedToken, i), model);
  add_wanted (self->settings, model, added);
  const AutoAddedToken *found = auto_added_vocabulary_find (added, token);
  return found ? (gint64) found->id : -1;
}

gboolean
auto_tokenizer_build_add_tokens (AutoTokenizerBuild *self, GError **error)
{
  g_autoptr(AutoAddedVocabulary) added = auto_added_vocabulary_copy (auto_pipeline_get_added (self->pipeline));

  if (!add_wanted (self->settings, auto_pipeline_get_model (self->pipeline), added))
    return TRUE;
  AutoPipeline *pipeline = auto_pipeline_with_added (self->pipeline, g_steal_pointer (&added), error);
  if (!pipeline)
    return FALSE;
  auto_pipeline_unref (self->pipeline);
  self->pipeline = pipeline;
  return TRUE;
}

static gboolean
overlay_defaults (JsonObject *defaults, const AutoTokenizerSpec *spec, const char *text, GError **error)
{
  g_autoptr(JsonNode) node = NULL;
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  if (!text)
    return TRUE;
  if (!(node = auto_json_parse (text, strlen (text), spec->class_name, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error)))
    return FALSE;
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &key, &member))
    json_object_set_member (defaults, key, json_node_copy (member));
  return TRUE;
}

/* The class's settings with what the folder's files say. */
static gboolean
read_settings (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  const AutoTokenizerSpec *spec = self->spec;
  g_autoptr(JsonObject) defaults = json_object_new ();
  g_autofree char *json = g_build_filename (folder, "tokenizer.json", NULL);
  const char *own = !self->fast ? spec->slow->defaults : g_file_test (json, G_FILE_TEST_EXISTS) ? spec->json_defaults : NULL;

  if (!overlay_defaults (defaults, spec, spec->defaults, error) || !overlay_defaults (defaults, spec, own, error))
    return FALSE;
  self->settings = auto_tokenizer_settings_read (folder, defaults, self->overrides, error);
  if (!self->settings || !auto_tokenizer_settings_check (self->settings, self->overrides, folder, error))
    return FALSE;
  if (spec->nul)
    auto_tokenizer_settings_name_nul (self->settings, spec->nul);
  json_object_set_string_member (self->settings->values, "_folder", folder);
  json_object_set_int_member (self->settings->values, "_pad_token_type_id", auto_json_int (defaults, "pad_token_type_id", 0)); /* whatever files say */
  if (spec->settle)
    spec->settle (spec, self->settings->values);
  g_auto(GStrv) more = spec->more_tokens ? spec->more_tokens (spec, self->settings->values) : NULL;
  guint n = more ? g_strv_length (more) : 0;
  for (guint i = 0; i < n; i++)
    auto_tokenizer_settings_add_additional (self->settings, more[spec->more_descend ? n - 1 - i : i]);
  return TRUE;
}

static AutoTokenizerParts *
read_from_json (AutoTokenizerBuild *self, const char *folder, const char *path, GError **error)
{
  gboolean good = read_settings (self, folder, error)
                  && (!self->spec->languages_first || auto_tokenizer_check_language (self->spec, self->settings->values, "src_lang", error));
  g_autoptr(AutoTokenizerParts) parts = good ? read_json (path, error) : NULL;

  if (!parts)
    return NULL;
  if (!self->settings->has_list)
    auto_tokenizer_settings_list (self->settings, parts->added_tokens);
  if (!read_call_defaults (self->settings, parts, path, error))
    return NULL;
  if (self->spec->templates_win)
    {
      g_clear_pointer (&parts->post_processor, json_node_unref);
      self->file_tokens = parts->added_tokens;
      parts->post_processor = auto_tokenizer_make_templates (self, parts->model, FALSE, error);
      self->file_tokens = NULL;
      if (!parts->post_processor)
        return NULL;
    }
  return adjust_parts (self, folder, parts, TRUE, error) ? g_steal_pointer (&parts) : NULL;
}

static AutoTokenizerParts *
read_from_older_files (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  gboolean good = read_settings (self, folder, error)
                  && auto_tokenizer_check_language (self->spec, self->settings->values, "src_lang", error);
  g_autoptr(AutoTokenizerParts) parts = good ? auto_tokenizer_legacy_read (self, folder, error) : NULL;

  return parts && adjust_parts (self, folder, parts, FALSE, error) ? g_steal_pointer (&parts) : NULL;
}

/* The settings, and the parts from the first kind of file that is there. */
static AutoTokenizerParts *
read_parts (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  g_autofree char *json = g_build_filename (folder, "tokenizer.json", NULL);

  if (g_file_test (json, G_FILE_TEST_EXISTS))
    return read_from_json (self, folder, json, error);
  g_autofree char *tiktoken = auto_tokenizer_find_tiktoken (folder);
  if (tiktoken)
    return auto_tokenizer_tiktoken_read (self, folder, tiktoken, error);
  g_autofree char *gguf = auto_tokenizer_generic_spec (folder)->kind == AUTO_TOKENIZER_JSON_ONLY ? auto_tokenizer_find_gguf (folder) : NULL;
  return gguf ? auto_tokenizer_gguf_read (self, gguf, error) : read_from_older_files (self, folder, error);
}

/* The reference's Python classes take no more than the added tokens from a tokenizer.json, and those only where no other file lists any. */
static gboolean
build_slow (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  g_autofree char *json = g_build_filename (folder, "tokenizer.json", NULL);

  if (!read_settings (self, folder, error))
    return FALSE;
  if (!self->settings->has_list && g_file_test (json, G_FILE_TEST_EXISTS))
    {
      g_autoptr(AutoTokenizerParts) parts = read_json (json, error);
      if (!parts)
        return FALSE;
      auto_tokenizer_settings_list (self->settings, parts->added_tokens);
    }
  AutoSlow *slow = auto_slow_new (self->spec, self->settings, folder, error);
  self->pipeline = slow ? auto_pipeline_new_slow (slow) : NULL;
  return slow != NULL;
}

/* Keeps the sentencepiece model, so that saving can write it again wherever it is by then. */
static gboolean
keep_sentencepiece (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  g_autofree char *path = self->spec->kind == AUTO_TOKENIZER_SENTENCEPIECE ? auto_tokenizer_find_spm (folder, self->spec->vocab_file) : NULL;

  if (!path)
    return TRUE;
  self->sentencepiece_name = g_path_get_basename (path);
  return (self->sentencepiece = auto_io_map (path, error)) != NULL;
}

/* Reads the file that the class keeps beside the usual ones. */
static gboolean
keep_beside (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  g_autofree char *path = self->spec->beside ? g_build_filename (folder, self->spec->beside, NULL) : NULL;

  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  self->beside = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error);
  if (self->beside && !JSON_NODE_HOLDS_OBJECT (self->beside))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: not a JSON object", path);
      return FALSE;
    }
  return self->beside != NULL;
}

/* Files that no Python class reads. */
static gboolean
is_fast_only (const char *folder)
{
  g_autofree char *json = g_build_filename (folder, "tokenizer.json", NULL);

  if (g_file_test (json, G_FILE_TEST_EXISTS) || auto_tokenizer_generic_spec (folder)->kind != AUTO_TOKENIZER_JSON_ONLY)
    return FALSE;
  g_autofree char *tiktoken = auto_tokenizer_find_tiktoken (folder), *gguf = auto_tokenizer_find_gguf (folder);
  return tiktoken || gguf;
}

AutoPipeline *
auto_tokenizer_build_templates (const AutoTokenizerBuild *self, GError **error)
{
  const AutoTokenModel *model = auto_pipeline_get_model (self->pipeline);
  g_autoptr(JsonNode) source = auto_tokenizer_make_templates (self, model, FALSE, error);
  g_autoptr(JsonNode) target = source ? auto_tokenizer_make_templates (self, model, self->spec->target_single != NULL, error) : NULL;

  return target ? auto_pipeline_with_templates (self->pipeline, source, target, error) : NULL;
}

gboolean
auto_tokenizer_build_choose (AutoTokenizerBuild *self, const char *folder, const char *tokenizer_type, gboolean fast, GError **error)
{
  *self = (AutoTokenizerBuild){ .fast = fast };
  return choose_spec (self, folder, tokenizer_type, error);
}

static gboolean
build (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  self->fast |= !self->spec->slow || is_fast_only (folder);
  if (!keep_beside (self, folder, error))
    return FALSE;
  if (!self->fast)
    return build_slow (self, folder, error);
  AutoTokenizerParts *parts = read_parts (self, folder, error);
  if (!parts)
    return FALSE;
  if (!keep_sentencepiece (self, folder, error))
    {
      auto_tokenizer_parts_free (parts);
      return FALSE;
    }
  if (!(self->pipeline = auto_pipeline_new (parts, error)))
    {
      g_prefix_error (error, "%s: ", folder);
      return FALSE;
    }
  if (!auto_tokenizer_build_add_tokens (self, error))
    return FALSE;
  AutoPipeline *pipeline = self->spec->target_single ? auto_tokenizer_build_templates (self, error) : auto_pipeline_ref (self->pipeline);
  auto_pipeline_unref (self->pipeline);
  self->pipeline = pipeline;
  return pipeline != NULL;
}

/* Every message says of which folder it is. */
gboolean
auto_tokenizer_build_load (AutoTokenizerBuild *self, const char *folder, GError **error)
{
  if (build (self, folder, error))
    return TRUE;
  if (error && !strstr ((*error)->message, folder))
    g_prefix_error (error, "%s: ", folder);
  return FALSE;
}
