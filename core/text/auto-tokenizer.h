/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "../auto/auto-load-options.h"
#include "auto-decode-options.h"
#include "auto-encoding.h"
#include "auto-tokenizer-options.h"

G_BEGIN_DECLS

#define AUTO_TYPE_TOKENIZER (auto_tokenizer_get_type ())

/**
 * AutoTokenizer:
 *
 * Turns text into the numbers that a model takes, and back.
 *
 * [func@Tokenizer.from_pretrained] reads the files beside a model and picks the class that they name.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (AutoTokenizer, auto_tokenizer, AUTO, TOKENIZER, GObject)

/**
 * AutoTokenizerInterface:
 * @parent_iface: the parent
 * @encode_batch: see [method@Tokenizer.encode_batch]
 * @encode_words: see [method@Tokenizer.encode_words]
 * @decode: see [method@Tokenizer.decode]
 * @decode_with_options: see [method@Tokenizer.decode_with_options]
 * @tokenize: see [method@Tokenizer.tokenize]
 * @convert_token_to_id: the id of a token, or -1
 * @convert_id_to_token: (transfer full): the token of an id, or %NULL
 * @get_vocab_size: see [method@Tokenizer.get_vocab_size]
 * @get_vocab: see [method@Tokenizer.get_vocab]
 * @get_added_vocab: see [method@Tokenizer.get_added_vocab]
 * @convert_tokens_to_string: see [method@Tokenizer.convert_tokens_to_string]
 * @add_tokens: see [method@Tokenizer.add_tokens]
 * @apply_chat_template: see [method@Tokenizer.apply_chat_template]
 * @save_pretrained: see [method@Tokenizer.save_pretrained]
 * @num_special_tokens_to_add: see [method@Tokenizer.num_special_tokens_to_add]
 * @prepare_for_model: see [method@Tokenizer.prepare_for_model]
 * @find_special_tokens: the mask of [method@Tokenizer.get_special_tokens_mask] for a row that has its special tokens already
 * @pad: see [method@Tokenizer.pad]
 *
 * What a tokenizer can do.
 */
struct _AutoTokenizerInterface
{
  GTypeInterface parent_iface;

  AutoEncoding *(*encode_batch) (AutoTokenizer *self, const char *const *texts, const char *const *pairs, AutoTokenizerOptions *options,
                                 GCancellable *cancellable, GError **error);
  AutoEncoding *(*encode_words) (AutoTokenizer *self, const char *const *words, const guint *n_words, gsize n_rows, const char *const *pair_words,
                                 const guint *n_pair_words, gsize n_pair_rows, AutoTokenizerOptions *options, GCancellable *cancellable, GError **error);
  char *(*decode) (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, AutoChoice clean_up, GError **error);
  JsonNode *(*decode_with_options) (AutoTokenizer *self, const gint64 *ids, gsize n, AutoDecodeOptions *options, GError **error);
  char **(*tokenize) (AutoTokenizer *self, const char *text, const char *pair, gboolean add_special_tokens, GError **error);
  gint64 (*convert_token_to_id) (AutoTokenizer *self, const char *token);
  char *(*convert_id_to_token) (AutoTokenizer *self, gint64 id);
  guint (*get_vocab_size) (AutoTokenizer *self, gboolean with_added_tokens);
  GHashTable *(*get_vocab) (AutoTokenizer *self);
  GHashTable *(*get_added_vocab) (AutoTokenizer *self);
  char *(*convert_tokens_to_string) (AutoTokenizer *self, const char *const *tokens, GError **error);
  gint64 (*add_tokens) (AutoTokenizer *self, const char *const *tokens, gboolean special, GError **error);
  char *(*apply_chat_template) (AutoTokenizer *self, JsonNode *messages, gboolean add_generation_prompt, JsonNode *variables, GError **error);
  gboolean (*save_pretrained) (AutoTokenizer *self, const char *folder, GError **error);
  guint (*num_special_tokens_to_add) (AutoTokenizer *self, gboolean pair);
  AutoEncoding *(*prepare_for_model) (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids, gsize n_pair_ids,
                                      AutoTokenizerOptions *options, GError **error);
  gint64 *(*find_special_tokens) (AutoTokenizer *self, const gint64 *ids, gsize n_ids, gsize *n, GError **error);
  AutoInputs *(*pad) (AutoTokenizer *self, AutoInputs *const *rows, gsize n_rows, AutoTokenizerOptions *options, GError **error);
};

AUTO_AVAILABLE_IN_1_0 AutoTokenizer *auto_tokenizer_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable,
                                                                     GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_tokenizer_from_pretrained_async (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable,
                                                                 GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 AutoTokenizer *auto_tokenizer_from_pretrained_finish (GAsyncResult *result, GError **error);

AUTO_AVAILABLE_IN_1_0 AutoEncoding *auto_tokenizer_encode (AutoTokenizer *self, const char *text, AutoTokenizerOptions *options, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoEncoding *auto_tokenizer_encode_pair (AutoTokenizer *self, const char *text, const char *pair, AutoTokenizerOptions *options,
                                                                GError **error);
AUTO_AVAILABLE_IN_1_0 AutoEncoding *auto_tokenizer_encode_batch (AutoTokenizer *self, const char *const *texts, const char *const *pairs,
                                                                 AutoTokenizerOptions *options, GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoEncoding *auto_tokenizer_encode_words (AutoTokenizer *self, const char *const *words, const guint *n_words, gsize n_rows,
                                                                 const char *const *pair_words, const guint *n_pair_words, gsize n_pair_rows,
                                                                 AutoTokenizerOptions *options, GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_tokenizer_batch_encode_candidates (AutoTokenizer *self, const char *const *texts, const char *const *pairs,
                                                                          guint n_candidates, AutoTokenizerOptions *options, GCancellable *cancellable,
                                                                          GError **error);
AUTO_AVAILABLE_IN_1_0 char *auto_tokenizer_decode (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, AutoChoice clean_up,
                                                   GError **error);
AUTO_AVAILABLE_IN_1_0 JsonNode *auto_tokenizer_decode_with_options (AutoTokenizer *self, const gint64 *ids, gsize n, AutoDecodeOptions *options,
                                                                    GError **error);
AUTO_AVAILABLE_IN_1_0 char **auto_tokenizer_tokenize (AutoTokenizer *self, const char *text, const char *pair, gboolean add_special_tokens,
                                                      GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 auto_tokenizer_convert_token_to_id (AutoTokenizer *self, const char *token);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_tokenizer_convert_tokens_to_ids (AutoTokenizer *self, const char *const *tokens, gsize *n);
AUTO_AVAILABLE_IN_1_0 char *auto_tokenizer_convert_id_to_token (AutoTokenizer *self, gint64 id);
AUTO_AVAILABLE_IN_1_0 char **auto_tokenizer_convert_ids_to_tokens (AutoTokenizer *self, const gint64 *ids, gsize n);
AUTO_AVAILABLE_IN_1_0 guint auto_tokenizer_get_vocab_size (AutoTokenizer *self, gboolean with_added_tokens);
AUTO_AVAILABLE_IN_1_0 GHashTable *auto_tokenizer_get_vocab (AutoTokenizer *self);
AUTO_AVAILABLE_IN_1_0 GHashTable *auto_tokenizer_get_added_vocab (AutoTokenizer *self);
AUTO_AVAILABLE_IN_1_0 char *auto_tokenizer_convert_tokens_to_string (AutoTokenizer *self, const char *const *tokens, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 auto_tokenizer_add_tokens (AutoTokenizer *self, const char *const *tokens, gboolean special, GError **error);
AUTO_AVAILABLE_IN_1_0 char *auto_tokenizer_apply_chat_template (AutoTokenizer *self, JsonNode *messages, gboolean add_generation_prompt,
                                                                JsonNode *variables, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_tokenizer_save_pretrained (AutoTokenizer *self, const char *folder, GError **error);

AUTO_AVAILABLE_IN_1_0 guint auto_tokenizer_num_special_tokens_to_add (AutoTokenizer *self, gboolean pair);
AUTO_AVAILABLE_IN_1_0 AutoEncoding *auto_tokenizer_prepare_for_model (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids,
                                                                      gsize n_pair_ids, AutoTokenizerOptions *options, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_tokenizer_build_inputs_with_special_tokens (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids,
                                                                               gsize n_pair_ids, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_tokenizer_create_token_type_ids_from_sequences (AutoTokenizer *self, const gint64 *ids, gsize n_ids,
                                                                                   const gint64 *pair_ids, gsize n_pair_ids, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_tokenizer_get_special_tokens_mask (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids,
                                                                      gsize n_pair_ids, gboolean already_has_special_tokens, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 char **auto_tokenizer_batch_decode (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const guint *lengths, gsize n_rows,
                                                          gboolean skip_special_tokens, AutoChoice clean_up, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_tokenizer_pad (AutoTokenizer *self, AutoInputs *const *rows, gsize n_rows, AutoTokenizerOptions *options,
                                                      GError **error);

G_END_DECLS
