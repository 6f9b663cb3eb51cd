/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens of languages, with which models of translation begin their texts. */
#include "../base/auto-json.h"
#include "../base/auto-message.h"
#include "auto-pretrained-tokenizer-private.h"

/* How many languages a message names. */
#define MOST_NAMED 30

gboolean
auto_tokenizer_check_language (const AutoTokenizerSpec *spec, JsonObject *settings, const char *key, GError **error)
{
  JsonNode *node = auto_json_member (settings, key);
  g_autofree char *language = node && !JSON_NODE_HOLDS_NULL (node) ? auto_json_print (node, -1, FALSE) : NULL;
  const char *mark = auto_json_string (settings, g_str_equal (key, "src_lang") ? "_src_mark" : "_tgt_mark");

  if (!spec->languages || !language)
    return TRUE;
  g_auto(GStrv) known = spec->languages (spec, settings);
  if (g_strv_contains ((const char *const *) known, mark ? mark : auto_json_is_string (node) ? json_node_get_string (node) : ""))
    return TRUE;
  g_autoptr(GString) names = g_string_new (known[0]);
  for (guint i = 1; known[0] && known[i] && i < MOST_NAMED; i++)
    g_string_append_printf (names, ", %s", known[i]);
  auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND, "%s is %.60s, which is no language of %s; its marks of languages are %s%s",
                  key, language, spec->class_name, names->str, g_strv_length (known) > MOST_NAMED ? " and so on" : "");
  return FALSE;
}

/* The token that a class makes of a language to translate to. */
static char *
mark_of (AutoPretrainedTokenizerPrivate *priv, const char *language)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), priv->build.settings->values), copy = auto_json_copy (node);
  JsonObject *settings = json_node_get_object (copy);

  json_object_set_string_member (settings, "tgt_lang", language);
  if (priv->build.spec->settle)
    priv->build.spec->settle (priv->build.spec, settings);
  const char *mark = auto_json_string (settings, "_tgt_mark");
  return g_strdup (mark ? mark : auto_json_string (settings, "tgt_lang"));
}

/**
 * auto_pretrained_tokenizer_get_lang_id:
 * @self: a tokenizer of a model that translates
 * @language: a language, named as for #AutoPretrainedTokenizer:tgt-lang
 * @error: return location for an error
 *
 * Gives the id with which a text in a language begins: the generation setting `forced_bos_token_id` of a translation to it.
 *
 * Returns: the id, or -1 when there was an error
 */
gint64
auto_pretrained_tokenizer_get_lang_id (AutoPretrainedTokenizer *self, const char *language, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && language != NULL, -1);
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);

  if (!pipeline)
    return -1;
  if (!priv->build.spec->target_single)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s knows no languages", priv->build.class_name);
      return -1;
    }
  g_autofree char *mark = mark_of (priv, language);
  gint64 id = mark ? auto_pipeline_find (pipeline, mark) : -1;
  g_autofree char *found = id >= 0 ? auto_tokenizer_convert_id_to_token (AUTO_TOKENIZER (self), id) : NULL;
  if (g_strcmp0 (found, mark) == 0)
    return id;
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND, "the tokenizer doesn't know the language \"%.60s\"", language);
  return -1;
}
