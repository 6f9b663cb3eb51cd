/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pretrained-tokenizer-private.h"

#include "core/checkpoint/auto-gguf.h"
#include "core/hub/auto-hub-resolve.h"

G_DEFINE_INTERFACE (AutoTokenizer, auto_tokenizer, G_TYPE_OBJECT)

static void
auto_tokenizer_default_init (AutoTokenizerInterface *iface)
{
}

/**
 * auto_tokenizer_from_pretrained:
 * @name_or_path: a folder, a file in one, or a name on the hub
 * @options: (nullable): how to load
 * @cancellable: (nullable): stops the loading
 * @error: return location for an error
 *
 * Loads the tokenizer that a model's folder or a GGUF file holds.
 *
 * Returns: (transfer full): a tokenizer
 */
AutoTokenizer *
auto_tokenizer_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (name_or_path != NULL, NULL);
  g_return_val_if_fail (options == NULL || AUTO_IS_LOAD_OPTIONS (options), NULL);
  g_autofree char *path = auto_hub_resolve (name_or_path, AUTO_HUB_WANT_TOKENIZER | AUTO_HUB_WANT_CONFIG, options, cancellable, error);
  gboolean beside = path && g_file_test (path, G_FILE_TEST_IS_REGULAR) && !auto_gguf_is_one (path); /* of a file that holds no tokenizer itself */
  g_autofree char *folder = beside ? g_path_get_dirname (path) : g_steal_pointer (&path);

  if (!folder || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return auto_pretrained_open (beside ? folder : name_or_path, folder, options, cancellable, error);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  AutoTokenizer *tokenizer = auto_tokenizer_from_pretrained (task_data, g_object_get_data (G_OBJECT (task), "options"), cancellable, &error);

  if (tokenizer)
    g_task_return_pointer (task, tokenizer, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * auto_tokenizer_from_pretrained_async:
 * @name_or_path: a folder, a file in one, or a name on the hub
 * @options: (nullable): how to load
 * @cancellable: (nullable): stops the loading
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Loads a tokenizer in another thread.
 */
void
auto_tokenizer_from_pretrained_async (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (name_or_path != NULL);
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, auto_tokenizer_from_pretrained_async);
  g_task_set_task_data (task, g_strdup (name_or_path), g_free);
  if (options)
    g_object_set_data_full (G_OBJECT (task), "options", g_object_ref (options), g_object_unref);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * auto_tokenizer_from_pretrained_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): a tokenizer
 */
AutoTokenizer *
auto_tokenizer_from_pretrained_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * auto_tokenizer_encode:
 * @self: a tokenizer
 * @text: a text
 * @options: (nullable): how
 * @error: return location for an error
 *
 * Returns: (transfer full): the encoding
 */
AutoEncoding *
auto_tokenizer_encode (AutoTokenizer *self, const char *text, AutoTokenizerOptions *options, GError **error)
{
  const char *texts[] = { text, NULL };

  g_return_val_if_fail (text != NULL, NULL);
  return auto_tokenizer_encode_batch (self, texts, NULL, options, NULL, error);
}

/* A fast tokenizer takes an empty second text for none. */
static gboolean
is_fast (AutoTokenizer *self)
{
  gboolean fast = TRUE;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (self), "is-fast"))
    g_object_get (self, "is-fast", &fast, NULL);
  return fast;
}

/**
 * auto_tokenizer_encode_pair:
 * @self: a tokenizer
 * @text: a text
 * @pair: another, which follows it in the same row; to a fast tokenizer, an empty one is none
 * @options: (nullable): how
 * @error: return location for an error
 *
 * Returns: (transfer full): the encoding
 */
AutoEncoding *
auto_tokenizer_encode_pair (AutoTokenizer *self, const char *text, const char *pair, AutoTokenizerOptions *options, GError **error)
{
  const char *texts[] = { text, NULL }, *pairs[] = { pair, NULL };

  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && text != NULL && pair != NULL, NULL);
  return auto_tokenizer_encode_batch (self, texts, *pair || !is_fast (self) ? pairs : NULL, options, NULL, error);
}

/**
 * auto_tokenizer_encode_batch: (virtual encode_batch)
 * @self: a tokenizer
 * @texts: (array zero-terminated=1): texts
 * @pairs: (nullable) (array zero-terminated=1): as many others, each of which follows the text of the same number
 * @options: (nullable): how
 * @cancellable: (nullable): stops the work
 * @error: return location for an error
 *
 * Returns: (transfer full): the encoding, with a row for each text
 */
AutoEncoding *
auto_tokenizer_encode_batch (AutoTokenizer *self, const char *const *texts, const char *const *pairs, AutoTokenizerOptions *options,
                             GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && texts != NULL, NULL);
  g_return_val_if_fail (options == NULL || AUTO_IS_TOKENIZER_OPTIONS (options), NULL);
  return AUTO_TOKENIZER_GET_IFACE (self)->encode_batch (self, texts, pairs, options, cancellable, error);
}

/**
 * auto_tokenizer_encode_words: (virtual encode_words)
 * @self: a tokenizer
 * @words: (array zero-terminated=1): the words of all rows, one row after another
 * @n_words: (array length=n_rows): how many words each row has
 * @n_rows: how many rows there are
 * @pair_words: (nullable) (array zero-terminated=1): the words of the texts that follow in the same rows
 * @n_pair_words: (nullable) (array length=n_pair_rows): how many each row has of these
 * @n_pair_rows: how many rows these are: as many as @n_rows
 * @options: (nullable): how
 * @cancellable: (nullable): stops the work
 * @error: return location for an error
 *
 * Encodes texts that are split into words already.
 *
 * Returns: (transfer full): the encoding
 */
AutoEncoding *
auto_tokenizer_encode_words (AutoTokenizer *self, const char *const *words, const guint *n_words, gsize n_rows, const char *const *pair_words,
                             const guint *n_pair_words, gsize n_pair_rows, AutoTokenizerOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && words != NULL && (n_words != NULL || n_rows == 0), NULL);
  g_return_val_if_fail (pair_words == NULL || n_pair_words != NULL, NULL);
  return AUTO_TOKENIZER_GET_IFACE (self)->encode_words (self, words, n_words, n_rows, pair_words, n_pair_words, n_pair_rows, options, cancellable,
                                                          error);
}

/**
 * auto_tokenizer_decode: (virtual decode)
 * @self: a tokenizer
 * @ids: (array length=n): ids of tokens
 * @n: how many
 * @skip_special_tokens: leave out special tokens
 * @clean_up: whether to take away spaces before punctuation
 * @error: return location for an error
 *
 * Returns: (transfer full): the text
 */
char *
auto_tokenizer_decode (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, AutoChoice clean_up, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && (ids != NULL || n == 0), NULL);
  return AUTO_TOKENIZER_GET_IFACE (self)->decode (self, ids, n, skip_special_tokens, clean_up, error);
}

/**
 * auto_tokenizer_decode_with_options: (virtual decode_with_options)
 * @self: a tokenizer
 * @ids: (array length=n): ids of tokens
 * @n: how many
 * @options: (nullable): how, and what is to be told beside the text
 * @error: return location for an error
 *
 * Decodes with any keyword that the reference's `decode` takes.
 *
 * The answer is an object with the member `text`. With `output-char-offsets` and `output-word-offsets` it has the members `char_offsets` and
 * `word_offsets`, lists of `{"char" or "word", "start_offset", "end_offset"}` counted in moments of the network; with `output-offsets` the
 * member `offsets`, a list of `{"text", "timestamp": [start, end]}` in seconds.
 *
 * Returns: (transfer full): an object
 */
JsonNode *
auto_tokenizer_decode_with_options (AutoTokenizer *self, const gint64 *ids, gsize n, AutoDecodeOptions *options, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && (ids != NULL || n == 0), NULL);
  g_return_val_if_fail (options == NULL || AUTO_IS_DECODE_OPTIONS (options), NULL);
  if (!AUTO_TOKENIZER_GET_IFACE (self)->decode_with_options)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s: this tokenizer knows no options of decoding; use its decode",
                   G_OBJECT_TYPE_NAME (self));
      return NULL;
    }
  return AUTO_TOKENIZER_GET_IFACE (self)->decode_with_options (self, ids, n, options, error);
}

/**
 * auto_tokenizer_tokenize: (virtual tokenize)
 * @self: a tokenizer
 * @text: a text
 * @pair: (nullable): another that follows it
 * @add_special_tokens: add the model's special tokens
 * @error: return location for an error
 *
 * Returns: (transfer full) (array zero-terminated=1): the tokens as text
 */
char **
auto_tokenizer_tokenize (AutoTokenizer *self, const char *text, const char *pair, gboolean add_special_tokens, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && text != NULL, NULL);
  return AUTO_TOKENIZER_GET_IFACE (self)->tokenize (self, text, pair, add_special_tokens, error);
}

/**
 * auto_tokenizer_convert_token_to_id: (virtual convert_token_to_id)
 * @self: a tokenizer
 * @token: a token
 *
 * Returns: its id; the unknown token's when there is no such token, and -1 when there is no unknown token
 */
gint64
auto_tokenizer_convert_token_to_id (AutoTokenizer *self, const char *token)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && token != NULL, -1);
  return AUTO_TOKENIZER_GET_IFACE (self)->convert_token_to_id (self, token);
}

/**
 * auto_tokenizer_convert_tokens_to_ids:
 * @self: a tokenizer
 * @tokens: (array zero-terminated=1): tokens
 * @n: (out): how many
 *
 * Returns: (transfer full) (array length=n): their ids
 */
gint64 *
auto_tokenizer_convert_tokens_to_ids (AutoTokenizer *self, const char *const *tokens, gsize *n)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && tokens != NULL && n != NULL, NULL);
  *n = g_strv_length ((char **) tokens);
  gint64 *ids = g_new (gint64, *n + 1);
  for (gsize i = 0; i < *n; i++)
    ids[i] = auto_tokenizer_convert_token_to_id (self, tokens[i]);
  return ids;
}

/**
 * auto_tokenizer_convert_id_to_token: (virtual convert_id_to_token)
 * @self: a tokenizer
 * @id: an id
 *
 * Returns: (transfer full) (nullable): the token, or %NULL when no token has the id
 */
char *
auto_tokenizer_convert_id_to_token (AutoTokenizer *self, gint64 id)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self), NULL);
  return AUTO_TOKENIZER_GET_IFACE (self)->convert_id_to_token (self, id);
}

/**
 * auto_tokenizer_convert_ids_to_tokens:
 * @self: a tokenizer
 * @ids: (array length=n): ids
 * @n: how many
 *
 * Returns: (transfer full) (array zero-terminated=1): the tokens; an empty text where no token has the id
 */
char **
auto_tokenizer_convert_ids_to_tokens (AutoTokenizer *self, const gint64 *ids, gsize n)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && (ids != NULL || n == 0), NULL);
  char **tokens = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      char *token = auto_tokenizer_convert_id_to_token (self, ids[i]);
      tokens[i] = token ? token : g_strdup ("");
    }
  return tokens;
}

/**
 * auto_tokenizer_get_vocab_size: (virtual get_vocab_size)
 * @self: a tokenizer
 * @with_added_tokens: count added tokens too
 *
 * Returns: how many tokens there are
 */
guint
auto_tokenizer_get_vocab_size (AutoTokenizer *self, gboolean with_added_tokens)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self), 0);
  return AUTO_TOKENIZER_GET_IFACE (self)->get_vocab_size (self, with_added_tokens);
}

/**
 * auto_tokenizer_get_vocab: (virtual get_vocab)
 * @self: a tokenizer
 *
 * Returns: (transfer full) (element-type utf8 guint): all tokens, added ones too, with their ids
 */
GHashTable *
auto_tokenizer_get_vocab (AutoTokenizer *self)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self), NULL);
  return AUTO_TOKENIZER_GET_IFACE (self)->get_vocab (self);
}

/**
 * auto_tokenizer_get_added_vocab: (virtual get_added_vocab)
 * @self: a tokenizer
 *
 * Returns: (transfer full) (element-type utf8 guint): the added tokens, special ones of the vocabulary too, with their ids
 */
GHashTable *
auto_tokenizer_get_added_vocab (AutoTokenizer *self)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self), NULL);
  AutoTokenizerInterface *iface = AUTO_TOKENIZER_GET_IFACE (self);

  return iface->get_added_vocab ? iface->get_added_vocab (self) : g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * auto_tokenizer_convert_tokens_to_string: (virtual convert_tokens_to_string)
 * @self: a tokenizer
 * @tokens: (array zero-terminated=1): tokens
 * @error: return location for an error
 *
 * Makes a text of tokens as decoding does, but keeps added tokens like any other, and cleans up nothing.
 *
 * Returns: (transfer full): the text
 */
char *
auto_tokenizer_convert_tokens_to_string (AutoTokenizer *self, const char *const *tokens, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && tokens != NULL, NULL);
  AutoTokenizerInterface *iface = AUTO_TOKENIZER_GET_IFACE (self);

  if (iface->convert_tokens_to_string)
    return iface->convert_tokens_to_string (self, tokens, error);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s makes no text of tokens; decode their ids",
               G_OBJECT_TYPE_NAME (self));
  return NULL;
}

/**
 * auto_tokenizer_add_tokens: (virtual add_tokens)
 * @self: a tokenizer
 * @tokens: (array zero-terminated=1): tokens
 * @special: they are special: [method@Tokenizer.decode] can leave them out
 * @error: return location for an error
 *
 * Adds tokens that will be found in texts before everything else.
 *
 * Returns: how many of them were new, or -1 when there was an error
 */
gint64
auto_tokenizer_add_tokens (AutoTokenizer *self, const char *const *tokens, gboolean special, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && tokens != NULL, -1);
  return AUTO_TOKENIZER_GET_IFACE (self)->add_tokens (self, tokens, special, error);
}

/**
 * auto_tokenizer_apply_chat_template: (virtual apply_chat_template)
 * @self: a tokenizer
 * @messages: an array of objects with `role` and `content`
 * @add_generation_prompt: end with what begins the model's answer
 * @variables: (nullable): an object with more variables for the template
 * @error: return location for an error
 *
 * Makes of a conversation the text that the model was trained on. Encode it without adding special tokens: the template has
 * written them.
 *
 * Returns: (transfer full): the text
 */
char *
auto_tokenizer_apply_chat_template (AutoTokenizer *self, JsonNode *messages, gboolean add_generation_prompt, JsonNode *variables, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && messages != NULL, NULL);
  return AUTO_TOKENIZER_GET_IFACE (self)->apply_chat_template (self, messages, add_generation_prompt, variables, error);
}

/**
 * auto_tokenizer_save_pretrained: (virtual save_pretrained)
 * @self: a tokenizer
 * @folder: a folder, made if need be
 * @error: return location for an error
 *
 * Writes files from which the tokenizer can be loaded again.
 *
 * Returns: whether it could
 */
gboolean
auto_tokenizer_save_pretrained (AutoTokenizer *self, const char *folder, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && folder != NULL, FALSE);
  return AUTO_TOKENIZER_GET_IFACE (self)->save_pretrained (self, folder, error);
}
