/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-added-vocabulary.h"
#include "auto-encoding-private.h"
#include "auto-pretrained-tokenizer.h"
#include "auto-tokenizer-build.h"

G_BEGIN_DECLS

typedef struct
{
  GMutex lock; /* guards build.pipeline, which adding tokens exchanges */
  AutoTokenizerBuild build;
  char *name_or_path, *padding_side, *truncation_side, *chat_template;
  char **model_input_names;
  gint64 model_max_length, pad_token_type_id;
  gboolean clean_up, spaces;
  GError *unsettled; /* why texts can't get their special tokens with the settings of now; or NULL */
} AutoPretrainedTokenizerPrivate;

AutoPretrainedTokenizerPrivate *auto_pretrained_private (gpointer self);
/* Opens the files in @folder of the tokenizer @name, whose class may be another than this one. */
AutoTokenizer *auto_pretrained_open (const char *name, const char *folder, AutoLoadOptions *options, GCancellable *cancellable, GError **error);
/* The pipeline of now, or NULL with an error for an object that was made without files. */
AutoPipeline *auto_pretrained_pipeline (gpointer self, GError **error);
/* The text of a special token, or NULL. */
const char *auto_pretrained_special (AutoPretrainedTokenizerPrivate *priv, AutoSpecial special);
/* The names of the numbers that tokens have beside their ids. */
char **auto_pretrained_list_columns (AutoPretrainedTokenizerPrivate *priv);
/* The id of a token that is in the vocabulary, or -1. */
gint64 auto_pretrained_find_id (gpointer self, const char *token);

/* Exchanges the pipeline. Takes @changed. */
void auto_pretrained_set_pipeline (AutoPretrainedTokenizerPrivate *priv, AutoPipeline *changed);
/* Makes a Python class's pipeline anew after a change of the special tokens, with more tokens. */
gboolean auto_pretrained_extend_slow (AutoPretrainedTokenizerPrivate *priv, const AutoAddedToken *tokens, guint n, guint *n_new, GError **error);

/* The class's properties; the interface's methods. */
void auto_pretrained_install_properties (GObjectClass *class);
gint64 auto_pretrained_convert_token_to_id (AutoTokenizer *self, const char *token);
guint auto_pretrained_get_vocab_size (AutoTokenizer *self, gboolean with_added_tokens);
GHashTable *auto_pretrained_get_vocab (AutoTokenizer *self);
GHashTable *auto_pretrained_get_added_vocab (AutoTokenizer *self);
char *auto_pretrained_convert_tokens_to_string (AutoTokenizer *self, const char *const *tokens, GError **error);
gint64 auto_pretrained_add_tokens (AutoTokenizer *self, const char *const *tokens, gboolean special, GError **error);
AutoEncoding *auto_pretrained_encode_batch (AutoTokenizer *self, const char *const *texts, const char *const *pairs,
                                            AutoTokenizerOptions *options, GCancellable *cancellable, GError **error);
AutoEncoding *auto_pretrained_encode_words (AutoTokenizer *self, const char *const *words, const guint *n_words, gsize n_rows,
                                            const char *const *pair_words, const guint *n_pair_words, gsize n_pair_rows, AutoTokenizerOptions *options,
                                            GCancellable *cancellable, GError **error);

/* Whether padding-side and truncation-side are sides; a program may have set them to anything. */
gboolean auto_pretrained_check_sides (const AutoPretrainedTokenizerPrivate *priv, GError **error);
/* Fills in what a call leaves to the tokenizer, and says what contradicts what. */
gboolean auto_pretrained_settle (AutoPretrainedTokenizer *self, AutoPipeline *pipeline, gboolean pair, AutoEncodeSettings *settings, GError **error);
/* Whether a call's boxes and labels are those of its texts' words; what the settings say of them, or NULL where a call has none. */
gboolean auto_pretrained_settle_page (AutoPretrainedTokenizer *self, const AutoPageCall *call, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs,
                                      gsize n, AutoPageMarks **marks, GError **error);
/* The interface's methods that take ids. */
void auto_pretrained_ids_iface_init (AutoTokenizerInterface *iface);
AutoInputs *auto_pretrained_pad (AutoTokenizer *self, AutoInputs *const *rows, gsize n_rows, AutoTokenizerOptions *options, GError **error);
char *auto_pretrained_decode (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, AutoChoice clean_up, GError **error);
JsonNode *auto_pretrained_decode_with_options (AutoTokenizer *self, const gint64 *ids, gsize n, AutoDecodeOptions *options, GError **error);

/* Adds tokens that say how they are matched; returns how many are new, or -1. */
AUTO_INTERNAL gint64 auto_pretrained_tokenizer_add (AutoPretrainedTokenizer *self, const AutoAddedToken *tokens, guint n, GError **error);

/* Its settings, or NULL for an object that was made without files. */
JsonObject *auto_pretrained_tokenizer_get_settings (AutoPretrainedTokenizer *self);

G_END_DECLS
