/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From ids back to a text, and what a call asks for beside. */
#include <string.h>

#include "auto-decoder.h"
#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow.h"
#include "auto-tokenizer-speech-private.h"

GArray *
auto_pretrained_list_special_ids (AutoTokenizer *self)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(GPtrArray) specials = priv->build.settings ? auto_tokenizer_settings_list_specials (priv->build.settings) : g_ptr_array_new ();
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < specials->len; i++)
    {
      gint64 id = auto_pretrained_convert_token_to_id (self, ((const AutoAddedToken *) g_ptr_array_index (specials, i))->content);
      g_array_append_val (ids, id);
    }
  return ids;
}

JsonObject *
auto_pretrained_get_beside (AutoTokenizer *self, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);

  if (priv->build.beside)
    return json_node_get_object (priv->build.beside);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND,
               "%s: the folder has no %s, which this needs; take it from the model's repository",
               priv->name_or_path, priv->build.spec->beside);
  return NULL;
}

GString *
auto_pretrained_decode_plain (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoSlow *slow = pipeline ? auto_pipeline_get_slow (pipeline) : NULL;
  AutoDecodeCall settled = *call;

  if (settled.spaces == AUTO_CHOICE_DEFAULT)
    settled.spaces = priv->spaces ? AUTO_CHOICE_YES : AUTO_CHOICE_NO;
  GString *text = slow       ? auto_slow_decode (slow, ids, n, &settled, answer, error)
                  : pipeline ? auto_pipeline_decode (pipeline, ids, n, call->skip_special_tokens, error)
                             : NULL;
  gboolean cleans = text && (call->clean_up == AUTO_CHOICE_DEFAULT ? priv->clean_up : call->clean_up);
  if (cleans && slow && slow->class->clean_up)
    slow->class->clean_up (slow, text);
  else if (cleans && !(slow && slow->class->keeps_spaces))
    auto_decoder_clean_up (text, FALSE);
  if (text && priv->build.spec->finish)
    priv->build.spec->finish (text);
  return text;
}

/* A NUL, which only a model that knows bytes can make, would hide what follows it. */
static void
show_nuls (GString *text)
{
  for (char *nul; (nul = memchr (text->str, '\0', text->len));)
    {
      gsize at = nul - text->str;
      g_string_erase (text, at, 1);
      g_string_insert (text, at, "\xef\xbf\xbd");
    }
}

GString *
auto_pretrained_decode_call (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer, GError **error)
{
  const AutoTokenizerSpec *spec = auto_pretrained_private (self)->build.spec;
  gboolean own = spec && spec->speech && spec->speech->decode;
  GString *text = own ? spec->speech->decode (self, ids, n, call, answer, error) : auto_pretrained_decode_plain (self, ids, n, call, answer, error);

  if (text)
    show_nuls (text);
  return text;
}

static GString *
join_fast (AutoPipeline *pipeline, const char *const *tokens, GError **error)
{
  g_autoptr(GPtrArray) copies = g_ptr_array_new ();

  for (gsize i = 0; tokens[i]; i++)
    g_ptr_array_add (copies, g_string_new (tokens[i]));
  GString *text = auto_pipeline_join (pipeline, copies, error);
  for (guint i = 0; i < copies->len; i++)
    g_string_free (copies->pdata[i], TRUE);
  return text;
}

static GString *
join_slow (const AutoSlow *slow, const char *const *tokens, GError **error)
{
  g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; tokens[i]; i++)
    g_ptr_array_add (copies, g_strdup (tokens[i]));
  return auto_slow_join (slow, copies, error);
}

char *
auto_pretrained_convert_tokens_to_string (AutoTokenizer *self, const char *const *tokens, GError **error)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  const AutoSlow *slow = pipeline ? auto_pipeline_get_slow (pipeline) : NULL;
  GString *text = slow ? join_slow (slow, tokens, error) : pipeline ? join_fast (pipeline, tokens, error) : NULL;

  if (!text)
    return NULL;
  show_nuls (text);
  return g_string_free (text, FALSE);
}

char *
auto_pretrained_decode (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, AutoChoice clean_up, GError **error)
{
  AutoDecodeCall call = auto_decode_options_get_call (NULL);

  call.skip_special_tokens = skip_special_tokens;
  call.clean_up = clean_up;
  GString *text = auto_pretrained_decode_call (self, ids, n, &call, NULL, error);
  return text ? g_string_free (text, FALSE) : NULL;
}

/* What was asked for but isn't among the answer's members is what the class doesn't know. */
static gboolean
check_answered (AutoTokenizer *self, const AutoDecodeCall *call, JsonObject *answer, GError **error)
{
  const struct
  {
    gboolean asked;
    const char *member, *option;
  } wishes[] = { { call->output_offsets, "offsets", "output-offsets" },
                 { call->output_char_offsets, "char_offsets", "output-char-offsets" },
                 { call->output_word_offsets, "word_offsets", "output-word-offsets" } };

  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    if (wishes[i].asked && !json_object_has_member (answer, wishes[i].member))
      {
        g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s: tokenizers of this class don't know the option %s",
                     auto_pretrained_private (self)->build.class_name, wishes[i].option);
        return FALSE;
      }
  return TRUE;
}

JsonNode *
auto_pretrained_decode_with_options (AutoTokenizer *self, const gint64 *ids, gsize n, AutoDecodeOptions *options, GError **error)
{
  AutoDecodeCall call = auto_decode_options_get_call (options);
  g_autoptr(JsonObject) answer = json_object_new ();
  GString *text = auto_pretrained_decode_call (self, ids, n, &call, answer, error);

  if (!text)
    return NULL;
  json_object_set_string_member (answer, "text", text->str);
  g_string_free (text, TRUE);
  if (!check_answered (self, &call, answer, error))
    return NULL;
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, g_steal_pointer (&answer));
  return node;
}
